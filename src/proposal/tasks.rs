//! What a proposal owes beside mail: its row in the directory, the meeting that it agreed on or ended, the next round.
//! Each is a row of the outbox, written with the change that causes it; paying it is
//! harmless late, twice and out of order.

use crate::mail::scheduler;
use std::time::Duration;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::json;
use whittle_domain::instant::Instant;
use whittle_domain::ledger::Digest;
use whittle_domain::meeting::{self, Meeting};
use whittle_domain::proposal::{Act, Caller, Creator, Event, NextRound, Phase, Proposal, What, successor};
use worker::{Env, SqlStorage, console_error};

use super::object::ProposalObject;
use super::store::{self, Held};
use super::wire::{Ask, Message};
use crate::clock;
use crate::config;
use crate::d1::Directory;
use crate::dev::Dev;
use crate::error::{Error, Result};
use crate::meeting as meetings;
use crate::object::outbox::{self, Debt};
use crate::object::{failpoint, rpc};
use crate::random;

/// How long an act waits for D1 to take what it owes; after that the alarm sees to it.
const DEADLINE: Duration = Duration::from_secs(2);
/// How long it waits for another object, which itself waits for D1.
const HOP_DEADLINE: Duration = Duration::from_secs(6);
/// When the alarm looks after a debt that was to be paid inline.
const GRACE_MILLIS: i64 = 5_000;

/// The meeting that is to be.
#[derive(Serialize, Deserialize)]
struct Agreed {
    meeting: Meeting,
    /// Makes the ids of its mails.
    seed: String,
    /// For how long their links are good.
    link_days: i64,
}

/// When a debt's first attempt by alarm is due.
pub fn grace(now: Instant) -> Instant {
    Instant::from_millis(now.millis().saturating_add(GRACE_MILLIS))
}

/// The message that makes the next round.
pub fn round(exhausted: &Proposal, round: &NextRound, act: &Act) -> Result<Message> {
    let creator = match &act.caller {
        // As it is now: it may have been verified since.
        Caller::Account { id, address, verified, .. } if *id == exhausted.creator.account => {
            Creator { account: *id, address: address.clone(), verified: *verified }
        }
        _ => exhausted.creator.clone(),
    };
    let new = Box::new(successor(exhausted, round));
    Ok(Message { ask: Ask::Create { id: round.id, creator, via: act.via, new }, dev: Dev::default() })
}

/// What the events make a proposal owe, but for its projection.
pub fn of(
    store: &SqlStorage,
    was: Option<&Proposal>,
    held: &Held,
    events: &[Event],
    round: Option<Message>,
    env: &Env,
    now: Instant,
) -> Result<Vec<(Debt, String)>> {
    let agreed = events.iter().any(|e| matches!(e.what, What::Agreed { .. } | What::Fixed { .. }));
    let mut owed = if agreed { of_agreement(&held.proposal, held.head, env, now)? } else { Vec::new() };
    let closed = held.proposal.phase == Phase::Closed;
    if closed && was.is_some_and(|was| was.phase == Phase::Agreed) {
        owed.push((Debt::Cancel, "{}".to_owned()));
    }
    if matches!(held.proposal.phase, Phase::Agreed | Phase::Closed) {
        let rows: Vec<Told> = events.iter().filter_map(|event| told(&held.proposal, &event.what)).collect();
        if !rows.is_empty() {
            owed.push((Debt::Attendees, merged(store, Debt::Attendees, &held.proposal, rows)?));
        }
    }
    if let Some(message) = round {
        owed.push((Debt::Successor, serde_json::to_string(&message)?));
    }
    Ok(owed)
}

/// The meeting of a proposal that is agreed.
pub fn of_agreement(
    proposal: &Proposal,
    head: Digest,
    env: &Env,
    now: Instant,
) -> Result<Vec<(Debt, String)>> {
    let Some(meeting) = meeting::of_proposal(proposal, head) else { return Ok(Vec::new()) };
    let meeting = Meeting { updated_at: Instant::from_millis(now.millis()), ..meeting };
    let seed = random::name()?;
    let agreed = Agreed { meeting, seed, link_days: config::link_days(env) };
    Ok(vec![(Debt::Meeting, serde_json::to_string(&agreed)?)])
}

/// What a meeting is told of an attendee, 0 for its organiser: a generation of links, whether it wants mail.
type Told = (u16, u32, Option<bool>);

/// Whoever has one of a party's links is to be shut out of what came of the proposal, too, and who wants no mail about
/// the one wants none about the other.
fn told(proposal: &Proposal, what: &What) -> Option<Told> {
    match *what {
        What::Revoked { party } => {
            Some((party, proposal.party_labelled(&format!("p{party}"))?.generation, None))
        }
        What::OptedOut { party } => Some((party, 0, Some(true))),
        What::OptedIn { party } => Some((party, 0, Some(false))),
        _ => None,
    }
}

/// A debt that gathers rows: those that are not paid yet come first. The entry makes each body another, so that what was
/// paid is never taken for what is owed since.
#[derive(Serialize, Deserialize)]
struct Rows<T> {
    entry: u32,
    rows: Vec<T>,
}

fn merged<T: Serialize + DeserializeOwned>(
    store: &SqlStorage,
    debt: Debt,
    proposal: &Proposal,
    more: Vec<T>,
) -> Result<String> {
    let mut rows: Vec<T> = match outbox::owed(store, debt)? {
        Some(body) => serde_json::from_str::<Rows<T>>(&body)?.rows,
        None => Vec::new(),
    };
    rows.extend(more);
    Ok(serde_json::to_string(&Rows { entry: proposal.entries, rows })?)
}

