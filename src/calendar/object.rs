//! The Durable Object of one calendar, named by the calendar's id: the truth for it.
//!
//! Stores, in its own SQLite, what every object of the machine does ([`crate::object::store`]). A `Create` makes its tables, a
//! probe of an id never does.
//!
//! Takes the requests of [`super::wire`], and opens sockets that tell its version ([`crate::object::live`]). What it refuses it
//! answers as an [`Error`], with the status that the caller is to see.
//!
//! Why each operation is atomic: see [`crate::object::machine`], which writes every change. *Finalising* is several changes, each
//! with the task that leads to the next ([`super::tasks`]): it goes on wherever it was cut off, and ends once.

use std::rc::Rc;

use futures_util::future::LocalBoxFuture;
use serde_json::json;
use wasm_bindgen::JsValue;
use whittle_domain::calendar::{
    self, Act, Calendar, CalendarLedger, Caller, Command, Phase, Progress, Reading, Rejection, Standing,
};
use whittle_domain::entity::{Entity as _, Via};
use whittle_domain::ledger::Stored;

use super::log;
use super::refusal::{refused, unresolved_conflict};
use super::tasks::RESERVE;
use super::wire::{self, Create, Reminded, Request as ObjectRequest};
use crate::config;
use crate::error::{Error, Result, bad_link, conflict};
use crate::mail::scope::Scope;
use crate::object::host::{Host, Hosting};
use crate::object::machine::Machine;
use crate::object::rpc::{self, Json, Message, Representation};
use crate::object::store::{self, Current};

/// How often a schedule is judged anew because another one that was being reserved came to nothing.
const TRIES: usize = 3;

/// The entries of the ledger with what lies beside them.
type Ledger = Vec<Stored<Progress>>;

/// See the module.
pub struct CalendarObject {
    machine: Machine<Calendar>,
}

impl Hosting for CalendarObject {
    fn answer(self: Rc<Self>, message: String) -> LocalBoxFuture<'static, JsValue> {
        Box::pin(async move {
            let prepared = async {
                let Message { request, dev } = rpc::receive::<ObjectRequest>(&message)?;
                self.machine.prepare(&dev).await.map(|()| request)
            };
            match prepared.await {
                Ok(request) => self.act(request).await,
                Err(error) => rpc::answer::<wire::Ping>(Err(error)),
            }
        })
    }

    fn open(self: Rc<Self>, message: String) -> LocalBoxFuture<'static, JsValue> {
        Box::pin(async move { self.machine.open(&message).await })
    }

    fn alarm(self: Rc<Self>) -> LocalBoxFuture<'static, Result<()>> {
        Box::pin(async move { self.machine.alarm().await })
    }
}

impl CalendarObject {
    /// The object on its platform.
    pub fn new(host: Host) -> Self {
        Self { machine: Machine::new(host) }
    }

    async fn act(&self, request: ObjectRequest) -> JsValue {
        match request {
            ObjectRequest::Create(request) => rpc::answer::<Create>(self.create(*request).await),
            ObjectRequest::Perform(request) => rpc::answer::<wire::Perform>(
                self.perform(&request.act, request.expected.as_deref(), request.if_match.as_deref())
                    .await
                    .map(Json),
            ),
            ObjectRequest::Read(request) => {
                rpc::answer::<wire::Read>(self.read(&request.act, request.looks).await.map(Json))
            }
            ObjectRequest::Remind(request) => {
                rpc::answer::<wire::Remind>(self.remind(*request).await.map(Json))
            }
            ObjectRequest::Finalize(request) => rpc::answer::<wire::Finalize>(
                self.finalize(&request.act, request.expected.as_deref()).await.map(Json),
            ),
            ObjectRequest::Log(request) => rpc::answer::<wire::Log>(self.log(&request.caller, request.jsonl)),
            ObjectRequest::ShowLog(request) => rpc::answer::<wire::ShowLog>(self.show_log(&request.caller)),
            ObjectRequest::Admit(request) => rpc::answer::<wire::Admit>(self.admit(&request.act)),
            ObjectRequest::Exists(_) => rpc::answer::<wire::Exists>(self.machine.load().map(|_| ())),
            ObjectRequest::Unsubscribe(request) => {
                rpc::answer::<wire::Unsubscribe>(self.unsubscribe(request.invitee, request.scope).await)
            }
            ObjectRequest::NoteUndeliverable(wire) => {
                let wire::NoteUndeliverable { address, why } = *wire;
                let command = Command::Undeliverable { address, why };
                rpc::answer::<wire::NoteUndeliverable>(self.act_unattended(Caller::System, command).await)
            }
            ObjectRequest::Release(request) => {
                rpc::answer::<wire::Release>(self.machine.release(request.account).await.map(Json))
            }
            ObjectRequest::RetryMail(request) => {
                rpc::answer::<wire::RetryMail>(self.machine.retry(&request.mail, request.act).await.map(Json))
            }
            ObjectRequest::Ping(_) => rpc::answer::<wire::Ping>(Ok(())),
        }
    }

