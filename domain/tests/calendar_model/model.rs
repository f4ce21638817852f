//! What must come of an act, in plain code: time is a set of half hours, a refusal is a word, a mail is its template with its
//! reader. It shares nothing with the code that it judges.

use std::collections::{BTreeMap, BTreeSet};

use super::scenario::{Chosen, Edits, Half, OWNER, Scenario, Step, Who, email};

/// Minutes in an hour and in half of one.
const HOUR: i64 = 60;
const HALF: i64 = 30;

pub type Hours = BTreeSet<i64>;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    pub contact: u64,
    pub removed: bool,
    pub opened: bool,
    pub answer: Option<Vec<Half>>,
    /// The owner's time when it answered.
    pub asked: Hours,
    /// What it was mailed about since.
    pub told: Hours,
    pub unreachable: Option<bool>,
    /// Hours before the deadline of reminders that may still come.
    pub to_come: Vec<i64>,
    pub reminded: Option<i64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Open,
    Finalizing,
    Finalized,
    Closed,
}

/// A mail: which, to whom (0 is the owner), and what it says that depends on more than its reader.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mail {
    pub template: &'static str,
    pub to: u16,
    /// The half hours that were added since the reader's answer.
    pub added: Hours,
    pub missing: usize,
    pub answered: usize,
}

#[derive(Clone, Debug)]
pub struct Model {
    pub state: State,
    /// In minutes.
    pub deadline: i64,
    pub expired: bool,
    pub summarized: bool,
    pub reminders: bool,
    pub name: usize,
    pub description: usize,
    pub slots: BTreeMap<u32, Half>,
    pub next_slot: u32,
    pub people: Vec<Person>,
    /// Addresses that want no mail.
    pub out: BTreeSet<String>,
    pub intent: Option<(String, Vec<Chosen>)>,
    pub scheduled: Vec<Chosen>,
}

pub fn hours(slots: impl IntoIterator<Item = Half>) -> Hours {
    slots.into_iter().flat_map(|(begin, length, _)| begin..begin + length).collect()
}

fn mail(template: &'static str, to: u16) -> Mail {
    Mail { template, to, added: Hours::new(), missing: 0, answered: 0 }
}

pub type Outcome = Result<Vec<Mail>, String>;

impl Model {
    pub fn new(scenario: &Scenario) -> (Self, Vec<Mail>) {
        let mut model = Self {
            state: State::Open,
            deadline: scenario.deadline * HOUR,
            expired: false,
            summarized: false,
            reminders: scenario.reminders,
            name: 0,
            description: 0,
            slots: (1..).zip(scenario.slots.iter().copied()).collect(),
            next_slot: u32::try_from(scenario.slots.len()).unwrap() + 1,
            people: Vec::new(),
            out: BTreeSet::new(),
            intent: None,
            scheduled: Vec::new(),
        };
        let mails = scenario.contacts.iter().flat_map(|contact| model.invite(*contact, 0)).collect();
        (model, mails)
    }

    pub fn own_hours(&self) -> Hours {
        hours(self.slots.values().copied())
    }

    /// The index of a person that is asked.
    fn active(&self, number: u16) -> Option<usize> {
        let at = usize::from(number).checked_sub(1)?;
        self.people.get(at).filter(|p| !p.removed).map(|_| at)
    }

    fn actives(&self) -> impl Iterator<Item = (u16, &Person)> {
        (1..).zip(&self.people).filter(|(_, p)| !p.removed)
    }

    fn number_of(&self, contact: u64) -> Option<u16> {
        self.actives().find(|(_, p)| p.contact == contact).map(|(number, _)| number)
    }

    pub fn reachable(&self, number: u16) -> bool {
        let at = usize::from(number) - 1;
        let person = &self.people[at];
        !person.removed && person.unreachable.is_none() && !self.out.contains(&email(person.contact))
    }

    fn owner_reads(&self) -> bool {
        !self.out.contains(OWNER)
    }

    fn future_reminders(&self, now: i64) -> Vec<i64> {
        [72, 24].into_iter().filter(|hours| self.deadline - hours * HOUR > now).collect()
    }

    fn invite(&mut self, contact: u64, now: i64) -> Option<Mail> {
        let to_come = self.future_reminders(now);
        self.people.push(Person {
            contact,
            removed: false,
            opened: false,
            answer: None,
            asked: Hours::new(),
            told: Hours::new(),
            unreachable: None,
            to_come,
            reminded: None,
        });
        let number = u16::try_from(self.people.len()).unwrap();
        self.reachable(number).then(|| mail("invitation", number))
    }

