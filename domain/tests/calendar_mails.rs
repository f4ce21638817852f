//! What the mails of calendars say, when reminders come, and what an edit asks about again: by example.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::panic,
    clippy::unreachable,
    reason = "a test may panic"
)]

mod calendar_model;

use calendar_model::history::{
    ID, OWNER_ACCOUNT, address, at, contact, minute, owner, preferred, slot, template,
};
use calendar_model::scenario::OWNER;
use whittle_domain::calendar::{
    Act, Calendar, Caller, Command, Composed, Edit, Finalization, Letter, New, Reading, Rejection, Scheduled,
    Template, reading,
};
use whittle_domain::duration::Duration;
use whittle_domain::entity::{Decision, Entity, NotSent, Outgoing, Sender, Undeliverable, Via};
use whittle_domain::ledger::{Digest, Salts};
use whittle_domain::link::Purpose;
use whittle_domain::schedule::PreferredSlot;
use whittle_domain::zone::Zone;

const HOUR: i64 = 60;

/// A calendar with the clock beside it, and the mails of the last act.
struct Desk {
    calendar: Calendar,
    mails: Vec<Outgoing<Letter>>,
    minute: i64,
}

fn new(contacts: &[u64], deadline: i64) -> New {
    New {
        name: serde_json::from_value("Interviews".into()).unwrap(),
        description: serde_json::from_value("Bring a plan".into()).unwrap(),
        timezone: Zone::parse("Europe/Berlin").unwrap(),
        deadline: at(HOUR * deadline),
        meeting_minutes: 30,
        step_minutes: 30,
        reminders: true,
        slots: vec![preferred((400, 4, 3)), preferred((404, 2, 1))],
        invitees: contacts.iter().copied().map(contact).collect(),
    }
}

impl Desk {
    fn open(contacts: &[u64], deadline: i64, verified: bool) -> Self {
        let composed =
            Composed { owner: owner(verified, true), via: Via::Bearer, new: new(contacts, deadline) };
        let created = Calendar::create(ID, composed, at(0));
        let calendar = created.events.iter().fold(None, Calendar::apply).unwrap();
        let mut desk = Self { calendar, mails: Vec::new(), minute: 0 };
        desk.mails = desk.keep(None, &created);
        desk
    }

    fn keep(&mut self, before: Option<Calendar>, decision: &Decision<Calendar>) -> Vec<Outgoing<Letter>> {
        let mut state = before;
        let mut mails = Vec::new();
        for event in &decision.events {
            let after = Calendar::apply(state.clone(), event).unwrap();
            let head = after.record(event, Digest::sha256(b""), &Salts::new([1; 32])).entry.hash();
            mails.extend(Calendar::letters(state.as_ref(), &after, event, &decision.cause, head, 1));
            state = Some(after);
        }
        self.calendar = state.unwrap();
        mails
    }

    fn act(&mut self, caller: Caller, via: Via, command: Command) -> &[Outgoing<Letter>] {
        let act = Act { caller, via, command };
        let decision = self.calendar.decide(&act, at(self.minute)).unwrap();
        self.mails = self.keep(Some(self.calendar.clone()), &decision);
        &self.mails
    }

    fn owner(&mut self, command: Command) -> &[Outgoing<Letter>] {
        let caller = Caller::Account {
            id: OWNER_ACCOUNT,
            address: address(OWNER),
            verified: self.calendar.owner.verified,
            staff: false,
        };
        self.act(caller, Via::Bearer, command)
    }

    fn answer(&mut self, invitee: u16, slots: Vec<PreferredSlot>) -> &[Outgoing<Letter>] {
        self.act(Caller::Link { invitee, generation: 0 }, Via::Link, Command::Answer { slots, replace: true })
    }

    fn add(&mut self, begin: i64, length: i64) -> &[Outgoing<Letter>] {
        let add_slots = vec![preferred((begin, length, 2))];
        self.owner(Command::Edit(Edit { add_slots, ..Edit::default() }))
    }

