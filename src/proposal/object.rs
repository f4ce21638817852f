//! The Durable Object of one proposal, named by the proposal's id: the truth for it.
//!
//! Stores, in its own SQLite: the state with the ledger's head (`entity`), the ledger (`ledger`), the mail that is to be
//! sent (`outbox`), what else it causes outside (`tasks`). A `Create` makes its tables, a probe of an id never does.
//!
//! Takes the requests of [`super::wire`], and opens sockets that tell its version ([`crate::object::live`]). What it refuses it answers as an [`Error`], with the status that the caller is
//! to see.
//!
//! Why each operation is atomic: see [`crate::object::machine`], which writes every change. Beside that, *unsubscribing*
//! first writes to D1 what goes beyond the proposal, then reads the state anew: the place of a party may have gone to
//! somebody else meanwhile.

use std::rc::Rc;

use futures_util::future::LocalBoxFuture;
use serde_json::json;
use wasm_bindgen::JsValue;
use whittle_domain::address::Address;
use whittle_domain::ledger::Stored;
use whittle_domain::link::Link;
use whittle_domain::meeting;
use whittle_domain::proposal::{
    self, Caller, Command, Notice, Offer, Phase, Proposal, ProposalLedger, Rejection, Standing, StoredText,
    Via, View, log, reader_view, view, visible_openings,
};

use super::hosted::representation;
use super::refusal::refused;
use super::tasks::OPEN_ROUND;
use super::wire::{self, Agreement, Create, Request as ObjectRequest, Successor};
use crate::config;
use crate::error::{Error, Result, bad_link, conflict, not_found};
use crate::mail::scope::Scope;
use crate::object::host::{Host, Hosting};
use crate::object::machine::Machine;
use crate::object::rpc::{self, Json, Message, Representation};
use crate::object::store::{self, Current};

/// See the module.
pub struct ProposalObject {
    machine: Machine<Proposal>,
}

impl Hosting for ProposalObject {
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

impl ProposalObject {
    /// The object on its platform.
    pub fn new(host: Host) -> Self {
        Self { machine: Machine::new(host) }
    }

    async fn act(&self, request: ObjectRequest) -> JsValue {
        match request {
            ObjectRequest::Create(request) => rpc::answer::<Create>(self.create(*request).await),
            ObjectRequest::Perform(request) => rpc::answer::<wire::Perform>(
                self.perform(&request.act, request.expected.as_deref(), request.if_match.as_deref()).await,
            ),
            ObjectRequest::Read(request) => {
                rpc::answer::<wire::Read>(self.read(&request.act, request.looks).await)
            }
            ObjectRequest::Notify(request) => {
                rpc::answer::<wire::Notify>(self.notify(&request.act, request.expected.as_deref()).await)
            }
            ObjectRequest::OpenRound(request) => rpc::answer::<wire::OpenRound>(
                self.open_round(&request.act, request.expected.as_deref()).await.map(Json),
            ),
            ObjectRequest::MakeLink(request) => {
                rpc::answer::<wire::MakeLink>(self.make_link(&request).await.map(Json))
            }
            ObjectRequest::Log(request) => rpc::answer::<wire::Log>(self.log(&request.caller, request.jsonl)),
            ObjectRequest::Admit(request) => rpc::answer::<wire::Admit>(self.admit(&request)),
            ObjectRequest::Show(_) => rpc::answer::<wire::Show>(self.show()),
            ObjectRequest::GetAgreement(request) => {
                rpc::answer::<wire::GetAgreement>(self.agreement(&request.caller).map(Json))
            }
            ObjectRequest::GetAttendee(request) => {
                rpc::answer::<wire::GetAttendee>(self.attendee(&request.caller).map(Json))
            }
            ObjectRequest::Unsubscribe(request) => {
                rpc::answer::<wire::Unsubscribe>(self.unsubscribe(&request).await)
            }
            ObjectRequest::NoteUndeliverable(wire) => {
                let wire::NoteUndeliverable { address, why } = *wire;
                let command = Command::Undeliverable { address, why };
                rpc::answer::<wire::NoteUndeliverable>(self.act_unattended(Caller::System, command).await)
            }
            ObjectRequest::Release(request) => {
                rpc::answer::<wire::Release>(self.machine.release(request.account).await.map(Json))
            }
            ObjectRequest::GetSuccessor(request) => {
                rpc::answer::<wire::GetSuccessor>(self.successor(&request.caller).map(Json))
            }
            ObjectRequest::FindParty(request) => {
                rpc::answer::<wire::FindParty>(self.find_party(&request.address).map(Json))
            }
            ObjectRequest::RetryMail(request) => {
                rpc::answer::<wire::RetryMail>(self.machine.retry(&request.mail, request.act).await.map(Json))
            }
            ObjectRequest::Ping(_) => rpc::answer::<wire::Ping>(Ok(())),
        }
    }

    fn load(&self) -> Result<Rc<Current<Proposal>>> {
        self.machine.load()
    }

    fn standing(proposal: &Proposal, caller: &Caller) -> Result<Standing> {
        proposal.standing(caller).map_err(|rejection| refused(rejection, &proposal.slots))
    }

