//! The meetings of a finalised calendar, as they are now.

use serde_json::json;
use whittle_domain::calendar::Calendar;
use whittle_domain::duration::Duration;
use whittle_domain::instant::Instant;
use whittle_domain::order::sort_by_key;
use whittle_domain::slot::Slot;
use whittle_domain::zone::Zone;
use worker::Env;

use crate::d1::{Directory, Statement};
use crate::error::Result;
use crate::texts::{say, when};

/// A meeting with one person.
pub struct MeetingRow {
    pub path: String,
    pub with: String,
    pub time: String,
    /// What became of it, if anything; and how that is drawn.
    pub state: Option<String>,
    pub badge: &'static str,
}

const MEETINGS: &str = "select json_array(m.id, m.starts_at, m.ends_at, m.status, a.partstat) as json
  from json_each(:ids) i cross join meetings m on m.id = i.value
    left join meeting_attendees a on a.meeting = m.id and a.number = 1";

/// The meetings in order of time. One that the directory does not have yet is told as it was finalised.
pub async fn rows(calendar: &Calendar, zone: &Zone, env: &Env) -> Result<Vec<MeetingRow>> {
    if calendar.scheduled.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<u64> = calendar.scheduled.iter().map(|one| one.meeting).collect();
    let query = Statement::new(MEETINGS).bind("ids", json!(ids).to_string());
    let found = Directory::of(env).batch(vec![query]).await?.pop().unwrap_or_default();
    let found: Vec<(u64, i64, i64, String, Option<String>)> =
        found.iter().map(|row| whittle_json::from_str(row)).collect::<serde_json::Result<_>>()?;
    let mut rows: Vec<(Instant, MeetingRow)> = calendar
        .scheduled
        .iter()
        .map(|one| {
            let now = found.iter().find(|(id, ..)| *id == one.meeting);
            let slot = now.and_then(|(_, begin, end, ..)| slot(*begin, *end)).unwrap_or(one.slot);
            let with = calendar.invitees.iter().find(|invitee| invitee.number == one.invitee);
            let (state, badge) =
                match now.map(|(.., status, partstat)| (status.as_str(), partstat.as_deref())) {
                    Some(("cancelled", _)) => (Some(say("cal-list-cancelled")), "no"),
                    Some((_, Some("DECLINED"))) => (Some(say("cal-meeting-declined")), "no"),
                    Some((_, Some("ACCEPTED"))) => (Some(say("cal-meeting-accepted")), "yes"),
                    _ => (None, ""),
                };
            let row = MeetingRow {
                path: format!("/meetings/{}/", one.meeting),
                with: with.map(|invitee| invitee.full_name()).unwrap_or_default(),
                time: when::slot(&slot, zone),
                state: state.map(|state| state.to_string()),
                badge,
            };
            (slot.begin(), row)
        })
        .collect();
    sort_by_key(&mut rows, |(begin, _)| *begin);
    Ok(rows.into_iter().map(|(_, row)| row).collect())
}

fn slot(begin: i64, end: i64) -> Option<Slot> {
    let length = Duration::from_micros(end.saturating_sub(begin).saturating_mul(1_000));
    Slot::new(Instant::from_millis(begin), length).ok()
}
