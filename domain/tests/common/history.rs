//! Runs a scenario and records what follows from each act.

use whittle_domain::duration::Duration;
use whittle_domain::instant::Instant;
use whittle_domain::ledger::{self, Salts, Stored};
use whittle_domain::proposal::{
    Act, Actor, Caller, Command, Event, Letter, Offer, Proposal, ProposalLedger, Rejection, Via, apply,
    create, decide, letters, next_wakeup, record,
};

use super::{MINUTE, Scenario, Step, TimedAct, at, caller, command};

pub const ID: u64 = 42;
const LINK_DAYS: i64 = 30;

/// An event with the states before and after it, and its mails.
pub struct Applied {
    pub before: Option<Proposal>,
    pub event: Event,
    pub after: Proposal,
    /// The actor who caused the event.
    pub cause: Actor,
    /// The index of the act in `acts`. The creation has none.
    pub act: Option<usize>,
    pub letters: Vec<Letter>,
}

/// An act and its outcome.
pub struct Decided {
    pub before: Proposal,
    pub act: Act,
    pub now: Instant,
    pub outcome: Result<Vec<Event>, Rejection>,
    pub after: Proposal,
}

impl Decided {
    /// Whether the caller has the organiser's rights.
    pub const fn by_organiser(&self) -> bool {
        match &self.act.caller {
            Caller::Account { id, staff, .. } => *id == 1 || *staff,
            Caller::System => true,
            // No history has one.
            Caller::Either { .. } | Caller::Link { .. } | Caller::Unsubscriber { .. } => false,
        }
    }
}

/// Whether all required parties have answered, computed from the answers alone.
pub fn complete(proposal: &Proposal) -> bool {
    proposal.parties.iter().all(|p| p.withdrawn || p.optional || p.answer.is_some())
}

#[derive(Default)]
pub struct History {
    pub acts: Vec<Decided>,
    pub applied: Vec<Applied>,
    pub log: Vec<Stored<Offer>>,
}

impl History {
    pub fn now(&self) -> &Proposal {
        &self.applied.last().unwrap().after
    }

    /// Each event with the states before and after it, without the creation.
    pub fn steps(&self) -> impl Iterator<Item = (&Proposal, &Event, &Proposal)> {
        self.applied.iter().filter_map(|h| h.before.as_ref().map(|b| (b, &h.event, &h.after)))
    }

    fn keep(&mut self, events: Vec<Event>, cause: &Actor, act: Option<usize>) {
        for event in events {
            let before = self.applied.last().map(|h| h.after.clone());
            let after = apply(before.clone(), &event).unwrap();
            let prev = self.log.last().map_or(ledger::genesis::<ProposalLedger>(ID), |s| s.entry.hash());
            let recorded = record(&after, &event, prev, &Salts::new([9; 32]));
            let head = recorded.entry.hash();
            self.log.push(Stored { entry: recorded.entry, openings: recorded.openings, staff: None });
            let letters = letters(before.as_ref(), &after, &event, cause, head, LINK_DAYS);
            self.applied.push(Applied { before, event, after, cause: cause.clone(), act, letters });
        }
    }

    fn act(&mut self, act: Act, now: Instant) {
        let before = self.now().clone();
        let outcome = decide(&before, &act, now);
        if let Ok(events) = &outcome {
            let cause = before.standing(&act.caller).unwrap().actor;
            self.keep(events.clone(), &cause, Some(self.acts.len()));
        }
        let after = self.now().clone();
        self.acts.push(Decided { before, act, now, outcome, after });
    }

    fn tick(&mut self, now: Instant) {
        self.act(Act { caller: Caller::System, via: Via::System, command: Command::Tick }, now);
    }

    /// Ticks at each wake-up until `end`.
    fn pass(&mut self, from: Instant, end: Instant) {
        let mut now = from;
        // The number of ticks is bounded, so a fault in `next_wakeup` fails a test instead of hanging it.
        for _ in 0..20 {
            let Some(wakeup) = next_wakeup(self.now(), now).filter(|w| *w <= end) else { return };
            self.tick(wakeup);
            now = wakeup;
        }
    }
}

pub fn run(scenario: &Scenario) -> History {
    let mut history = History::default();
    let created = create(ID, scenario.creator.clone(), Via::Basic, scenario.new.clone(), at(0));
    let cause = created[0].by.clone();
    history.keep(created, &cause, None);
    let mut now = at(0);
    for TimedAct { who, minutes, step } in &scenario.moves {
        let next = now.checked_add(Duration::from_micros(minutes * MINUTE)).unwrap();
        if scenario.punctual {
            history.pass(now, next);
        }
        now = next;
        let before = history.now();
        let (caller, via) = match step {
            Step::Tick | Step::Undeliverable(..) => (Caller::System, Via::System),
            _ => caller(*who, before, scenario.proven),
        };
        let command = command(step, before, now);
        history.act(Act { caller, via, command }, now);
    }
    // Everything that becomes due after the last act.
    history.pass(now, at(60 * 2_000));
    history
}