    /// A next round may be created again: there is one.
    async fn create(&self, request: Create) -> Result<Representation> {
        let predecessor = request.proposed.new.predecessor;
        if self.machine.find()?.is_none()
            && let Some(created) = self.machine.create(request.id, request.proposed).await?
        {
            return representation(&created, true, self.machine.env());
        }
        let existing = self.load()?;
        match predecessor {
            Some(_) if existing.entity.predecessor == predecessor => {
                representation(&existing, true, self.machine.env())
            }
            _ => Err(conflict("There is a proposal with this id.")),
        }
    }

    /// Refuses a form that was written as somebody else than who sends it.
    fn expect(&self, caller: &Caller, expected: Option<&str>) -> Result<()> {
        let Some(expected) = expected else { return Ok(()) };
        let standing = Self::standing(&self.load()?.entity, caller)?;
        if standing.actor.label() == expected { Ok(()) } else { Err(Error::SomebodyElse) }
    }

    async fn perform(
        &self,
        act: &proposal::Act,
        expected: Option<&str>,
        seen: Option<&[u32]>,
    ) -> Result<Representation> {
        self.expect(&act.caller, expected)?;
        let judged = self.machine.judge_counted(act, seen).await?;
        let sees_addresses = judged.decision.cause.standing.sees_addresses;
        let after = self.machine.act(act, judged).await?;
        representation(&after, sees_addresses, self.machine.env())
    }

    /// Tells all that a page shows.
    async fn read(&self, act: &proposal::Act, looks: bool) -> Result<Representation> {
        let after = match looks {
            true => {
                let judged = self.machine.judge_counted(act, None).await?;
                self.machine.act(act, judged).await?
            }
            false => self.load()?,
        };
        let standing = Self::standing(&after.entity, &act.caller)?;
        let origin = config::origin(self.machine.env())?;
        let reader = serde_json::to_string(&reader_view(&after.entity, &standing, after.head, &origin))?;
        let entries = self.entries(&after, standing.sees_addresses)?;
        Ok(Representation {
            body: format!("{{\"reader\":{reader},\"log\":{entries}}}").into(),
            version: None,
        })
    }

    /// The entries of the log as JSON.
    fn entries(&self, current: &Current<Proposal>, sees_addresses: bool) -> Result<String> {
        let text = store::ledger_lines(&self.machine.host.sql)?;
        let mut lines = text.split('\n');
        let pair = || Some(StoredText { entry: lines.next()?, beside: lines.next()? });
        let stored: Vec<StoredText<'_>> = std::iter::from_fn(pair).collect();
        Ok(log(&current.entity, &stored, current.head, sees_addresses)?)
    }

    async fn notify(&self, act: &proposal::Act, expected: Option<&str>) -> Result<Representation> {
        let Command::Notify(notice) = &act.command else { return self.perform(act, expected, None).await };
        self.expect(&act.caller, expected)?;
        let judged = self.machine.judge_counted(act, None).await?;
        let standing = judged.decision.cause.standing.clone();
        let mailed: Vec<u16> = judged.decision.counted.recipients.iter().map(|(number, _)| *number).collect();
        let after = self.machine.act(act, judged).await?;
        self.notified(&after.entity, notice, &standing, &mailed)
    }

    /// The answer to a notice. The recipients are named as the caller named them.
    fn notified(
        &self,
        proposal: &Proposal,
        notice: &Notice,
        standing: &Standing,
        mailed: &[u16],
    ) -> Result<Representation> {
        let shown = view(proposal, standing.sees_addresses, Some(&config::origin(self.machine.env())?));
        let named = |number: &u16| {
            let names =
                |text: &&String| proposal.party_named(text, standing).map(|p| p.number) == Some(*number);
            notice.parties.iter().find(names).cloned()
        };
        let body = json!({
            "sender": standing.address,
            "parties": shown.parties,
            "slots": shown.slots,
            "log_url": shown.log_url,
            "notify_url": shown.notify_url,
            "event_url": shown.url,
            "recipients": mailed.iter().filter_map(named).collect::<Vec<_>>(),
        });
        Ok(Representation { body: body.to_string().into(), version: None })
    }

    /// Makes a link to pass on. The token itself never comes here.
    async fn make_link(&self, request: &wire::MakeLink) -> Result<Link> {
        self.expect(&request.act.caller, request.expected.as_deref())?;
        let judged = self.machine.judge_counted(&request.act, None).await?;
        let after = self.machine.act(&request.act, judged).await?;
        let party = after.entity.party(request.party).ok_or_else(not_found)?;
        let days = config::link_days(self.machine.env());
        Ok(after.entity.link(party, self.machine.now(), days))
    }

    /// Opens the next round, or completes what an earlier attempt could not.
    async fn open_round(&self, act: &proposal::Act, expected: Option<&str>) -> Result<u64> {
        self.expect(&act.caller, expected)?;
        let judged = self.machine.judge_counted(act, None).await?;
        let is_new = !judged.decision.events.is_empty();
        let after = self.machine.act(act, judged).await?;
        let successor = after.entity.successor.ok_or_else(not_found)?;
        match self.machine.waits(OPEN_ROUND)? {
            true if is_new => Err(Error::Unavailable("the next round is not made yet".to_owned())),
            true => self.machine.run_kind(OPEN_ROUND).await.map(|()| successor),
            false => Ok(successor),
        }
    }

