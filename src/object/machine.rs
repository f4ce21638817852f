//! The machine of every Durable Object that holds an entity of the domain: one transaction of state, ledger, outbox, tasks
//! and alarm, and what follows it.
//!
//! Why each operation is atomic:
//! * *An act* reads the state, lets the domain decide, and writes state, ledger entries, mails, tasks and the alarm in one
//!   transaction. Between reading and writing there is no await that lets another request in, so acts on one entity have
//!   one order. Mail that people cause is counted in D1 first; the act is then decided again, by the state as it is after
//!   that.
//! * *A task* runs after the transaction, at once or by the alarm. It does no harm late or twice, and is completed only if
//!   it was not enqueued again meanwhile ([`super::tasks`]). An act that follows from it is written with its completion.
//! * *A mail* is claimed, sent with an idempotency key of its own, and marked ([`crate::mail::dispatcher`]).
//! * *A socket* is told of a change in the turn that wrote it, and nothing waits for it ([`super::live`]).
//! * *The alarm* is one for all of it. It is set in the transaction that makes something due, and again before and after
//!   every run, because the platform drops an alarm that fails six times.

use std::collections::BTreeMap;
use std::rc::Rc;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;
use whittle_domain::address::Address;
use whittle_domain::entity::{CountedMail, Decision, Entity, Sender};
use whittle_domain::instant::Instant;
use whittle_domain::ledger::{LedgerKind, Occurrence, Recorded, Salts, genesis};
use whittle_domain::order;
use worker::{Env, console_error};

use super::common_tasks;
use super::failpoint;
use super::host::Host;
use super::known::Known;
use super::memory::Memory;
use super::outbox::{self, NewMail};
use super::store::{self, Body, Current};
use super::tasks::{self, Queued, Task};
use super::wake::next_due;
use crate::clock::{self, Offset};
use crate::config;
use crate::dev::Dev;
use crate::error::{Error, Result, not_found};
use crate::mail::budget::{self, About, Counted};
use crate::mail::dispatcher::Letter;
use crate::platform;
use crate::random;
use crate::statement::Compiled;

/// How often an act is decided again because it would mail others than those that were counted.
const TRIES: usize = 5;
/// When the alarm looks after a task that was to run at once.
const GRACE_MILLIS: i64 = 5_000;

/// What a task ends in that was run.
pub enum Ran<A> {
    /// It is complete.
    Done,
    /// It is complete, and this act follows from it: both are written in one transaction. Where the act is refused or changes
    /// nothing, the task is complete all the same.
    Then(A),
}

/// What the machine asks of the Worker about a kind of entity, beside the domain's rules.
pub trait Hosted: Entity {
    /// What a change causes outside the object.
    type Task: Task;
    /// Who reads by a socket ([`super::live`]), as it is remembered while the socket is open.
    type Reader: Serialize + DeserializeOwned;

    /// What mail about the entity `id` is counted as being about.
    fn about(id: u64) -> About;

    /// The answer to an act that the domain rejects.
    fn refuse(&self, rejection: Self::Rejection, act: &Self::Act, env: &Env) -> Error;

    /// The version that sockets tell.
    fn version(&self) -> u32;

    /// Why an act is refused whose caller has seen these versions; none where the present one is among them.
    fn stale(&self, seen: &[u32]) -> Option<Self::Rejection>;

    /// The key that a reader's sockets are counted by; refused where the reader may not read, or not any more.
    fn reader_key(&self, reader: &Self::Reader) -> Result<String>;

    /// The tasks that a change causes; `before` is none where it is the first.
    fn tasks(change: &Change<'_, Self>, env: &Env, now: Instant) -> Result<Vec<Self::Task>>;

    /// Runs a task. A failure leaves it to the alarm.
    fn run(machine: &Machine<Self>, task: Self::Task) -> impl Future<Output = Result<Ran<Self::Act>>>;

    /// The letter as all outboxes keep it.
    fn wrap(letter: Self::Letter) -> Letter;

    /// The letter of this kind that a queued mail is made of.
    fn unwrap(letter: &Letter) -> Option<&Self::Letter>;
}

/// A change that is about to be written.
pub struct Change<'a, E: Entity> {
    /// The state before it.
    pub before: Option<&'a E>,
    /// The state after it, with the ledger's head.
    pub after: &'a Current<E>,
    /// The act that causes it; none for a creation.
    pub act: Option<&'a E::Act>,
    /// What happens.
    pub events: &'a [E::Event],
    /// Whether it queues mail that waits for a verification.
    pub holds_mail: bool,
}