/// What is paid within the deadline.
async fn in_time(deadline: Duration, paying: impl Future<Output = Result<()>>) -> Result<()> {
    let late = || Err(Error::Unavailable("what is owed was not taken in time".to_owned()));
    clock::within(deadline, paying).await.unwrap_or_else(late)
}

impl ProposalObject {
    /// Pays what is owed, or what is due then: in order, for a meeting is made before it is ended. The first failure ends
    /// an act's round, for its caller waits.
    pub(super) async fn pay_all(&self, due: Option<Instant>) {
        for debt in Debt::ALL {
            let store = self.state.storage().sql();
            let wanted = due.map_or(Ok(true), |now| outbox::debt_due(&store, debt, now));
            let paid = match wanted {
                Ok(true) => self.pay(debt).await,
                Ok(false) => Ok(()),
                Err(error) => Err(error),
            };
            if let Err(error) = paid {
                console_error!("{}", json!({ "debt": debt.word(), "fault": error.fault() }));
                if due.is_none() {
                    return;
                }
            }
        }
    }

    /// Pays a debt, where it is owed. A failure leaves it, for the alarm to see to.
    pub(super) async fn pay(&self, debt: Debt) -> Result<()> {
        let store = self.state.storage().sql();
        let Some(body) = outbox::owed(&store, debt)? else { return Ok(()) };
        let paid = self.settle(debt, &body).await;
        if debt == Debt::Projection {
            self.reach("after_projection").await?;
        }
        match paid {
            Ok(()) => outbox::paid(&store, debt, &body),
            Err(error) => {
                let [jitter] = random::bytes()?;
                let why = error.fault().unwrap_or("refused");
                outbox::put_debt_off(&store, debt, why, jitter, self.now())?;
                Err(error)
            }
        }
    }

    async fn settle(&self, debt: Debt, body: &str) -> Result<()> {
        match debt {
            Debt::Projection => in_time(DEADLINE, self.project()).await,
            // It has failpoints, which last.
            Debt::Meeting => self.agree(body).await,
            Debt::Cancel => in_time(HOP_DEADLINE, self.call_off()).await,
            Debt::Attendees => in_time(DEADLINE, self.tell(body)).await,
            Debt::Successor => in_time(HOP_DEADLINE, self.follow(body)).await,
        }
    }

    /// Writes the row in the directory. Where this holds mail, the row says so, and the same batch tells whether the creator
    /// is verified by now: whichever comes second, this or the verification, finds the other.
    async fn project(&self) -> Result<()> {
        let store = self.state.storage().sql();
        let proposal = self.load()?.proposal;
        let holds_mail = outbox::holds_mail(&store)?;
        let verified = store::project(&Directory::of(&self.env)?, &proposal, holds_mail).await?;
        if !(holds_mail && verified) {
            return Ok(());
        }
        outbox::release(&store, proposal.creator.account, self.now())?;
        self.rearm(true).await
    }

    /// Tells the meeting of its attendees.
    async fn tell(&self, body: &str) -> Result<()> {
        self.meeting_made()?;
        meetings::store::tell(&Directory::of(&self.env)?, self.load()?.proposal.id, body).await
    }

    /// Makes the next round.
    async fn follow(&self, body: &str) -> Result<()> {
        let message: Message = serde_json::from_str(body)?;
        let Ask::Create { id, .. } = &message.ask else { return Ok(()) };
        match rpc::ask(&self.env, "PROPOSAL", &id.to_string(), &message).await {
            Err(refusal) if refusal.is_refusal() => {
                Err(Error::Internal(format!("a next round that is refused: {refusal:?}")))
            }
            other => other.map(|_| ()),
        }
    }

    /// Makes the meeting, with its mails, and has them sent.
    async fn agree(&self, body: &str) -> Result<()> {
        let Agreed { meeting, seed, link_days } = serde_json::from_str(body)?;
        self.reach("before_meeting").await?;
        let letters = meeting::agreed(&meeting, meeting.updated_at, link_days);
        let dev = self.dev();
        let making = async {
            let keys = config::keys(&self.env)?;
            scheduler::wake(&self.env, meeting.id, scheduler::GRACE_MILLIS, &dev).await?;
            let directory = Directory::of(&self.env)?;
            meetings::store::add(&directory, &meeting, &letters, &seed, keys.newest_id(), self.now()).await?;
            scheduler::wake(&self.env, meeting.id, 0, &Dev { failpoint: None, ..dev.clone() }).await
        };
        in_time(DEADLINE, making).await?;
        self.reach("after_meeting").await
    }

    /// What is owed to a meeting waits until that is made.
    fn meeting_made(&self) -> Result<()> {
        match outbox::owed(&self.state.storage().sql(), Debt::Meeting)? {
            Some(_) => Err(Error::Unavailable("the meeting is not made yet".to_owned())),
            None => Ok(()),
        }
    }

    /// Cancels the meeting, as it is by then.
    async fn call_off(&self) -> Result<()> {
        self.meeting_made()?;
        let id = self.load()?.proposal.id;
        let act = meeting::Act { caller: meeting::Caller::Source, command: meeting::Command::Cancel };
        meetings::act(&self.env, id, &act, self.now(), &self.dev()).await.map(|_| ())
    }

    /// What development asked of this proposal, for what it asks of others.
    fn dev(&self) -> Dev {
        failpoint::passed_on(&self.state.storage().sql(), &self.env)
    }
}
