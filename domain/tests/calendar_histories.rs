//! Properties that hold for every history of a calendar.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::panic,
    clippy::unreachable,
    reason = "a test may panic"
)]

mod calendar_model;

use std::collections::BTreeMap;

use calendar_model::history::{self, History, ID, OWNER_ACCOUNT, at, run, slot, template, word};
use calendar_model::model::hours;
use calendar_model::scenario::{Edits, Move, Scenario, Step, Who, cases, email, scenario};
use proptest::prelude::{Strategy, any, prop_assert, prop_assert_eq, proptest};
use proptest::sample::Index;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{TestCaseError, TestRunner};
use whittle_domain::calendar::{
    Actor, Calendar, CalendarLedger, Caller, Command, Phase, Progress, Reading, Template, What, reading,
    replay,
};
use whittle_domain::entity::Entity as _;
use whittle_domain::ledger::{self, Digest, Fault, Stored};
use whittle_domain::schedule::PreferredSlot;
use whittle_domain::slot::Slot;

/// The half hours of slots.
fn halves(slots: impl IntoIterator<Item = Slot>) -> std::collections::BTreeSet<i64> {
    let half = |s: Slot| history::minute(s.begin()) / 30..history::minute(s.end()) / 30;
    slots.into_iter().flat_map(half).collect()
}

fn export(log: &[Stored<Progress>]) -> String {
    let entries = log.iter().map(|stored| (stored.entry.clone(), stored.openings.clone()));
    ledger::export::<CalendarLedger>(ID, entries)
}

