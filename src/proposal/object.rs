//! The Durable Object of one proposal, named by the proposal's id: the truth for it.
//!
//! Stores, in its own SQLite: the state with the ledger's head (`proposal`), the ledger (`ledger`), what it owes the
//! world (`outbox`). Its tables are made by `Create`, never by a probe.
//!
//! Takes the messages of [`super::wire`]; answers with the very reply of the caller: 200 (look, log), 201 (created),
//! 202 (narrowed, notified, fixed, revoked), 204 (closed), or what [`super::refusal`] makes of a refusal.
//!
//! Why each operation is atomic:
//! * *An act* reads the state, lets the domain decide and writes state, ledger entries, mails, debts and the alarm in one
//!   transaction ([`super::commit`]). Between reading and writing there is no await that lets another request in, so acts
//!   on one proposal have one order. *Mail that people cause* is counted in D1 first, and the act is then decided again, by the state as it
//!   is after that.
//! * *A debt* (its row in the directory, its meeting, the next round, [`super::debts`]) is paid after that, by what does no
//!   harm late, twice or out of order. It is struck off only if it is still the same.
//! * *A mail* is claimed, sent with an idempotency key of its own, and marked ([`crate::mail::dispatcher`]).
//! * *The alarm* is one for all of it, set in the transaction that makes something due, and again before and after every
//!   run, for the platform gives up on an alarm that fails six times.

use std::collections::BTreeMap;

use serde_json::json;
use whittle_domain::instant::Instant;
use whittle_domain::meeting;
use whittle_domain::proposal::{
    Act, Actor, Caller, Command, Creator, New, NextRound, Notice, Phase, Proposal, Rejection, Standing,
    Template, Via, create, log, next_wakeup, view,
};
use worker::{DurableObject, Env, Request, Response, State, Storage, console_error, durable_object};

use super::commit::{Cause, Decided, mailed};
use super::refusal::refused;
use super::store::{self, Held};
use super::tasks;
use super::wire::{Agreement, Ask, Message};
use crate::clock::{self, Offset};
use crate::config;
use crate::error::{Error, Result, bad_link, conflict, not_found};
use crate::http::reply::Reply;
use crate::mail::dispatcher::{self, Dispatcher, Refused};
use crate::mail::suppression::Suppressed;
use crate::mail::unsubscribe::Scope;
use crate::object::outbox::{self, Debt, Outbox};
use crate::object::{alarm, failpoint, rpc};

/// See the module.
#[durable_object(alarm)]
pub struct ProposalObject {
    pub(super) state: State,
    pub(super) env: Env,
}

impl DurableObject for ProposalObject {
    fn new(state: State, env: Env) -> Self {
        Self { state, env }
    }

    async fn fetch(&self, mut request: Request) -> worker::Result<Response> {
        let text = request.text().await?;
        let result = match serde_json::from_str(&text) {
            Ok(message) => self.answer(message).await,
            Err(fault) => Err(Error::from(fault)),
        };
        rpc::answer(result)
    }

    async fn alarm(&self) -> worker::Result<Response> {
        alarm::again_soon(&self.state.storage()).await?;
        let run = match self.wake().await {
            Ok(can_send) => self.rearm(can_send).await,
            Err(error) => Err(error),
        };
        if let Err(error) = run {
            console_error!("{}", json!({ "alarm": "proposal", "fault": error.fault() }));
        }
        Response::empty()
    }
}

/// Sets the alarm for whatever is due next, or takes it away where nothing is. Without a transport mail is looked after
/// from time to time.
pub(super) async fn rearm(
    storage: &Storage,
    proposal: &Proposal,
    offset: Offset,
    can_send: bool,
) -> worker::Result<()> {
    let store = storage.sql();
    let failed = |e: Error| e.fault().unwrap_or("outbox").to_owned();
    let now = clock::now(offset);
    let later = Instant::from_millis(now.millis().saturating_add(alarm::mail_pause(can_send)));
    let mail = Outbox::Object(&store).next_mail().await.map_err(failed)?.map(|due| due.max(later));
    let dues = [mail, outbox::next_debt(&store).map_err(failed)?, next_wakeup(proposal, now)];
    match dues.into_iter().flatten().min() {
        Some(due) => alarm::set(storage, clock::real_millis_of(due, offset)).await,
        None => storage.delete_alarm().await,
    }
}

impl ProposalObject {
    pub(super) fn offset(&self) -> Offset {
        failpoint::offset(&self.state.storage().sql(), &self.env)
    }

