//! Bookings of guests that wait for their owner's yes: as the week shows them, and the home.

use serde_json::Value;
use whittle_domain::instant::Instant;
use whittle_domain::slot::Slot;
use whittle_domain::zone::Zone;

use crate::d1::Statement;
use crate::error::Result;
use crate::http::members::{number, text};
use crate::http::parts::{Act, Row};
use crate::texts::{say, when};

/// The most that a page shows.
const MOST: i64 = 100;

/// The ones that have not expired, the next one first.
const WAITING: &str = "select json_object('id', m.id, 'title', m.title, 'from', m.starts_at, 'to', m.ends_at,
    'until', k.expires_at, 'name', (select coalesce(name, address) from meeting_attendees where meeting = m.id and number = 1)) as json
  from me cross join bookings k on k.owner = me.id cross join meetings m on m.id = k.meeting
  where k.awaits = 'owner' and k.ended = 0 and k.expires_at > :now
  order by m.starts_at, m.id limit :most";

/// Asks for them, of the account that is read in the same batch.
pub fn query(now: Instant) -> Statement {
    Statement::new(WAITING).bind("now", now.millis()).bind("most", MOST)
}

/// What [`query`] gave, each with what its owner can do.
pub fn read(rows: &[String], zone: &Zone) -> Result<Vec<Row>> {
    rows.iter().map(|row| Ok(waiting(&whittle_json::from_str(row)?, zone))).collect()
}

fn waiting(row: &Value, zone: &Zone) -> Row {
    let at = |name| Instant::from_millis(number(row, name));
    let path = format!("/meetings/{}/", number(row, "id"));
    let time = Slot::between(at("from"), at("to")).map(|slot| when::slot(&slot, zone)).unwrap_or_default();
    let line = say("waiting-line")
        .with("name", text(row, "name").to_owned())
        .with("time", time)
        .with("until", when::moment(when::minute(at("until")), zone));
    Row {
        title: text(row, "title").to_owned(),
        line: line.to_string(),
        acts: vec![
            Act::new(say("waiting-approve"), format!("{path}approve/"), ""),
            Act::new(say("waiting-decline"), format!("{path}?_method=DELETE"), "quiet"),
        ],
        href: path,
        ..Row::default()
    }
}