    fn summary(&self, template: &'static str) -> Option<Mail> {
        let answered = self.actives().filter(|(_, p)| p.answer.is_some()).count();
        let missing = self.actives().count() - answered;
        self.owner_reads().then(|| Mail { missing, answered, ..mail(template, 0) })
    }

    /// What time causes at `now`: the reminders with their hours, or that the deadline has passed.
    pub fn due(&self, now: i64) -> Option<Vec<(u16, i64)>> {
        if self.state != State::Open || self.expired {
            return Some(Vec::new());
        }
        if now >= self.deadline {
            return None;
        }
        let due = |(number, person): (u16, &Person)| {
            let is_time = |hours: &&i64| {
                now >= self.deadline - **hours * HOUR
                    && person.reminded.is_none_or(|at| now >= at + 24 * HOUR)
            };
            let hours = person.to_come.iter().filter(is_time).min()?;
            (self.reminders && person.answer.is_none() && self.reachable(number)).then_some((number, *hours))
        };
        Some(self.actives().filter_map(due).collect())
    }

    pub fn is_due(&self, now: i64) -> bool {
        self.due(now).is_none_or(|reminders| !reminders.is_empty())
    }

    /// The first minute from `now` on at which something is due. It is one at which something can become due.
    pub fn next_due(&self, now: i64) -> Option<i64> {
        let spaced = self.people.iter().filter_map(|p| p.reminded).map(|at| at + 24 * HOUR);
        let hours = [72, 24, 0].map(|hours| self.deadline - hours * HOUR);
        let minutes = [now].into_iter().chain(hours).chain(spaced).filter(|minute| *minute >= now);
        minutes.filter(|minute| self.is_due(*minute)).min()
    }

    fn tick(&mut self, now: i64) -> Vec<Mail> {
        let Some(reminders) = self.due(now) else {
            self.expired = true;
            return Vec::new();
        };
        for (number, hours) in &reminders {
            let person = &mut self.people[usize::from(*number) - 1];
            person.to_come.retain(|other| other < hours);
            person.reminded = Some(now);
        }
        reminders.into_iter().map(|(number, _)| mail("reminder", number)).collect()
    }

    /// As whom somebody acts: 0 for the owner.
    fn actor(&self, who: Who) -> Result<Option<u16>, String> {
        match who {
            Who::Link(number) if self.active(number).is_some() => Ok(Some(number)),
            Who::Unsubscriber(number) if usize::from(number) <= self.people.len() => Ok(Some(number)),
            Who::Link(_) | Who::VoidLink(_) | Who::Unsubscriber(_) => Err("LinkVoid".to_owned()),
            Who::Stranger => Err("Foreign".to_owned()),
            Who::Owner => Ok(Some(0)),
            Who::Staff | Who::System => Ok(None),
        }
    }

    fn may(who: Who, step: &Step) -> bool {
        match step {
            Step::View | Step::Refresh => matches!(who, Who::Owner | Who::Staff | Who::Link(_)),
            Step::Answer { .. } | Step::SameAnswer | Step::Resend => matches!(who, Who::Link(_)),
            Step::Edit(_) | Step::Remind(_) | Step::Finalize(_) | Step::FinalizeWell(_) => who == Who::Owner,
            Step::OptOut | Step::OptIn => matches!(who, Who::Owner | Who::Link(_) | Who::Unsubscriber(_)),
            Step::Close => matches!(who, Who::Owner | Who::Staff),
            Step::Commit(_) | Step::Undo(_) | Step::Summarize(_) | Step::Undeliverable(..) | Step::Tick => {
                who == Who::System
            }
        }
    }