    pub(super) fn now(&self) -> Instant {
        clock::now(self.offset())
    }

    pub(super) async fn rearm(&self, can_send: bool) -> Result<()> {
        let storage = self.state.storage();
        match store::load(&storage.sql())? {
            Some(held) => Ok(rearm(&storage, &held.proposal, self.offset(), can_send).await?),
            None => Ok(storage.delete_alarm().await?),
        }
    }

    pub(super) async fn reach(&self, name: &str) -> Result<()> {
        failpoint::reach(&self.state.storage(), &self.env, name).await
    }

    pub(super) fn load(&self) -> Result<Held> {
        store::load(&self.state.storage().sql())?.ok_or_else(not_found)
    }

    /// An object may be older than the code.
    async fn upgrade(&self) -> Result<()> {
        let storage = self.state.storage();
        let store = storage.sql();
        if !store::exists(&store)? || !store::is_old(&store)? {
            return Ok(());
        }
        let Held { proposal, head } = self.load()?;
        // What was agreed before there were meetings gets its meeting now.
        let owed = tasks::of_agreement(&proposal, head, &self.env, self.now())?;
        let now = self.now();
        let upgrading = async move {
            store::upgrade(&store, proposal.creator.account)?;
            for (debt, body) in &owed {
                outbox::owe(&store, *debt, body, now, now)?;
            }
            Ok(())
        };
        storage.transaction(|_| upgrading).await?;
        self.rearm(true).await
    }

    async fn answer(&self, message: Message) -> Result<Reply> {
        self.upgrade().await?;
        failpoint::keep(&self.state.storage().sql(), &self.env, &message.dev)?;
        if message.dev.offset.is_some() {
            // What the moved clock makes due is due now.
            self.rearm(true).await?;
        }
        match message.ask {
            Ask::Ping => Ok(Reply::json(200, "{}".to_owned())),
            Ask::Create { id, creator, via, new } => self.create(id, creator, via, *new).await,
            Ask::Act(act) => self.act(&act).await,
            Ask::Log { caller, jsonl } => self.log(&caller, jsonl),
            Ask::Admit { caller, closed_too, organiser } => self.admit(&caller, closed_too, organiser),
            Ask::Shown => self.shown(200, &self.load()?.proposal, true),
            Ask::Agreement { caller } => self.agreement(&caller),
            Ask::Leave { party, generation, scope } => self.leave(party, generation, scope).await,
            Ask::Undeliverable { address, why } => {
                self.by_itself(Caller::System, Command::Undeliverable { address, why }).await
            }
            Ask::Release { account } => {
                outbox::release(&self.state.storage().sql(), account, self.now())?;
                self.rearm(true).await?;
                Ok(Reply::empty())
            }
        }
    }

    /// A next round may be asked for again: there is one.
    async fn create(&self, id: u64, creator: Creator, via: Via, new: New) -> Result<Reply> {
        if store::exists(&self.state.storage().sql())? {
            let there = self.load()?.proposal;
            if new.predecessor.is_some() && there.predecessor == new.predecessor {
                return self.shown(200, &there, true);
            }
            return Err(conflict("There is a proposal with this id."));
        }
        let events = create(id, creator, via, new, self.now());
        self.count_invitations(id, &events).await?;
        if store::exists(&self.state.storage().sql())? {
            return Err(conflict("There is a proposal with this id."));
        }
        let cause = Cause::of(Actor::Creator, &Caller::System, BTreeMap::new());
        let after = self.commit(None, id, events, cause, None).await?;
        self.shown(201, &after.proposal, true)
    }

    fn admit(&self, caller: &Caller, closed_too: bool, organiser: bool) -> Result<Reply> {
        let Held { proposal, .. } = self.load()?;
        let rejected = |rejection| refused(rejection, &proposal.slots);
        let standing = proposal.standing(caller).map_err(rejected)?;
        match proposal.phase {
            _ if organiser && !standing.organiser => Err(rejected(Rejection::Forbidden)),
            Phase::Closed if !closed_too => Err(rejected(Rejection::Closed)),
            _ => Ok(Reply::json(200, "{}".to_owned())),
        }
    }