    fn load(&self) -> Result<Rc<Current<Calendar>>> {
        self.machine.load()
    }

    fn standing(calendar: &Calendar, caller: &Caller) -> Result<Standing> {
        calendar.reader(caller).map_err(|rejection| refused(rejection, &Command::View))
    }

    async fn create(&self, request: Create) -> Result<()> {
        let taken = || conflict("There is a calendar with this id.");
        if self.machine.find()?.is_some() {
            return Err(taken());
        }
        self.machine.create(request.id, request.composed).await?.map(|_| ()).ok_or_else(taken)
    }

    /// Refuses a form that was written as somebody else than who sends it.
    fn expect(&self, caller: &Caller, expected: Option<&str>) -> Result<()> {
        let Some(expected) = expected else { return Ok(()) };
        let standing = Self::standing(&self.load()?.entity, caller)?;
        if standing.actor.label() == expected { Ok(()) } else { Err(Error::SomebodyElse) }
    }

    async fn perform(&self, act: &Act, expected: Option<&str>, seen: Option<&[u32]>) -> Result<Reading> {
        self.expect(&act.caller, expected)?;
        let judged = self.machine.judge_counted(act, seen).await?;
        let standing = judged.decision.cause.standing.clone();
        let after = self.machine.act(act, judged).await?;
        Ok(calendar::reading(&after.entity, &standing, after.head))
    }

    async fn read(&self, act: &Act, looks: bool) -> Result<Reading> {
        let after = match looks {
            true => {
                let judged = self.machine.judge_counted(act, None).await?;
                self.machine.act(act, judged).await?
            }
            false => self.load()?,
        };
        let standing = Self::standing(&after.entity, &act.caller)?;
        Ok(calendar::reading(&after.entity, &standing, after.head))
    }

    async fn remind(&self, request: wire::Remind) -> Result<Reminded> {
        let wire::Remind { act, contact, expected } = request;
        self.expect(&act.caller, expected.as_deref())?;
        let judged = self.machine.judge_counted(&act, None).await?;
        let mailed = !judged.decision.counted.recipients.is_empty();
        let after = self.machine.act(&act, judged).await?;
        let invitee = after.entity.invitee_of_contact(contact);
        let invitee = invitee.ok_or_else(|| refused(Rejection::NoInvitee, &act.command))?;
        Ok(Reminded {
            mailed,
            answered: invitee.answer.is_some(),
            first_name: invitee.first_name.to_string(),
            last_name: invitee.last_name.to_string(),
        })
    }

