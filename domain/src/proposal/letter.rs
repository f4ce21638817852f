//! The mails an event sends.

use serde::{Deserialize, Serialize};

use super::{Actor, Cut, Event, Party, Phase, Proposal, Visibility, What};
use crate::account::MailLevel;
use crate::address::Address;
use crate::duration::Duration;
use crate::instant::Instant;
use crate::ledger::Digest;
use crate::link::{Link, Purpose};
use crate::slot::{Slot, Slots};
use crate::zone::Zone;

/// Which mail. Agreement is told by the meeting that follows ([`crate::meeting`]).
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
    /// The answers of the last minutes, to the creator.
    Digest,
    /// Everybody required has answered and there is something to choose, to the creator.
    Answered,
    /// Nothing is left, to the creator.
    Exhausted,
    /// It was ended, to everybody who was asked.
    Closed,
}

impl Template {
    /// From which level on the creator gets it.
    #[must_use]
    pub const fn level(self) -> MailLevel {
        match self {
            Self::Digest => MailLevel::All,
            Self::Deadline | Self::Answered | Self::Exhausted => MailLevel::Decisions,
            Self::Invitation | Self::Update | Self::Link | Self::Reminder | Self::Closed => MailLevel::None,
        }
    }
}

/// What somebody answered, for the creator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// Who.
    pub who: String,
    /// How many slots were kept of how many, if anything was answered.
    pub kept: Option<(usize, usize)>,
    /// The remark.
    pub note: Option<String>,
    /// What was cut, over all answers.
    pub cut: Vec<Slot>,
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
    /// Who asks, as the recipient may know it: by name, or else by address. None in the creator's own mails.
    pub sender: Option<String>,
    /// Whether the recipient is a party whose answer is not required.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub optional: bool,
    /// The proposal.
    pub proposal: u64,
    /// The account that proposed: the sender whose mail can be refused.
    pub account: u64,
    /// Its title.
    pub title: String,
    /// Where it is; empty where that is not said, and in mail to the creator.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub location: String,
    /// What it is for; empty where that is not said, and in mail to the creator.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// In which times are told.
    pub timezone: Zone,
    /// What is still offered, in order.
    pub slots: Slots,
    /// Until when answers are taken.
    pub deadline: Option<Instant>,
    /// Who answered what, in the creator's mails.
    pub said: Vec<Said>,
    /// The recipient's link; the creator, who signs in, has none.
    pub link: Option<Link>,
    /// The recipient's way out.
    pub unsubscribe: Option<Link>,
    /// The ledger's head after this: a receipt.
    pub head: Digest,
}

/// For how long one can unsubscribe by a mail's link: five years.
const UNSUBSCRIBE: Duration = Duration::from_seconds(5 * 365 * 86_400);

/// To whom: a party, or the creator.
#[derive(Clone, Copy)]
enum To<'a> {
    Party(&'a Party),
    Creator,
}

impl Proposal {
    /// The link of a party that is good for so many days from `at` on.
    #[must_use]
    pub fn link(&self, party: &Party, at: Instant, days: i64) -> Link {
        Link::proposal(self.id, party.number, party.generation, at, days)
    }
}

/// The mails of `event`, which led from `before` to `after` and to the ledger's `head`, in an act of `cause`; links
/// expire after `link_days`.
#[must_use]
pub fn letters(
    before: Option<&Proposal>,
    after: &Proposal,
    event: &Event,
    cause: &Actor,
    head: Digest,
    link_days: i64,
) -> Vec<Letter> {
    let party = |number: u16| after.party(number).map(To::Party);
    // Nobody is mailed about an act of his own.
    let creator = || (after.creator_takes_mail() && !after.is_creator(cause)).then_some(To::Creator);
    let mails = match &event.what {
        What::Notified { to, first: true, .. } => one(Template::Invitation, party(*to)),
        What::Notified { to, first: false, .. } => one(Template::Update, party(*to)),
        What::Resent { to } => one(Template::Link, party(*to)),
        What::Reminded { to, .. } => one(Template::Reminder, party(*to)),
        What::Expired => one(Template::Deadline, creator()),
        What::Digested => one(Template::Digest, creator()),
        What::AllAnswered => one(Template::Answered, creator()),
        // Whoever opens the next round of an open proposal has left nothing of it on purpose.
        What::Exhausted if event.by == Actor::System => one(Template::Exhausted, creator()),
        // An agreed one's meeting is cancelled, and tells everybody.
        What::Closed if before.is_some_and(|b| b.phase != Phase::Agreed) => closed(after, cause),
        _ => Vec::new(),
    };
    let digested = before.and_then(|b| b.pending.as_ref()).map(|p| p.by.as_slice()).unwrap_or_default();
    let letter = |(template, to)| Letter {
        said: said(after, template, digested),
        ..letter(after, event, template, to, head, link_days)
    };
    mails.into_iter().map(letter).collect()
}

fn one(template: Template, to: Option<To<'_>>) -> Vec<(Template, To<'_>)> {
    to.map(|to| (template, to)).into_iter().collect()
}