    fn agreement(&self, caller: &Caller) -> Result<Reply> {
        let Held { proposal, head } = self.load()?;
        let rejected = |rejection| refused(rejection, &proposal.slots);
        let standing = proposal.standing(caller).map_err(rejected)?;
        if proposal.phase == Phase::Closed {
            return Err(rejected(Rejection::Closed));
        }
        let meeting = meeting::of_proposal(&proposal, head)
            .ok_or_else(|| Error::NotFound("No time is agreed yet.".into()))?;
        // Who has the organiser's rights sees all, a party or not.
        let party = if standing.organiser { None } else { standing.actor.party() };
        Ok(Reply::json(200, serde_json::to_string(&Agreement { meeting, party })?))
    }

    /// 1. what the caller is to the proposal, 2. the domain decides, 3. one transaction, 4. the debts, 5. the reply.
    async fn act(&self, act: &Act) -> Result<Reply> {
        let Decided { before, standing, events, rows } = self.decided(act).await?;
        let recipients = mailed(&events, &before.proposal, &standing.actor);
        let round = match &act.command {
            Command::Round(round) if !events.is_empty() => Some(tasks::round(&before.proposal, round, act)?),
            _ => None,
        };
        let cause = Cause::of(standing.actor.clone(), &act.caller, rows);
        let id = before.proposal.id;
        let after = match events.is_empty() {
            true => before,
            false => self.commit(Some(before), id, events, cause, round).await?,
        };
        let shown = |status| self.shown(status, &after.proposal, standing.sees_addresses);
        match &act.command {
            Command::View => shown(200),
            Command::Close | Command::Withdraw(_) => Ok(Reply::empty()),
            // The same for whoever asks, whatever has become of the proposal's times.
            Command::Resend => {
                let body = json!({ "detail": "A new link is on its way to your address." });
                Ok(Reply::json(202, body.to_string()))
            }
            Command::Notify(notice) => self.notified(&after.proposal, notice, &standing, &recipients),
            Command::Round(round) => self.successor(&after.proposal, round).await,
            _ => shown(202),
        }
    }

    /// The next round: 201, or 200 where it was there.
    async fn successor(&self, proposal: &Proposal, round: &NextRound) -> Result<Reply> {
        let id = proposal.successor.ok_or_else(not_found)?;
        if outbox::owed(&self.state.storage().sql(), Debt::Successor)?.is_some() {
            if id == round.id {
                return Err(Error::Unavailable("the next round is not made yet".to_owned()));
            }
            // What an earlier attempt could not make is made now, or this fails, too, and the alarm sees to it.
            self.pay(Debt::Successor).await?;
        }
        let message = Message { ask: Ask::Shown, dev: crate::dev::Dev::default() };
        let reply = rpc::ask(&self.env, "PROPOSAL", &id.to_string(), &message).await?;
        Ok(Reply { status: if id == round.id { 201 } else { reply.status }, ..reply })
    }

    /// What an act is that nobody waits for.
    async fn by_itself(&self, caller: Caller, command: Command) -> Result<Reply> {
        let act = Act { caller, via: Via::System, command };
        let (held, standing, events) = self.judged(&act)?;
        if !events.is_empty() {
            let id = held.proposal.id;
            self.commit(
                Some(held),
                id,
                events,
                Cause::of(standing.actor, &act.caller, BTreeMap::new()),
                None,
            )
            .await?;
        }
        Ok(Reply::empty())
    }

    /// Takes a party, or the creator (0), out of this mail, and out of more.
    async fn leave(&self, party: u16, generation: u32, scope: Scope) -> Result<Reply> {
        let Held { proposal, .. } = self.load()?;
        let known = proposal.parties.iter().find(|p| p.number == party);
        let address = match known {
            Some(party) => party.address_then(generation),
            None if party == 0 => &proposal.creator.address,
            None => return Err(bad_link()),
        };
        scope.note(&self.env, address, proposal.creator.account, self.now()).await?;
        // Whoever had the party's place before, or until just now, is out of it already.
        let now = self.load()?.proposal;
        if now.parties.iter().any(|p| p.number == party && p.address != *address) {
            return Ok(Reply::empty());
        }
        let command = if scope == Scope::None { Command::OptIn } else { Command::OptOut };
        self.by_itself(Caller::Unsubscriber { party }, command).await
    }

    pub(super) fn shown(&self, status: u16, proposal: &Proposal, sees_addresses: bool) -> Result<Reply> {
        let origin = config::origin(&self.env)?;
        let body = serde_json::to_string(&view(proposal, sees_addresses, Some(&origin)))?;
        Ok(Reply::json(status, body).etag(proposal.version))
    }

