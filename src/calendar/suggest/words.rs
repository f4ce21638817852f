//! Suggestions in words, for the API and for pages.

use whittle_domain::calendar::{Calendar, Conflict, ConflictKind, Gap, Invitee, Planned, Score, Suggestions};
use whittle_domain::duration::Duration;
use whittle_domain::instant::Instant;
use whittle_domain::local::LocalTime;
use whittle_domain::schedule::{CompetingSet, Relaxation, UnplacedReason};
use whittle_domain::zone::Zone;

use super::Engagement;
use crate::texts::{Said, say, when};

/// The name of a contact as it was invited, or what it is called otherwise.
pub fn name(calendar: &Calendar, contact: u64) -> String {
    calendar
        .invitee_of_contact(contact)
        .map_or_else(|| say("conflict-someone").to_string(), Invitee::full_name)
}

/// `Ana Berg, Ben Cole and Cem Demir`
pub fn names(calendar: &Calendar, contacts: &[u64]) -> String {
    let names: Vec<String> = contacts.iter().map(|contact| name(calendar, *contact)).collect();
    match names.split_last() {
        None => String::new(),
        Some((only, [])) => only.clone(),
        Some((last, others)) => {
            say("suggest-names-and").with("names", others.join(", ")).with("last", last.clone()).to_string()
        }
    }
}

/// `All 4 people are placed. The preferences add up to 19 of 24. The first meeting is Tue 24 Nov, 10:00.`
pub fn score(score: &Score, zone: &Zone) -> String {
    let Some(first) = score.first else { return say("suggest-none-placed").to_string() };
    let placed = match score.placed == score.people {
        true => say("suggest-all-placed").with("people", score.people),
        false => say("suggest-some-placed").with("placed", score.placed).with("people", score.people),
    };
    let preferences =
        say("suggest-preferences").with("sum", score.preference).with("most", score.most_preference);
    let (day, clock) = day_and_clock(first, zone);
    let first = say("suggest-first").with("day", day).with("clock", clock);
    format!("{placed} {preferences} {first}")
}

fn day_and_clock(instant: Instant, zone: &Zone) -> (String, String) {
    let local = LocalTime::of(instant, zone);
    (when::short_day(&local), local.clock())
}

/// Whether there may be a better schedule than the first.
pub fn verdict<'a>(suggestions: &Suggestions) -> Said<'a> {
    match suggestions.gap {
        None => say("suggest-optimal"),
        Some(Gap { placed, .. }) if placed > 0 => say("suggest-gap-placed").with("count", placed),
        Some(Gap { preference, .. }) if preference > 0 => {
            say("suggest-gap-preference").with("count", preference)
        }
        Some(Gap { delay, .. }) => {
            // A length is told in whole minutes; what is less than one is one.
            let minutes = delay.micros().saturating_add(59_999_999).div_euclid(60_000_000);
            let length = when::length(Duration::from_seconds(minutes.saturating_mul(60)));
            say("suggest-gap-delay").with("length", length)
        }
    }
}

/// Who competes with whom: `Of Ben Cole, Cem Demir and Dora Egg only 2 fit.`
pub fn competing(calendar: &Calendar, set: &CompetingSet) -> String {
    say("suggest-competing")
        .with("names", names(calendar, &set.invitees))
        .with("fit", count(set.max_placed))
        .to_string()
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// Why somebody has no meeting.
pub fn unplaced(calendar: &Calendar, contact: u64, reason: UnplacedReason) -> String {
    let name = name(calendar, contact);
    match reason {
        UnplacedReason::NoTime => say("suggest-no-time").with("name", name),
        UnplacedReason::NothingInCommon => say("suggest-nothing-in-common").with("name", name),
        UnplacedReason::NoStep => {
            say("suggest-no-step").with("name", name).with("step", calendar.step_minutes)
        }
        UnplacedReason::OwnerBusy => say("suggest-owner-busy").with("name", name),
        UnplacedReason::CrowdedOut => say("suggest-crowded-out").with("name", name),
    }
    .to_string()
}

/// What would help.
pub fn help(calendar: &Calendar, relaxation: &Relaxation, zone: &Zone) -> String {
    match relaxation {
        Relaxation::ExtraStart { invitee, begin, placed } => {
            let (day, clock) = day_and_clock(*begin, zone);
            say("suggest-help-extra")
                .with("name", name(calendar, *invitee))
                .with("day", day)
                .with("clock", clock)
                .with("placed", count(*placed))
        }
        Relaxation::ShorterStep { minutes, placed } => {
            say("suggest-help-step").with("minutes", *minutes).with("placed", count(*placed))
        }
        Relaxation::ShorterMeeting { minutes, placed } => {
            say("suggest-help-length").with("minutes", *minutes).with("placed", count(*placed))
        }
    }
    .to_string()
}

/// That a problem is too large to be solved.
pub fn too_large<'a>() -> Said<'a> {
    say("suggest-too-large")
}

/// What is wrong with an item of a schedule that the owner has made.
pub fn conflict(
    calendar: &Calendar,
    items: &[Planned],
    engagements: &[Engagement],
    conflict: &Conflict,
    zone: &Zone,
) -> String {
    let name_of =
        |index: usize| items.get(index).map_or_else(String::new, |item| name(calendar, item.contact));
    let name = name_of(conflict.item);
    match conflict.kind {
        ConflictKind::NotInvited => say("conflict-not-invited"),
        ConflictKind::Empty => say("conflict-empty").with("name", name),
        ConflictKind::Twice(_) => say("conflict-twice").with("name", name),
        ConflictKind::Overlap(other) => {
            say("conflict-overlap").with("name", name).with("other", name_of(other))
        }
        ConflictKind::OutsideAnswer => say("conflict-outside-answer").with("name", name),
        ConflictKind::Busy(slot) => {
            let told = when::slot(&slot, zone);
            let title = engagements.iter().find(|e| e.slot == slot && e.hard).and_then(|e| e.title.clone());
            match title {
                Some(title) => say("conflict-busy-titled").with("title", title).with("when", told),
                None => say("conflict-busy").with("when", told),
            }
        }
        ConflictKind::Past => say("conflict-past").with("name", name),
        ConflictKind::TooFar => say("conflict-too-far").with("name", name),
        ConflictKind::Unanswered => say("conflict-unanswered").with("name", name),
        ConflictKind::OutsideOwner => say("conflict-outside-owner").with("name", name),
    }
    .to_string()
}
