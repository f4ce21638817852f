//! A letter of each kind of mail, for the tests and for `make mails`, with what people would write in it.

use serde_json::{Value, json};
use whittle_domain::account;
use whittle_domain::address::Address;
use whittle_domain::calendar::{Letter as OfCalendar, Template as Kind};
use whittle_domain::duration::Duration;
use whittle_domain::instant::Instant;
use whittle_domain::ledger::{Digest, genesis};
use whittle_domain::link::{Link, Purpose};
use whittle_domain::meeting;
use whittle_domain::proposal::{Letter as OfProposal, ProposalLedger, Said, Template};
use whittle_domain::slot::{Slot, Slots};
use whittle_domain::text::Name;
use whittle_domain::zone::Zone;

use crate::mail::Letter;

pub(super) const PROPOSAL: u64 = 4_242_424_242;

fn address(text: &str) -> Address {
    text.parse().unwrap()
}

fn at(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

fn slot(begin: &str) -> Slot {
    Slot::new(at(begin), Duration::from_seconds(45 * 60)).unwrap()
}

pub(super) fn head() -> Digest {
    genesis::<ProposalLedger>(PROPOSAL)
}

pub(super) fn link(purpose: Purpose, party: u16) -> Link {
    let expires = at("2026-12-21T11:44:43Z").seconds();
    Link { purpose, subject: PROPOSAL, party, generation: 0, expires }
}

fn offered() -> Slots {
    let days = ["24", "25", "26"].map(|day| format!("2026-11-{day}"));
    let begins = days.iter().flat_map(|day| ["09:00", "13:30"].map(|time| format!("{day}T{time}:00Z")));
    Slots::new(begins.map(|begin| slot(&begin))).unwrap()
}

/// The invitation, as Bea gets it.
pub(super) fn invitation() -> OfProposal {
    OfProposal {
        template: Template::Invitation,
        to: address("bea@example.org"),
        reply_to: Some(address("ana@example.org")),
        sender: Some("Ana Lee".to_owned()),
        optional: false,
        proposal: PROPOSAL,
        account: 1,
        title: "Kick-off".to_owned(),
        location: "Room 5, second floor".to_owned(),
        description: "What we want to have by Christmas.\nPlease read the draft before.".to_owned(),
        timezone: Zone::parse("Europe/Berlin").unwrap(),
        slots: offered(),
        deadline: Some(at("2026-11-23T17:00:00Z")),
        said: Vec::new(),
        link: Some(link(Purpose::Proposal, 2)),
        unsubscribe: Some(link(Purpose::Unsubscribe, 2)),
        head: head(),
    }
}

fn said(who: &str, kept: Option<(usize, usize)>, note: Option<&str>, cut: &[&str]) -> Said {
    Said {
        who: who.to_owned(),
        kept,
        note: note.map(str::to_owned),
        cut: cut.iter().map(|begin| slot(begin)).collect(),
    }
}

fn to_the_creator(template: Template, said: Vec<Said>) -> OfProposal {
    OfProposal {
        template,
        to: address("ana@example.org"),
        reply_to: None,
        sender: None,
        location: String::new(),
        description: String::new(),
        said,
        link: None,
        unsubscribe: Some(link(Purpose::Unsubscribe, 0)),
        ..invitation()
    }
}

fn of_proposals() -> Vec<(&'static str, OfProposal)> {
    let none = || Slots::new([]).unwrap();
    let few = |count: usize| Slots::new(offered().iter().copied().take(count)).unwrap();
    let unnamed = OfProposal { sender: None, reply_to: None, ..invitation() };
    let cut = ["2026-11-24T08:00:00Z", "2026-11-27T08:00:00Z"];
    let several = vec![
        said("Bea Stone", Some((2, 4)), Some("Only in the morning, please."), &cut),
        said("cyd@example.org", Some((6, 6)), None, &[]),
        said("Dan", Some((2, 2)), None, &cut[..1]),
        said("Eve", Some((4, 6)), Some("I am flexible."), &[]),
        said("Fay", None, None, &[]),
    ];
    let last = vec![
        said("Bea Stone", Some((0, 2)), Some("I am on holiday until January."), &cut),
        said("Dan", Some((0, 1)), None, &[]),
        said("creator", None, None, &cut[..1]),
        said("staff", None, None, &cut[1..]),
    ];
    vec![
        ("invitation", invitation()),
        ("invitation-optional", OfProposal { optional: true, deadline: None, ..invitation() }),
        (
            "invitation-unnamed",
            OfProposal {
                slots: few(1),
                location: String::new(),
                description: String::new(),
                ..unnamed.clone()
            },
        ),
        ("invitation-by-address", OfProposal { sender: Some("ana@example.org".to_owned()), ..invitation() }),
        ("update", OfProposal { template: Template::Update, slots: few(3), ..invitation() }),
        ("update-none-left", OfProposal { template: Template::Update, slots: none(), ..invitation() }),
        ("link", OfProposal { template: Template::Link, slots: few(1), reply_to: None, ..invitation() }),
        ("reminder", OfProposal { template: Template::Reminder, reply_to: None, ..invitation() }),
        (
            "reminder-no-deadline",
            OfProposal { template: Template::Reminder, deadline: None, ..unnamed.clone() },
        ),
        ("deadline", to_the_creator(Template::Deadline, several.clone())),
        ("deadline-nobody", to_the_creator(Template::Deadline, Vec::new())),
        ("digest", to_the_creator(Template::Digest, several.clone())),
        ("digest-of-one", to_the_creator(Template::Digest, several.into_iter().take(1).collect())),
        ("answered", OfProposal { slots: few(2), ..to_the_creator(Template::Answered, last[..1].to_vec()) }),
        ("exhausted", OfProposal { slots: none(), ..to_the_creator(Template::Exhausted, last) }),
        ("closed", OfProposal { template: Template::Closed, link: None, reply_to: None, ..invitation() }),
        ("closed-by-staff", OfProposal { template: Template::Closed, link: None, ..unnamed }),
    ]
}

/// What Bea gets about a calendar.
pub(super) fn of_calendar(template: Kind) -> OfCalendar {
    OfCalendar {
        template,
        to: address("bea@example.org"),
        reply_to: Some(address("ana@example.org")),
        calendar: PROPOSAL,
        account: 1,
        invitee: 2,
        name: "Thesis".to_owned(),
        description: "How far you are, and what comes next.\nPlease bring your draft.".to_owned(),
        timezone: Zone::parse("Europe/Berlin").unwrap(),
        owner: "Ana Lee".to_owned(),
        first_name: "Bea".to_owned(),
        last_name: "Stone".to_owned(),
        deadline: at("2026-11-23T17:00:00Z"),
        meeting_minutes: 45,
        added: Vec::new(),
        best: Vec::new(),
        missing: Vec::new(),
        answered: 0,
        invited: 0,
        link: Some(link(Purpose::Calendar, 2)),
        unsubscribe: Some(link(Purpose::UnsubscribeCalendar, 2)),
        head: head(),
    }
}

/// What Ana gets about hers: so many are asked, and these have not answered.
fn to_the_owner(template: Kind, invited: usize, missing: &[&str]) -> OfCalendar {
    OfCalendar {
        to: address("ana@example.org"),
        reply_to: None,
        invitee: 0,
        first_name: "Ana".to_owned(),
        last_name: "Lee".to_owned(),
        missing: missing.iter().map(ToString::to_string).collect(),
        answered: invited.saturating_sub(missing.len()),
        invited,
        link: None,
        unsubscribe: Some(link(Purpose::UnsubscribeCalendar, 0)),
        ..of_calendar(template)
    }
}

fn of_calendars() -> Vec<(&'static str, OfCalendar)> {
    let best = |count: usize| {
        let placed = [("Bea Stone", "24"), ("Cyd Okafor", "25"), ("Dan Hu", "26")];
        let times = placed.map(|(who, day)| (who.to_owned(), slot(&format!("2026-11-{day}T09:00:00Z"))));
        times.into_iter().take(count).collect::<Vec<_>>()
    };
    let added = [slot("2026-11-24T09:00:00Z"), slot("2026-11-25T13:30:00Z")].to_vec();
    vec![
        ("invitation", of_calendar(Kind::Invitation)),
        (
            "invitation-unproven",
            OfCalendar { reply_to: None, description: String::new(), ..of_calendar(Kind::Invitation) },
        ),
        ("added", OfCalendar { added, ..of_calendar(Kind::Added) }),
        ("reminder", of_calendar(Kind::Reminder)),
        ("link", of_calendar(Kind::Link)),
        ("closed", OfCalendar { link: None, ..of_calendar(Kind::Closed) }),
        ("unscheduled", of_calendar(Kind::Unscheduled)),
        ("unscheduled-unproven", OfCalendar { reply_to: None, ..of_calendar(Kind::Unscheduled) }),
        ("answered", to_the_owner(Kind::Answered, 3, &[])),
        (
            "deadline",
            OfCalendar { best: best(3), ..to_the_owner(Kind::Deadline, 5, &["Eve Roe", "Fay Lin"]) },
        ),
        ("deadline-all", OfCalendar { best: best(2), ..to_the_owner(Kind::Deadline, 3, &[]) }),
        ("deadline-none-fits", to_the_owner(Kind::Deadline, 2, &["Eve Roe"])),
        ("deadline-nobody", to_the_owner(Kind::Deadline, 2, &["Eve Roe", "Fay Lin"])),
        ("deadline-nobody-asked", to_the_owner(Kind::Deadline, 0, &[])),
    ]
}

/// A letter about a meeting, as an outbox stores it.
fn of_meeting(template: &str, attendee: u16, about: Option<u16>) -> meeting::Letter {
    let person = |number: u16, address: &str, name: Value, partstat: &str| {
        json!({
            "number": number, "address": address, "name": name, "optional": false, "partstat": partstat, "generation": 0,
            "opted_out": false, "asked": true, "over_budget": false,
        })
    };
    let to = if attendee == 0 { "ana@example.org" } else { "bea@example.org" };
    let written = json!({
        "template": template, "to": to, "attendee": attendee, "about": about,
        "meeting": {
            "id": PROPOSAL, "uid": "proposal-4242424242@whittle", "title": "Kick-off", "location": "Room 5, second floor",
            "description": "What we want to have by Christmas.\nPlease read the draft before.",
            "begin": at("2026-11-24T09:00:00Z").micros(), "end": at("2026-11-24T09:45:00Z").micros(), "timezone": "Europe/Berlin",
            "status": if template == "cancelled" { "cancelled" } else { "confirmed" }, "sequence": 0, "version": 1,
            "visibility": "open",
            "organiser": { "account": 1, "address": "ana@example.org", "name": "Ana Lee", "opted_out": false, "generation": 0 },
            "attendees": [
                person(2, "bea@example.org", json!("Bea Stone"), "accepted"),
                person(3, "cyd@example.org", Value::Null, "declined"),
            ],
            "source": { "proposal": PROPOSAL }, "receipt": head(), "updated_at": 0,
        },
        "link": link(Purpose::Meeting, attendee), "unsubscribe": link(Purpose::UnsubscribeMeeting, attendee),
    });
    serde_json::from_value(written).unwrap()
}

/// What is said of an event that Ana has booked, and of the one that Bea, a guest, has booked with her.
fn of_bookings() -> Vec<(&'static str, meeting::Letter)> {
    let event = |template, attendee| {
        let mut letter = of_meeting(template, attendee, None);
        letter.meeting.source = meeting::Source::Event(PROPOSAL);
        letter.meeting.receipt = None;
        letter
    };
    let with = |mut letter: meeting::Letter, change: &dyn Fn(&mut meeting::Meeting)| {
        change(&mut letter.meeting);
        letter
    };
    let many = |meeting: &mut meeting::Meeting| {
        let one = meeting.attendees[0].clone();
        let others = (3..12).map(|number| meeting::Attendee { number, ..one.clone() });
        meeting.attendees = others.collect();
    };
    let guest = |template, attendee| {
        let mut letter = event(template, attendee);
        letter.meeting.visibility = whittle_domain::proposal::Visibility::Names;
        letter.meeting.organiser.name = Name::parse("Lee Consulting").ok();
        letter.meeting.attendees.truncate(1);
        let said = meeting::Beside {
            timezone: Some(&Zone::parse("Asia/Kolkata").unwrap()),
            until: Some(at("2026-11-22T11:30:00Z")),
            to_guest: Some("I am sorry, I am ill.\nPlease choose another day."),
            to_owner: Some("What is it about?\nThe contract."),
        };
        meeting::beside(vec![letter], &said).remove(0)
    };
    let without = |letter: meeting::Letter| meeting::Letter { until: None, message: None, ..letter };
    let mut unnamed = without(guest("agreed", 2));
    unnamed.meeting.organiser.name = None;
    vec![
        ("booked", event("agreed", 2)),
        ("booked-organiser", event("agreed", 0)),
        ("booked-many", with(event("agreed", 0), &many)),
        ("booked-alone", with(event("agreed", 0), &|meeting| meeting.attendees.clear())),
        ("reactivated", event("reactivated", 2)),
        ("removed", with(event("removed", 2), &|meeting| meeting.attendees.truncate(1))),
        ("reminder", event("reminder", 2)),
        ("reminder-organiser", event("reminder", 0)),
        ("guest-held", meeting::Letter { message: None, ..guest("held", 2) }),
        ("guest-asked", meeting::Letter { message: None, ..guest("asked", 2) }),
        ("guest-asked-organiser", guest("asked", 0)),
        ("guest-agreed", without(guest("agreed", 2))),
        ("guest-agreed-unnamed", unnamed),
        ("guest-agreed-organiser", guest("agreed", 0)),
        ("guest-moved", without(guest("moved", 2))),
        ("guest-cancelled", guest("cancelled", 2)),
        ("guest-refused", meeting::Letter { until: None, ..guest("refused", 2) }),
        ("guest-unanswered", meeting::Letter { message: None, ..guest("refused", 2) }),
        ("guest-reminder", without(guest("reminder", 2))),
    ]
}

fn of_account(template: account::Template) -> account::Letter {
    let has_link = !matches!(
        template,
        account::Template::Taken
            | account::Template::Gone
            | account::Template::Changed
            | account::Template::Test
    );
    account::Letter {
        template,
        to: address("ana@example.org"),
        account: 1,
        username: "ana".to_owned(),
        link: has_link.then(|| link(Purpose::Verify, 0)),
        other: Some(address("ana.lee@example.net")),
    }
}

/// All letters, each with the name of its files.
pub(super) fn samples() -> Vec<(String, Letter)> {
    use account::Template as Account;
    let proposals = of_proposals().into_iter().map(|(name, letter)| (name.to_owned(), Letter::from(letter)));
    let meetings = [
        ("agreed", 2, None),
        ("agreed-organiser", 0, None),
        ("moved", 2, None),
        ("details", 2, None),
        ("cancelled", 2, None),
        ("declined", 0, Some(3)),
        ("accepted", 0, Some(2)),
    ];
    let meetings = meetings.into_iter().map(|(name, attendee, about)| {
        let template = name.split('-').next().unwrap();
        (format!("meeting-{name}"), Letter::from(of_meeting(template, attendee, about)))
    });
    // A meeting of one-to-ones has one attendee.
    let scheduled = [("scheduled", 2), ("scheduled-organiser", 0)].map(|(name, attendee)| {
        let mut letter = of_meeting("agreed", attendee, None);
        letter.meeting.source = meeting::Source::Calendar(PROPOSAL);
        letter.meeting.attendees.truncate(1);
        (format!("meeting-{name}"), Letter::from(letter))
    });
    let bookings = of_bookings().into_iter();
    let bookings = bookings.map(|(name, letter)| (format!("meeting-{name}"), Letter::from(letter)));
    let calendars = of_calendars();
    let calendars =
        calendars.into_iter().map(|(name, letter)| (format!("calendar-{name}"), Letter::from(letter)));
    let accounts = [
        ("verify", Account::Verify),
        ("taken", Account::Taken),
        ("reset", Account::Reset),
        ("changed", Account::Changed),
        ("move", Account::Move),
        ("leaving", Account::Leaving),
        ("left", Account::Left),
        ("gone", Account::Gone),
        ("test", Account::Test),
    ];
    let accounts = accounts
        .into_iter()
        .map(|(name, template)| (format!("account-{name}"), Letter::from(of_account(template))));
    proposals.chain(meetings).chain(scheduled).chain(bookings).chain(calendars).chain(accounts).collect()
}
