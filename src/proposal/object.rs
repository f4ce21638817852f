//! The Durable Object of one proposal, named by the proposal's id: the truth for it.
//!
//! Stores, in its own SQLite: the state with the ledger's head (`proposal`), the ledger (`ledger`), what it owes the
//! world (`outbox`). Its tables are made by `Create`, never by a probe.
//!
//! Takes the messages of [`super::wire`]; answers with the very reply of the caller: 200 (look, log), 201 (created),
//! 202 (narrowed, notified, revoked), 204 (closed), or what [`crate::error::rejected`] makes of a refusal.
//!
//! Why each operation is atomic:
//! * *An act* reads the state, lets the domain decide and writes state, ledger entries, mails, the debt of a projection
//!   and the alarm in one transaction. Between reading and writing there is no await that lets another request in, so
//!   acts on one proposal have one order.
//! * *The projection* is written to D1 after that, from the state as it is then, by an ordered upsert: late, twice or
//!   out of order it does no harm. The debt is struck off only if the ledger has not moved on meanwhile.
//! * *A mail* is claimed, sent with an idempotency key of its own, and marked; a sender that dies between is followed
//!   by another that sends the same bytes.
//! * *The alarm* is one for all of it, set in the transaction that makes something due, and again before and after every
//!   run, for the platform gives up on an alarm that fails six times.

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::json;
use whittle_domain::hex;
use whittle_domain::instant::Instant;
use whittle_domain::ledger::{Salts, genesis};
use whittle_domain::proposal::{
    Act, Caller, Command, Creator, Event, Letter, New, Notice, Phase, Proposal, Recorded, Rejection,
    Standing, Via, What, apply, create, decide, letter, log, next_wakeup, record, view,
};
use worker::js_sys::Date;
use worker::wasm_bindgen::JsValue;
use worker::{
    DurableObject, Env, Request, Response, ScheduledTime, State, Storage, console_error, durable_object,
};

use super::store::{self, Held};
use super::wire::{Ask, Message};
use crate::clock::{self, Offset};
use crate::config;
use crate::d1::Directory;
use crate::error::{Error, Result, not_found, rejected};
use crate::mail::{self, Failure, Transport};
use crate::object::outbox::Claimed;
use crate::object::{failpoint, hop, outbox};
use crate::random;
use crate::reply::Reply;

/// How long an act waits for D1 to take the projection; after that the alarm sees to it.
const PROJECTION_DEADLINE: Duration = Duration::from_secs(2);
/// When the alarm looks after a projection that was to be written inline.
const PROJECTION_GRACE_MILLIS: i64 = 5_000;
/// How soon the alarm runs again after a run that failed.
const PAUSE_MILLIS: i64 = 30_000;
/// How soon mail is looked after again where there is nothing to send it with.
const NO_TRANSPORT_MILLIS: i64 = 600_000;
/// How far ahead an alarm is set at most: a month.
const LONGEST_SLEEP_MILLIS: i64 = 30 * 86_400_000;
/// Mails sent at once: workerd allows six connections (docs/architecture.md).
const AT_ONCE: i64 = 5;
/// Mails sent by one run of the alarm, so that a run stays well under its limit of 15 minutes.
const ROUNDS: usize = 20;