/// What was decided of an act, and by which state.
pub struct Judged<E: Entity> {
    /// The state that the act was decided by.
    pub before: Rc<Current<E>>,
    /// What was decided.
    pub decision: Decision<E>,
    /// The outbox rows, by participant, that the act's mails were counted under.
    pub rows: BTreeMap<u16, String>,
}

/// The machine of one object.
pub struct Machine<E> {
    /// The platform's side of the object.
    pub host: Host,
    memory: Memory<E>,
    pub(super) known: Known,
}

impl<E: Hosted> Machine<E> {
    /// What it is an object of: `proposal`, `calendar`.
    const KIND: &'static str = <E::Ledger as LedgerKind>::NAME;

    /// The machine of this object.
    pub fn new(host: Host) -> Self {
        Self { host, memory: Memory::default(), known: Known::default() }
    }

    /// The environment.
    pub const fn env(&self) -> &Env {
        &self.host.env
    }

    pub(super) fn offset(&self) -> Offset {
        failpoint::offset(&self.host.sql, self.env())
    }

    /// Now, by the object's clock.
    pub fn now(&self) -> Instant {
        clock::now(self.offset())
    }

    /// Stops here if a test has armed this failpoint.
    pub async fn reach(&self, name: &str) -> Result<()> {
        failpoint::reach(&self.host, name).await
    }

    /// What development asked of this object, for what it asks of others.
    pub fn dev(&self) -> Dev {
        failpoint::passed_on(&self.host.sql, self.env())
    }

    /// The entity; 404 where there is none.
    pub fn load(&self) -> Result<Rc<Current<E>>> {
        self.find()?.ok_or_else(not_found)
    }

    /// The entity, where there is one.
    pub fn find(&self) -> Result<Option<Rc<Current<E>>>> {
        if let Some(current) = self.memory.recall() {
            return Ok(Some(current));
        }
        if !self.known.has_tables(&self.host.sql)? {
            return Ok(None);
        }
        let current = store::load(&self.host.sql)?.map(Rc::new);
        if let Some(current) = &current {
            self.memory.remember(current);
        }
        Ok(current)
    }

    /// Whether the object holds mail.
    pub fn holds_mail(&self) -> Result<bool> {
        self.known.holds_mail(&self.host.sql)
    }

    /// What every message does first: it brings the tables up to date, and keeps what development asks for.
    pub async fn prepare(&self, dev: &Dev) -> Result<()> {
        failpoint::keep(&self.host.sql, self.env(), dev)?;
        self.upgrade().await?;
        match dev.offset {
            // What the moved clock makes due is due now.
            Some(_) => self.rearm(true),
            None => Ok(()),
        }
    }

    /// Brings the tables of an object that is older than the code up to date, one step a transaction.
    pub(super) async fn upgrade(&self) -> Result<()> {
        if self.known.is_current.get() {
            return Ok(());
        }
        let steps = config::object_upgrades(self.env());
        if steps.is_empty() {
            self.known.is_current.set(true);
            return Ok(());
        }
        if !self.known.has_tables(&self.host.sql)? {
            return Ok(());
        }
        let version = store::version(&self.host.sql)?;
        for (to, step) in (store::VERSION.saturating_add(1)..).zip(steps).filter(|(to, _)| *to > version) {
            self.reach("before_upgrade").await?;
            platform::transact(&self.host.storage, &store::upgrade(to, &step))?;
            self.reach("after_upgrade").await?;
        }
        self.known.is_current.set(true);
        Ok(())
    }

    /// What the act causes by the state as it is.
    pub fn judge(&self, act: &E::Act) -> Result<Judged<E>> {
        let before = self.load()?;
        match before.entity.decide(act, self.now()) {
            Ok(decision) => Ok(Judged { before, decision, rows: BTreeMap::new() }),
            Err(rejection) => Err(before.entity.refuse(rejection, act, self.env())),
        }
    }

