//! A proposal as the machine of objects knows it.

use super::letter::{Letter, Template, letters};
use super::{
    Act, Actor, Caller, Command, Creator, Event, New, Party, Proposal, ProposalLedger, Rejection, Standing,
    Via, What,
};
use crate::entity::{CountedMail, Decision, Entity, NotSent, Outgoing, Sender};
use crate::instant::Instant;
use crate::ledger::{Digest, Recorded, Salts};

/// What a proposal is made of, and by whom.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Proposed {
    /// Who proposes.
    pub creator: Creator,
    /// How the creator was authenticated.
    pub via: Via,
    /// What is proposed.
    pub new: New,
}

/// Who acts on a proposal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    /// What the caller is to the proposal.
    pub standing: Standing,
    /// The acting account, if its address is not verified: the mail that it causes to others is held.
    pub unverified: Option<u64>,
}

impl Entity for Proposal {
    type Ledger = ProposalLedger;
    type New = Proposed;
    type Act = Act;
    type Event = Event;
    type Rejection = Rejection;
    type Cause = Cause;
    type Letter = Letter;

    fn id(&self) -> u64 {
        self.id
    }

    fn create(id: u64, Proposed { creator, via, new }: Proposed, now: Instant) -> Decision<Self> {
        let sender = match creator.verified {
            true => Sender::Address(creator.address.clone()),
            false => Sender::Account(creator.account),
        };
        let events = super::create(id, creator, via, new, now);
        let standing =
            Standing { actor: Actor::Creator, organiser: true, address: None, sees_addresses: true };
        // It may be agreed as it is made: then it invites people who were never asked.
        let recipients =
            super::replay(&events).map_or_else(Vec::new, |p| mailed(&events, &p, &standing.actor));
        let held_for = match sender {
            Sender::Account(account) => Some(account),
            Sender::Address(_) | Sender::System => None,
        };
        let counted = CountedMail { sender, recipients, held_for };
        Decision { events, cause: Cause { standing, unverified: None }, counted }
    }

    fn decide(&self, act: &Act, now: Instant) -> Result<Decision<Self>, Rejection> {
        let resolved = act.resolved(self);
        let act = resolved.as_ref().unwrap_or(act);
        let standing = self.standing(&act.caller)?;
        let events = super::decide(self, act, now)?;
        let unverified = match &act.caller {
            Caller::Account { id, verified: false, .. } => Some(*id),
            caller if self.is_passed_on(caller) && !self.creator.verified => Some(self.creator.account),
            _ => None,
        };
        let sender = match (&standing.address, &act.caller) {
            (Some(address), _) => Sender::Address(address.clone()),
            (None, Caller::Account { id, .. }) => Sender::Account(*id),
            // The organiser may well be the one who holds it.
            (None, caller) if self.is_passed_on(caller) => match self.creator.verified {
                true => Sender::Address(self.creator.address.clone()),
                false => Sender::Account(self.creator.account),
            },
            (None, _) => Sender::System,
        };
        let recipients = match act.caller {
            Caller::System => Vec::new(),
            _ => mailed(&events, self, &standing.actor),
        };
        let held_for = unverified.filter(|account| *account == self.creator.account);
        let counted = CountedMail { sender, recipients, held_for };
        Ok(Decision { events, cause: Cause { standing, unverified }, counted })
    }

    fn tick() -> Act {
        Act { caller: Caller::System, via: Via::System, command: Command::Tick }
    }

    fn apply(before: Option<Self>, event: &Event) -> Option<Self> {
        super::apply(before, event)
    }

    fn next_wakeup(&self, now: Instant) -> Option<Instant> {
        super::next_wakeup(self, now)
    }

    fn record(&self, event: &Event, prev: Digest, salts: &Salts) -> Recorded<super::Offer> {
        super::record(self, event, prev, salts)
    }

    fn letters(
        before: Option<&Self>,
        after: &Self,
        event: &Event,
        cause: &Cause,
        head: Digest,
        link_days: i64,
    ) -> Vec<Outgoing<Letter>> {
        let outgoing = |letter: Letter| Outgoing {
            recipient: letter.link.as_ref().map(|link| link.party),
            held_for: held_for(after, cause, &letter),
            letter,
        };
        let letters = letters(before, after, event, &cause.standing.actor, head, link_days);
        letters.into_iter().map(outgoing).collect()
    }

    fn is_closed(&self) -> bool {
        self.phase == super::Phase::Closed
    }

    fn still_wanted(&self, letter: &Letter) -> bool {
        let Some(link) = &letter.unsubscribe else { return true };
        let Some(party) = self.parties.iter().find(|p| p.number == link.party) else {
            return self.creator_takes_mail();
        };
        let still_its_address = party.address == letter.to && !party.withdrawn;
        match letter.template {
            Template::Link => still_its_address,
            // Whoever has answered since needs no reminder.
            Template::Reminder => still_its_address && party.takes_mail() && party.answer.is_none(),
            _ => still_its_address && party.takes_mail(),
        }
    }

    fn not_sent(&self, letter: &Letter, why: NotSent) -> Option<Act> {
        let party = letter.unsubscribe.as_ref().map(|link| link.party)?;
        // Another address has the party's place by now, and its owner has said nothing.
        if self.parties.iter().any(|p| p.number == party && p.address != letter.to) {
            return None;
        }
        let (caller, command) = match why {
            NotSent::Unwanted => return None,
            NotSent::Unsubscribed => (Caller::Unsubscriber { party }, Command::OptOut),
            NotSent::Undeliverable(why) => {
                (Caller::System, Command::Undeliverable { address: letter.to.clone(), why })
            }
        };
        Some(Act { caller, via: Via::System, command })
    }
}

/// The creator's account, if a mail waits for its verification: the creator caused the mail or has to read it.
fn held_for(proposal: &Proposal, cause: &Cause, letter: &Letter) -> Option<u64> {
    let creator = &proposal.creator;
    let to_creator = letter.to == creator.address || cause.standing.actor == Actor::System;
    let caused = cause.unverified == Some(creator.account);
    (caused || (to_creator && !creator.verified)).then_some(creator.account)
}

/// The parties whom an act of people mails. Agreement is no mail that counts; but where the creator brings it about, it
/// invites those who were never asked before.
fn mailed(events: &[Event], before: &Proposal, actor: &Actor) -> Vec<(u16, crate::address::Address)> {
    let by_creator = before.is_creator(actor) || matches!(actor, Actor::Staff(_));
    let agrees = |event: &Event| matches!(event.what, What::Agreed { .. } | What::Fixed { .. });
    let agreed_by_creator = by_creator && events.iter().any(agrees);
    let notified = events.iter().filter_map(|event| match event.what {
        What::Notified { to, .. } | What::Resent { to } => before.party(to),
        _ => None,
    });
    let uninvited = |p: &&Party| agreed_by_creator && !p.invited && p.takes_mail() && !before.is_creators(p);
    notified.chain(before.active_parties().filter(uninvited)).map(|p| (p.number, p.address.clone())).collect()
}
