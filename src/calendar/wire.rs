//! What the Worker asks the object of a calendar.

use serde::{Deserialize, Serialize};
use whittle_domain::calendar::{self, Reading};

use crate::object::rpc::{Json, Rpc};

/// The binding of the objects.
pub const BINDING: &str = "CALENDAR";

/// To read it. With `looks` it is a look, which leaves a VIEW; without, it leaves nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Read {
    pub act: calendar::Act,
    pub looks: bool,
}

impl Rpc for Read {
    const BINDING: &'static str = BINDING;
    type Request = Request;
    type Output = Json<Reading>;
}

impl From<Read> for Request {
    fn from(request: Read) -> Self {
        Self::Read(Box::new(request))
    }
}

/// All requests that the object takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Request {
    Read(Box<Read>),
}
