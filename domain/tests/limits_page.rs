//! The table of limits in docs/api.md has the numbers of the code.
#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects, clippy::panic, reason = "a test may panic")]

use serde_json::{Map, Value, json};
use whittle_domain::account::Username;
use whittle_domain::address::Address;
use whittle_domain::calendar::{self, CalendarDescription, CalendarName, limits};
use whittle_domain::contact::{Groups, MAX_CONTACTS, PAGE_SIZE, csv};
use whittle_domain::input;
use whittle_domain::instant::Instant;
use whittle_domain::schedule::Problem;
use whittle_domain::slot::Slots;
use whittle_domain::text::{Description, LineError, Location, Name, Note, PersonName, Title};
use whittle_domain::zone::Zone;

const PAGE: &str = include_str!("../../docs/api.md");

/// The second cell of the row whose first cell begins with this text.
fn limit(what: &str) -> &'static str {
    let (_, table) = PAGE.split_once("\n## Limits\n").unwrap();
    let mut rows = table.lines().filter_map(|line| line.strip_prefix("| ")?.split_once(" | "));
    let (_, rest) =
        rows.find(|(first, _)| first.starts_with(what)).unwrap_or_else(|| panic!("no row {what}"));
    rest.split_once(" | ").unwrap().0
}

/// A number as the table writes it: `5,000`.
fn written(number: usize) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().map(|group| std::str::from_utf8(group).unwrap()).collect();
    groups.join(",")
}

/// The maximum number of characters of a kind of text, found by parsing a longer one.
fn max_of<T: std::fmt::Debug>(parse: impl Fn(&str) -> Result<T, LineError>) -> String {
    match parse(&"x".repeat(10_000)) {
        Err(LineError::TooLong(max)) => written(max),
        other => panic!("{other:?}"),
    }
}

fn proposal_of(parties: usize) -> Map<String, Value> {
    let parties: Vec<String> = (0..parties).map(|n| format!("p{n}@example.org")).collect();
    let slots = json!([{ "begin": "2030-01-01T00:00:00Z", "duration": "01:00:00" }]);
    Map::from_iter([("parties".to_owned(), json!(parties)), ("slots".to_owned(), slots)])
}

#[test]
fn the_table_of_limits_has_the_numbers_of_the_code() {
    let first = Instant::from_millis(i64::MIN);
    let last = Instant::from_millis(i64::MAX);
    assert_eq!(limit("instants"), format!("{first} to {last}"));
    assert!(limit("slots of a proposal").starts_with(&format!("1 to {};", written(Slots::MAX))));
    let texts = [max_of(Location::parse), max_of(Description::parse)].join("; ");
    assert_eq!(limit("location; description"), format!("{texts} characters"));
    let texts = [max_of(Title::parse), max_of(Name::parse), max_of(Note::parse)].join("; ");
    assert_eq!(limit("title; name of a party; note"), format!("{texts} characters"));
    assert_eq!(limit("first and last name"), format!("{} characters each", max_of(PersonName::parse)));
    assert_eq!(limit("mail address"), format!("{} bytes", written(Address::MAX_BYTES)));
    assert!(limit("user name").starts_with(&format!("{} characters:", written(Username::MAX_CHARS))));
    assert_eq!(limit("contacts of an account"), written(MAX_CONTACTS as usize));
    assert!(limit("groups of a contact").starts_with(&format!("{}; ", written(Groups::MAX))));
    assert_eq!(limit("rows of an import"), written(csv::MAX_ROWS));
    assert_eq!(limit("proposals or contacts on one page"), written(PAGE_SIZE));
}

#[test]
fn a_proposal_has_as_many_parties_as_the_table_says() {
    let max: usize = limit("parties of a proposal")
        .trim_start_matches("1 to ")
        .split(',')
        .next()
        .unwrap()
        .parse()
        .unwrap();
    let read = |parties: usize| {
        let title = Title::parse("cybes").unwrap();
        input::parse_new_proposal(&proposal_of(parties), title, Zone::default(), Instant::from_millis(0))
            .is_ok()
    };
    assert!(read(1) && read(max));
    assert!(!read(0) && !read(max + 1));
}

#[test]
fn the_table_of_limits_has_the_numbers_of_calendars() {
    let texts = [max_of(CalendarName::parse), max_of(CalendarDescription::parse)].join("; ");
    assert_eq!(limit("name of a calendar; description"), format!("{texts} characters"));
    let both = |one: usize, other: usize| format!("{}; {}", written(one), written(other));
    assert_eq!(limit("people asked by a calendar"), both(limits::MOST_INVITEES, limits::MOST_NUMBERS));
    let slots = both(limits::MOST_OWNER_SLOTS, limits::MOST_ANSWER_SLOTS);
    let tenths = limits::MOST_BYTES / 100_000;
    let size = format!(
        "{slots}, within two years; fewer where a calendar would grow beyond {}.{} MB",
        tenths / 10,
        tenths % 10
    );
    assert_eq!(limit("times of a calendar's owner"), size);
    assert_eq!(limit("starts that meetings"), written(Problem::MAX_STARTS));
    let ([least, most], [closest, farthest]) = (limits::MEETING_MINUTES, limits::STEP_MINUTES);
    assert_eq!(
        limit("length of a calendar's meetings"),
        format!("{least} to {most}; {closest} to {farthest} minutes")
    );
    let entries = [
        calendar::MOST_ENTRIES,
        calendar::MOST_ENTRIES_TO_FINALIZE,
        calendar::MOST_ENTRIES_OF_AN_INVITEE,
        calendar::MOST_ENTRIES_OF_INVITEES,
    ];
    let entries = entries.map(|most| written(most as usize)).join("; ");
    let kept = calendar::ENTRIES_KEPT_FOR_AN_INVITEE;
    assert_eq!(limit("entries in the log of a calendar"), format!("{entries}, {kept}"));
}