    fn notified(
        &self,
        proposal: &Proposal,
        notice: &Notice,
        standing: &Standing,
        mailed: &[u16],
    ) -> Result<Reply> {
        let shown = view(proposal, standing.sees_addresses, Some(&config::origin(&self.env)?));
        // The recipients are named as the caller named them.
        let name = |number: &u16| {
            let named =
                |text: &&String| proposal.party_named(text, standing).map(|p| p.number) == Some(*number);
            notice.parties.iter().find(named).cloned()
        };
        let body = json!({
            "sender": standing.address,
            "parties": shown.parties,
            "slots": shown.slots,
            "log_url": shown.log_url,
            "notify_url": shown.notify_url,
            "event_url": shown.url,
            "recipients": mailed.iter().filter_map(name).collect::<Vec<_>>(),
        });
        Ok(Reply::json(202, body.to_string()))
    }

    fn log(&self, caller: &Caller, jsonl: bool) -> Result<Reply> {
        let Held { proposal, head } = self.load()?;
        let standing = proposal.standing(caller).map_err(|r| refused(r, &proposal.slots))?;
        let sees = standing.sees_addresses;
        let stored = store::ledger(&self.state.storage().sql())?;
        if jsonl {
            return Ok(Reply::json(200, store::export(proposal.id, &stored, sees)).media("application/jsonl"));
        }
        let shown = view(&proposal, sees, Some(&config::origin(&self.env)?));
        let entries: Vec<_> = stored.iter().map(|s| log(&proposal, s, sees)).collect();
        let body = json!({ "event": shown.url, "parties": shown.parties, "entries": entries, "head": head });
        Ok(Reply::json(200, body.to_string()))
    }

    /// One run of the alarm: what time causes, the debts that are due, the mail that is due. Tells whether there is
    /// anything to send mail with.
    async fn wake(&self) -> Result<bool> {
        self.upgrade().await?;
        let storage = self.state.storage();
        let store = storage.sql();
        if store::load(&store)?.is_none() {
            return Ok(true);
        }
        self.by_itself(Caller::System, Command::Tick).await.or_else(|error| match error {
            // A closed one has nothing due.
            refusal if refusal.is_refusal() => Ok(Reply::empty()),
            fault => Err(fault),
        })?;
        self.pay_all(Some(self.now())).await;
        let wanted = |letter: &dispatcher::Letter| self.wanted(letter);
        let outbox = Outbox::Object(&store);
        let run = Dispatcher { env: &self.env, storage: &storage, outbox, wanted: &wanted }.run().await?;
        for refused in run.refused {
            self.note(&refused).await?;
            outbox.mark(&refused.row.id).await?;
        }
        Ok(run.can_send)
    }

    /// Whether a queued mail is still to be sent: to who takes mail there, and a reminder only to who has not answered.
    fn wanted(&self, letter: &dispatcher::Letter) -> bool {
        let (dispatcher::Letter::Proposal(letter), Ok(held)) = (letter, self.load()) else { return true };
        let Some(link) = &letter.unsubscribe else { return true };
        let Some(party) = held.proposal.parties.iter().find(|p| p.number == link.party) else {
            return held.proposal.creator_takes_mail();
        };
        let theirs = party.address == letter.to && !party.withdrawn;
        match letter.template {
            Template::Link => theirs,
            Template::Reminder => theirs && party.takes_mail() && party.answer.is_none(),
            _ => theirs && party.takes_mail(),
        }
    }

    /// Shows at the party why its mail was not sent.
    async fn note(&self, refused: &Refused) -> Result<()> {
        let dispatcher::Letter::Proposal(letter) = &refused.letter else { return Ok(()) };
        // What was queued by the version before has no way out.
        let Some(party) = letter.unsubscribe.as_ref().map(|link| link.party) else { return Ok(()) };
        let known = self.load()?.proposal;
        // Whoever has the party's place by now has said nothing.
        if known.parties.iter().any(|p| p.number == party && p.address != letter.to) {
            return Ok(());
        }
        if refused.why == Suppressed::Unwanted {
            return Ok(());
        }
        let noted = match refused.why.undeliverable() {
            None => self.by_itself(Caller::Unsubscriber { party }, Command::OptOut).await,
            Some(why) => {
                let address = letter.to.clone();
                self.by_itself(Caller::System, Command::Undeliverable { address, why }).await
            }
        };
        match noted {
            Err(error) if !error.is_refusal() => Err(error),
            _ => Ok(()),
        }
    }
}