    fn show(&self) -> Result<Representation> {
        representation(self.load()?.as_ref(), true, self.machine.env())
    }

    fn log(&self, caller: &Caller, jsonl: bool) -> Result<Representation> {
        let current = self.load()?;
        let Current { entity: proposal, head, .. } = current.as_ref();
        let sees_addresses = Self::standing(proposal, caller)?.sees_addresses;
        let store = &self.machine.host.sql;
        let body = if jsonl {
            let stored: Vec<Stored<Offer>> = store::ledger(store)?;
            let visible = |entry: &Stored<Offer>| visible_openings(entry, sees_addresses);
            store::export::<ProposalLedger>(proposal.id, &stored, visible)
        } else {
            let entries = self.entries(&current, sees_addresses)?;
            let View { url, parties, .. } =
                view(proposal, sees_addresses, Some(&config::origin(self.machine.env())?));
            let [event, parties] = [json!(url), json!(parties)];
            format!("{{\"event\":{event},\"parties\":{parties},\"entries\":{entries},\"head\":\"{head}\"}}")
        };
        Ok(Representation { body: body.into(), version: None })
    }

    fn admit(&self, request: &wire::Admit) -> Result<()> {
        let current = self.load()?;
        let proposal = &current.entity;
        let standing = Self::standing(proposal, &request.caller)?;
        match proposal.phase {
            _ if request.organiser && !standing.organiser => {
                Err(refused(Rejection::Forbidden, &proposal.slots))
            }
            Phase::Closed if !request.closed_too => Err(refused(Rejection::Closed, &proposal.slots)),
            _ => Ok(()),
        }
    }

    fn successor(&self, caller: &Caller) -> Result<Successor> {
        let current = self.load()?;
        let standing = Self::standing(&current.entity, caller)?;
        // The next round is open to those whom it mails, and nobody knows who holds such a link.
        if current.entity.successor.is_some() && current.entity.is_passed_on(caller.resolved(&current.entity))
        {
            return Err(conflict("The organiser can give you a link to the new times."));
        }
        Ok(Successor { id: current.entity.successor, address: standing.address })
    }

    fn find_party(&self, address: &Address) -> Result<Option<(u16, u32)>> {
        let current = self.load()?;
        let party = current.entity.active_parties().find(|party| party.address == *address);
        Ok(party.map(|party| (party.number, party.generation)))
    }

    fn agreement(&self, caller: &Caller) -> Result<Agreement> {
        let current = self.load()?;
        let Current { entity: proposal, head, .. } = current.as_ref();
        let standing = Self::standing(proposal, caller)?;
        if proposal.phase == Phase::Closed {
            return Err(refused(Rejection::Closed, &proposal.slots));
        }
        let meeting = meeting::of_proposal(proposal, *head)
            .ok_or_else(|| Error::NotFound("No time is agreed yet.".into()))?;
        // Whoever has the organiser's rights sees all, a party or not.
        let party = if standing.organiser { None } else { standing.actor.party() };
        Ok(Agreement { meeting, party })
    }

    /// An attendee has the number of its party. Whoever is no party has nothing to decline, whatever the state.
    fn attendee(&self, caller: &Caller) -> Result<u16> {
        let current = self.load()?;
        let proposal = &current.entity;
        let party = Self::standing(proposal, caller)?.actor.party();
        let refuse = |rejection| refused(rejection, &proposal.slots);
        match (party, proposal.phase) {
            (None, _) => Err(refuse(Rejection::Forbidden)),
            (_, Phase::Closed) => Err(refuse(Rejection::Closed)),
            (_, Phase::Open | Phase::Exhausted) => Err(conflict("No time is agreed.")),
            (Some(party), Phase::Agreed) => Ok(party),
        }
    }

    async fn unsubscribe(&self, request: &wire::Unsubscribe) -> Result<()> {
        let wire::Unsubscribe { party, generation, scope } = *request;
        let current = self.load()?;
        let proposal = &current.entity;
        let address = match proposal.parties.iter().find(|p| p.number == party) {
            Some(known) => known.address_then(generation),
            None if party == 0 => &proposal.creator.address,
            None => return Err(bad_link()),
        };
        scope.note(self.machine.env(), address, proposal.creator.account, self.machine.now()).await?;
        // Whoever had the party's place before, or until this moment, is unsubscribed already.
        let now = self.load()?;
        if now.entity.parties.iter().any(|p| p.number == party && p.address != *address) {
            return Ok(());
        }
        let command = if scope == Scope::None { Command::OptIn } else { Command::OptOut };
        self.act_unattended(Caller::Unsubscriber { party }, command).await
    }

    async fn act_unattended(&self, caller: Caller, command: Command) -> Result<()> {
        self.machine.act_unattended(&proposal::Act { caller, via: Via::System, command }).await
    }
}