    /// Does an act at minute `now`; `seed` names the intent of a finalisation.
    pub fn act(&mut self, who: Who, step: &Step, now: i64, seed: &str) -> Outcome {
        let actor = self.actor(who)?;
        if !Self::may(who, step) {
            return Err("Forbidden".to_owned());
        }
        match step {
            Step::OptOut | Step::OptIn => {
                let address = match actor {
                    Some(0) | None => OWNER.to_owned(),
                    Some(number) => email(self.people[usize::from(number) - 1].contact),
                };
                match step {
                    Step::OptOut => self.out.insert(address),
                    _ => self.out.remove(&address),
                };
                return Ok(Vec::new());
            }
            Step::Undeliverable(contact, hard) => {
                for person in self.people.iter_mut().filter(|p| !p.removed) {
                    if email(person.contact) == email(*contact) {
                        person.unreachable = Some(*hard);
                    }
                }
                return Ok(Vec::new());
            }
            Step::Commit(right) => return Ok(self.commit(*right)),
            Step::Undo(right) => {
                if *right && self.intent.take().is_some() {
                    self.state = State::Open;
                }
                return Ok(Vec::new());
            }
            Step::Summarize(right) => {
                let is_open = matches!(self.state, State::Open | State::Finalizing);
                if !right || !is_open || !self.expired || self.summarized || !self.owner_reads() {
                    return Ok(Vec::new());
                }
                self.summarized = true;
                return Ok(self.summary("deadline").into_iter().collect());
            }
            Step::Tick => return Ok(self.tick(now)),
            _ => {}
        }
        if self.state == State::Closed {
            return Err("Closed".to_owned());
        }
        match (step, actor) {
            (Step::View | Step::Refresh, actor) => {
                // A look once more leaves an entry only where there was no look before, so a person has opened it either way.
                if let Some(at) = actor.and_then(|number| self.active(number)) {
                    self.people[at].opened = true;
                }
                return Ok(Vec::new());
            }
            (Step::Resend, Some(number)) => return Ok(vec![mail("link", number)]),
            _ => {}
        }
        match self.state {
            State::Finalizing => return Err("Finalizing".to_owned()),
            State::Finalized => return Err("Finalized".to_owned()),
            State::Open | State::Closed => {}
        }
        let own = actor.and_then(|number| self.active(number));
        match step {
            Step::Edit(edits) => self.edit(edits, now),
            Step::Remind(contact) => self.remind(*contact, now),
            Step::Answer { slots, replace } => self.answer(own.unwrap(), slots.clone(), *replace, now),
            Step::SameAnswer => {
                let slots = self.people[own.unwrap()].answer.clone().unwrap_or_default();
                self.answer(own.unwrap(), slots, true, now)
            }
            Step::Finalize(chosen) => self.finalize(chosen.clone(), now, seed),
            Step::FinalizeWell(skip) => self.finalize(self.well(*skip), now, seed),
            Step::Close => {
                self.state = State::Closed;
                let told = self.actives().map(|(number, _)| number).filter(|n| self.reachable(*n));
                Ok(told.map(|number| mail("closed", number)).collect())
            }
            _ => unreachable!("{step:?}"),
        }
    }

    fn commit(&mut self, right: bool) -> Vec<Mail> {
        let Some((_, chosen)) = self.intent.take_if(|_| right) else { return Vec::new() };
        self.state = State::Finalized;
        self.scheduled = chosen;
        let without = self.actives().map(|(number, _)| number);
        let without = without.filter(|n| !self.scheduled.iter().any(|(number, ..)| number == n));
        without.filter(|n| self.reachable(*n)).map(|number| mail("unscheduled", number)).collect()
    }

    fn remind(&mut self, contact: u64, now: i64) -> Outcome {
        let number = self.number_of(contact).ok_or("NoInvitee")?;
        if self.people[usize::from(number) - 1].answer.is_some() {
            return Ok(Vec::new());
        }
        if now >= self.deadline {
            return Err("DeadlinePassed".to_owned());
        }
        if !self.reachable(number) {
            return Ok(Vec::new());
        }
        self.people[usize::from(number) - 1].reminded = Some(now);
        Ok(vec![mail("reminder", number)])
    }

    fn answer(&mut self, at: usize, slots: Vec<Half>, replace: bool, now: i64) -> Outcome {
        if now >= self.deadline {
            return Err("DeadlinePassed".to_owned());
        }
        if self.people[at].answer.is_some() && !replace {
            return Err("AlreadyResponded".to_owned());
        }
        let was_complete = self.actives().all(|(_, p)| p.answer.is_some());
        let asked = self.own_hours();
        let person = &mut self.people[at];
        let says_nothing = person.answer.as_ref() == Some(&slots) && asked.is_subset(&person.asked);
        if says_nothing {
            return Ok(Vec::new());
        }
        person.opened = true;
        person.answer = Some(slots);
        person.asked = asked;
        person.told = Hours::new();
        let complete = self.actives().all(|(_, p)| p.answer.is_some());
        Ok(self.summary("answered").filter(|_| complete && !was_complete).into_iter().collect())
    }

