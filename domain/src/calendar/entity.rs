//! A calendar as the machine of objects knows it.

use serde::{Deserialize, Serialize};

use super::letter::{self, Letter};
use super::{
    Act, Actor, Calendar, CalendarLedger, Caller, Command, Event, New, Owner, Phase, Progress, Rejection,
    Standing,
};
use crate::entity::{CountedMail, Decision, Entity, NotSent, Outgoing, Sender, Via};
use crate::instant::Instant;
use crate::ledger::{Digest, Recorded, Salts};

/// What a calendar is made of, and by whom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Composed {
    /// Whom the invitees meet.
    pub owner: Owner,
    /// How the owner was authenticated.
    pub via: Via,
    /// The content.
    pub new: New,
}

/// Who acts on a calendar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    /// What the caller is to the calendar.
    pub standing: Standing,
    /// The acting account, if its address is not verified: the mail that it causes to others is held.
    pub unverified: Option<u64>,
}

impl Entity for Calendar {
    type Ledger = CalendarLedger;
    type New = Composed;
    type Act = Act;
    type Event = Event;
    type Rejection = Rejection;
    type Cause = Cause;
    type Letter = Letter;

    fn id(&self) -> u64 {
        self.id
    }

    fn create(id: u64, Composed { owner, via, new }: Composed, now: Instant) -> Decision<Self> {
        let (sender, address, unverified) = match owner.verified {
            true => (Sender::Address(owner.address.clone()), Some(owner.address.clone()), None),
            false => (Sender::Account(owner.account), None, Some(owner.account)),
        };
        let events = super::create(id, owner, via, new, now);
        let recipients = super::replay(&events).map_or_else(Vec::new, |c| letter::counted(&c, &events));
        Decision {
            events,
            cause: Cause { standing: Standing { actor: Actor::Owner, address }, unverified },
            counted: CountedMail { sender, recipients, held_for: unverified },
        }
    }

    fn decide(&self, act: &Act, now: Instant) -> Result<Decision<Self>, Rejection> {
        let standing = self.standing(&act.caller)?;
        let events = super::decide(self, act, now)?;
        let unverified = match &act.caller {
            Caller::Account { id, verified: false, .. } => Some(*id),
            _ => None,
        };
        let sender = match (&standing.address, &act.caller) {
            (Some(address), _) => Sender::Address(address.clone()),
            (None, Caller::Account { id, .. }) => Sender::Account(*id),
            (None, _) => Sender::System,
        };
        // What time and the state cause is none of the mail that counts.
        let after = events.iter().fold(Some(self.clone()), super::apply);
        let recipients = after.map_or_else(Vec::new, |after| letter::counted(&after, &events));
        let held_for = unverified.filter(|account| *account == self.owner.account);
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

    fn record(&self, event: &Event, prev: Digest, salts: &Salts) -> Recorded<Progress> {
        super::record(self, event, prev, salts)
    }

    fn letters(
        _: Option<&Self>,
        after: &Self,
        event: &Event,
        cause: &Cause,
        head: Digest,
        _link_days: i64,
    ) -> Vec<Outgoing<Letter>> {
        let outgoing = |letter: Letter| Outgoing {
            recipient: (letter.invitee > 0).then_some(letter.invitee),
            held_for: letter::held_for(after, &cause.standing.actor, cause.unverified, &letter),
            letter,
        };
        super::letters(after, event, head).into_iter().map(outgoing).collect()
    }

    fn is_closed(&self) -> bool {
        self.phase == Phase::Closed
    }

    fn still_wanted(&self, letter: &Letter) -> bool {
        letter::is_wanted(self, letter)
    }

    fn not_sent(&self, letter: &Letter, why: NotSent) -> Option<Act> {
        let invitee = letter.invitee;
        // Numbers are given once, and an invitee keeps its address; a letter to nobody that is known concerns nobody.
        if invitee > 0 && !self.invitees.iter().any(|i| i.number == invitee && i.address == letter.to) {
            return None;
        }
        let (caller, command) = match why {
            NotSent::Unwanted => return None,
            NotSent::Unsubscribed => (Caller::Unsubscriber { invitee }, Command::OptOut),
            NotSent::Undeliverable(why) => {
                (Caller::System, Command::Undeliverable { address: letter.to.clone(), why })
            }
        };
        Some(Act { caller, via: Via::System, command })
    }
}
