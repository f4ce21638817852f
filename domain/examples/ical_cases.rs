//! Prints meetings and their calendar parts, one JSON object per line, for parsers that share no code with this crate
//! (tests/meeting/ical.test.mjs).
//!
//! A line is `{zone, events: [{begin, end}], title, names, ics}`. Times are in seconds since 1970-01-01T00:00:00Z. `names` are
//! the names of the organiser and of the attendees.

use jiff::Timestamp;
use serde_json::json;
use whittle_domain::address::Address;
use whittle_domain::ical::{Recipient, Service, feed, request};
use whittle_domain::instant::Instant;
use whittle_domain::meeting::{Attendee, Meeting, Organiser, PartStat, Source, Status};
use whittle_domain::proposal::Visibility;
use whittle_domain::text::{Description, Location, Name, Title};
use whittle_domain::zone::Zone;

/// Zones with unusual rules: daylight saving of half an hour, offsets of half and quarter hours, a skipped day, negative daylight
/// saving in winter, a rule for Ramadan, a rule that was abolished. And usual ones.
const ZONES: [&str; 11] = [
    "Africa/Casablanca",
    "America/New_York",
    "America/St_Johns",
    "Asia/Kathmandu",
    "Asia/Tehran",
    "Australia/Lord_Howe",
    "Etc/GMT+5",
    "Europe/Berlin",
    "Europe/Dublin",
    "Pacific/Apia",
    "UTC",
];

/// The years whose changes of UTC offset are tested. Samoa skipped a day in 2011.
const YEARS: [u16; 4] = [2011, 2024, 2026, 2030];

/// Begins of meetings in seconds from a change: a day before, some hours around, right before, at, and right after it.
const AROUND: [i64; 13] = [-86_400, -7201, -3600, -3599, -1801, -1800, -1, 0, 1, 1799, 1800, 3600, 7200];

/// Lengths of meetings in seconds: shorter than any gap or fold, longer than one, and two days.
const LENGTHS: [i64; 3] = [600, 5400, 172_800];

const FAR: [&str; 8] = [
    "1890-01-01T00:00:00Z",
    "1955-07-01T12:00:00Z",
    "1999-01-15T09:00:00Z",
    "1999-07-15T09:00:00Z",
    "2026-07-01T00:00:00Z",
    "2050-01-15T09:00:00Z",
    "2099-01-15T09:00:00Z",
    "2099-07-15T09:00:00Z",
];

/// Titles and names with characters that are special in iCalendar, or that are longer in octets than in characters.
const WORDS: [&str; 8] = [
    "Lunch; soup, \"or\" salad: a\\b",
    "^ and ^^ and ^n and ^'",
    "a\\nb\\,c\\;d\\\\",
    "🥗🧑‍🍳 Mittagessen für alle mit sehr vielen Umlauten: äöüßÄÖÜäöüßÄÖÜ",
    "פגישה עם דנה, מחר",
    "اجتماع؛ غدًا",
    "ééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééé                                                  x",
    "\"",
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    for zone in ZONES {
        let zone = Zone::parse(zone).ok_or("no zone")?;
        for (begin, end) in times(&zone)? {
            print(&zone, begin, end, "Lunch")?;
        }
    }
    let berlin = Zone::parse("Europe/Berlin").ok_or("no zone")?;
    for words in WORDS {
        print(&berlin, 1_782_900_000, 1_782_903_600, words)?;
    }
    print_feed()
}

fn times(zone: &Zone) -> Result<Vec<(i64, i64)>, Box<dyn std::error::Error>> {
    let mut begins = Vec::new();
    for far in FAR {
        begins.push(Instant::parse(far).ok_or("no time")?.seconds());
    }
    let rules = zone.time_zone();
    for year in YEARS {
        let new_year = Instant::parse(&format!("{year}-01-01")).ok_or("no time")?.seconds();
        let new_year = Timestamp::from_second(new_year).map_err(|e| e.to_string())?;
        for change in rules.following(new_year).take(3) {
            let change = change.timestamp().as_second();
            begins.extend(AROUND.map(|by| change.saturating_add(by)));
        }
    }
    Ok(begins.into_iter().flat_map(|b| LENGTHS.map(|length| (b, b.saturating_add(length)))).collect())
}

fn meeting(zone: &Zone, begin: i64, end: i64, words: &str) -> Result<Meeting, Box<dyn std::error::Error>> {
    let address = |text: &str| text.parse::<Address>().map_err(|_| "no address");
    let name = || Name::parse(words).map_err(|fault| fault.to_string());
    let attendee = |number, name| -> Result<Attendee, Box<dyn std::error::Error>> {
        Ok(Attendee {
            number,
            address: address(&format!("guest{number}@example.org"))?,
            name,
            optional: false,
            partstat: PartStat::Accepted,
            generation: 0,
            opted_out: false,
            asked: true,
            over_budget: false,
        })
    };
    Ok(Meeting {
        id: 1,
        uid: format!("case-{begin}-{end}@whittle"),
        title: Title::parse(words).map_err(|fault| fault.to_string())?,
        location: Location::parse(words).map_err(|fault| fault.to_string())?,
        description: Description::parse(&format!("{words}\n\n{words}")).map_err(|fault| fault.to_string())?,
        begin: Instant::from_millis(begin.saturating_mul(1000)),
        end: Instant::from_millis(end.saturating_mul(1000)),
        timezone: zone.clone(),
        status: Status::Confirmed,
        sequence: 0,
        version: 1,
        visibility: Visibility::Open,
        organiser: Organiser {
            account: 1,
            address: address("boss@example.org")?,
            name: Some(name()?),
            opted_out: false,
            generation: 0,
        },
        attendees: vec![attendee(1, Some(name()?))?, attendee(2, None)?],
        source: Source::Proposal(1),
        receipt: None,
        booking: None,
        updated_at: Instant::from_millis(1_780_000_000_000),
    })
}

const SERVICE: Service<'_> = Service { name: "Whittle", address: "whittle@example.org" };

fn print(zone: &Zone, begin: i64, end: i64, words: &str) -> Result<(), Box<dyn std::error::Error>> {
    let meeting = meeting(zone, begin, end, words)?;
    let ics = request(&meeting, Recipient::Attendee(1), &SERVICE);
    let names = [words, words, "guest2@example.org"];
    let events = [json!({ "begin": begin, "end": end })];
    println!("{}", json!({ "zone": zone, "events": events, "title": words, "names": names, "ics": ics }));
    Ok(())
}

/// Prints one feed per zone with all of its meetings, so that a VTIMEZONE must cover many changes with gaps between them.
fn print_feed() -> Result<(), Box<dyn std::error::Error>> {
    for zone in ZONES {
        let zone = Zone::parse(zone).ok_or("no zone")?;
        let times = times(&zone)?;
        let mut meetings = Vec::new();
        for (begin, end) in &times {
            meetings.push((meeting(&zone, *begin, *end, "Lunch")?, Recipient::Attendee(1)));
        }
        let ics = feed(&meetings, &[], &SERVICE);
        let events: Vec<_> = times.iter().map(|(begin, end)| json!({ "begin": begin, "end": end })).collect();
        println!(
            "{}",
            json!({ "zone": zone, "events": events, "title": "Lunch", "names": ["Lunch"], "ics": ics })
        );
    }
    Ok(())
}