    /// Records the intent, which is carried through at once where the directory answers. While another intent is open, it is that
    /// one that is carried through: then this calendar is finalised, or this schedule is judged after all.
    async fn finalize(&self, act: &Act, expected: Option<&str>) -> Result<Box<Calendar>> {
        self.expect(&act.caller, expected)?;
        let Command::Finalize(chosen) = &act.command else {
            return Err(Error::Internal("finalising by another act".to_owned()));
        };
        for _ in 0..TRIES {
            let current = self.load()?;
            if current.entity.intent.is_some() {
                // Whoever may not finalise has nothing to carry through.
                let standing = Self::standing(&current.entity, &act.caller)?;
                if standing.actor != calendar::Actor::Owner {
                    return Err(refused(Rejection::Forbidden, &act.command));
                }
                self.machine.run_kind(RESERVE).await?;
                continue;
            }
            let judged = self.machine.judge_counted(act, None).await?;
            self.machine.act(act, judged).await?;
            return self.finalized(&chosen.seed, act);
        }
        Err(refused(Rejection::Finalizing, &act.command))
    }

    /// What came of the intent that was recorded with this seed.
    fn finalized(&self, seed: &str, act: &Act) -> Result<Box<Calendar>> {
        let Command::Finalize(chosen) = &act.command else { return Err(unresolved_conflict()) };
        let calendar = &self.load()?.entity;
        let is_own = |meeting: u64| chosen.scheduled.iter().any(|own| own.meeting == meeting);
        match (&calendar.intent, calendar.phase) {
            (Some(intent), _) if intent.seed == seed => Err(refused(Rejection::Finalizing, &act.command)),
            (None, Phase::Finalized) if calendar.scheduled.iter().any(|one| is_own(one.meeting)) => {
                Ok(Box::new(calendar.clone()))
            }
            _ => Err(unresolved_conflict()),
        }
    }

    /// The ledger, for who may read it.
    fn ledger(&self, caller: &Caller) -> Result<(Rc<Current<Calendar>>, Ledger)> {
        let current = self.load()?;
        let standing = Self::standing(&current.entity, caller)?;
        if !matches!(standing.actor, calendar::Actor::Owner | calendar::Actor::Staff(_)) {
            return Err(refused(Rejection::Forbidden, &Command::View));
        }
        Ok((current, store::ledger(&self.machine.host.sql)?))
    }

    fn log(&self, caller: &Caller, jsonl: bool) -> Result<Representation> {
        let (current, stored) = self.ledger(caller)?;
        let body = match jsonl {
            true => {
                store::export::<CalendarLedger>(current.entity.id, &stored, |entry| entry.openings.clone())
            }
            false => json!({ "entries": stored, "head": current.head }).to_string(),
        };
        Ok(Representation { body: body.into(), version: None })
    }

    fn show_log(&self, caller: &Caller) -> Result<Representation> {
        let (current, stored) = self.ledger(caller)?;
        let origin = config::origin(self.machine.env())?;
        let body = log::shown(&current.entity, &stored, current.head, &origin)?;
        Ok(Representation { body: body.into(), version: None })
    }

    /// Judges an act by its caller and by the state: what is wrong with its content is told by whoever has read that.
    fn admit(&self, act: &Act) -> Result<()> {
        let current = self.load()?;
        match current.entity.decide(act, self.machine.now()) {
            Ok(_) | Err(Rejection::Invalid(_) | Rejection::Unschedulable(_)) => Ok(()),
            Err(rejection) => Err(refused(rejection, &act.command)),
        }
    }

    async fn unsubscribe(&self, invitee: u16, scope: Scope) -> Result<()> {
        let current = self.load()?;
        let calendar = &current.entity;
        let address = match calendar.invitees.iter().find(|known| known.number == invitee) {
            Some(known) => &known.address,
            None if invitee == 0 => &calendar.owner.address,
            None => return Err(bad_link()),
        };
        scope.note(self.machine.env(), address, calendar.owner.account, self.machine.now()).await?;
        let command = if scope == Scope::None { Command::OptIn } else { Command::OptOut };
        self.act_unattended(Caller::Unsubscriber { invitee }, command).await
    }

    async fn act_unattended(&self, caller: Caller, command: Command) -> Result<()> {
        self.machine.act_unattended(&Act { caller, via: Via::System, command }).await
    }
}