    /// The same for a caller who has seen these versions, where that is a condition: rights and state are judged before it.
    fn judge_seen(&self, act: &E::Act, seen: Option<&[u32]>) -> Result<Judged<E>> {
        let judged = self.judge(act)?;
        match seen.and_then(|seen| judged.before.entity.stale(seen)) {
            Some(rejection) => Err(judged.before.entity.refuse(rejection, act, self.env())),
            None => Ok(judged),
        }
    }

    /// What the act causes by the state as it is once its mail is counted.
    pub async fn judge_counted(&self, act: &E::Act, seen: Option<&[u32]>) -> Result<Judged<E>> {
        let mut counted: BTreeMap<u16, (String, Address)> = BTreeMap::new();
        for _ in 0..TRIES {
            let judged = match self.judge_seen(act, seen) {
                Ok(judged) => judged,
                Err(refusal) => {
                    let ids: Vec<&str> = counted.values().map(|(row, _)| row.as_str()).collect();
                    if !ids.is_empty() {
                        budget::forget(self.env(), &ids).await?;
                    }
                    return Err(refusal);
                }
            };
            let CountedMail { recipients, .. } = &judged.decision.counted;
            let is_counted = |number, to: &Address| {
                counted.get(&number).is_some_and(|(_, known)| known.counting_key() == to.counting_key())
            };
            let more: Vec<(u16, Address)> =
                recipients.iter().filter(|(number, to)| !is_counted(*number, to)).cloned().collect();
            if more.is_empty() {
                let rows = order::map(counted.into_iter().map(|(number, (row, _))| (number, row)));
                return Ok(Judged { rows, ..judged });
            }
            let rows = self.count(judged.before.entity.id(), &judged.decision.counted, &more).await?;
            counted.extend(more.into_iter().zip(rows).map(|((number, to), row)| (number, (row, to))));
        }
        Err(Error::Unavailable("participants that change all the time".to_owned()))
    }

    /// Counts mails in D1, all of them or none; gives the ids that their outbox rows must have.
    async fn count(&self, id: u64, mail: &CountedMail, recipients: &[(u16, Address)]) -> Result<Vec<String>> {
        let about = mail.held_for.map_or_else(|| E::about(id), About::Held);
        let sender = match &mail.sender {
            Sender::Address(address) => address.counting_key(),
            Sender::Account(account) => budget::unproven(*account),
            Sender::System => String::new(),
        };
        let rows: Vec<String> = recipients.iter().map(|_| random::name()).collect::<Result<_>>()?;
        let counted = rows.iter().zip(recipients);
        let counted = counted.map(|(row, (_, to))| Counted { id: row.clone(), recipient: to.counting_key() });
        budget::count(self.env(), &counted.collect::<Vec<_>>(), &sender, about, self.now()).await?;
        Ok(rows)
    }

    /// Becomes an entity. `None` where there is one already.
    pub async fn create(&self, id: u64, new: E::New) -> Result<Option<Rc<Current<E>>>> {
        let decision = E::create(id, new, self.now());
        if !decision.counted.recipients.is_empty() {
            self.count(id, &decision.counted, &decision.counted.recipients).await?;
        }
        if self.find()?.is_some() {
            return Ok(None);
        }
        self.commit(id, (None, None), decision, &BTreeMap::new(), None).await.map(Some)
    }

    /// Does an act that was judged: where it changes something, that is written.
    pub async fn act(&self, act: &E::Act, judged: Judged<E>) -> Result<Rc<Current<E>>> {
        let Judged { before, decision, rows } = judged;
        if decision.events.is_empty() {
            return Ok(before);
        }
        self.commit(before.entity.id(), (Some(&before), Some(act)), decision, &rows, None).await
    }

    /// Does an act that nobody waits for.
    pub async fn act_unattended(&self, act: &E::Act) -> Result<()> {
        let judged = self.judge(act)?;
        self.act(act, judged).await.map(|_| ())
    }

