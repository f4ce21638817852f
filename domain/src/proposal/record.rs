//! The ledger entry an event leaves.

use serde_json::{Value, json};

use super::ledger::Offer;
use super::{Actor, Event, New, Proposal, What};
use crate::address::Address;
use crate::detail::{Detail, Detailed as _};
use crate::ledger::{Digest, Entry, Occurrence, Opening, Recorded, Salts};
use crate::order;
use crate::slot::WrittenSlot;
use crate::text::Name;

/// The entry of `event`, which led to `after`, chained to `prev`.
#[must_use]
pub fn record(after: &Proposal, event: &Event, prev: Digest, salts: &Salts) -> Recorded<Offer> {
    let seq = after.entries;
    let (kind, act, about) = match &event.what {
        What::Created { .. } => (Occurrence::Update, "create", None),
        What::Answered { .. } => (Occurrence::Update, "answer", None),
        What::Cut { .. } => (Occurrence::Update, "cut", None),
        What::Changed(detail) => (Occurrence::Update, detail.name(), None),
        What::Rescheduled { .. } => (Occurrence::Update, "deadline", None),
        What::Agreed { .. } => (Occurrence::Update, "agree", None),
        What::Fixed { .. } => (Occurrence::Update, "fix", None),
        What::Succeeded { .. } => (Occurrence::Update, "round", None),
        What::AllAnswered => (Occurrence::Notify, "answered", None),
        What::Digested => (Occurrence::Notify, "digest", None),
        What::OptedOut { party: 0 } => (Occurrence::Update, "optout", None),
        What::OptedOut { party } => (Occurrence::Update, "optout", Some(*party)),
        What::OptedIn { party: 0 } => (Occurrence::Update, "optin", None),
        What::OptedIn { party } => (Occurrence::Update, "optin", Some(*party)),
        What::Undeliverable { party, why } => (Occurrence::Update, why.word(), Some(*party)),
        What::Exhausted => (Occurrence::Update, "exhaust", None),
        What::Notified { to, .. } => (Occurrence::Notify, "notify", Some(*to)),
        What::Reminded { to, .. } => (Occurrence::Notify, "remind", Some(*to)),
        What::Expired => (Occurrence::Notify, "expire", None),
        What::Viewed => (Occurrence::View, "view", None),
        What::Revoked { party: 0 } => (Occurrence::Update, "revoke", None),
        What::Revoked { party } => (Occurrence::Update, "revoke", Some(*party)),
        What::Resent { to } => (Occurrence::Notify, "resend", Some(*to)),
        What::Withdrawn { party } => (Occurrence::Update, "withdraw", Some(*party)),
        What::Replaced { party, .. } => (Occurrence::Update, "replace", Some(*party)),
        What::Linked { party } => (Occurrence::Notify, "link", Some(*party)),
        What::OptionalSet { party, .. } => (Occurrence::Update, "optional", Some(*party)),
        What::Closed => (Occurrence::Update, "close", None),
    };
    let openings: Vec<Opening> = beside(after, event)
        .into_iter()
        .map(|(field, value)| Opening { seq, salt: salts.salt(seq, &field), field, value })
        .collect();
    let entry = Entry {
        seq,
        at: event.at.to_string(),
        kind,
        act: act.to_owned(),
        via: event.via.word().to_owned(),
        by: event.by.label(),
        about: about.map(|number| format!("p{number}")),
        body: Offer { slots: WrittenSlot::list(&after.slots) },
        commitments: order::map(openings.iter().map(|o| (o.field.clone(), o.commitment()))),
        prev,
    };
    let staff = match &event.by {
        Actor::Staff(address) => Some(address.clone()),
        _ => None,
    };
    Recorded { entry, openings, staff }
}

/// What the entry commits to, by field.
fn beside(after: &Proposal, event: &Event) -> Vec<(String, Value)> {
    match &event.what {
        What::Created { new, .. } => created(new),
        What::Replaced { party, .. } => after.party(*party).map_or_else(Vec::new, |party| {
            vec![(party.label(), roster_row(&party.address, party.name.as_ref(), party.optional))]
        }),
        What::Answered { note: Some(note), .. } | What::Cut { note: Some(note), .. } => {
            vec![("note".to_owned(), json!(note))]
        }
        What::Changed(detail) => vec![(detail.name().to_owned(), json!(detail.value()))],
        What::Rescheduled { deadline } => {
            vec![("deadline".to_owned(), json!(deadline.map(|d| d.to_string())))]
        }
        What::Succeeded { successor } => vec![("successor".to_owned(), json!(successor))],
        What::OptionalSet { optional, .. } => vec![("optional".to_owned(), json!(optional))],
        _ => Vec::new(),
    }
}

fn roster_row(address: &Address, name: Option<&Name>, optional: bool) -> Value {
    json!({ "email": address, "name": name, "optional": optional })
}

fn created(new: &New) -> Vec<(String, Value)> {
    let mut terms = json!({
        "deadline": new.deadline.map(|d| d.to_string()),
        "min_duration": new.min_duration.map(|d| d.to_string()),
        "timezone": new.timezone,
        "visibility": new.visibility,
    });
    if let (Some(predecessor), Some(terms)) = (new.predecessor, terms.as_object_mut()) {
        terms.insert("predecessor".to_owned(), predecessor.into());
    }
    let roster = (1u16..).zip(&new.parties).map(|(number, party)| {
        (format!("p{number}"), roster_row(&party.address, party.name.as_ref(), party.optional))
    });
    // The time zone is one of the terms.
    let details = new.details().into_iter().filter(|d| !matches!(d, Detail::Timezone(_)));
    let said = details.map(|d| (d.name(), d.value())).filter(|(_, value)| !value.is_empty());
    let texts = said.map(|(name, value)| (name.to_owned(), json!(value)));
    texts.chain([("terms".to_owned(), terms)]).chain(roster).collect()
}
