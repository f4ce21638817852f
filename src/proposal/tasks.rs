//! What a proposal causes outside its object beside mail: its row in the directory, the meeting that it agreed on or ended,
//! what that meeting must know of its attendees, the next round.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::json;
use whittle_domain::detail::{Detail, Detailed as _};
use whittle_domain::instant::Instant;
use whittle_domain::meeting::{self, Meeting};
use whittle_domain::proposal::{
    self, Caller, Command, Creator, NextRound, Phase, Proposal, Proposed, What, successor,
};
use worker::Env;

use super::projection;
use super::wire::Create;
use crate::clock;
use crate::config;
use crate::d1::Directory;
use crate::dev::Dev;
use crate::error::{Error, Result};
use crate::mail::scheduler;
use crate::meeting as meetings;
use crate::object::machine::{Change, Machine};
use crate::object::rpc;
use crate::object::store::Current;
use crate::object::tasks::Task;
use crate::random;

/// How many milliseconds an act waits for D1; after that the alarm sees to the task.
const DEADLINE: u32 = 2_000;
/// How long an act waits for several calls of D1.
const BATCHES_DEADLINE: Duration = Duration::from_secs(2);
/// How long an act waits for another object, which itself waits for D1.
const CALL_DEADLINE: Duration = Duration::from_secs(6);

/// A task of a proposal. What the state says by then is not in it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProposalTask {
    /// To write the proposal's row in the directory.
    Project,
    /// To make the meeting that was agreed on, with its mails.
    MakeMeeting(Box<Agreed>),
    /// To give that meeting the proposal's details of these names, which were changed; its others may be its own by now.
    UpdateMeeting { details: Vec<String> },
    /// To cancel that meeting.
    CancelMeeting,
    /// To void an attendee's older links to the meeting.
    VoidLinks { party: u16 },
    /// To tell the meeting whether an attendee, or the organiser (0), wants mail.
    Subscribe { party: u16 },
    /// To make the proposal that follows.
    OpenRound(Box<Create>),
}

/// The kind of the tasks that make a meeting; whatever else concerns the meeting waits for them.
const MAKE_MEETING: &str = "make_meeting";
/// The kind of the tasks that open a next round.
pub const OPEN_ROUND: &str = "open_round";

/// The meeting that is to be.
#[derive(Debug, Serialize, Deserialize)]
pub struct Agreed {
    meeting: Meeting,
    /// The attendees who were never asked before and whose invitations are not counted yet: somebody else than the creator
    /// brought the agreement about.
    uncounted: Vec<u16>,
    /// The ids of its mails are made of it.
    seed: String,
    /// For how many days the links in its mails are good.
    link_days: i64,
}

impl Task for ProposalTask {
    const KINDS: &'static [&'static str] =
        &["project", MAKE_MEETING, "update_meeting", "cancel_meeting", "void_links", "subscribe", OPEN_ROUND];

    fn kind(&self) -> &'static str {
        match self {
            Self::Project => "project",
            Self::MakeMeeting(_) => MAKE_MEETING,
            Self::UpdateMeeting { .. } => "update_meeting",
            Self::CancelMeeting => "cancel_meeting",
            Self::VoidLinks { .. } => "void_links",
            Self::Subscribe { .. } => "subscribe",
            Self::OpenRound(_) => OPEN_ROUND,
        }
    }

    fn subject(&self) -> String {
        match self {
            Self::VoidLinks { party } | Self::Subscribe { party } => party.to_string(),
            Self::UpdateMeeting { details } => details.join(" "),
            Self::Project | Self::MakeMeeting(_) | Self::CancelMeeting | Self::OpenRound(_) => String::new(),
        }
    }

    fn waits_for(&self) -> &'static [&'static str] {
        match self {
            Self::UpdateMeeting { .. }
            | Self::CancelMeeting
            | Self::VoidLinks { .. }
            | Self::Subscribe { .. } => &[MAKE_MEETING],
            Self::Project | Self::MakeMeeting(_) | Self::OpenRound(_) => &[],
        }
    }
}

/// What lists show changes with these: the version, and how many parties have opened their links.
fn listed(proposal: &Proposal) -> (u32, usize) {
    (proposal.version, proposal.parties.iter().filter(|p| p.opened).count())
}