    /// Writes what the events make of the entity, in one transaction with all that they cause and with the end of the task
    /// that they follow from, then runs the tasks. There is no await between the caller's reading of the state and the
    /// transaction, but a failpoint that never returns.
    async fn commit(
        &self,
        id: u64,
        (before, act): (Option<&Rc<Current<E>>>, Option<&E::Act>),
        decision: Decision<E>,
        rows: &BTreeMap<u16, String>,
        ended: Option<&Queued>,
    ) -> Result<Rc<Current<E>>> {
        let [before_commit, after_commit] = match ended {
            None => ["before_commit", "after_commit"],
            Some(_) => ["before_task_commit", "after_task_commit"],
        };
        if config::read_only(self.env()).is_some() {
            // Whoever looks leaves no trace.
            let closed = || Error::Unavailable("the deployment is read-only".to_owned());
            return before.cloned().ok_or_else(closed);
        }
        self.reach(before_commit).await?;
        let (now, offset) = (self.now(), self.offset());
        let keys = config::keys(self.env())?;
        let salts = Salts::new(random::bytes()?);
        let link_days = config::link_days(self.env());
        let mut head = before.map_or_else(|| genesis::<E::Ledger>(id), |current| current.head);
        let mut state = before.map(|current| current.entity.clone());
        let mut recorded: Vec<Recorded<Body<E>>> = Vec::new();
        let mut mails: Vec<NewMail> = Vec::new();
        for event in &decision.events {
            let earlier = state.clone();
            let after = E::apply(state, event)
                .ok_or_else(|| Error::Internal("an event before the first".to_owned()))?;
            let entry = after.record(event, head, &salts);
            head = entry.entry.hash();
            recorded.push(entry);
            for mail in E::letters(earlier.as_ref(), &after, event, &decision.cause, head, link_days) {
                let counted = mail.recipient.and_then(|number| rows.get(&number)).cloned();
                let body = serde_json::to_string(&E::wrap(mail.letter))?;
                mails.push(NewMail {
                    id: counted.map_or_else(random::name, Ok)?,
                    body,
                    held_for: mail.held_for,
                });
            }
            state = Some(after);
        }
        let entity = state.ok_or_else(|| Error::Internal("nothing happened".to_owned()))?;
        let after = Rc::new(Current::new(entity, head));
        let change = Change {
            before: before.map(|current| &current.entity),
            after: &after,
            act,
            events: &decision.events,
            holds_mail: mails.iter().any(|mail| mail.held_for.is_some()),
        };
        let grace = Instant::from_millis(now.millis().saturating_add(GRACE_MILLIS));
        let mut queued: Vec<Queued> = E::tasks(&change, self.env(), now)?
            .iter()
            .map(|task| Queued::new(task, grace))
            .collect::<Result<_>>()?;
        for Recorded { entry, staff, .. } in &recorded {
            if let (Some(staff), true) = (staff, entry.kind != Occurrence::View) {
                let acted = (entry.act.as_str(), entry.via.as_str(), entry.seq, entry.at.as_str());
                queued.push(common_tasks::enter_entry((Self::KIND, id), acted, staff, grace)?);
            }
        }
        let is_first = before.is_none();
        // Nobody wants what was not sent of it before.
        let ends = after.entity.is_closed() && before.is_some_and(|before| !before.entity.is_closed());
        let drops = ends && outbox::any_fails(&self.host.sql)?;
        if drops {
            queued.push(common_tasks::tell(grace));
        }
        let mut statements: Vec<Compiled> = is_first.then(store::make).into_iter().collect();
        statements.extend(store::write(&after, &recorded)?);
        statements.extend(drops.then(outbox::delete_dead));
        statements.extend(mails.iter().map(|mail| outbox::add_mail(mail, keys.newest_id(), now)));
        // First of the tasks: one of the same kind and subject may follow from the one that ends.
        statements.extend(ended.map(Queued::completion));
        statements.extend(queued.iter().map(|task| task.enqueue(now)));
        // What was due before has set the alarm, unless nobody knows any more for when.
        let known = is_first || self.host.knows_alarm();
        let stored = if known { None } else { next_due(&self.host.sql, now, true)? };
        platform::transact(&self.host.storage, &statements)?;
        self.memory.remember(&after);
        let change = self.known.note_written(is_first, !mails.is_empty(), change.holds_mail);
        let mail = mails.iter().any(|mail| mail.held_for.is_none()).then_some(now);
        let task = (!queued.is_empty()).then_some(grace);
        let end = if known { None } else { self.next_end() };
        let dues = [stored, mail, task, end, after.entity.next_wakeup(now)];
        if let Some(due) = dues.into_iter().flatten().min() {
            self.host.wake_by(clock::real_millis_of(due, offset));
        }
        let is_new = before.is_none_or(|before| before.entity.version() != after.entity.version());
        self.tell(&after.entity, is_new, now);
        self.reach(after_commit).await?;
        if !queued.is_empty() {
            if !self.known.is_idle.replace(false) {
                queued = tasks::waiting::<E::Task>(&self.host.sql)?;
            }
            tasks::sort::<E::Task>(&mut queued);
            self.run_at_once(&queued, change).await?;
        }
        Ok(after)
    }