/// Refusals, mails and state are those of the model, and so are the times at which the clock must be looked at.
fn agrees(history: &History) -> Result<(), TestCaseError> {
    prop_assert_eq!(&history.invitations.0, &history.invitations.1, "the invitations");
    prop_assert_eq!(&history.odd_wakeups, &Vec::new());
    for decided in &history.acts {
        let mails = decided.mails();
        let outcome = decided.outcome.as_ref().map(|_| mails).map_err(word);
        prop_assert_eq!(&outcome, &decided.expected, "{:?} of {:?}", decided.act, decided.before);
        let (c, model) = (&decided.after, &decided.model);
        prop_assert_eq!(history::state(c.phase), model.state);
        prop_assert_eq!(c.deadline, at(model.deadline));
        prop_assert_eq!((c.deadline_passed, c.summarized), (model.expired, model.summarized));
        let slots: Vec<(u32, PreferredSlot)> = c.slots.iter().map(|s| (s.id, s.available)).collect();
        let mut expected: Vec<(u32, PreferredSlot)> =
            model.slots.iter().map(|(id, half)| (*id, history::preferred(*half))).collect();
        expected.sort_by_key(|(id, available)| (available.slot, *id));
        prop_assert_eq!(slots, expected);
        prop_assert_eq!(c.invitees.len(), model.people.len());
        for (invitee, person) in c.invitees.iter().zip(&model.people) {
            prop_assert_eq!((invitee.contact, invitee.removed), (person.contact, person.removed));
            prop_assert_eq!(invitee.opened, person.opened, "{:?}", decided.act);
            let answer = invitee.answer.as_ref().map(|answer| answer.slots.clone());
            let expected =
                person.answer.as_ref().map(|slots| slots.iter().copied().map(history::preferred).collect());
            prop_assert_eq!(answer, expected, "answers are kept");
            if let Some(answer) = &invitee.answer {
                prop_assert_eq!(halves(answer.asked.iter().copied()), person.asked.clone());
                prop_assert_eq!(halves(answer.told.iter().copied()), person.told.clone());
                let added: std::collections::BTreeSet<i64> =
                    model.own_hours().difference(&person.asked).copied().collect();
                prop_assert_eq!(halves(c.added_since(answer)), added);
            }
            prop_assert_eq!(invitee.opted_out, model.out.contains(&email(invitee.contact)));
        }
        let made = c.scheduled.iter().map(|m| (m.invitee, m.slot)).collect::<Vec<_>>();
        let expected: Vec<(u16, Slot)> = model.scheduled.iter().map(|(n, b, l)| (*n, slot(*b, *l))).collect();
        prop_assert_eq!(made, expected);
        prop_assert_eq!(halves(c.owner_time()), hours(model.slots.values().copied()));
    }
    Ok(())
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn a_calendar_does_as_its_model(scenario in scenario()) {
        agrees(&run(&scenario))?;
    }

    /// The state is what its events make of it, its stored form says all of it, and a refusal changes nothing.
    #[test]
    fn replaying_the_events_gives_the_state(scenario in scenario()) {
        let history = run(&scenario);
        let replayed = replay(history.applied.iter().map(|applied| &applied.event)).unwrap();
        prop_assert_eq!(&replayed, history.now());
        prop_assert_eq!(usize::try_from(replayed.entries).unwrap(), history.log.len());
        let stored = serde_json::to_string(&replayed).unwrap();
        prop_assert_eq!(&whittle_json::from_str::<Calendar>(&stored).unwrap(), &replayed);
        for decided in history.acts.iter().filter(|decided| decided.outcome.is_err()) {
            prop_assert_eq!(&decided.before, &decided.after);
        }
    }

    /// What is finalised or closed stays as it is, and an intent ends once.
    #[test]
    fn nothing_leaves_an_end(scenario in scenario()) {
        let history = run(&scenario);
        let mut open = 0;
        for applied in &history.applied {
            match &applied.event.what {
                What::Intended(_) => open += 1,
                What::Finalized | What::Undone => open -= 1,
                _ => {}
            }
            prop_assert!((0..=1).contains(&open), "{:?}", applied.event);
            prop_assert_eq!(applied.after.intent.is_some(), open == 1);
            prop_assert_eq!(applied.after.phase == Phase::Finalizing, open == 1);
            let Some(before) = &applied.before else { continue };
            if matches!(before.phase, Phase::Finalized | Phase::Closed) {
                prop_assert_eq!(before.phase, applied.after.phase);
                prop_assert_eq!(&before.scheduled, &applied.after.scheduled);
                prop_assert_eq!(&before.slots, &applied.after.slots);
            }
        }
    }

    /// A mail goes once to each reader of an event, to nobody who wants none or was removed, and waits where the owner is
    /// unverified.
    #[test]
    fn mail_goes_to_those_it_is_for(scenario in scenario()) {
        let history = run(&scenario);
        for applied in &history.applied {
            let mut readers: Vec<u16> = applied.mails.iter().map(|mail| mail.letter.invitee).collect();
            readers.sort_unstable();
            let all = readers.len();
            readers.dedup();
            prop_assert_eq!(readers.len(), all, "twice to one reader");
            for mail in &applied.mails {
                let letter = &mail.letter;
                prop_assert_eq!(mail.recipient, (letter.invitee > 0).then_some(letter.invitee));
                let by_owner = applied.cause.standing.actor == Actor::Owner;
                let waits = !applied.after.owner.verified
                    && (by_owner || letter.to == applied.after.owner.address || applied.cause.standing.actor == Actor::System);
                prop_assert_eq!(mail.held_for, waits.then_some(OWNER_ACCOUNT));
                let to_owner = matches!(letter.template, Template::Answered | Template::Deadline);
                prop_assert_eq!(letter.invitee == 0, to_owner);
                prop_assert_eq!(letter.link.is_none(), to_owner || letter.template == Template::Closed);
                if to_owner {
                    prop_assert!(!applied.after.owner_opted_out);
                    continue;
                }
                let reader = applied.after.invitee(letter.invitee).expect("nobody who was removed is mailed");
                prop_assert_eq!(&reader.address, &letter.to);
                prop_assert!(letter.template == Template::Link || reader.takes_mail(), "{letter:?}");
                prop_assert_eq!(letter.reply_to.is_some(), applied.after.owner.verified);
                // What is queued is still wanted right after, but for a reminder that crosses nothing.
                prop_assert!(applied.after.still_wanted(letter), "{letter:?}");
            }
        }
        // What was sent is unwanted by whoever wants none by now, or is asked no more.
        let now = history.now();
        for letter in history.applied.iter().flat_map(|applied| &applied.mails).map(|mail| &mail.letter) {
            let wants = match letter.invitee {
                0 => now.owner_takes_mail(),
                number => now.invitee(number).is_some_and(|i| letter.template == Template::Link || i.takes_mail()),
            };
            prop_assert!(wants || !now.still_wanted(letter));
            let reminds = letter.template == Template::Reminder;
            let has_answered = now.invitee(letter.invitee).is_some_and(|i| i.answer.is_some());
            prop_assert!(!(reminds && has_answered && now.still_wanted(letter)));
        }
    }

    /// Mail that people cause counts: each such mail, and no other.
    #[test]
    fn the_mail_that_people_cause_is_counted(scenario in scenario()) {
        let history = run(&scenario);
        for decided in &history.acts {
            let Ok((events, counted)) = &decided.outcome else { continue };
            let by_people = decided.act.caller != Caller::System;
            let counts = |t: Template| {
                by_people && matches!(t, Template::Invitation | Template::Added | Template::Reminder | Template::Link)
            };
            let mut expected: Vec<(u16, String)> = decided
                .mails
                .iter()
                .filter(|mail| counts(mail.letter.template))
                .map(|mail| (mail.letter.invitee, mail.letter.to.key()))
                .collect();
            let mut found: Vec<(u16, String)> =
                counted.recipients.iter().map(|(number, to)| (*number, to.key())).collect();
            expected.sort();
            found.sort();
            prop_assert_eq!(expected, found, "{:?}", events);
        }
    }

    /// Each reader looks once at each version, and none in secret.
    #[test]
    fn a_look_is_recorded_once_a_reader_and_version(scenario in scenario()) {
        let history = run(&scenario);
        let mut seen = Vec::new();
        for applied in &history.applied {
            if applied.event.what == What::Viewed {
                let look = (applied.event.by.seen_key(), applied.after.version);
                prop_assert!(!seen.contains(&look), "{look:?} twice");
                seen.push(look);
            }
        }
        for decided in &history.acts {
            let Ok((events, _)) = &decided.outcome else { continue };
            let actor = decided.before.standing(&decided.act.caller).unwrap().actor;
            if decided.act.command == Command::View {
                prop_assert_eq!(decided.after.seen.get(&actor.seen_key()), Some(&decided.after.version));
            }
            if decided.act.command == Command::Refresh {
                let had_seen = decided.before.seen.contains_key(&actor.seen_key());
                prop_assert_eq!(events.is_empty(), had_seen);
            }
        }
    }

    /// The version rises with what readers see, and with nothing else.
    #[test]
    fn the_version_tells_whether_readers_see_something_else(scenario in scenario()) {
        let history = run(&scenario);
        for applied in &history.applied {
            let (Some(before), after) = (&applied.before, &applied.after) else { continue };
            let shown = |c: &Calendar| {
                let mut shown = c.clone();
                (shown.version, shown.material_version, shown.entries) = (0, 0, 0);
                (shown.updated_at, shown.summarized) = (at(0), false);
                shown.seen.clear();
                for invitee in &mut shown.invitees {
                    (invitee.entries, invitee.reminded_at, invitee.opened) = (0, None, false);
                    invitee.reminded.clear();
                    if let Some(answer) = &mut invitee.answer {
                        answer.told.clear();
                    }
                }
                shown
            };
            let changed = shown(before) != shown(after);
            prop_assert_eq!(after.version - before.version, u32::from(changed), "{:?}", applied.event);
            prop_assert!(after.material_version <= after.version && before.material_version <= after.material_version);
        }
    }

    /// An invitee reads its own answer and everybody's names, and nothing else of others; a removed one's link reads nothing.
    #[test]
    fn an_invitee_reads_nothing_of_others(scenario in scenario()) {
        let history = run(&scenario);
        let c = history.now();
        let head = Digest::sha256(b"");
        for invitee in &c.invitees {
            let caller = Caller::Link { invitee: invitee.number, generation: invitee.generation };
            let standing = c.reader(&caller);
            prop_assert_eq!(standing.is_err(), invitee.removed);
            let unsubscriber = Caller::Unsubscriber { invitee: invitee.number };
            prop_assert!(c.reader(&unsubscriber).is_err());
            let Ok(standing) = standing else { continue };
            let Reading::Invitee(view) = reading(c, &standing, head) else { panic!("the whole calendar") };
            prop_assert_eq!(&view.address, &invitee.address.to_string());
            prop_assert_eq!(&view.answer, &invitee.answer.as_ref().map(|answer| answer.slots.clone()));
            let own = c.scheduled.iter().find(|m| m.invitee == invitee.number).map(|m| (m.meeting, m.slot));
            prop_assert_eq!(view.meeting, own);
            let text = serde_json::to_string(&view).unwrap();
            for other in c.invitees.iter().filter(|other| other.address != invitee.address) {
                prop_assert!(!text.contains(other.address.as_str()), "{} in {text}", other.address);
            }
            prop_assert_eq!(view.owner.first_name.is_empty(), !scenario.named);
        }
    }

    /// The log verifies, no line of the chain tells who is asked or when anybody can, and a change of any of its bytes is found.
    #[test]
    fn the_log_verifies_and_tells_nothing_in_clear(scenario in scenario(), pick in any::<Index>(), bit in 0u8..7) {
        let history = run(&scenario);
        let text = export(&history.log);
        let verified = ledger::verify::<CalendarLedger>(&text);
        prop_assert_eq!(verified.map(|v| v.entries.len()), Ok(history.log.len()));
        for stored in &history.log {
            let line = stored.entry.canonical();
            for secret in ["example.org", "First", "Last", "Interviews", "Talks", "Bring", "Olga", "begin", "duration"] {
                prop_assert!(!line.contains(secret), "{secret} in {line}");
            }
        }
        let mut bytes = text.clone().into_bytes();
        let at = pick.index(bytes.len());
        bytes[at] ^= 1 << bit;
        if let Ok(other) = String::from_utf8(bytes) {
            prop_assert!(ledger::verify::<CalendarLedger>(&other).is_err(), "byte {at}");
        }
    }

    /// The entries of each log obey the rule, and one that tells of a state that cannot follow is refused.
    #[test]
    fn a_state_that_cannot_follow_is_refused(scenario in scenario(), pick in any::<Index>()) {
        let history = run(&scenario);
        let mut log = history.log.clone();
        let at = pick.index(log.len());
        let before = at.checked_sub(1).map(|before| log[before].entry.body.state);
        for phase in [Phase::Open, Phase::Finalizing, Phase::Finalized, Phase::Closed] {
            log.truncate(at + 1);
            log[at].entry.body.state = phase;
            log[at].openings = history.log[at].openings.clone();
            let follows = match before {
                None => phase == Phase::Open,
                Some(Phase::Open) => phase != Phase::Finalized,
                Some(Phase::Finalizing) => phase != Phase::Closed,
                Some(Phase::Finalized) => phase == Phase::Finalized,
                Some(Phase::Closed) => phase == Phase::Closed,
            };
            let verified = ledger::verify::<CalendarLedger>(&export(&log));
            let is_violated = matches!(verified, Err(Fault::Violated { .. }));
            prop_assert_eq!((verified.is_ok(), is_violated), (follows, !follows), "{:?} after {:?}", phase, before);
        }
    }
}

