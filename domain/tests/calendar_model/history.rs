//! Runs a scenario on the calendar and on the model, side by side.

use whittle_domain::address::Address;
use whittle_domain::calendar::{
    Act, Calendar, CalendarLedger, Caller, Cause, Command, Composed, Edit, Event, Finalization, Letter, New,
    NewInvitee, Owner, Phase, Progress, Rejection, Scheduled, Template,
};
use whittle_domain::duration::Duration;
use whittle_domain::entity::{CountedMail, Decision, Entity, Outgoing, Undeliverable, Via};
use whittle_domain::instant::Instant;
use whittle_domain::ledger::{self, Salts, Stored};
use whittle_domain::schedule::{Preference, PreferredSlot};
use whittle_domain::slot::Slot;
use whittle_domain::text::PersonName;
use whittle_domain::zone::Zone;

use super::model::{Hours, Mail, Model, Outcome, State};
use super::scenario::{Chosen, Edits, Half, Move, OWNER, Scenario, Step, Who, email, mapped};

pub const ID: u64 = 42;
pub const OWNER_ACCOUNT: u64 = 1;
const MINUTE: i64 = 60_000_000;

/// The instant this many minutes after the calendar was created.
pub fn at(minute: i64) -> Instant {
    Instant::from_micros(1_760_000_400_000_000 + minute * MINUTE).unwrap()
}

pub fn minute(instant: Instant) -> i64 {
    (instant.micros() - at(0).micros()) / MINUTE
}

pub fn slot(begin: i64, length: i64) -> Slot {
    Slot::new(at(30 * begin), Duration::from_micros(30 * MINUTE * length)).unwrap()
}

pub fn preferred((begin, length, level): Half) -> PreferredSlot {
    PreferredSlot { slot: slot(begin, length), preference: Preference::new(level).unwrap() }
}

/// The half hours of slots.
fn halves(slots: &[Slot]) -> Hours {
    let of = |s: &Slot| minute(s.begin()) / 30..minute(s.end()) / 30;
    slots.iter().flat_map(of).collect()
}

pub fn address(text: &str) -> Address {
    text.parse().unwrap()
}

pub fn contact(id: u64) -> NewInvitee {
    NewInvitee {
        contact: id,
        first_name: PersonName::parse(&format!("First{id}")).unwrap(),
        last_name: PersonName::parse(&format!("Last{id}")).unwrap(),
        address: address(&email(id)),
    }
}

pub fn owner(verified: bool, named: bool) -> Owner {
    let name = |text: &str| if named { text.to_owned() } else { String::new() };
    Owner {
        account: OWNER_ACCOUNT,
        address: address(OWNER),
        verified,
        first_name: name("Olga"),
        last_name: name("Owner"),
    }
}

const NAMES: [&str; 3] = ["Interviews", "Talks", "Reviews"];
const DESCRIPTIONS: [&str; 3] = ["", "Bring a plan", "Twenty minutes\neach"];

pub fn new(scenario: &Scenario) -> New {
    New {
        name: serde_json::from_value(NAMES[0].into()).unwrap(),
        description: serde_json::from_value(DESCRIPTIONS[0].into()).unwrap(),
        timezone: Zone::default(),
        deadline: at(60 * scenario.deadline),
        meeting_minutes: 30,
        step_minutes: 30,
        reminders: scenario.reminders,
        slots: scenario.slots.iter().copied().map(preferred).collect(),
        invitees: scenario.contacts.iter().copied().map(contact).collect(),
    }
}

pub fn caller(who: Who, owner: &Owner) -> (Caller, Via) {
    let account = |id, address: Address, verified, staff| Caller::Account { id, address, verified, staff };
    match who {
        Who::Link(invitee) => (Caller::Link { invitee, generation: 0 }, Via::Link),
        Who::VoidLink(invitee) => (Caller::Link { invitee, generation: 1 }, Via::Link),
        Who::Owner => (account(OWNER_ACCOUNT, owner.address.clone(), owner.verified, false), Via::Bearer),
        Who::Staff => (account(2, address("staff@example.org"), true, true), Via::Token),
        Who::Stranger => (account(3, address("p1@example.org"), true, false), Via::Session),
        Who::Unsubscriber(invitee) => (Caller::Unsubscriber { invitee }, Via::Link),
        Who::System => (Caller::System, Via::System),
    }
}

