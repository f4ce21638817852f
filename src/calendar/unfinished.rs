//! The calendars of an account that are not finalised: as its list shows them, and its home.

use serde::Deserialize;
use whittle_domain::calendar::Phase;
use whittle_domain::instant::Instant;
use whittle_domain::zone::Zone;

use crate::d1::Statement;
use crate::error::Result;
use crate::platform::Rows;
use crate::texts::{say, when};

/// The most calendars that a page shows.
const MOST: i64 = 100;

/// What needs the owner comes first, and of equals what is over first.
const UNFINISHED: &str =
    "select json_object('id', c.id, 'name', c.name, 'deadline', c.deadline, 'phase', c.state,
    'timezone', c.timezone, 'invited', c.invited, 'answered', c.answered) as json
  from me cross join calendars c on c.owner = me.id where c.state in ('open', 'finalizing')
  order by c.deadline, c.id limit :most";

/// A calendar that is open, or whose meetings are being made.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Unfinished {
    pub id: u64,
    pub name: String,
    /// In milliseconds.
    deadline: i64,
    phase: Phase,
    timezone: String,
    invited: u32,
    answered: u32,
}

/// Asks for them, of the account that is read in the same batch.
pub fn query() -> Statement {
    Statement::new(UNFINISHED).bind("most", MOST)
}

/// What [`query`] gave.
pub fn read(rows: Option<&Rows>) -> Result<Vec<Unfinished>> {
    let texts = rows.map(Rows::texts).unwrap_or_default();
    Ok(texts.iter().map(|row| whittle_json::from_str(row)).collect::<serde_json::Result<_>>()?)
}

impl Unfinished {
    /// Whether its owner has to decide: everybody has answered, or the deadline has passed.
    pub fn needs_owner(&self, now: Instant) -> bool {
        self.phase == Phase::Open && (self.answered >= self.invited || self.is_late(now))
    }

    const fn is_late(&self, now: Instant) -> bool {
        self.deadline <= now.millis()
    }

    /// The zone that it was made in.
    pub fn zone(&self) -> Zone {
        Zone::parse(&self.timezone).unwrap_or_default()
    }

    /// Its page: where its owner has to decide, the suggested schedules.
    pub fn path(&self, now: Instant) -> String {
        let page = if self.needs_owner(now) { "confirm" } else { "details" };
        format!("/schedules/calendars/{}/{page}/", self.id)
    }

    /// How it stands, in a sentence.
    pub fn line(&self, zone: &Zone, now: Instant) -> String {
        let (answered, invited) = (self.answered, self.invited);
        let time = || when::moment(Instant::from_millis(self.deadline), zone);
        match (self.phase, answered >= invited, self.is_late(now)) {
            (Phase::Open, true, _) => say("cal-list-all").with("count", invited),
            (Phase::Open, false, true) => {
                say("cal-list-late").with("answered", answered).with("count", invited)
            }
            (Phase::Open, false, false) => {
                say("cal-list-open").with("answered", answered).with("count", invited).with("time", time())
            }
            _ => say("cal-list-finalizing"),
        }
        .to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_needs_its_owner_once_everybody_has_answered_or_the_deadline_has_passed() {
        let row = |answered, phase: &str| -> Unfinished {
            let row = format!(
                r#"{{"id": 7, "name": "Talks", "deadline": 1000, "phase": "{phase}", "timezone": "Europe/Berlin",
                "invited": 3, "answered": {answered}}}"#
            );
            whittle_json::from_str(&row).unwrap()
        };
        let needs = |answered, phase, at| row(answered, phase).needs_owner(Instant::from_millis(at));
        assert_eq!(
            [needs(2, "open", 999), needs(3, "open", 999), needs(0, "open", 1000)],
            [false, true, true]
        );
        assert!(!needs(3, "finalizing", 2000));
        let path = |answered| row(answered, "open").path(Instant::from_millis(1));
        assert_eq!(
            [path(3), path(1)],
            ["confirm", "details"].map(|page| format!("/schedules/calendars/7/{page}/"))
        );
        let line = row(2, "open").line(&Zone::default(), Instant::from_millis(1));
        assert_eq!(line, "2 of 3 have answered. They have until Thursday 1 January 1970, 00:00:01.");
    }
}