/// Whoever was mailed about it, and the creator where somebody else ended it.
fn closed<'a>(after: &'a Proposal, cause: &Actor) -> Vec<(Template, To<'a>)> {
    let creators = |p: &Party| p.address == after.creator.address;
    let told = after
        .active_parties()
        .filter(|p| p.invited && p.takes_mail() && *cause != Actor::Party(p.number) && !creators(p));
    let creator = (after.creator_takes_mail() && !after.is_creator(cause)).then_some(To::Creator);
    told.map(To::Party).chain(creator).map(|to| (Template::Closed, to)).collect()
}

fn letter(
    after: &Proposal,
    event: &Event,
    template: Template,
    to: To<'_>,
    head: Digest,
    link_days: i64,
) -> Letter {
    let address = match &event.what {
        What::Notified { sender, .. } => sender.as_ref(),
        _ => None,
    };
    let party = match to {
        To::Party(party) => Some(party),
        To::Creator => None,
    };
    let known = after.visibility == Visibility::Open || party.is_none();
    let sender = match &event.what {
        _ if party.is_none() => None,
        What::Notified { .. } => named(after, &event.by, address.filter(|_| known)),
        // Of one of staff's acts nobody is named as the one who asks.
        What::Closed if !after.is_creator(&event.by) => None,
        _ => {
            let own = after.active_parties().find(|p| after.is_creators(p));
            let address = Some(&after.creator.address).filter(|_| known && after.creator.verified);
            named(after, &own.map_or(Actor::Creator, |p| Actor::Party(p.number)), address)
        }
    };
    let unsubscribe = Link {
        purpose: Purpose::Unsubscribe,
        subject: after.id,
        party: party.map_or(0, |p| p.number),
        generation: party.map_or(0, |p| p.generation),
        expires: event.at.saturating_add(UNSUBSCRIBE).seconds(),
    };
    // A closed one's links open nothing but its log.
    let link = party.filter(|_| template != Template::Closed).map(|p| after.link(p, event.at, link_days));
    // The creator, who wrote them, is not told of them again.
    let told = |text: &str| if link.is_some() { text.to_owned() } else { String::new() };
    Letter {
        template,
        to: party.map_or_else(|| after.creator.address.clone(), |p| p.address.clone()),
        reply_to: address.filter(|_| known).cloned(),
        sender,
        optional: party.is_some_and(|p| p.optional),
        proposal: after.id,
        account: after.creator.account,
        title: after.title.to_string(),
        location: told(after.location.as_str()),
        description: told(after.description.as_str()),
        timezone: after.timezone.clone(),
        slots: after.slots.clone(),
        deadline: after.deadline,
        said: Vec::new(),
        link,
        unsubscribe: Some(unsubscribe),
        head,
    }
}

/// How a mail names an actor: by the name that the creator gave the party or that the creator's account has, or else by this
/// address. Labels such as `p1` tell nobody anything.
fn named(proposal: &Proposal, actor: &Actor, address: Option<&Address>) -> Option<String> {
    let party = proposal.parties.iter().find(|p| Actor::Party(p.number) == *actor);
    let is_creators = *actor == Actor::Creator || party.is_some_and(|p| proposal.is_creators(p));
    let own = proposal.creator.name.as_ref().filter(|_| is_creators);
    let name = party.and_then(|p| p.name.as_ref()).or(own);
    name.map(ToString::to_string).or_else(|| address.map(ToString::to_string))
}

/// Who answered what, as the creator's mails tell it; `digested` are the labels a digest is about.
fn said(after: &Proposal, template: Template, digested: &[String]) -> Vec<Said> {
    let of = |party: &Party| {
        let answer = party.answer.as_ref();
        Said {
            who: party.name.as_ref().map_or_else(|| party.address.to_string(), ToString::to_string),
            kept: answer.map(|a| (a.slots.len(), a.of)),
            note: answer.and_then(|a| a.note.as_ref()).map(ToString::to_string),
            cut: after.cut_by(&party.label()).copied().collect(),
        }
    };
    let other = |label: &String| Said {
        who: label.clone(),
        kept: None,
        note: None,
        cut: after.cut_by(label).copied().collect(),
    };
    let labelled = |label: &String| after.party_labelled(label).map_or_else(|| other(label), of);
    let mut others: Vec<&String> = Vec::new();
    for Cut { by, .. } in after.cuts.iter().filter(|cut| after.party_labelled(&cut.by).is_none()) {
        if !others.contains(&by) {
            others.push(by);
        }
    }
    match template {
        Template::Digest => digested.iter().map(labelled).collect(),
        // In place of a digest: whoever acted in the last minutes and is not asked, or not any more, is told of as well.
        Template::Deadline | Template::Answered => {
            let unasked = digested.iter().filter(|l| !after.active_parties().any(|p| p.label() == **l));
            after.active_parties().map(of).chain(unasked.map(labelled)).collect()
        }
        // Those who were withdrawn have cut as well.
        Template::Exhausted => after
            .parties
            .iter()
            .map(of)
            .filter(|s| s.kept.is_some() || !s.cut.is_empty())
            .chain(others.into_iter().map(other))
            .collect(),
        _ => Vec::new(),
    }
}
