//! What a calendar causes outside its object beside mail: its row in the directory, and the meetings of the schedule that was
//! chosen.
//!
//! ```text
//! Intended   -> Reserve -> Commit, or where the time is taken Undo
//! Finalized  -> Confirm
//! Undone     -> Void
//! Expired    -> Summarize -> Summarize
//! ```
//!
//! On the right are the acts that tasks end in. A task carries its meetings: it may run when the state has gone on.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use whittle_domain::calendar::{self, Act, Calendar, Caller, Command, Intent, What};
use whittle_domain::entity::Via;
use whittle_domain::instant::Instant;
use whittle_domain::meeting::{self, Meeting};

use super::projection;
use crate::clock;
use crate::config;
use crate::d1::Directory;
use crate::error::{Error, Refusal, Result};
use crate::meeting::reserve;
use crate::object::machine::{Change, Machine, Ran};
use crate::object::tasks::Task;

/// How many milliseconds an act waits for D1; after that the alarm sees to the task.
const DEADLINE: u32 = 2_000;
/// How long an act waits for D1 and for the clock that sends mail.
const CONFIRM_DEADLINE: Duration = Duration::from_secs(3);

/// A task of a calendar.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CalendarTask {
    /// To write the calendar's row in the directory.
    Project,
    /// To reserve the times of an intent.
    Reserve(Box<Meetings>),
    /// To have the meetings of a finalised calendar take place, with their mails.
    Confirm(Box<Meetings>),
    /// To take back the meetings of an intent that was undone.
    Void(Box<Meetings>),
    /// To work out what the summary at this deadline says.
    Summarize { deadline: Instant },
}

/// The kind of the tasks that reserve.
pub const RESERVE: &str = "reserve";

/// The meetings of an intent.
#[derive(Debug, Serialize, Deserialize)]
pub struct Meetings {
    /// Names the intent. The ids of their mails are made of it.
    seed: String,
    meetings: Vec<Meeting>,
    /// For how many days the links in their mails are good.
    link_days: i64,
}

impl Task for CalendarTask {
    const KINDS: &'static [&'static str] = &["project", RESERVE, "confirm", "void", "summarize"];

    fn kind(&self) -> &'static str {
        match self {
            Self::Project => "project",
            Self::Reserve(_) => RESERVE,
            Self::Confirm(_) => "confirm",
            Self::Void(_) => "void",
            Self::Summarize { .. } => "summarize",
        }
    }

    /// Intents follow each other, and what is to be undone of one is not what is to be reserved of the next.
    fn subject(&self) -> String {
        match self {
            Self::Project | Self::Summarize { .. } => String::new(),
            Self::Reserve(of) | Self::Confirm(of) | Self::Void(of) => of.seed.clone(),
        }
    }
}

/// What lists show changes with this, and who is asked.
const fn listed(calendar: &Calendar) -> u32 {
    calendar.version
}

/// The tasks that a change of a calendar causes.
pub fn caused(change: &Change<'_, Calendar>, link_days: i64) -> Vec<CalendarTask> {
    let Change { before, after, .. } = change;
    let mut tasks = Vec::new();
    if change.holds_mail || before.map(listed) != Some(listed(&after.entity)) {
        tasks.push(CalendarTask::Project);
    }
    let meetings = |intent: &Intent| {
        let meetings = meeting::of_calendar(&after.entity, &intent.scheduled, after.head);
        Box::new(Meetings { seed: intent.seed.clone(), meetings, link_days })
    };
    let intent = before.and_then(|before| before.intent.as_ref());
    for event in change.events {
        match &event.what {
            What::Intended(intent) => tasks.push(CalendarTask::Reserve(meetings(intent))),
            What::Finalized => tasks.extend(intent.map(|intent| CalendarTask::Confirm(meetings(intent)))),
            What::Undone => tasks.extend(intent.map(|intent| CalendarTask::Void(meetings(intent)))),
            What::Expired => tasks.push(CalendarTask::Summarize { deadline: after.entity.deadline }),
            _ => {}
        }
    }
    tasks
}

/// Runs a task.
pub async fn run(machine: &Machine<Calendar>, task: CalendarTask) -> Result<Ran<Act>> {
    let directory = Directory::of(machine.env()).within(DEADLINE);
    match task {
        CalendarTask::Project => {
            let projected = project(machine, &directory).await;
            machine.reach("after_projection").await?;
            projected.map(|()| Ran::Done)
        }
        // The failpoints wait for longer than any deadline.
        CalendarTask::Reserve(of) => {
            machine.reach("before_reserve").await?;
            let reserved = reserve::reserve(&directory, &of.meetings, &of.seed, machine.now()).await;
            machine.reach("after_reserve").await?;
            let seed = of.seed;
            match reserved {
                Ok(()) => Ok(Ran::Then(by_system(Command::Commit { seed }))),
                Err(Error::Database(Refusal::Busy { .. })) => {
                    Ok(Ran::Then(by_system(Command::Undo { seed })))
                }
                Err(fault) => Err(fault),
            }
        }
        CalendarTask::Confirm(of) => {
            machine.reach("before_confirm").await?;
            let Meetings { seed, meetings, link_days } = *of;
            let keys = config::keys(machine.env())?;
            let (now, dev) = (machine.now(), machine.dev());
            let key_id = keys.newest_id();
            let confirm = reserve::confirm(machine.env(), &meetings, (&seed, key_id), link_days, now, &dev);
            let late = || Err(Error::Unavailable("a task did not end in time".to_owned()));
            clock::within(CONFIRM_DEADLINE, confirm).await.unwrap_or_else(late)?;
            machine.reach("after_confirm").await?;
            Ok(Ran::Done)
        }
        CalendarTask::Void(of) => {
            machine.reach("before_void").await?;
            reserve::void(&directory, &of.meetings, &of.seed, machine.now()).await?;
            machine.reach("after_void").await?;
            Ok(Ran::Done)
        }
        CalendarTask::Summarize { deadline } => {
            let current = machine.load()?;
            let best = super::suggest::best(&current.entity, machine.now(), machine.env()).await?;
            Ok(Ran::Then(by_system(Command::Summarize { deadline, best })))
        }
    }
}

const fn by_system(command: Command) -> Act {
    Act { caller: Caller::System, via: Via::System, command }
}

/// Writes the row in the directory. Where the object holds mail, the row says so, and the same batch tells whether the owner is
/// verified by now: whichever comes second, this or the verification, finds the other.
async fn project(machine: &Machine<Calendar>, directory: &Directory) -> Result<()> {
    let current = machine.load()?;
    let calendar: &calendar::Calendar = &current.entity;
    let holds_mail = machine.holds_mail()?;
    let verified = projection::write(directory, calendar, holds_mail).await?;
    if holds_mail && verified && machine.release(calendar.owner.account).await? {
        projection::holds_no_mail(directory, calendar).await?;
    }
    Ok(())
}