/// The tasks that a change of a proposal causes.
pub fn caused(change: &Change<'_, Proposal>, env: &Env, now: Instant) -> Result<Vec<ProposalTask>> {
    let Change { before, after, .. } = change;
    let phase = after.entity.phase;
    let mut tasks = Vec::new();
    if change.holds_mail || before.map(listed) != Some(listed(&after.entity)) {
        tasks.push(ProposalTask::Project);
    }
    if change.events.iter().any(|e| matches!(e.what, What::Agreed { .. } | What::Fixed { .. })) {
        tasks.extend(make_meeting(change, env, now)?);
    }
    if phase == Phase::Agreed && before.is_some_and(|before| before.phase == phase) {
        let details: Vec<String> = change.events.iter().filter_map(changed_detail).collect();
        if !details.is_empty() {
            tasks.push(ProposalTask::UpdateMeeting { details });
        }
    }
    if phase == Phase::Closed && before.is_some_and(|before| before.phase == Phase::Agreed) {
        tasks.push(ProposalTask::CancelMeeting);
    }
    if matches!(phase, Phase::Agreed | Phase::Closed) {
        // Whoever has one of a party's links is shut out of the meeting, too, and whoever wants no mail about the proposal
        // wants none about the meeting.
        tasks.extend(change.events.iter().filter_map(|event| match event.what {
            What::Revoked { party } => Some(ProposalTask::VoidLinks { party }),
            What::OptedOut { party } | What::OptedIn { party } => Some(ProposalTask::Subscribe { party }),
            _ => None,
        }));
    }
    if before.is_some_and(|b| b.creator_generation != after.entity.creator_generation) {
        tasks.push(ProposalTask::VoidLinks { party: 0 });
    }
    if let (Some(before), Some(proposal::Act { command: Command::Round(round), .. })) = (before, change.act) {
        tasks.push(open_round(before, round, change));
    }
    Ok(tasks)
}

/// The name of the detail that the event changed.
fn changed_detail(event: &proposal::Event) -> Option<String> {
    match &event.what {
        What::Changed(detail) => Some(detail.name().to_owned()),
        _ => None,
    }
}

fn make_meeting(change: &Change<'_, Proposal>, env: &Env, now: Instant) -> Result<Option<ProposalTask>> {
    let Current { entity, head, .. } = change.after;
    let Some(meeting) = meeting::of_proposal(entity, *head) else { return Ok(None) };
    // Who organises was counted with the act itself.
    let actor = change.before.zip(change.act).and_then(|(before, act)| before.standing(&act.caller).ok());
    let counted = actor.is_none_or(|standing| {
        let staff = matches!(standing.actor, proposal::Actor::Staff(_));
        staff || entity.is_creator(&standing.actor)
    });
    let uncounted = meeting.attendees.iter().filter(|a| !counted && !a.asked).map(|a| a.number).collect();
    let meeting = Meeting { updated_at: Instant::from_millis(now.millis()), ..meeting };
    let agreed = Agreed { meeting, uncounted, seed: random::name()?, link_days: config::link_days(env) };
    Ok(Some(ProposalTask::MakeMeeting(Box::new(agreed))))
}

fn open_round(before: &Proposal, round: &NextRound, change: &Change<'_, Proposal>) -> ProposalTask {
    let creator = match change.act.map(|act| &act.caller) {
        // As the account is now: its address may have been verified since.
        Some(Caller::Account { id, address, verified, .. }) if *id == before.creator.account => {
            let name = before.creator.name.clone();
            Creator { account: *id, address: address.clone(), verified: *verified, name }
        }
        _ => before.creator.clone(),
    };
    let via = change.act.map_or(proposal::Via::System, |act| act.via);
    let proposed = Proposed { creator, via, new: successor(before, round) };
    ProposalTask::OpenRound(Box::new(Create { id: round.id, proposed }))
}