/// The properties above mean something only if random histories reach all states, events, mails and refusals.
#[test]
fn the_histories_reach_every_state_and_every_refusal() {
    let mut runner = TestRunner::deterministic();
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut count = |name: String| {
        let name = name.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default().to_owned();
        *seen.entry(name).or_default() += 1;
    };
    for _ in 0..700 {
        let scenario = scenario().new_tree(&mut runner).unwrap().current();
        let history = run(&scenario);
        for applied in &history.applied {
            count(format!("Is{:?}", applied.after.phase));
            count(format!("{:?}", applied.event.what));
            applied.mails.iter().for_each(|m| count(format!("mail{}", template(m.letter.template))));
        }
        for decided in &history.acts {
            match &decided.outcome {
                Err(rejection) => {
                    count(format!("Not{rejection:?}"));
                    count(word(rejection).replace(' ', ""));
                }
                Ok((events, _)) if events.is_empty() => count(format!("No{:?}", decided.act.command)),
                Ok(_) => {}
            }
        }
    }
    println!("{seen:?}");
    let phases = "IsOpen IsFinalizing IsFinalized IsClosed";
    let events = "Created Renamed Described Rescheduled RemindersSet TimesChanged Removed Invited Asked Answered \
        AllAnswered Reminded Resent Expired Summarized Intended Finalized Undone Closed Viewed OptedOut OptedIn Undeliverable";
    let mails =
        "mailinvitation mailadded mailreminder maillink mailclosed mailunscheduled mailanswered maildeadline";
    let refusals = "NotLinkVoid NotForeign NotForbidden NotClosed NotFinalized NotFinalizing NotStale NotDeadlinePassed \
        NotAlreadyResponded NotNoInvitee NotInvalid NotUnschedulable UnschedulableContactnotinvitedtocalendar \
        UnschedulableContactisscheduledtwice UnschedulableMeetingtimesoverlap UnschedulableInvalidmeetingtimeforcontact \
        UnschedulableMeetingtimeisinthepast";
    let nothing =
        "NoAnswer NoEdit NoRemind NoCommit NoUndo NoSummarize NoOptOut NoOptIn NoView NoRefresh NoTick";
    for wanted in [phases, events, mails, refusals, nothing].join(" ").split_whitespace() {
        assert!(seen.get(wanted).is_some_and(|n| *n >= 10), "histories rarely reach {wanted}: {seen:?}");
    }
}