    fn edit(&mut self, edits: &Edits, now: i64) -> Outcome {
        if edits.stale {
            return Err("Stale".to_owned());
        }
        let deadline = edits.deadline.map(|hours| now + hours * HOUR);
        let mut faults = Vec::new();
        if deadline.is_some_and(|d| d <= now) {
            faults.push("deadline: Deadline cannot be in the past.");
        }
        if edits.add.iter().any(|contact| self.number_of(*contact).is_some()) {
            faults.push("add_invitees: This contact is already invited.");
        }
        faults.sort_unstable();
        if !faults.is_empty() {
            return Err(format!("Invalid {}", faults.join(" ")));
        }
        self.name = edits.name.unwrap_or(self.name);
        self.description = edits.description.unwrap_or(self.description);
        if let Some(deadline) = deadline.filter(|d| *d != self.deadline) {
            self.deadline = deadline;
            self.expired = false;
            self.summarized = false;
            let to_come = self.future_reminders(now);
            self.people.iter_mut().for_each(|p| p.to_come.clone_from(&to_come));
        }
        if let Some(on) = edits.reminders.filter(|on| *on != self.reminders) {
            self.reminders = on;
            let to_come = self.future_reminders(now);
            if on {
                self.people.iter_mut().for_each(|p| p.to_come.retain(|hours| to_come.contains(hours)));
            }
        }
        let is_removed = |p: &&mut Person| !p.removed && edits.remove.contains(&p.contact);
        for person in self.people.iter_mut().filter(is_removed) {
            person.removed = true;
            person.answer = None;
        }
        let mut mails = Vec::new();
        let mut invited = BTreeSet::new();
        for contact in &edits.add {
            if invited.insert(*contact) {
                mails.extend(self.invite(*contact, now));
            }
        }
        self.slots.retain(|id, _| !edits.remove_slots.contains(id));
        for slot in &edits.add_slots {
            self.slots.insert(self.next_slot, *slot);
            self.next_slot += 1;
        }
        if now < self.deadline {
            mails.extend(self.ask_again());
        }
        Ok(mails)
    }

    /// Who has answered is asked about half hours that it was neither asked nor mailed about.
    fn ask_again(&mut self) -> Vec<Mail> {
        let own = self.own_hours();
        let mut mails = Vec::new();
        for number in (1..).take(self.people.len()) {
            let person = &self.people[usize::from(number) - 1];
            let added: Hours = own.difference(&person.asked).copied().collect();
            if person.answer.is_some() && !added.is_subset(&person.told) && self.reachable(number) {
                self.people[usize::from(number) - 1].told.extend(&added);
                mails.push(Mail { added, ..mail("added", number) });
            }
        }
        mails
    }

    /// A schedule in which each person that is not left out has the first half hour of its answer that is free and to come; who has
    /// not answered is left out.
    pub fn well(&self, skip: usize) -> Vec<Chosen> {
        let mut taken = Hours::new();
        let mut chosen = Vec::new();
        for (n, (number, person)) in self.actives().enumerate() {
            let can = hours(person.answer.iter().flatten().copied());
            let free = can.into_iter().find(|half| !taken.contains(half));
            if let Some(half) = free.filter(|_| skip == 0 || n % skip != 0 || n == 0) {
                taken.insert(half);
                chosen.push((number, half, 1));
            }
        }
        chosen
    }

    fn finalize(&mut self, mut chosen: Vec<Chosen>, now: i64, seed: &str) -> Outcome {
        if chosen.is_empty() {
            return Err("Invalid finalized_schedule: This list may not be empty.".to_owned());
        }
        let fault = |text: &str| Err(format!("Unschedulable {text}"));
        if chosen.iter().any(|(number, ..)| self.active(*number).is_none()) {
            return fault("Contact not invited to calendar");
        }
        let all: BTreeSet<u16> = chosen.iter().map(|(number, ..)| *number).collect();
        if all.len() < chosen.len() {
            return fault("Contact is scheduled twice");
        }
        let halves = |(_, begin, length): &Chosen| *begin..*begin + *length;
        let together: Hours = chosen.iter().flat_map(halves).collect();
        if i64::try_from(together.len()).unwrap() < chosen.iter().map(|(_, _, length)| length).sum() {
            return fault("Meeting times overlap");
        }
        for meeting in &chosen {
            let person = &self.people[self.active(meeting.0).unwrap()];
            if let Some(answer) = &person.answer {
                let can = hours(answer.iter().copied());
                if !halves(meeting).all(|half| can.contains(&half)) {
                    return fault(&format!("Invalid meeting time for contact: {}", person.contact));
                }
            }
        }
        if chosen.iter().any(|(_, begin, _)| begin * HALF < now) {
            return fault("Meeting time is in the past");
        }
        chosen.sort_by_key(|(number, begin, length)| (*begin, *length, *number));
        self.intent = Some((seed.to_owned(), chosen));
        self.state = State::Finalizing;
        Ok(Vec::new())
    }
}
