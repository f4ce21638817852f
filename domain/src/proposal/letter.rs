//! The mail an event sends.

use serde::{Deserialize, Serialize};

use super::view::shown;
use super::{Event, Proposal, Visibility, What};
use crate::address::Address;
use crate::duration::Duration;
use crate::instant::Instant;
use crate::ledger::Digest;
use crate::link::{Link, Purpose};
use crate::slot::Slots;

/// Which mail: a folder of `templates/mail/`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Template {
    /// Somebody's first.
    Invitation,
    /// A later one that somebody caused.
    Update,
    /// A new link, to who asked for one.
    Link,
    /// Before the deadline, to who has not answered.
    Reminder,
    /// At the deadline, to the creator.
    Deadline,
}

/// What a mail is made of: never a token, only the inputs of one. The same letter renders to the same bytes for ever.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// Which mail.
    pub template: Template,
    /// To whom.
    pub to: Address,
    /// Where an answer by mail goes; none under `names`.
    pub reply_to: Option<Address>,
    /// Who caused it, as the recipient may know it.
    pub sender: Option<String>,
    /// The proposal.
    pub proposal: u64,
    /// Its title.
    pub title: String,
    /// What is still offered, in order.
    pub slots: Slots,
    /// Until when answers are taken.
    pub deadline: Option<Instant>,
    /// The recipient's link; the creator, who signs in, has none.
    pub link: Option<Link>,
    /// The ledger's head after this: a receipt.
    pub head: Digest,
}

/// The mail of `event`, which led to `after` and to the ledger's `head`; links expire after `link_days`.
#[must_use]
pub fn letter(after: &Proposal, event: &Event, head: Digest, link_days: i64) -> Option<Letter> {
    let (template, to, sender) = match &event.what {
        What::Notified { to, first: true, sender } => (Template::Invitation, Some(*to), sender.as_ref()),
        What::Notified { to, first: false, sender } => (Template::Update, Some(*to), sender.as_ref()),
        What::Resent { to } => (Template::Link, Some(*to), None),
        What::Reminded { to, .. } => (Template::Reminder, Some(*to), None),
        What::Expired => (Template::Deadline, None, None),
        _ => return None,
    };
    let party = to.map(|number| after.party(number).ok_or(())).transpose().ok()?;
    let expires = event.at.saturating_add(Duration::from_seconds(link_days.saturating_mul(86_400)));
    let link = party.map(|party| Link {
        purpose: Purpose::Proposal,
        subject: after.id,
        party: party.number,
        generation: party.generation,
        expires: expires.seconds(),
    });
    let known = after.visibility == Visibility::Open || to.is_none();
    let by = after.parties.iter().find(|p| super::Actor::Party(p.number) == event.by);
    let hidden = by.map(|p| shown(p, false));
    Some(Letter {
        template,
        to: party.map_or_else(|| after.creator.address.clone(), |p| p.address.clone()),
        reply_to: sender.filter(|_| known).cloned(),
        sender: if known { sender.map(ToString::to_string) } else { hidden },
        proposal: after.id,
        title: after.title.to_string(),
        slots: after.slots.clone(),
        deadline: after.deadline,
        link,
        head,
    })
}