    /// Runs all tasks that wait, until one fails. Once one has failed, only the alarm tries: no act is to wait for it again.
    async fn run_at_once(&self, waiting: &[Queued], change: u64) -> Result<()> {
        if waiting.iter().any(|queued| queued.attempts > 0) {
            return Ok(());
        }
        for queued in waiting {
            match self.try_task(queued).await {
                Ok(Progress::Completed) => {}
                // The change that followed has run all that waits.
                Ok(Progress::Changed) => return Ok(()),
                Err(error) => {
                    log_failure(&queued.kind, &error);
                    return Ok(());
                }
            }
        }
        // Where something else was written meanwhile, who wrote it sees to what waits.
        if self.known.changes.get() == change {
            self.known.is_idle.set(true);
        }
        Ok(())
    }

    /// Runs the tasks that are due.
    pub(super) async fn run_due_tasks(&self) -> Result<()> {
        if self.known.is_idle.get() {
            return Ok(());
        }
        let now = self.now();
        for queued in tasks::waiting::<E::Task>(&self.host.sql)?.iter().filter(|queued| queued.due <= now) {
            // What followed from another task may have run it.
            if !tasks::is_waiting(&self.host.sql, queued)? {
                continue;
            }
            if let Err(error) = self.try_task(queued).await {
                log_failure(&queued.kind, &error);
            }
        }
        Ok(())
    }

    /// Runs the tasks of one kind that wait, until one fails.
    pub async fn run_kind(&self, kind: &str) -> Result<()> {
        for queued in tasks::waiting::<E::Task>(&self.host.sql)?.iter().filter(|queued| queued.kind == kind) {
            if !tasks::is_waiting(&self.host.sql, queued)? {
                continue;
            }
            self.try_task(queued).await?;
        }
        Ok(())
    }

    /// Runs a task, and postpones it where it fails.
    async fn try_task(&self, queued: &Queued) -> Result<Progress> {
        let outcome = self.run_task(queued).await;
        if let Err(error) = &outcome {
            let [jitter] = random::bytes()?;
            let why = error.fault().unwrap_or("refused");
            tasks::postpone(&self.host.sql, queued, why, jitter, self.now())?;
        }
        outcome
    }

    async fn run_task(&self, queued: &Queued) -> Result<Progress> {
        if common_tasks::KINDS.contains(&queued.kind.as_str()) {
            let id = self.load()?.entity.id();
            common_tasks::run(&self.host, (Self::KIND, id), queued).await?;
            tasks::complete(&self.host.sql, queued)?;
            return Ok(Progress::Completed);
        }
        let task: E::Task = whittle_json::from_str(&queued.body)?;
        if tasks::any_waits(&self.host.sql, task.waits_for())? {
            return Err(Error::Unavailable("a task that comes first is not complete".to_owned()));
        }
        if let Ran::Then(act) = E::run(self, task).await? {
            match self.judge(&act) {
                Ok(Judged { before, decision, rows }) if !decision.events.is_empty() => {
                    let id = before.entity.id();
                    let caused = (Some(&before), Some(&act));
                    // The change runs its own tasks, which can end in acts as well: the future contains its own kind.
                    Box::pin(self.commit(id, caused, decision, &rows, Some(queued))).await?;
                    return Ok(Progress::Changed);
                }
                Err(error) if !error.is_refusal() => return Err(error),
                Ok(_) | Err(_) => {}
            }
        }
        tasks::complete(&self.host.sql, queued)?;
        Ok(Progress::Completed)
    }

    /// Whether a task of this kind waits.
    pub fn waits(&self, kind: &str) -> Result<bool> {
        tasks::any_waits(&self.host.sql, &[kind])
    }
}

/// What running a task has come to.
enum Progress {
    /// It is complete.
    Completed,
    /// It is complete, and what followed from it has changed the entity.
    Changed,
}

fn log_failure(kind: &str, error: &Error) {
    console_error!("{}", json!({ "task": kind, "fault": error.fault() }));
}