/// Each caller with each command, in each state: who may do what is no matter of chance.
#[test]
fn each_caller_may_do_what_the_model_says_in_each_state() {
    let edits = Edits { name: Some(1), add: vec![5], add_slots: vec![(220, 2, 1)], ..Edits::default() };
    let steps = [
        Step::View,
        Step::Refresh,
        Step::Answer { slots: vec![(211, 2, 2)], replace: true },
        Step::Answer { slots: vec![], replace: false },
        Step::SameAnswer,
        Step::Edit(edits),
        Step::Remind(2),
        Step::Remind(4),
        Step::Resend,
        Step::Finalize(vec![(1, 210, 1)]),
        Step::Commit(true),
        Step::Undo(true),
        Step::Summarize(true),
        Step::OptOut,
        Step::OptIn,
        Step::Undeliverable(2, true),
        Step::Close,
        Step::Tick,
    ];
    let callers = [
        Who::Link(1),
        Who::Link(2),
        Who::Link(3),
        Who::Link(9),
        Who::VoidLink(1),
        Who::Owner,
        Who::Staff,
        Who::Stranger,
        Who::Unsubscriber(0),
        Who::Unsubscriber(1),
        Who::Unsubscriber(3),
        Who::Unsubscriber(9),
        Who::System,
    ];
    let by = |who, step: &Step| Move { who, minutes: 1, step: step.clone() };
    let choose = by(Who::Owner, &Step::Finalize(vec![(1, 210, 1)]));
    let expire = Move { minutes: 60 * 100, ..by(Who::System, &Step::Tick) };
    let states = [
        vec![],
        vec![choose.clone()],
        vec![choose, by(Who::System, &Step::Commit(true))],
        vec![by(Who::Staff, &Step::Close)],
        vec![expire],
    ];
    for before in states {
        for (who, step) in callers.iter().flat_map(|who| steps.iter().map(move |step| (*who, step))) {
            // The first has answered, the second has not, the third was removed.
            let begun = [
                by(Who::Link(1), &Step::Answer { slots: vec![(210, 4, 3)], replace: false }),
                by(Who::Owner, &Step::Edit(Edits { remove: vec![3], ..Edits::default() })),
            ];
            let moves = begun.into_iter().chain(before.clone()).chain([by(who, step), by(who, step)]);
            let history = run(&Scenario {
                contacts: vec![1, 2, 3],
                slots: vec![(210, 4, 3)],
                deadline: 90,
                reminders: true,
                verified: true,
                named: true,
                punctual: false,
                moves: moves.collect(),
            });
            agrees(&history).unwrap_or_else(|why| panic!("{who:?} {step:?} after {before:?}: {why}"));
        }
    }
}
