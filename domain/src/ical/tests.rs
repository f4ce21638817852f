use proptest::prelude::{Strategy, any, prop, prop_assert, prop_assert_eq, proptest};

use super::*;
use crate::duration::Duration;
use crate::meeting::{Organiser, PartStat, Source};
use crate::text::{Description, Location, Name, Title};
use crate::zone::Zone;

const SERVICE: Service<'_> = Service { name: "Whittle", address: "whittle@example.org" };

fn instant(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

fn attendee(number: u16, name: Option<&str>) -> Attendee {
    Attendee {
        number,
        address: format!("guest{number}@example.org").parse().unwrap(),
        name: name.map(|n| Name::parse(n).unwrap()),
        optional: number == 2,
        partstat: if number == 2 { PartStat::Declined } else { PartStat::Accepted },
        generation: 0,
        opted_out: false,
        asked: true,
        over_budget: false,
    }
}

fn meeting(visibility: Visibility) -> Meeting {
    Meeting {
        id: 7,
        uid: "proposal-7@whittle".to_owned(),
        title: Title::parse("Lunch; soup, \"or\" a\\b 🥗").unwrap(),
        location: Location::parse("Room 5, 2nd floor; ask \\ring").unwrap(),
        description: Description::parse("Plans, lunch;\r\n\r\nEND:VEVENT").unwrap(),
        begin: instant("2026-07-01T10:00:00.5Z"),
        end: instant("2026-07-01T11:00:00.5Z"),
        timezone: Zone::parse("Europe/Berlin").unwrap(),
        status: Status::Confirmed,
        sequence: 3,
        version: 5,
        visibility,
        organiser: Organiser {
            account: 1,
            address: "boss@example.org".parse().unwrap(),
            name: Some(Name::parse("Böss; \"B^\"").unwrap()),
            opted_out: false,
            generation: 0,
        },
        attendees: vec![attendee(1, Some("Ann, A.")), attendee(2, None), attendee(3, Some("שלום"))],
        source: Source::Proposal(7),
        receipt: None,
        updated_at: instant("2026-06-01T08:00:00.9Z"),
        booking: None,
    }
}

/// The lines, unfolded.
fn lines(part: &str) -> Vec<String> {
    part.replace("\r\n ", "").lines().map(str::to_owned).collect()
}

fn of(part: &str, property: &str) -> Vec<String> {
    let starts = |l: &String| l.split([':', ';']).next() == Some(property);
    lines(part).into_iter().filter(starts).collect()
}

#[test]
fn a_request_says_all_there_is() {
    let part = request(&meeting(Visibility::Open), Recipient::Attendee(1), &SERVICE);
    assert_eq!(
        lines(&part),
        [
            "BEGIN:VCALENDAR",
            "PRODID:-//Whittle//Whittle//EN",
            "VERSION:2.0",
            "CALSCALE:GREGORIAN",
            "METHOD:REQUEST",
            "BEGIN:VTIMEZONE",
            "TZID:Europe/Berlin",
            "BEGIN:DAYLIGHT",
            "DTSTART:20260329T020000",
            "TZOFFSETFROM:+0100",
            "TZOFFSETTO:+0200",
            "TZNAME:CEST",
            "END:DAYLIGHT",
            "BEGIN:STANDARD",
            "DTSTART:20261025T030000",
            "TZOFFSETFROM:+0200",
            "TZOFFSETTO:+0100",
            "TZNAME:CET",
            "END:STANDARD",
            "END:VTIMEZONE",
            "BEGIN:VEVENT",
            "UID:proposal-7@whittle",
            "SEQUENCE:3",
            "DTSTAMP:20260601T080000Z",
            "LAST-MODIFIED:20260601T080000Z",
            "DTSTART;TZID=Europe/Berlin:20260701T120000",
            "DTEND;TZID=Europe/Berlin:20260701T130001",
            "SUMMARY:Lunch\\; soup\\, \"or\" a\\\\b 🥗",
            "LOCATION:Room 5\\, 2nd floor\\; ask \\\\ring",
            "DESCRIPTION:Plans\\, lunch\\;\\n\\nEND:VEVENT",
            "STATUS:CONFIRMED",
            "TRANSP:OPAQUE",
            "ORGANIZER;CN=\"Böss; ^'B^^^'\":mailto:boss@example.org",
            "ATTENDEE;CN=\"Ann, A.\";CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;RSVP=FALSE:mailto:guest1@example.org",
            "ATTENDEE;CN=\"guest2@example.org\";CUTYPE=INDIVIDUAL;ROLE=OPT-PARTICIPANT;PARTSTAT=DECLINED;RSVP=FALSE:mailto:guest2@example.org",
            "ATTENDEE;CN=\"שלום\";CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;RSVP=FALSE:mailto:guest3@example.org",
            "END:VEVENT",
            "END:VCALENDAR",
        ]
    );
}

#[test]
fn methods_tell_of_one_event() {
    let meeting = Meeting { status: Status::Cancelled, ..meeting(Visibility::Open) };
    for (part, method, status, attendees) in [
        (request(&meeting, Recipient::Organiser, &SERVICE), "REQUEST", "CONFIRMED", 3),
        (cancel(&meeting, Recipient::Organiser, &SERVICE), "CANCEL", "CANCELLED", 3),
        (publish(&meeting, Recipient::Organiser, &SERVICE), "PUBLISH", "CANCELLED", 0),
    ] {
        assert_eq!(of(&part, "METHOD"), [format!("METHOD:{method}")]);
        assert_eq!(of(&part, "STATUS"), [format!("STATUS:{status}")]);
        assert_eq!(of(&part, "UID"), ["UID:proposal-7@whittle"]);
        assert_eq!(of(&part, "SEQUENCE"), ["SEQUENCE:3"]);
        assert_eq!(of(&part, "ATTENDEE").len(), attendees);
    }
}

#[test]
fn under_names_the_service_stands_for_the_organiser() {
    let mut meeting = meeting(Visibility::Names);
    let to = Recipient::Attendee(3);
    let part = request(&meeting, to, &SERVICE);
    assert_eq!(of(&part, "ORGANIZER"), ["ORGANIZER;CN=\"Böss; ^'B^^^'\":mailto:whittle@example.org"]);
    assert_eq!(of(&part, "ATTENDEE").len(), 1);
    meeting.organiser.name = None;
    let part = request(&meeting, to, &SERVICE);
    assert_eq!(of(&part, "ORGANIZER"), ["ORGANIZER;CN=\"Whittle\":mailto:whittle@example.org"]);
    let part = request(&meeting, Recipient::Organiser, &SERVICE);
    assert_eq!(of(&part, "ORGANIZER"), ["ORGANIZER;CN=\"boss@example.org\":mailto:boss@example.org"]);
    assert_eq!(of(&part, "ATTENDEE").len(), 3);
}

/// Their calendars would show it, and keep it.
#[test]
fn under_names_no_attendee_reads_anothers_address() {
    let meeting = meeting(Visibility::Names);
    for own in 1..=3 {
        let to = Recipient::Attendee(own);
        let parts = [
            request(&meeting, to, &SERVICE),
            cancel(&meeting, to, &SERVICE),
            publish(&meeting, to, &SERVICE),
            feed(&[(meeting.clone(), to)], &[], &SERVICE),
        ];
        for part in parts {
            let part = lines(&part).join("\n");
            assert!(!part.contains("boss@"), "{part}");
            for other in (1..=3).filter(|other| *other != own) {
                assert!(!part.contains(&format!("guest{other}@")), "{part}");
            }
        }
    }
}

#[test]
fn a_feed_has_each_zone_once_and_what_is_tentative() {
    let berlin = meeting(Visibility::Open);
    let mut later = berlin.clone();
    (later.begin, later.end) = (instant("2031-07-01T10:00Z"), instant("2031-07-01T11:00Z"));
    let tehran = Meeting { timezone: Zone::parse("Asia/Tehran").unwrap(), ..berlin.clone() };
    let utc = Meeting { timezone: Zone::default(), ..berlin.clone() };
    let slot = Slot::new(instant("2026-07-02T10:00Z"), Duration::from_seconds(600)).unwrap();
    let tentative = Tentative {
        proposal: 9,
        title: "Tea,\r\nEND:VEVENT",
        location: "Here;",
        description: "a\nb",
        slot,
        updated_at: berlin.updated_at,
    };
    let meetings = [berlin, later, tehran, utc].map(|m| (m, Recipient::Attendee(1)));
    let part = feed(&meetings, &[tentative], &SERVICE);
    assert_eq!(of(&part, "TZID"), ["TZID:Asia/Tehran", "TZID:Europe/Berlin"]);
    assert_eq!(of(&part, "X-WR-CALNAME"), ["X-WR-CALNAME:Whittle"]);
    let all = lines(&part);
    let from = all.iter().rposition(|l| l == "BEGIN:VEVENT").unwrap();
    assert_eq!(
        all[from..],
        [
            "BEGIN:VEVENT",
            "UID:proposal-9-1782986400000000-600000000@whittle",
            "SEQUENCE:0",
            "DTSTAMP:20260601T080000Z",
            "LAST-MODIFIED:20260601T080000Z",
            "DTSTART:20260702T100000Z",
            "DTEND:20260702T101000Z",
            "SUMMARY:Tea\\,\\nEND:VEVENT",
            "LOCATION:Here\\;",
            "DESCRIPTION:a\\nb",
            "STATUS:TENTATIVE",
            "TRANSP:OPAQUE",
            "ORGANIZER;CN=\"Whittle\":mailto:whittle@example.org",
            "END:VEVENT",
            "END:VCALENDAR",
        ]
    );
}

#[test]
fn what_is_not_said_has_no_property() {
    let mut meeting = meeting(Visibility::Open);
    (meeting.location, meeting.description) = (Location::default(), Description::default());
    let part = request(&meeting, Recipient::Organiser, &SERVICE);
    assert_eq!((of(&part, "LOCATION").len(), of(&part, "DESCRIPTION").len()), (0, 0));
}

fn a_line<const MOST: usize>() -> impl Strategy<Value = crate::text::Line<MOST>> {
    let texts = prop::collection::vec("[\\PC]|[ \"^;:,\\\\é🥗ש]", 1..100);
    texts.prop_filter_map("no line", |parts| crate::text::Line::parse(&parts.concat()).ok())
}

proptest! {
    #[test]
    fn whatever_they_are_called_the_lines_are_whole(
        title in a_line::<256>(),
        name in a_line::<120>(),
        location in a_line::<255>(),
        description in "[\\PC]{0,40}(\n[ ;,:\\\\é🥗ש\\PC]{0,40}){0,4}",
        begin in -60_000_000_000_000_000_i64..250_000_000_000_000_000,
        length in 1_i64..400_000_000_000_000,
        names in any::<bool>(),
    ) {
        let mut meeting = meeting(if names { Visibility::Names } else { Visibility::Open });
        meeting.title = title;
        meeting.location = Location::parse(location.as_str()).unwrap();
        // Some of these have overrides.
        meeting.description = Description::parse(&description).unwrap_or_default();
        meeting.organiser.name = Some(name.clone());
        meeting.attendees[0].name = Some(name);
        meeting.begin = Instant::from_micros(begin).unwrap();
        meeting.end = Instant::from_micros(begin + length).unwrap();
        for to in [Recipient::Organiser, Recipient::Attendee(1)] {
            let part = request(&meeting, to, &SERVICE);
            prop_assert!(part.ends_with("\r\n"));
            prop_assert!(part.trim_end_matches("\r\n").split("\r\n").all(|l| l.len() <= 75));
            prop_assert!(!part.replace("\r\n", "").contains(char::is_control));
            let (opened, closed) = (of(&part, "BEGIN").len(), of(&part, "END").len());
            prop_assert_eq!(opened, closed);
            prop_assert_eq!((of(&part, "SUMMARY").len(), of(&part, "LOCATION").len()), (1, 1));
            prop_assert_eq!(of(&part, "DESCRIPTION").len(), usize::from(!meeting.description.is_empty()));
            prop_assert_eq!(&part, &request(&meeting, to, &SERVICE));
        }
    }
}

#[test]
fn free_and_busy_time_has_no_reasons() {
    let slot = |from: &str, to: &str| Slot::between(instant(from), instant(to)).unwrap();
    let range = slot("2026-11-24", "2026-12-01");
    let busy = [slot("2026-11-24T09:00:00.5Z", "2026-11-24T10:00:00.5Z"), slot("2026-11-25", "2026-11-26")];
    let part = free_busy("ana@example.org", range, &busy, instant("2026-11-22T06:00:00Z"), &SERVICE);
    assert_eq!(
        part.lines().collect::<Vec<_>>(),
        [
            "BEGIN:VCALENDAR",
            "PRODID:-//Whittle//Whittle//EN",
            "VERSION:2.0",
            "CALSCALE:GREGORIAN",
            "METHOD:PUBLISH",
            "BEGIN:VFREEBUSY",
            "UID:freebusy-1795478400-1796083200@whittle",
            "DTSTAMP:20261122T060000Z",
            "DTSTART:20261124T000000Z",
            "DTEND:20261201T000000Z",
            "ORGANIZER:mailto:ana@example.org",
            "FREEBUSY;FBTYPE=BUSY:20261124T090000Z/20261124T100001Z",
            "FREEBUSY;FBTYPE=BUSY:20261125T000000Z/20261126T000000Z",
            "END:VFREEBUSY",
            "END:VCALENDAR",
        ]
    );
}
