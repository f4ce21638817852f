//! A calendar for tests of pages: Bea and Cyd have answered, Dan has not.

use whittle_domain::address::Address;
use whittle_domain::calendar::{
    Answer, Calendar, CalendarDescription, CalendarName, New, NewInvitee, Owner, create, replay,
};
use whittle_domain::duration::Duration;
use whittle_domain::entity::Via;
use whittle_domain::instant::Instant;
use whittle_domain::schedule::{Preference, PreferredSlot};
use whittle_domain::slot::Slot;
use whittle_domain::text::PersonName;
use whittle_domain::zone::Zone;

fn slot(begin: &str, minutes: i64, level: u8) -> PreferredSlot {
    let begin = Instant::parse(begin).unwrap();
    let slot = Slot::new(begin, Duration::from_seconds(minutes.saturating_mul(60))).unwrap();
    PreferredSlot { slot, preference: Preference::new(level).unwrap() }
}

pub fn calendar() -> Calendar {
    let invitee = |contact, first: &str, last: &str| NewInvitee {
        contact,
        first_name: PersonName::parse(first).unwrap(),
        last_name: PersonName::parse(last).unwrap(),
        address: format!("{}@example.org", first.to_lowercase()).parse::<Address>().unwrap(),
    };
    let new = New {
        name: CalendarName::parse("Thesis talks").unwrap(),
        description: CalendarDescription::default(),
        timezone: Zone::parse("Europe/Berlin").unwrap(),
        deadline: Instant::parse("2026-11-20T17:00:00Z").unwrap(),
        meeting_minutes: 60,
        step_minutes: 15,
        reminders: true,
        // 9 to 12 on a Tuesday and on a Thursday, in Berlin.
        slots: vec![slot("2026-11-24T08:00:00Z", 180, 3), slot("2026-11-26T08:00:00Z", 180, 2)],
        invitees: vec![invitee(7, "Bea", "Marini"), invitee(8, "Cyd", "Park"), invitee(9, "Dan", "Sørensen")],
    };
    let owner = Owner {
        account: 21,
        address: "ana@localhost".parse().unwrap(),
        verified: true,
        first_name: "Ana".to_owned(),
        last_name: "Lee".to_owned(),
    };
    let mut calendar = made(owner, new);
    let answers = [
        (0, vec![slot("2026-11-24T08:00:00Z", 180, 3)]),
        (1, vec![slot("2026-11-24T09:00:00Z", 60, 2), slot("2026-11-24T10:00:00Z", 60, 1)]),
    ];
    let asked = calendar.owner_time();
    let at = Instant::parse("2026-11-18T10:00:00Z").unwrap();
    for (index, slots) in answers {
        let answer = Answer { slots, at, asked: asked.clone(), told: Vec::new() };
        calendar.invitees[index].answer = Some(answer);
    }
    calendar
}

fn made(owner: Owner, new: New) -> Calendar {
    let now = Instant::parse("2026-11-10").unwrap();
    replay(&create(7, owner, Via::Session, new, now)).unwrap()
}
