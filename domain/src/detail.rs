//! What the organiser of a proposal or a meeting can change beside its times: what it is called, where it is, what it is for
//! and in which time zone its times are told.

use serde::{Deserialize, Serialize};

use crate::text::{Description, Location, Title};
use crate::zone::Zone;

/// One detail with its value. Each change of one is a ledger entry of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Detail {
    /// The subject of the meeting.
    Title(Title),
    /// Where it is; empty where that is not said.
    Location(Location),
    /// What it is for; empty where that is not said.
    Description(Description),
    /// The time zone in which people are told the times; the instants stay as they are.
    Timezone(Zone),
}

impl Detail {
    /// The names of all details: the fields of the API, and the acts and fields of the ledger.
    pub const NAMES: [&'static str; 4] = ["title", "location", "description", "timezone"];

    /// The name of this detail.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        let [title, location, description, timezone] = Self::NAMES;
        match self {
            Self::Title(_) => title,
            Self::Location(_) => location,
            Self::Description(_) => description,
            Self::Timezone(_) => timezone,
        }
    }

    /// The value as text.
    #[must_use]
    pub fn value(&self) -> String {
        match self {
            Self::Title(title) => title.to_string(),
            Self::Location(location) => location.to_string(),
            Self::Description(description) => description.to_string(),
            Self::Timezone(zone) => zone.to_string(),
        }
    }
}

/// Something that has all details.
pub trait Detailed {
    /// Its details as they are, in the order of [`Detail::NAMES`].
    fn details(&self) -> [Detail; 4];

    /// Sets one of them.
    fn set(&mut self, detail: Detail);
}

/// A type with the fields `title`, `location`, `description` and `timezone` has details.
macro_rules! detailed {
    ($($type:ty),*) => {$(
        impl Detailed for $type {
            fn details(&self) -> [Detail; 4] {
                [
                    Detail::Title(self.title.clone()),
                    Detail::Location(self.location.clone()),
                    Detail::Description(self.description.clone()),
                    Detail::Timezone(self.timezone.clone()),
                ]
            }

            fn set(&mut self, detail: Detail) {
                match detail {
                    Detail::Title(title) => self.title = title,
                    Detail::Location(location) => self.location = location,
                    Detail::Description(description) => self.description = description,
                    Detail::Timezone(zone) => self.timezone = zone,
                }
            }
        }
    )*};
}

detailed!(crate::proposal::New, crate::proposal::Proposal, crate::meeting::Meeting);