fn edit(edits: &Edits, calendar: &Calendar, now: i64) -> Edit {
    Edit {
        name: edits.name.map(|n| serde_json::from_value(NAMES[n].into()).unwrap()),
        description: edits.description.map(|n| serde_json::from_value(DESCRIPTIONS[n].into()).unwrap()),
        deadline: edits.deadline.map(|hours| at(now + 60 * hours)),
        reminders: edits.reminders,
        add_invitees: edits.add.iter().copied().map(contact).collect(),
        remove_invitees: edits.remove.clone(),
        add_slots: edits.add_slots.iter().copied().map(preferred).collect(),
        remove_slots: edits.remove_slots.clone(),
        if_match: Some(vec![if edits.stale { calendar.version + 1 } else { calendar.version }]),
    }
}

fn scheduled(chosen: &[Chosen]) -> Vec<Scheduled> {
    let meeting = |(id, (invitee, begin, length)): (u64, &Chosen)| Scheduled {
        meeting: id,
        invitee: *invitee,
        slot: slot(*begin, *length),
    };
    (1_000..).zip(chosen).map(meeting).collect()
}

fn command(step: &Step, calendar: &Calendar, model: &Model, now: i64, who: Who, seed: &str) -> Command {
    let open_seed = |right: bool| match &calendar.intent {
        Some(intent) if right => intent.seed.clone(),
        _ => "another".to_owned(),
    };
    let finalize = |chosen: &[Chosen]| {
        Command::Finalize(Finalization { seed: seed.to_owned(), scheduled: scheduled(chosen) })
    };
    match step {
        Step::View => Command::View,
        Step::Refresh => Command::Refresh,
        Step::Answer { slots, replace } => {
            Command::Answer { slots: slots.iter().copied().map(preferred).collect(), replace: *replace }
        }
        Step::SameAnswer => {
            let number = if let Who::Link(number) = who { number } else { 0 };
            let answer = calendar.invitee(number).and_then(|i| i.answer.clone());
            Command::Answer { slots: answer.map(|a| a.slots).unwrap_or_default(), replace: true }
        }
        Step::Edit(edits) => Command::Edit(edit(edits, calendar, now)),
        Step::Remind(contact) => Command::Remind(*contact),
        Step::Resend => Command::Resend,
        Step::Finalize(chosen) => finalize(chosen),
        Step::FinalizeWell(skip) => finalize(&model.well(*skip)),
        Step::Commit(right) => Command::Commit { seed: open_seed(*right) },
        Step::Undo(right) => Command::Undo { seed: open_seed(*right) },
        Step::Summarize(right) => Command::Summarize {
            deadline: if *right { calendar.deadline } else { at(60_000) },
            best: model.well(0).iter().map(|(number, begin, _)| (*number, at(30 * begin))).collect(),
        },
        Step::OptOut => Command::OptOut,
        Step::OptIn => Command::OptIn,
        Step::Undeliverable(contact, hard) => Command::Undeliverable {
            address: address(&email(*contact)),
            why: if *hard { Undeliverable::Bounced } else { Undeliverable::Complained },
        },
        Step::Close => Command::Close,
        Step::Tick => Command::Tick,
    }
}

/// A refusal as the model words it.
pub fn word(rejection: &Rejection) -> String {
    match rejection {
        Rejection::Invalid(errors) => {
            let errors = serde_json::to_value(errors).unwrap();
            let fields = errors.as_object().unwrap().iter();
            let faults: Vec<String> =
                fields.map(|(field, fault)| format!("{field}: {}", fault[0].as_str().unwrap())).collect();
            format!("Invalid {}", faults.join(" "))
        }
        Rejection::Unschedulable(text) => format!("Unschedulable {text}"),
        other => format!("{other:?}"),
    }
}

pub const fn template(template: Template) -> &'static str {
    match template {
        Template::Invitation => "invitation",
        Template::Added => "added",
        Template::Reminder => "reminder",
        Template::Link => "link",
        Template::Closed => "closed",
        Template::Unscheduled => "unscheduled",
        Template::Answered => "answered",
        Template::Deadline => "deadline",
    }
}

fn as_mail(letter: &Letter) -> Mail {
    Mail {
        template: template(letter.template),
        to: letter.invitee,
        added: halves(&letter.added),
        missing: letter.missing.len(),
        answered: letter.answered,
    }
}

/// An event with the states before and after it, and its mails.
pub struct Applied {
    pub before: Option<Calendar>,
    pub event: Event,
    pub after: Calendar,
    pub cause: Cause,
    pub mails: Vec<Outgoing<Letter>>,
}

/// An act with what came of it.
pub struct Decided {
    pub before: Calendar,
    pub act: Act,
    pub now: Instant,
    pub outcome: Result<(Vec<Event>, CountedMail), Rejection>,
    pub mails: Vec<Outgoing<Letter>>,
    pub after: Calendar,
    /// What the model says of it, with its state then.
    pub expected: Outcome,
    pub model: Model,
}

