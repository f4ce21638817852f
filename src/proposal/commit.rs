//! How an act becomes what is stored: decided, once its mails are counted, and written in one transaction with all that it
//! causes.

use std::collections::BTreeMap;

use whittle_domain::address::Address;
use whittle_domain::ledger::{Recorded, Salts, genesis};
use whittle_domain::proposal::{
    Act, Actor, Caller, Event, Letter, Offer, Party, Proposal, ProposalLedger, Rejection, Standing, What,
    apply, decide, letters, record, replay,
};

use super::object::{ProposalObject, rearm};
use super::refusal::refused;
use super::store::{self, Held};
use super::tasks;
use super::wire::Message;
use crate::config;
use crate::error::{Error, Result};
use crate::mail::budget::{self, About, Counted};
use crate::object::outbox::{self, NewMail};
use crate::random;

/// How often an act is decided anew because it would mail others than those that were counted.
const TRIES: usize = 5;

/// What an act is written with beside its events.
pub(super) struct Cause {
    /// Who acts.
    actor: Actor,
    /// The account that acts and is not verified: its mail to others is held.
    unverified: Option<u64>,
    /// The outbox rows, by party, that its mails were counted under.
    rows: BTreeMap<u16, String>,
}

impl Cause {
    pub(super) fn of(actor: Actor, caller: &Caller, rows: BTreeMap<u16, String>) -> Self {
        let unverified = match caller {
            Caller::Account { id, verified: false, .. } => Some(*id),
            _ => None,
        };
        Self { actor, unverified, rows }
    }

    /// A mail waits for the verification of the creator, who caused it or has to read it.
    fn held_for(&self, proposal: &Proposal, letter: &Letter) -> Option<u64> {
        let creator = &proposal.creator;
        let to_creator = letter.to == creator.address || self.actor == Actor::System;
        let caused = self.unverified == Some(creator.account);
        (caused || (to_creator && !creator.verified)).then_some(creator.account)
    }
}

/// What lists show changes with this: the version, and who has opened.
fn listed(proposal: &Proposal) -> (u32, usize) {
    (proposal.version, proposal.parties.iter().filter(|p| p.opened).count())
}

/// The parties whom an act of people mails. Agreement is no mail that is counted; but where the creator brings it about,
/// who was never asked before is invited by it.
pub(super) fn mailed(events: &[Event], before: &Proposal, actor: &Actor) -> Vec<u16> {
    let creators = before.is_creator(actor) || matches!(actor, Actor::Staff(_));
    let agreed = |e: &Event| matches!(e.what, What::Agreed { .. } | What::Fixed { .. });
    let to = events.iter().filter_map(|event| match event.what {
        What::Notified { to, .. } | What::Resent { to } => Some(to),
        _ => None,
    });
    let invited = before.asked().filter(|p| {
        creators && events.iter().any(agreed) && !p.invited && p.takes_mail() && !before.is_creators(p)
    });
    to.chain(invited.map(|p| p.number)).collect()
}

/// What was decided of an act.
pub(super) struct Decided {
    /// The state that it was decided by.
    pub before: Held,
    /// What the caller is to it.
    pub standing: Standing,
    /// What happens.
    pub events: Vec<Event>,
    /// The outbox rows, by party, that its mails were counted under.
    pub rows: BTreeMap<u16, String>,
}

impl ProposalObject {
    /// What is decided of an act, by the state as it is once its mails are counted.
    pub(super) async fn decided(&self, act: &Act) -> Result<Decided> {
        let mut counted: BTreeMap<u16, (String, String)> = BTreeMap::new();
        for _ in 0..TRIES {
            let judged = self.judged(act);
            let (held, standing, events) = match judged {
                Ok(judged) => judged,
                Err(refusal) => {
                    let ids: Vec<&str> = counted.values().map(|(id, _)| id.as_str()).collect();
                    if !ids.is_empty() {
                        budget::forget(&self.env, &ids).await?;
                    }
                    return Err(refusal);
                }
            };
            let mut more = Vec::new();
            let numbers = mailed(&events, &held.proposal, &standing.actor);
            for party in numbers.into_iter().filter_map(|n| held.proposal.party(n)) {
                let recipient = party.address.counting_key();
                if counted.get(&party.number).is_none_or(|(_, key)| *key != recipient) {
                    more.push((party.number, random::name()?, recipient));
                }
            }
            if more.is_empty() {
                let rows = counted.into_iter().map(|(number, (id, _))| (number, id)).collect();
                return Ok(Decided { before: held, standing, events, rows });
            }
            let own = standing.address.as_ref().map(Address::counting_key);
            let sender = match (&act.caller, own) {
                (_, Some(own)) => own,
                (Caller::Account { id, .. }, None) => budget::unproven(*id),
                (_, None) => String::new(),
            };
            let counting = more
                .iter()
                .map(|(_, id, recipient)| Counted { id: id.clone(), recipient: recipient.clone() });
            let counting: Vec<Counted> = counting.collect();
            budget::count(&self.env, &counting, &sender, About::Proposal(held.proposal.id), self.now())
                .await?;
            counted.extend(more.into_iter().map(|(number, id, recipient)| (number, (id, recipient))));
        }
        Err(Error::Unavailable("parties that change all the time".to_owned()))
    }

