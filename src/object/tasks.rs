//! The tasks of an object: what a change causes outside the object, and that is no mail. A task is a row, written in the
//! transaction of the change that causes it. The object runs it at once, and by its alarm where that fails, until it is
//! complete; so a task does no harm late, twice, or after the change that follows it.
//!
//! There is one row for each kind and subject. A task that is enqueued again while it waits raises the row's revision: a
//! run that began before then completes nothing.

use serde::Serialize;
use serde::de::DeserializeOwned;
use whittle_domain::instant::Instant;
use whittle_domain::order::sort_by_key;
use worker::SqlStorage;

use super::sql;
use crate::error::Result;
use crate::mail::queue::backoff;
use crate::statement::{Compiled, Param};

/// The longest pause between two runs: lists and meetings wait for tasks, and a run costs little.
const LONGEST_BACKOFF_MILLIS: i64 = 60_000;

/// An object's table. `due_at` and `created_at` count milliseconds of the service's clock.
pub const SCHEMA: &str = "create table tasks (
  kind text not null,
  subject text not null,
  body text not null check (json_valid(body)),
  revision integer not null,
  due_at integer not null,
  created_at integer not null,
  attempts integer not null,
  error text,
  primary key (kind, subject)
) strict, without rowid";

const COMPLETE: &str = "delete from tasks where kind = ?1 and subject = ?2 and revision = ?3";

/// A task of one kind of object: an enum, each variant of it a kind of task.
pub trait Task: Serialize + DeserializeOwned + 'static {
    /// All kinds, in the order in which they run.
    const KINDS: &'static [&'static str];

    /// The task's kind.
    fn kind(&self) -> &'static str;

    /// What the task is about; empty where there is one task of its kind at most.
    fn subject(&self) -> String;

    /// The kinds of which no task may wait when this one runs.
    fn waits_for(&self) -> &'static [&'static str] {
        &[]
    }
}

/// A task's row.
pub struct Queued {
    /// See [`Task::kind`].
    pub kind: String,
    /// See [`Task::subject`].
    pub subject: String,
    revision: i64,
    /// How often it has failed.
    pub attempts: i64,
    /// When it runs by alarm.
    pub due: Instant,
    /// The task, as JSON.
    pub body: String,
}

impl Queued {
    /// The row of a task that is enqueued while no other of its kind and subject waits; its first run by alarm is due at `due`,
    /// should the one at once fail.
    pub fn new<T: Task>(task: &T, due: Instant) -> Result<Self> {
        Ok(Self::common(task.kind(), task.subject(), serde_json::to_string(task)?, due))
    }

    /// The same of a task that objects of all kinds have ([`super::common_tasks`]).
    pub fn common(kind: &str, subject: String, body: String, due: Instant) -> Self {
        Self { kind: kind.to_owned(), subject, revision: 1, attempts: 0, due, body }
    }

    /// The statement that enqueues it. A task that has failed keeps its own time.
    pub fn enqueue(&self, now: Instant) -> Compiled {
        let add = "insert into tasks (kind, subject, body, revision, due_at, created_at, attempts)
          values (?1, ?2, ?3, 1, ?4, ?5, 0)
          on conflict (kind, subject) do update set body = excluded.body, revision = revision + 1,
            due_at = iif(attempts = 0, excluded.due_at, due_at)";
        let params = vec![
            self.kind.as_str().into(),
            self.subject.as_str().into(),
            self.body.as_str().into(),
            self.due.millis().into(),
            now.millis().into(),
        ];
        Compiled::new(add, params)
    }

    /// The statement that takes it away, unless it was enqueued again meanwhile.
    pub fn completion(&self) -> Compiled {
        Compiled::new(COMPLETE, self.key().to_vec())
    }

    fn key(&self) -> [Param; 3] {
        [self.kind.as_str().into(), self.subject.as_str().into(), self.revision.into()]
    }
}

/// Sorts tasks in the order in which they run; those that objects of all kinds have run last.
pub fn sort<T: Task>(tasks: &mut [Queued]) {
    sort_by_key(tasks, |queued| {
        T::KINDS.iter().position(|kind| *kind == queued.kind).unwrap_or(T::KINDS.len())
    });
}

/// All tasks that wait, in the order in which they run.
pub fn waiting<T: Task>(store: &SqlStorage) -> Result<Vec<Queued>> {
    let query =
        "select json_array(kind, subject, revision, attempts, due_at, body) from tasks order by subject";
    let parse = |row: &String| -> Result<Queued> {
        let (kind, subject, revision, attempts, due, body) = whittle_json::from_str(row)?;
        Ok(Queued { kind, subject, revision, attempts, due: Instant::from_millis(due), body })
    };
    let mut waiting = sql::texts(store, query, &[])?.iter().map(parse).collect::<Result<Vec<_>>>()?;
    sort::<T>(&mut waiting);
    Ok(waiting)
}

/// Whether a task of any of these kinds waits.
pub fn any_waits(store: &SqlStorage, kinds: &[&str]) -> Result<bool> {
    for kind in kinds {
        let query = "select 1 from tasks where kind = ?1 limit 1";
        if sql::number(store, query, &[(*kind).into()])?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Takes a task away that has been run, unless it was enqueued again meanwhile.
pub fn complete(store: &SqlStorage, task: &Queued) -> Result<()> {
    sql::run(store, COMPLETE, &task.key())
}

/// Whether a task that was read before waits still, and was not enqueued again meanwhile.
pub fn is_waiting(store: &SqlStorage, task: &Queued) -> Result<bool> {
    let query = "select 1 from tasks where kind = ?1 and subject = ?2 and revision = ?3";
    Ok(sql::number(store, query, &task.key())?.is_some())
}

/// Postpones a task after a failure. `random` is the jitter.
pub fn postpone(store: &SqlStorage, task: &Queued, why: &str, random: u8, now: Instant) -> Result<()> {
    let wait = backoff(task.attempts.saturating_add(1), random).min(LONGEST_BACKOFF_MILLIS);
    let [kind, subject, _] = task.key();
    let params = [kind, subject, now.millis().saturating_add(wait).into(), why.into()];
    let postpone =
        "update tasks set due_at = ?3, error = ?4, attempts = attempts + 1 where kind = ?1 and subject = ?2";
    sql::run(store, postpone, &params)
}