impl Decided {
    /// The mails as the model tells them.
    pub fn mails(&self) -> Vec<Mail> {
        let mut mails: Vec<Mail> = self.mails.iter().map(|mail| as_mail(&mail.letter)).collect();
        mails.sort();
        mails
    }
}

pub struct History {
    pub acts: Vec<Decided>,
    pub applied: Vec<Applied>,
    pub log: Vec<Stored<Progress>>,
    pub model: Model,
    /// The mails of the creation: those that there are, and those that there must be.
    pub invitations: (Vec<Mail>, Vec<Mail>),
    /// Wake-ups that the calendar and the model do not agree on.
    pub odd_wakeups: Vec<(Option<i64>, Option<i64>)>,
    clock: i64,
    seeds: u32,
}

impl History {
    pub fn now(&self) -> &Calendar {
        &self.applied.last().unwrap().after
    }

    fn keep(&mut self, decision: &Decision<Calendar>) -> Vec<Outgoing<Letter>> {
        let mut all = Vec::new();
        for event in &decision.events {
            let before = self.applied.last().map(|h| h.after.clone());
            let after = Calendar::apply(before.clone(), event).unwrap();
            let prev = self.log.last().map_or(ledger::genesis::<CalendarLedger>(ID), |s| s.entry.hash());
            let recorded = after.record(event, prev, &Salts::new([9; 32]));
            let head = recorded.entry.hash();
            let staff = recorded.staff.map(|address| address.to_string());
            self.log.push(Stored { entry: recorded.entry, openings: recorded.openings, staff });
            let mails = Calendar::letters(before.as_ref(), &after, event, &decision.cause, head, 1);
            all.extend(mails.iter().cloned());
            let (event, cause) = (event.clone(), decision.cause.clone());
            self.applied.push(Applied { before, event, after, cause, mails });
        }
        all
    }

    fn act(&mut self, who: Who, step: &Step) {
        self.seeds += 1;
        let seed = format!("seed {}", self.seeds);
        let before = self.now().clone();
        let (caller, via) = caller(who, &before.owner);
        let command = command(step, &before, &self.model, self.clock, who, &seed);
        let act = Act { caller, via, command };
        let now = at(self.clock);
        let expected = self.model.act(who, step, self.clock, &seed).map(|mut mails| {
            mails.sort();
            mails
        });
        let mut mails = Vec::new();
        let outcome = before.decide(&act, now).map(|decision| {
            mails = self.keep(&decision);
            (decision.events, decision.counted)
        });
        let (after, model) = (self.now().clone(), self.model.clone());
        self.acts.push(Decided { before, act, now, outcome, mails, after, expected, model });
    }

    /// Ticks at each wake-up until `end`.
    fn pass(&mut self, end: i64) {
        // The number of ticks is bounded, so a fault in `next_wakeup` fails a test instead of hanging it.
        for _ in 0..20 {
            let wakeup = self.now().next_wakeup(at(self.clock)).map(minute).filter(|w| *w <= end);
            let expected = self.model.next_due(self.clock).filter(|w| *w <= end);
            if wakeup != expected {
                self.odd_wakeups.push((wakeup, expected));
            }
            let Some(wakeup) = wakeup else { return };
            self.clock = wakeup;
            self.act(Who::System, &Step::Tick);
        }
    }
}

pub fn run(scenario: &Scenario) -> History {
    let (model, mut expected) = Model::new(scenario);
    expected.sort();
    let mut history = History {
        acts: Vec::new(),
        applied: Vec::new(),
        log: Vec::new(),
        model,
        invitations: (Vec::new(), expected),
        odd_wakeups: Vec::new(),
        clock: 0,
        seeds: 0,
    };
    let composed =
        Composed { owner: owner(scenario.verified, scenario.named), via: Via::Bearer, new: new(scenario) };
    let created = Calendar::create(ID, composed, at(0));
    history.invitations.0 = history.keep(&created).iter().map(|mail| as_mail(&mail.letter)).collect();
    history.invitations.0.sort();
    for Move { who, minutes, step } in &scenario.moves {
        let next = history.clock + minutes;
        if scenario.punctual {
            history.pass(next);
        }
        history.clock = next;
        let (who, step) = mapped(*who, step, history.model.people.len());
        history.act(who, &step);
    }
    history
}

pub const fn state(phase: Phase) -> State {
    match phase {
        Phase::Open => State::Open,
        Phase::Finalizing => State::Finalizing,
        Phase::Finalized => State::Finalized,
        Phase::Closed => State::Closed,
    }
}