    /// Counts whom a proposal invites that is agreed as it is made.
    pub(super) async fn count_invitations(&self, id: u64, events: &[Event]) -> Result<()> {
        let Some(made) = replay(events) else { return Ok(()) };
        let invited = mailed(events, &made, &Actor::Creator).into_iter().filter_map(|n| made.party(n));
        let counted = |party: &Party| -> Result<Counted> {
            let id = random::name()?;
            Ok(Counted { id, recipient: party.address.counting_key() })
        };
        let counted: Vec<Counted> = invited.map(counted).collect::<Result<_>>()?;
        let creator = &made.creator;
        let sender = match creator.verified {
            true => creator.address.counting_key(),
            false => budget::unproven(creator.account),
        };
        budget::count(&self.env, &counted, &sender, About::Proposal(id), self.now()).await
    }

    pub(super) fn judged(&self, act: &Act) -> Result<(Held, Standing, Vec<Event>)> {
        let held = self.load()?;
        let proposal = &held.proposal;
        let rejected = |rejection| refused(rejection, &proposal.slots);
        let standing = proposal.standing(&act.caller).map_err(rejected)?;
        match decide(proposal, act, self.now()) {
            Ok(events) => Ok((held, standing, events)),
            Err(Rejection::Stale) => {
                let body = self.shown(412, proposal, standing.sees_addresses)?.body;
                Err(Error::Stale { body, version: proposal.version })
            }
            Err(rejection) => Err(rejected(rejection)),
        }
    }

    /// Writes what the events make of the proposal, in one transaction with all that they owe, then pays the debts.
    /// Nothing awaits between the caller's reading the state and the transaction, but a failpoint that never returns.
    pub(super) async fn commit(
        &self,
        before: Option<Held>,
        id: u64,
        events: Vec<Event>,
        cause: Cause,
        round: Option<Message>,
    ) -> Result<Held> {
        self.reach("before_commit").await?;
        let now = self.now();
        let offset = self.offset();
        let keys = config::keys(&self.env)?;
        let salts = Salts::new(random::bytes()?);
        let begun = before.is_none();
        let was = before.as_ref().map(|h| h.proposal.clone());
        let mut head = before.as_ref().map_or_else(|| genesis::<ProposalLedger>(id), |h| h.head);
        let mut state = was.clone();
        let mut recorded: Vec<Recorded<Offer>> = Vec::new();
        let mut mails: Vec<NewMail> = Vec::new();
        for event in &events {
            let earlier = state.clone();
            let after =
                apply(state, event).ok_or_else(|| Error::Internal("an event before the first".to_owned()))?;
            let entry = record(&after, event, head, &salts);
            head = entry.entry.hash();
            recorded.push(entry);
            let days = config::link_days(&self.env);
            for letter in letters(earlier.as_ref(), &after, event, &cause.actor, head, days) {
                let row = letter.link.as_ref().and_then(|link| cause.rows.get(&link.party)).cloned();
                let id = row.map_or_else(random::name, Ok)?;
                let held_for = cause.held_for(&after, &letter);
                mails.push(NewMail { id, body: serde_json::to_string(&letter)?, held_for });
            }
            state = Some(after);
        }
        let proposal = state.ok_or_else(|| Error::Internal("nothing happened".to_owned()))?;
        let held = Held { proposal, head };
        let storage = self.state.storage();
        let mut owed = tasks::of(&storage.sql(), was.as_ref(), &held, &events, round, &self.env, now)?;
        let holds_mail = mails.iter().any(|mail| mail.held_for.is_some());
        if holds_mail || was.as_ref().map(listed) != Some(listed(&held.proposal)) {
            owed.push((outbox::Debt::Projection, held.proposal.entries.to_string()));
        }
        let (writing, store, key_id) = (held.clone(), storage.sql(), keys.newest_id().to_owned());
        let inner = self.state.storage();
        let some_owed = !owed.is_empty();
        let write = async move {
            if begun {
                store::make(&store)?;
            }
            store::write(&store, &writing, &recorded)?;
            for mail in &mails {
                outbox::add_mail(&store, mail, &key_id, now)?;
            }
            for (debt, body) in &owed {
                outbox::owe(&store, *debt, body, tasks::grace(now), now)?;
            }
            rearm(&inner, &writing.proposal, offset, true).await
        };
        storage.transaction(|_| write).await?;
        self.reach("after_commit").await?;
        // While the directory fails, only the alarm tries: no act is to wait for it again.
        if some_owed && !outbox::debts_failing(&self.state.storage().sql())? {
            self.pay_all(None).await;
        }
        Ok(held)
    }
}