/// See the module.
#[durable_object(alarm)]
pub struct ProposalObject {
    state: State,
    env: Env,
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
        hop::answer(result)
    }

    async fn alarm(&self) -> worker::Result<Response> {
        // Before anything that can fail: whatever becomes of this run, another follows. The platform drops an alarm that
        // fails six times.
        set_alarm(&self.state.storage(), clock::real_millis().saturating_add(PAUSE_MILLIS)).await?;
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

/// What lists show changes with this: the version, and who has opened.
fn listed(proposal: &Proposal) -> (u32, usize) {
    (proposal.version, proposal.parties.iter().filter(|p| p.opened).count())
}

/// Sets the alarm for whatever is due next, or takes it away where nothing is. Without a transport mail is looked after
/// from time to time.
async fn rearm(storage: &Storage, proposal: &Proposal, offset: Offset, can_send: bool) -> worker::Result<()> {
    let next =
        |kind| outbox::next_due(&storage.sql(), kind).map_err(|e| e.fault().unwrap_or("outbox").to_owned());
    let now = clock::now(offset);
    let later =
        Instant::from_millis(now.millis().saturating_add(if can_send { 0 } else { NO_TRANSPORT_MILLIS }));
    let mail = next(outbox::MAIL)?.map(|due| due.max(later));
    let dues = [mail, next(outbox::PROJECTION)?, next_wakeup(proposal, now)];
    match dues.into_iter().flatten().min() {
        Some(due) => set_alarm(storage, clock::real_millis_of(due, offset)).await,
        None => storage.delete_alarm().await,
    }
}

/// Sets the alarm for a real point in time, from now on and at most a month ahead: the platform knows no date after
/// 2262, and a run that comes too early sets the next.
async fn set_alarm(storage: &Storage, real_millis: i64) -> worker::Result<()> {
    let now = clock::real_millis();
    let at = real_millis.clamp(now, now.saturating_add(LONGEST_SLEEP_MILLIS));
    #[allow(clippy::cast_precision_loss, reason = "milliseconds are below 2^53")]
    let date = Date::new(&JsValue::from_f64(at as f64));
    storage.set_alarm(ScheduledTime::new(date)).await
}

impl ProposalObject {
    fn offset(&self) -> Offset {
        failpoint::offset(&self.state.storage().sql(), &self.env)
    }

    fn now(&self) -> Instant {
        clock::now(self.offset())
    }

    async fn rearm(&self, can_send: bool) -> Result<()> {
        let storage = self.state.storage();
        match store::load(&storage.sql())? {
            Some(held) => Ok(rearm(&storage, &held.proposal, self.offset(), can_send).await?),
            None => Ok(storage.delete_alarm().await?),
        }
    }

    async fn reach(&self, name: &str) -> Result<()> {
        failpoint::reach(&self.state.storage(), &self.env, name).await
    }

    fn load(&self) -> Result<Held> {
        store::load(&self.state.storage().sql())?.ok_or_else(not_found)
    }

    async fn answer(&self, message: Message) -> Result<Reply> {
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
            Ask::Admit { caller, closed_too } => self.admit(&caller, closed_too),
        }
    }

    async fn create(&self, id: u64, creator: Creator, via: Via, new: New) -> Result<Reply> {
        if store::exists(&self.state.storage().sql())? {
            let body = json!({ "detail": "There is a proposal with this id." });
            return Ok(Reply::json(409, body.to_string()));
        }
        let held = !creator.verified;
        let after = self.commit(None, id, create(id, creator, via, new, self.now()), held).await?;
        self.shown(201, &after.proposal, true)
    }

    fn admit(&self, caller: &Caller, closed_too: bool) -> Result<Reply> {
        let Held { proposal, .. } = self.load()?;
        let refused = |rejection| rejected(rejection, &proposal.slots);
        proposal.standing(caller).map_err(refused)?;
        match proposal.phase {
            Phase::Closed if !closed_too => Err(refused(Rejection::Closed)),
            _ => Ok(Reply::json(200, "{}".to_owned())),
        }
    }

    /// 1. what the caller is to the proposal, 2. the domain decides, 3. one transaction, 4. the projection, 5. the reply.
    async fn act(&self, act: &Act) -> Result<Reply> {
        let held = self.load()?;
        let before = held.proposal.clone();
        let refused = |rejection| rejected(rejection, &before.slots);
        let standing = before.standing(&act.caller).map_err(refused)?;
        let events = match decide(&before, act, self.now()) {
            Ok(events) => events,
            Err(Rejection::Stale) => return self.shown(412, &before, standing.sees_addresses),
            Err(rejection) => return Err(refused(rejection)),
        };
        let unverified = matches!(act.caller, Caller::Account { verified: false, .. });
        let mailed: Vec<u16> = events
            .iter()
            .filter_map(|e| match e.what {
                What::Notified { to, .. } => Some(to),
                _ => None,
            })
            .collect();
        let after = match events.is_empty() {
            true => held,
            false => self.commit(Some(held), before.id, events, unverified).await?,
        };
        match &act.command {
            Command::View => self.shown(200, &after.proposal, standing.sees_addresses),
            Command::Close | Command::Withdraw(_) => Ok(Reply::empty()),
            // The same for whoever asks, whatever has become of the proposal's times.
            Command::Resend => {
                let body = json!({ "detail": "A new link is on its way to your address." });
                Ok(Reply::json(202, body.to_string()))
            }
            Command::Notify(notice) => self.notified(&after.proposal, notice, &standing, &mailed),
            Command::Narrow(_) | Command::Revoke(_) | Command::Replace { .. } | Command::Tick => {
                self.shown(202, &after.proposal, standing.sees_addresses)
            }
        }
    }

    fn shown(&self, status: u16, proposal: &Proposal, sees_addresses: bool) -> Result<Reply> {
        let origin = config::origin(&self.env)?;
        let body = serde_json::to_string(&view(proposal, sees_addresses, Some(&origin)))?;
        Ok(Reply::json(status, body).with("ETag", &format!("\"{}\"", proposal.version)))
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
        let standing = proposal.standing(caller).map_err(|r| rejected(r, &proposal.slots))?;
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

    /// Writes what the events make of the proposal, in one transaction with all that they owe, then the projection.
    /// Nothing awaits between the caller's reading the state and the transaction, but a failpoint that never returns.
    async fn commit(&self, before: Option<Held>, id: u64, events: Vec<Event>, hold: bool) -> Result<Held> {
        self.reach("before_commit").await?;
        let now = self.now();
        let offset = self.offset();
        let keys = config::keys(&self.env)?;
        let salts = Salts::new(random::bytes()?);
        let begun = before.is_none();
        let before_listed = before.as_ref().map(|h| listed(&h.proposal));
        let mut head = before.as_ref().map_or_else(|| genesis(id), |h| h.head);
        let mut state = before.map(|h| h.proposal);
        let mut recorded: Vec<Recorded> = Vec::new();
        let mut mails: Vec<(String, Letter)> = Vec::new();
        for event in &events {
            let after =
                apply(state, event).ok_or_else(|| Error::Internal("an event before the first".to_owned()))?;
            let entry = record(&after, event, head, &salts);
            head = entry.entry.hash();
            recorded.push(entry);
            if let Some(letter) = letter(&after, event, head, config::link_days(&self.env)) {
                mails.push((hex::encode(&random::bytes::<16>()?), letter));
            }
            state = Some(after);
        }
        let proposal = state.ok_or_else(|| Error::Internal("nothing happened".to_owned()))?;
        let held = Held { proposal, head };
        let changed = Some(listed(&held.proposal)) != before_listed;
        let (writing, storage, key_id) = (held.clone(), self.state.storage(), keys.newest().to_owned());
        let write = async move {
            let store = storage.sql();
            if begun {
                store::make(&store)?;
            }
            store::write(&store, &writing, &recorded)?;
            for (id, letter) in &mails {
                outbox::add_mail(&store, id, &serde_json::to_string(letter)?, &key_id, hold, now)?;
            }
            if changed {
                let grace = Instant::from_millis(now.millis().saturating_add(PROJECTION_GRACE_MILLIS));
                outbox::owe_projection(&store, grace, now)?;
            }
            rearm(&storage, &writing.proposal, offset, true).await
        };
        self.state.storage().transaction(|_| write).await?;
        self.reach("after_commit").await?;
        // While the directory fails, only the alarm tries: no act is to wait for it again.
        if changed && !outbox::projection_failing(&self.state.storage().sql())? {
            self.project().await;
        }
        Ok(held)
    }

    /// Writes the projection of the state as it is now. A failure leaves the debt, which the alarm sees to.
    async fn project(&self) {
        if let Err(error) = self.try_project().await {
            console_error!("{}", json!({ "projection": "proposal", "fault": error.fault() }));
        }
    }

    async fn try_project(&self) -> Result<()> {
        let store = self.state.storage().sql();
        let proposal = self.load()?.proposal;
        let writing = async { store::project(&Directory::of(&self.env)?, &proposal).await };
        let late = || Err(Error::Unavailable("D1 did not take the projection in time".to_owned()));
        let written = clock::within(PROJECTION_DEADLINE, writing).await.unwrap_or_else(late);
        self.reach("after_projection").await?;
        match written {
            Ok(()) if self.load()?.proposal.entries == proposal.entries => {
                Ok(outbox::mark(&store, outbox::PROJECTION)?)
            }
            Ok(()) => Ok(()),
            Err(error) => {
                let [jitter] = random::bytes()?;
                let why = error.fault().unwrap_or("refused");
                outbox::put_off(&store, outbox::PROJECTION, why, 0, jitter, self.now())?;
                Err(error)
            }
        }
    }

    /// One run of the alarm: what time causes, the projection if it is owed, the mail that is due. Tells whether there is
    /// anything to send mail with.
    async fn wake(&self) -> Result<bool> {
        let store = self.state.storage().sql();
        let Some(held) = store::load(&store)? else { return Ok(true) };
        let tick = Act { caller: Caller::System, via: Via::System, command: Command::Tick };
        if let Ok(events) = decide(&held.proposal, &tick, self.now())
            && !events.is_empty()
        {
            let (id, unverified) = (held.proposal.id, !held.proposal.creator.verified);
            self.commit(Some(held), id, events, unverified).await?;
        }
        if outbox::projection_due(&store, self.now())? {
            self.project().await;
        }
        self.send_mail().await
    }

    async fn send_mail(&self) -> Result<bool> {
        let store = self.state.storage().sql();
        let Some(transport) = mail::transport(&self.env)? else {
            // Mail stays queued; /healthz fails and says so.
            return Ok(false);
        };
        for _ in 0..ROUNDS {
            let claimed = outbox::claim(&store, AT_ONCE, self.now())?;
            if claimed.is_empty() {
                break;
            }
            let sent = join_all(claimed.iter().map(|row| self.deliver(&transport, row))).await;
            sent.into_iter().collect::<Result<Vec<()>>>()?;
        }
        Ok(true)
    }

    /// Claimed, sent, marked; whatever goes wrong puts this mail off and no other.
    async fn deliver(&self, transport: &Transport, row: &Claimed) -> Result<()> {
        let store = self.state.storage().sql();
        let failure = match self.prepare(row) {
            Ok((key, message)) => {
                self.reach("before_send").await?;
                let sent = transport.send(&key, &message, self.now()).await;
                self.reach("before_mark").await?;
                match sent {
                    Ok(()) => return Ok(outbox::mark(&store, &row.id)?),
                    Err(failure) => failure,
                }
            }
            Err(error) => Failure::new(error.fault().unwrap_or("refused")),
        };
        console_error!("{}", json!({ "mail": row.id, "attempts": row.attempts, "fault": failure.why }));
        let [jitter] = random::bytes()?;
        outbox::put_off(&store, &row.id, &failure.why, failure.retry_after_millis, jitter, self.now())
    }

    /// The idempotency key and the message of a row, the same each time as long as its key is in the ring. After that it
    /// is signed anew, which makes it another message: the key's id is part of the idempotency key.
    fn prepare(&self, row: &Claimed) -> Result<(String, String)> {
        let keys = config::keys(&self.env)?;
        let key_id = if keys.has(&row.key_id) { row.key_id.as_str() } else { keys.newest() };
        if key_id != row.key_id {
            outbox::rekey(&self.state.storage().sql(), &row.id, key_id)?;
        }
        let letter: Letter = serde_json::from_str(&row.body)?;
        Ok((format!("{}-{key_id}", row.id), mail::render(&letter, &keys, key_id, &self.env)?))
    }
}