/// Runs a task.
pub async fn run(machine: &Machine<Proposal>, task: ProposalTask) -> Result<()> {
    match task {
        ProposalTask::Project => {
            let projected = project(machine).await;
            machine.reach("after_projection").await?;
            projected
        }
        // Its failpoints wait for longer than any deadline.
        ProposalTask::MakeMeeting(agreed) => add_meeting(machine, *agreed).await,
        ProposalTask::UpdateMeeting { details: names } => {
            let changed = |detail: &Detail| names.iter().any(|name| name == detail.name());
            let details = machine.load()?.entity.details().into_iter().filter(changed).collect();
            let update = meeting::Update { details, ..meeting::Update::default() };
            within(CALL_DEADLINE, change_meeting(machine, meeting::Command::Update(update))).await
        }
        ProposalTask::CancelMeeting => {
            within(CALL_DEADLINE, change_meeting(machine, meeting::Command::Cancel)).await
        }
        ProposalTask::VoidLinks { party } => {
            let current = machine.load()?;
            let state = &current.entity;
            let known = state.parties.iter().find(|p| p.number == party);
            let generation = known.map_or(state.creator_generation, |p| p.generation);
            update_attendee(machine, (party, generation, None)).await
        }
        ProposalTask::Subscribe { party } => {
            let current = machine.load()?;
            let state = &current.entity;
            let known = state.parties.iter().find(|p| p.number == party);
            let opted_out = known.map_or(state.creator_opted_out, |p| p.opted_out);
            update_attendee(machine, (party, 0, Some(opted_out))).await
        }
        ProposalTask::OpenRound(create) => within(CALL_DEADLINE, create_round(machine.env(), *create)).await,
    }
}

async fn within(deadline: Duration, work: impl Future<Output = Result<()>>) -> Result<()> {
    let late = || Err(Error::Unavailable("a task did not end in time".to_owned()));
    clock::within(deadline, work).await.unwrap_or_else(late)
}

/// Writes the row in the directory. Where the object holds mail, the row says so, and the same batch tells whether the
/// creator is verified by now: whichever comes second, this or the verification, finds the other.
async fn project(machine: &Machine<Proposal>) -> Result<()> {
    let current = machine.load()?;
    let proposal = &current.entity;
    let holds_mail = machine.holds_mail()?;
    let directory = Directory::of(machine.env()).within(DEADLINE);
    let origin = config::origin(machine.env())?;
    let verified = projection::write(&directory, proposal, holds_mail, &origin).await?;
    if holds_mail && verified && machine.release(proposal.creator.account).await? {
        projection::holds_no_mail(&directory, proposal).await?;
    }
    Ok(())
}

/// Adds the meeting with its mails, and has them sent.
async fn add_meeting(machine: &Machine<Proposal>, agreed: Agreed) -> Result<()> {
    let Agreed { mut meeting, uncounted, seed, link_days } = agreed;
    machine.reach("before_meeting").await?;
    let mut letters = meeting::agreed(&meeting, meeting.updated_at, link_days);
    let dev = machine.dev();
    let adding = async {
        let keys = config::keys(machine.env())?;
        scheduler::wake(machine.env(), meeting.id, scheduler::GRACE_MILLIS, &dev).await?;
        let directory = Directory::of(machine.env());
        meetings::drop_over_budget(
            machine.env(),
            &mut meeting,
            &mut letters,
            &uncounted,
            &seed,
            machine.now(),
        )
        .await?;
        meetings::store::add(&directory, &meeting, &letters, &seed, keys.newest_id(), machine.now()).await?;
        scheduler::wake(machine.env(), meeting.id, 0, &Dev { failpoint: None, ..dev.clone() }).await
    };
    within(BATCHES_DEADLINE, adding).await?;
    machine.reach("after_meeting").await
}

/// Changes the meeting, as it is by then.
async fn change_meeting(machine: &Machine<Proposal>, command: meeting::Command) -> Result<()> {
    let act = meeting::Act { caller: meeting::Caller::Source, command };
    let id = machine.load()?.entity.id;
    meetings::act(machine.env(), id, &act, meetings::Asked::default(), machine.now(), &machine.dev())
        .await
        .map(|_| ())
}

/// Tells the meeting of an attendee: its number, the generation of its links, whether it wants no mail.
async fn update_attendee(machine: &Machine<Proposal>, row: (u16, u32, Option<bool>)) -> Result<()> {
    let rows = json!({ "rows": [row] }).to_string();
    meetings::store::tell(&Directory::of(machine.env()).within(DEADLINE), machine.load()?.entity.id, &rows)
        .await
}

async fn create_round(env: &Env, create: Create) -> Result<()> {
    let name = create.id.to_string();
    match rpc::call(env, &name, create, &Dev::default()).await {
        Err(refusal) if refusal.is_refusal() => {
            Err(Error::Internal(format!("a next round that is refused: {refusal:?}")))
        }
        other => other.map(|_| ()),
    }
}