    /// Ticks at each wake-up; gives the hours at which somebody was mailed or the deadline noted, with the mails.
    fn wake_ups(&mut self) -> Vec<(i64, Vec<(&'static str, u16)>)> {
        let mut all = Vec::new();
        while let Some(next) = self.calendar.next_wakeup(at(self.minute)) {
            self.minute = minute(next);
            let mails = self.act(Caller::System, Via::System, Command::Tick);
            let mails = mails.iter().map(|m| (template(m.letter.template), m.letter.invitee)).collect();
            all.push((self.minute / HOUR, mails));
        }
        all
    }
}

fn edit_deadline(hours: i64) -> Command {
    Command::Edit(Edit { deadline: Some(at(HOUR * hours)), ..Edit::default() })
}

#[test]
fn an_invitation_says_who_asks_for_what_until_when() {
    let desk = Desk::open(&[1, 2], 100, true);
    let letters: Vec<&Letter> = desk.mails.iter().map(|mail| &mail.letter).collect();
    let [first, second] = letters.as_slice() else { panic!("{letters:?}") };
    assert_eq!((first.template, second.template), (Template::Invitation, Template::Invitation));
    assert_eq!((first.to.as_str(), second.to.as_str()), ("p1@example.org", "p2@example.org"));
    assert_eq!((first.first_name.as_str(), first.last_name.as_str()), ("First1", "Last1"));
    assert_eq!((first.owner.as_str(), first.name.as_str()), ("Olga Owner", "Interviews"));
    assert_eq!((first.description.as_str(), first.meeting_minutes), ("Bring a plan", 30));
    assert_eq!((first.calendar, first.account, first.invitee), (ID, OWNER_ACCOUNT, 1));
    assert_eq!(first.reply_to.as_ref().map(ToString::to_string).as_deref(), Some(OWNER));
    assert_eq!((first.deadline, first.timezone.to_string().as_str()), (at(6_000), "Europe/Berlin"));
    let link = first.link.as_ref().unwrap();
    assert_eq!((link.purpose, link.subject, link.party, link.generation), (Purpose::Calendar, ID, 1, 0));
    // Thirty days after the end of the last slot.
    assert_eq!(link.expires, slot(404, 2).end().seconds() + 30 * 86_400);
    let way_out = first.unsubscribe.as_ref().unwrap();
    assert_eq!((way_out.purpose, way_out.subject, way_out.party), (Purpose::UnsubscribeCalendar, ID, 1));
    assert_eq!((first.answered, first.invited, first.missing.len()), (0, 0, 0), "nobody else's business");
    assert!(desk.mails.iter().all(|mail| mail.held_for.is_none()));
    let stored = serde_json::to_string(first).unwrap();
    assert_eq!(&&whittle_json::from_str::<Letter>(&stored).unwrap(), first);
}

#[test]
fn the_mail_of_an_unverified_owner_waits_and_counts_for_its_account() {
    let composed = Composed { owner: owner(false, false), via: Via::Bearer, new: new(&[1, 2], 100) };
    let created = Calendar::create(ID, composed, at(0));
    assert_eq!(created.counted.held_for, Some(OWNER_ACCOUNT));
    assert_eq!(created.counted.sender, Sender::Account(OWNER_ACCOUNT));
    assert_eq!(created.counted.recipients.len(), 2);
    let mut desk = Desk::open(&[1, 2], 100, false);
    assert!(desk.mails.iter().all(|mail| mail.held_for == Some(OWNER_ACCOUNT)));
    assert_eq!(desk.mails[0].letter.reply_to, None);
    // Its reminders wait as well; a link that an invitee asks for does not.
    desk.minute = 28 * HOUR;
    let reminders = desk.act(Caller::System, Via::System, Command::Tick);
    assert!(reminders.len() == 2 && reminders.iter().all(|mail| mail.held_for == Some(OWNER_ACCOUNT)));
    let link = desk.act(Caller::Link { invitee: 1, generation: 0 }, Via::Link, Command::Resend);
    assert_eq!((link[0].letter.template, link[0].held_for), (Template::Link, None));
    desk.answer(1, vec![]);
    let answered = desk.answer(2, vec![]);
    assert_eq!(
        (answered[0].letter.template, answered[0].held_for),
        (Template::Answered, Some(OWNER_ACCOUNT))
    );
    let mut verified = Desk::open(&[1], 100, true);
    let caller = Caller::Account { id: OWNER_ACCOUNT, address: address(OWNER), verified: true, staff: false };
    let act = Act { caller, via: Via::Bearer, command: Command::Remind(1) };
    let counted = verified.calendar.decide(&act, at(1)).unwrap().counted;
    assert_eq!((counted.sender, counted.held_for), (Sender::Address(address(OWNER)), None));
    assert_eq!(counted.recipients, [(1, address("p1@example.org"))]);
    assert_eq!(verified.owner(Command::Remind(1))[0].letter.template, Template::Reminder);
}

#[test]
fn an_owner_without_a_name_is_told_by_address() {
    let mut composed = Composed { owner: owner(true, false), via: Via::Bearer, new: new(&[1], 100) };
    assert_eq!(composed.owner.shown(), OWNER);
    composed.owner.last_name = "Owner".to_owned();
    assert_eq!(composed.owner.shown(), "Owner");
}

#[test]
fn reminders_come_72_and_24_hours_before_and_then_the_deadline() {
    let mut desk = Desk::open(&[1, 2], 100, true);
    desk.answer(2, vec![]);
    let reminded = |hour| (hour, vec![("reminder", 1)]);
    assert_eq!(desk.wake_ups(), [reminded(28), reminded(76), (100, vec![])]);
    assert!(desk.calendar.deadline_passed && !desk.calendar.summarized);
    // Of a deadline that is nearer only the reminders that are to come are sent; who is reminded by hand is left in peace for a day.
    let mut near = Desk::open(&[1, 2], 50, true);
    near.minute = 10 * HOUR;
    near.owner(Command::Remind(2));
    assert_eq!(near.wake_ups(), [(26, vec![("reminder", 1)]), (34, vec![("reminder", 2)]), (50, vec![])]);
    // Extended after it has passed, everything begins anew.
    near.minute = 60 * HOUR;
    near.owner(edit_deadline(200));
    let both = |hour| (hour, vec![("reminder", 1), ("reminder", 2)]);
    assert_eq!(near.wake_ups(), [both(128), both(176), (200, vec![])]);
    // Switched off there are none, and switched on again only those that are to come.
    let mut quiet = Desk::open(&[1], 100, true);
    quiet.owner(Command::Edit(Edit { reminders: Some(false), ..Edit::default() }));
    quiet.minute = 30 * HOUR;
    quiet.owner(Command::Edit(Edit { reminders: Some(true), ..Edit::default() }));
    assert_eq!(quiet.wake_ups(), [reminded(76), (100, vec![])]);
}

#[test]
fn the_deadline_itself_is_too_late() {
    let desk = Desk::open(&[1, 2], 10, true);
    let judge = |caller: &Caller, command: &Command, micros: i64| {
        let now = at(10 * HOUR).saturating_add(Duration::from_micros(micros));
        let act = Act { caller: caller.clone(), via: Via::Link, command: command.clone() };
        desk.calendar.decide(&act, now).map(|decision| decision.events.len())
    };
    let link = Caller::Link { invitee: 1, generation: 0 };
    let owner = Caller::Account { id: OWNER_ACCOUNT, address: address(OWNER), verified: true, staff: false };
    let answer = Command::Answer { slots: Vec::new(), replace: false };
    for (caller, command) in [(&link, &answer), (&owner, &Command::Remind(1))] {
        assert_eq!(judge(caller, command, -1), Ok(1));
        assert_eq!(judge(caller, command, 0), Err(Rejection::DeadlinePassed));
    }
    let now = at(10 * HOUR).saturating_add(Duration::from_micros(-1));
    let Reading::Invitee(view) =
        reading(&desk.calendar, &desk.calendar.reader(&link).unwrap(), Digest::sha256(b""))
    else {
        panic!("the whole calendar")
    };
    assert_eq!(view.may_answer(false, now), Ok(()));
    assert_eq!(view.may_answer(true, at(10 * HOUR)), Err(Rejection::DeadlinePassed));
    // A meeting may begin now.
    let chosen = |begin: i64| {
        let scheduled = vec![Scheduled { meeting: 1, invitee: 1, slot: slot(begin, 1) }];
        Command::Finalize(Finalization { seed: "s".to_owned(), scheduled })
    };
    assert_eq!(judge(&owner, &chosen(20), 0), Ok(1));
    let past = Rejection::Unschedulable("Meeting time is in the past".to_owned());
    assert_eq!(judge(&owner, &chosen(20), 1), Err(past));
    assert_eq!(judge(&owner, &edit_deadline(10), -1), Ok(0), "it is the deadline");
    assert!(judge(&owner, &edit_deadline(10), 0).is_err());
    assert_eq!(judge(&owner, &edit_deadline(11), 0), Ok(1));
}

#[test]
fn the_owner_is_told_once_what_came_of_the_deadline() {
    let mut desk = Desk::open(&[1, 2, 3], 10, true);
    desk.answer(2, vec![preferred((400, 2, 2))]);
    let summarize =
        |deadline: i64| Command::Summarize { deadline: at(HOUR * deadline), best: vec![(2, at(30 * 400))] };
    assert_eq!(desk.act(Caller::System, Via::System, summarize(10)), [], "not before it has passed");
    desk.wake_ups();
    assert_eq!(desk.act(Caller::System, Via::System, summarize(11)), [], "another deadline");
    let letter = desk.act(Caller::System, Via::System, summarize(10))[0].letter.clone();
    assert_eq!((letter.template, letter.invitee, letter.to.as_str()), (Template::Deadline, 0, OWNER));
    assert_eq!(letter.best, [("First2 Last2".to_owned(), slot(400, 1))]);
    assert_eq!(letter.missing, ["First1 Last1", "First3 Last3"]);
    assert_eq!((letter.answered, letter.invited, letter.link), (1, 3, None));
    assert_eq!((letter.reply_to, letter.first_name.as_str()), (None, "Olga"));
    assert_eq!(desk.act(Caller::System, Via::System, summarize(10)), [], "once");
    desk.owner(edit_deadline(20));
    assert!(
        !desk.calendar.still_wanted(&letter_of(&desk, Template::Deadline)),
        "a mail of the deadline that was"
    );
    desk.wake_ups();
    assert_eq!(desk.act(Caller::System, Via::System, summarize(20)).len(), 1, "and once more of the next");
}

/// A letter to the owner about the first deadline.
fn letter_of(desk: &Desk, template: Template) -> Letter {
    let mut old = Desk::open(&[1], 10, true);
    let letter = old.owner(Command::Remind(1))[0].letter.clone();
    Letter { template, invitee: 0, to: desk.calendar.owner.address.clone(), ..letter }
}

#[test]
fn only_what_was_added_is_asked_about_again_and_only_once() {
    let mut desk = Desk::open(&[1, 2], 100, true);
    desk.answer(1, vec![preferred((400, 6, 3))]);
    let mails = desk.add(410, 2);
    let [mail] = mails else { panic!("{mails:?}") };
    assert_eq!((mail.letter.template, mail.letter.invitee), (Template::Added, 1));
    assert_eq!(mail.letter.added, [slot(410, 2)]);
    // Within what it was asked about, or has been mailed about, nothing is new.
    assert_eq!(desk.add(401, 3), []);
    assert_eq!(desk.add(410, 1), []);
    let ids: Vec<u32> = desk.calendar.slots.iter().map(|s| s.id).collect();
    desk.owner(Command::Edit(Edit { remove_slots: ids, ..Edit::default() }));
    assert_eq!(desk.add(400, 6), [], "what was taken back and is there again");
    // More of it: all that the reader has not been asked about is told.
    desk.add(410, 2);
    assert_eq!(desk.add(413, 1)[0].letter.added, [slot(410, 2), slot(413, 1)]);
    // The same answer says something now, and then no more.
    desk.answer(1, vec![preferred((400, 6, 3))]);
    assert_eq!(desk.calendar.invitee(1).unwrap().answer.as_ref().unwrap().told, []);
    let entries = desk.calendar.entries;
    desk.answer(1, vec![preferred((400, 6, 3))]);
    assert_eq!(desk.calendar.entries, entries);
    // Added after the deadline it is asked about as soon as there is time to answer.
    desk.minute = 101 * HOUR;
    assert_eq!(desk.add(420, 1), []);
    let mails = desk.owner(edit_deadline(200));
    assert_eq!(
        (mails[0].letter.template, mails[0].letter.added.as_slice()),
        (Template::Added, [slot(420, 1)].as_slice())
    );
}

#[test]
fn who_wants_no_mail_is_asked_about_all_of_it_when_it_wants_some_again() {
    let mut desk = Desk::open(&[1], 100, true);
    desk.answer(1, vec![preferred((400, 6, 3))]);
    let unsubscriber = Caller::Unsubscriber { invitee: 1 };
    desk.act(unsubscriber.clone(), Via::Link, Command::OptOut);
    let entries = desk.calendar.entries;
    assert_eq!(desk.add(410, 1), []);
    assert_eq!(desk.calendar.entries, entries + 1, "that times were added, and no more");
    desk.act(unsubscriber, Via::Link, Command::OptIn);
    assert_eq!(desk.add(420, 1)[0].letter.added, [slot(410, 1), slot(420, 1)]);
}

#[test]
fn a_link_outlives_the_last_slot_the_deadline_and_its_mail() {
    let mut desk = Desk::open(&[1], 1_000, true);
    let month = 30 * 86_400;
    let expires = |desk: &Desk| desk.mails[0].letter.link.as_ref().unwrap().expires;
    assert_eq!(expires(&desk), at(1_000 * HOUR).seconds() + month, "the deadline is last");
    desk.add(2_500, 2);
    desk.owner(Command::Remind(1));
    assert_eq!(expires(&desk), slot(2_500, 2).end().seconds() + month);
    let link = desk.mails[0].letter.link.clone();
    desk.minute = 990 * HOUR;
    desk.owner(edit_deadline(1_100));
    desk.owner(Command::Remind(1));
    assert_eq!(desk.mails[0].letter.link, link, "the same link for as long as it is good");
    desk.minute = 3_000 * HOUR;
    desk.act(Caller::Link { invitee: 1, generation: 0 }, Via::Link, Command::Resend);
    assert_eq!(expires(&desk), at(3_000 * HOUR).seconds() + month, "asked for when all is over");
}

#[test]
fn who_has_no_meeting_is_told_and_who_has_one_is_told_by_it() {
    let mut desk = Desk::open(&[1, 2, 3], 100, true);
    desk.act(Caller::Unsubscriber { invitee: 3 }, Via::Link, Command::OptOut);
    let scheduled = vec![Scheduled { meeting: 9, invitee: 2, slot: slot(400, 1) }];
    assert_eq!(desk.owner(Command::Finalize(Finalization { seed: "s".to_owned(), scheduled })), []);
    let mails = desk.act(Caller::System, Via::System, Command::Commit { seed: "s".to_owned() });
    let told: Vec<_> =
        mails.iter().map(|m| (m.letter.template, m.letter.invitee, m.letter.link.is_some())).collect();
    assert_eq!(told, [(Template::Unscheduled, 1, true)]);
}

#[test]
fn what_becomes_of_a_mail_that_is_not_sent() {
    let mut desk = Desk::open(&[1, 2, 7], 100, true);
    let letter = desk.mails[0].letter.clone();
    let of = |desk: &Desk, why| desk.calendar.not_sent(&letter, why);
    assert_eq!(of(&desk, NotSent::Unwanted), None);
    let out = of(&desk, NotSent::Unsubscribed).unwrap();
    assert_eq!((&out.caller, &out.command), (&Caller::Unsubscriber { invitee: 1 }, &Command::OptOut));
    let bounced = of(&desk, NotSent::Undeliverable(Undeliverable::Bounced)).unwrap();
    desk.act(bounced.caller, bounced.via, bounced.command);
    let unreachable: Vec<bool> = desk.calendar.invitees.iter().map(|i| i.undeliverable.is_some()).collect();
    assert_eq!(unreachable, [true, false, true], "contacts 1 and 7 have one address");
    let stranger = Letter { to: address("other@example.org"), ..letter.clone() };
    assert_eq!(desk.calendar.not_sent(&stranger, NotSent::Unsubscribed), None);
    let to_owner = Letter { invitee: 0, to: address(OWNER), ..letter };
    let out = desk.calendar.not_sent(&to_owner, NotSent::Unsubscribed).unwrap();
    desk.act(out.caller, out.via, out.command);
    assert!(desk.calendar.owner_opted_out && !desk.calendar.still_wanted(&to_owner));
}

#[test]
fn whoever_wants_no_mail_gets_none_when_it_is_invited_again() {
    let mut desk = Desk::open(&[1, 2], 100, true);
    desk.act(Caller::Unsubscriber { invitee: 1 }, Via::Link, Command::OptOut);
    desk.owner(Command::Edit(Edit { remove_invitees: vec![1], ..Edit::default() }));
    let again = Edit { add_invitees: vec![contact(1)], ..Edit::default() };
    assert_eq!(desk.owner(Command::Edit(again)), []);
    let invitee = desk.calendar.invitee_of_contact(1).unwrap();
    assert_eq!((invitee.number, invitee.opted_out), (3, true));
    let void = desk.calendar.standing(&Caller::Link { invitee: 1, generation: 0 });
    assert!(void.is_err(), "the old link stays void");
    // Who unsubscribes by an old mail, after it was removed, is heard.
    desk.act(Caller::Unsubscriber { invitee: 1 }, Via::Link, Command::OptIn);
    assert!(desk.calendar.invitee(3).unwrap().takes_mail());
}
