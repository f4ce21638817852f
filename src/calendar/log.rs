//! The log of a calendar as `GET /schedules/calendars/{id}/log/` shows it to its owner and to staff, who see everybody's address.
//! What the chain commits to is told beside it; the export has the openings.

use serde::Serialize;
use serde_json::{Map, Value, json};
use whittle_domain::calendar::{Calendar, Phase, Progress};
use whittle_domain::ledger::{Digest, Occurrence, Stored};

use crate::error::Result;

#[derive(Serialize)]
struct Log<'a> {
    event: String,
    entries: Vec<Row<'a>>,
    head: Digest,
}

#[derive(Serialize)]
struct Row<'a> {
    id: u32,
    when: &'a str,
    occurrence: Occurrence,
    effector: String,
    state: Phase,
    invited: u32,
    answered: u32,
    /// Which act, how the effector came, whom it concerns, and what the entry commits to.
    data: Map<String, Value>,
    prev: Digest,
    hash: Digest,
}

/// The log with the ledger's `head`; its URLs begin with `origin`.
pub fn shown(calendar: &Calendar, stored: &[Stored<Progress>], head: Digest, origin: &str) -> Result<String> {
    // The hash of each entry stands in the next one.
    let hashes = stored.iter().skip(1).map(|next| next.entry.prev).chain([head]);
    let entries = stored.iter().zip(hashes).map(|(stored, hash)| row(calendar, stored, hash)).collect();
    let event = format!("{origin}/schedules/calendars/{}/details/", calendar.id);
    Ok(serde_json::to_string(&Log { event, entries, head })?)
}

fn row<'a>(calendar: &Calendar, stored: &'a Stored<Progress>, hash: Digest) -> Row<'a> {
    let entry = &stored.entry;
    let mut data = Map::new();
    data.insert("act".to_owned(), json!(entry.act));
    data.insert("via".to_owned(), json!(entry.via));
    if let Some(about) = &entry.about {
        data.insert("invitee".to_owned(), json!(address(calendar, about)));
    }
    data.extend(stored.openings.iter().map(|opening| (opening.field.clone(), opening.value.clone())));
    let effector = match &stored.staff {
        Some(address) => address.clone(),
        None => address(calendar, &entry.by),
    };
    let Progress { state, invited, answered } = entry.body;
    Row {
        id: entry.seq,
        when: &entry.at,
        occurrence: entry.kind,
        effector,
        state,
        invited,
        answered,
        data,
        prev: entry.prev,
        hash,
    }
}

/// The address of whoever the ledger calls so.
fn address(calendar: &Calendar, label: &str) -> String {
    let number = label.strip_prefix('i').and_then(|number| number.parse().ok());
    match calendar.invitees.iter().find(|invitee| Some(invitee.number) == number) {
        Some(invitee) => invitee.address.to_string(),
        None if label == "owner" => calendar.owner.address.to_string(),
        None => label.to_owned(),
    }
}
