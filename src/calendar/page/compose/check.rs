//! What is typed becomes a calendar, or faults beside the fields; and what is worth a second look.

use whittle_domain::calendar::limits::{self, MOST_OWNER_SLOTS};
use whittle_domain::calendar::{CalendarDescription, CalendarName};
use whittle_domain::instant::Instant;
use whittle_domain::local::LocalTime;
use whittle_domain::night::is_at_night;
use whittle_domain::order::sort_by_key;
use whittle_domain::schedule::PreferredSlot;
use whittle_domain::slot::Slot;
use whittle_domain::text::LineError;
use whittle_domain::weekly::Weekly;
use whittle_domain::zone::Zone;

use super::draft::Draft;
use super::store::{self, Asked};
use super::times::{Offered, Pattern, PatternFault, SpanRow};
use crate::http::form::Faults;
use crate::proposal::new::check::said as said_of_time;
use crate::proposal::new::store::Known;
use crate::proposal::new::times::Wrong;
use crate::texts::faults::worded;
use crate::texts::{say, when};

/// How many sentences about the night are told; the others are counted.
const MOST_NIGHTS: usize = 6;

/// A calendar that can be made.
pub struct Ready {
    pub name: CalendarName,
    pub description: CalendarDescription,
    pub zone: Zone,
    pub deadline: Instant,
    pub minutes: u16,
    pub step: u16,
    pub reminders: bool,
    pub slots: Vec<PreferredSlot>,
    pub asked: Vec<Asked>,
}

/// Takes over the times that were typed, in order. What is no time stays a row, with why.
pub fn settle(draft: &mut Draft, zone: &Zone, now: Instant) -> Vec<(SpanRow, Wrong)> {
    let mut wrong = Vec::new();
    let mut times: Vec<Offered> = Vec::new();
    for offered in draft.times.drain(..) {
        match offered.slot(zone, now) {
            Ok(_) => add(&mut times, offered),
            // What is not wanted any more needs no mending.
            Err(why) if offered.time.keep => wrong.push((offered.row(), why)),
            Err(_) => {}
        }
    }
    for row in draft.rows.drain(..) {
        match row.time(zone, now) {
            Ok(offered) => add(&mut times, offered),
            Err(why) => wrong.push((row, why)),
        }
    }
    order(&mut times);
    draft.times = times;
    draft.rows = wrong.iter().map(|(row, _)| row.clone()).collect();
    wrong
}

fn order(times: &mut [Offered]) {
    sort_by_key(times, |offered| (offered.time.begin, offered.time.fold, offered.time.minutes));
}

/// Adds a time, once: what is added again is ticked again, with the preference that was said last.
fn add(times: &mut Vec<Offered>, new: Offered) {
    let key = |offered: &Offered| (offered.time.begin, offered.time.minutes, offered.time.fold);
    match times.iter_mut().find(|other| key(other) == key(&new)) {
        Some(other) => {
            other.level = if new.time.keep { new.level } else { other.level };
            other.time.keep |= new.time.keep;
        }
        None => times.push(new),
    }
}

/// Adds the times of a pattern, unless there would be more than a calendar can have.
pub fn add_pattern(draft: &mut Draft, pattern: &Pattern) -> Faults {
    let mut times = draft.times.clone();
    pattern.times.iter().for_each(|offered| add(&mut times, offered.clone()));
    let kept = times.iter().filter(|offered| offered.time.keep).count();
    if kept > MOST_OWNER_SLOTS {
        return Faults::default()
            .with("series", say("new-fault-series-sum").with("count", kept).with("most", MOST_OWNER_SLOTS));
    }
    order(&mut times);
    draft.times = times;
    Faults::default()
}

/// What is wrong with a pattern.
pub fn pattern_faults(faults: &[PatternFault]) -> Faults {
    faults.iter().fold(Faults::default(), |faults, fault| match fault {
        PatternFault::Weekday => faults.with("series-day", say("new-fault-weekday")),
        PatternFault::Hours => faults.with("series-to", say("new-fault-hours")),
        PatternFault::FirstDay => faults.with("series-first-day", say("new-fault-first-day")),
        PatternFault::LastDay => faults.with("series-last-day", say("cal-new-fault-last-day")),
        PatternFault::TooLong => {
            faults.with("series-last-day", say("cal-new-fault-long").with("most", Weekly::MAX_DAYS))
        }
        PatternFault::Empty => faults.with("series", say("new-fault-series-empty")),
    })
}

/// Why a row is no time, in words.
pub fn said(wrong: &Wrong, zone: &Zone) -> String {
    match wrong {
        Wrong::Length => say("new-fault-hours").to_string(),
        Wrong::Incomplete => say("cal-new-fault-incomplete").to_string(),
        _ => said_of_time(wrong, zone),
    }
}

/// The calendar that is typed. `rows` are those that [`settle`] has left.
pub fn check(draft: &Draft, rows: &[(SpanRow, Wrong)], known: &Known, now: Instant) -> Result<Ready, Faults> {
    let zone = draft.zone().unwrap_or_else(|| known.account.timezone.clone());
    let mut faults = Faults::default();
    let name = CalendarName::parse(&draft.name).map_err(|why| match why {
        LineError::Blank => say("cal-new-fault-name").to_string(),
        why => worded(&why.to_string()),
    });
    let description = CalendarDescription::parse(&draft.description).map_err(|why| worded(&why.to_string()));
    let minutes = within(&draft.minutes, 5, 480).ok_or_else(|| say("cal-new-fault-minutes").to_string());
    let step = within(&draft.step, 5, 60).ok_or_else(|| say("cal-new-fault-step").to_string());
    let asked = store::everybody(draft, known);
    let slots: Vec<PreferredSlot> = draft
        .times
        .iter()
        .filter(|offered| offered.time.keep)
        .filter_map(|offered| offered.preferred(&zone, now))
        .collect();
    if draft.zone().is_none() {
        faults = faults.with("zone", say("new-fault-zone"));
    }
    if slots.len() > MOST_OWNER_SLOTS {
        faults = faults.with(
            "times",
            say("new-fault-many-times").with("count", slots.len()).with("most", MOST_OWNER_SLOTS),
        );
    } else if slots.is_empty() && rows.is_empty() {
        faults = faults.with("times", say("cal-new-fault-no-times"));
    } else if !slots.iter().all(|slot| limits::is_within_reach(&slot.slot, now)) {
        faults = faults.with("times", say("cal-new-fault-far"));
    } else if let (Ok(minutes), Ok(step)) = (&minutes, &step)
        && limits::unsolvable(slots.iter().copied(), *minutes, *step).is_some()
    {
        faults = faults.with("times", say("cal-new-fault-unsolvable"));
    }
    let deadline = match draft.deadline.date.is_empty() {
        true => Err(say("cal-new-fault-deadline").to_string()),
        false => draft.deadline.moment(&zone, now).map(|(_, at)| at).map_err(|why| said_of_time(&why, &zone)),
    };
    for (field, fault) in [
        ("name", name.as_ref().err()),
        ("description", description.as_ref().err()),
        ("minutes", minutes.as_ref().err()),
        ("step", step.as_ref().err()),
        ("deadline", deadline.as_ref().err()),
    ] {
        if let Some(fault) = fault {
            faults = faults.with(field, fault);
        }
    }
    for fault in asked.as_ref().err().into_iter().flatten() {
        faults = faults.with("people", fault);
    }
    match (name, description, minutes, step, deadline, asked) {
        (Ok(name), Ok(description), Ok(minutes), Ok(step), Ok(deadline), Ok(asked))
            if faults.is_empty() && rows.is_empty() =>
        {
            let reminders = draft.reminders;
            Ok(Ready { name, description, zone, deadline, minutes, step, reminders, slots, asked })
        }
        _ if faults.is_empty() => Err(Faults::status_alone(400)),
        _ => Err(faults),
    }
}

fn within(text: &str, least: u16, most: u16) -> Option<u16> {
    text.parse().ok().filter(|number| (least..=most).contains(number))
}

/// How many meetings fit into the times, one after the other.
pub fn room(slots: &[PreferredSlot], minutes: u16) -> usize {
    let length = i64::from(minutes.max(1)).saturating_mul(60_000_000);
    let mut spans: Vec<(i64, i64)> =
        slots.iter().map(|slot| (slot.slot.begin().micros(), slot.slot.end().micros())).collect();
    spans.sort_unstable();
    let mut blocks: Vec<(i64, i64)> = Vec::new();
    for (begin, end) in spans {
        match blocks.last_mut().filter(|block| begin <= block.1) {
            Some(block) => block.1 = block.1.max(end),
            None => blocks.push((begin, end)),
        }
    }
    let fit = |(begin, end): &(i64, i64)| usize::try_from(end.saturating_sub(*begin).div_euclid(length)).ok();
    blocks.iter().filter_map(fit).fold(0, usize::saturating_add)
}

/// What is worth a second look: too little room, a deadline after the first times, and times at night.
pub fn warnings(ready: &Ready, known: &Known) -> Vec<String> {
    let mut said = Vec::new();
    let room = room(&ready.slots, ready.minutes);
    if room < ready.asked.len() {
        let sentence = say("cal-new-room")
            .with("people", ready.asked.len())
            .with("room", room)
            .with("minutes", ready.minutes);
        said.push(sentence.to_string());
    }
    let early = ready.slots.iter().filter(|slot| slot.slot.begin() < ready.deadline).count();
    if early > 0 {
        said.push(say("cal-new-early").with("count", early).to_string());
    }
    said.extend(nights(ready, known));
    said
}

fn nights(ready: &Ready, known: &Known) -> Vec<String> {
    let mut said = Vec::new();
    let here = ready.slots.iter().map(|slot| slot.slot);
    for slot in here.clone().filter(|slot| is_at_night(slot, &ready.zone)) {
        said.push(say("cal-new-night").with("time", told(&slot, &ready.zone)).to_string());
    }
    for asked in &ready.asked {
        let Some(zone) = known.zones.get(&asked.address.key()).filter(|zone| **zone != ready.zone) else {
            continue;
        };
        let times = here.clone().filter(|slot| is_at_night(slot, zone)).count();
        if times > 0 {
            let sentence = say("cal-new-night-there")
                .with("who", asked.called())
                .with("zone", zone.to_string())
                .with("count", times);
            said.push(sentence.to_string());
        }
    }
    let more = said.len().saturating_sub(MOST_NIGHTS);
    said.truncate(MOST_NIGHTS);
    said.extend((more > 0).then(|| say("new-night-more").with("count", more).to_string()));
    said
}

/// `Tue 24 Nov, 18:00 to 23:00`
fn told(slot: &Slot, zone: &Zone) -> String {
    let day = when::short_day(&LocalTime::of(slot.begin(), zone));
    say("day-and-clock").with("day", day).with("clock", when::clock_range(slot, zone)).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slots(times: &[&str]) -> Vec<PreferredSlot> {
        let slot = |text: &&str| {
            Offered::parse(text, true).unwrap().preferred(&Zone::default(), Instant::from_millis(0)).unwrap()
        };
        times.iter().map(slot).collect()
    }

    #[test]
    fn room_is_counted_in_each_stretch_of_time() {
        let apart = slots(&["2026-11-24T09:00 90 - 3", "2026-11-24T11:00 90 - 3"]);
        let together =
            slots(&["2026-11-24T10:30 90 - 1", "2026-11-24T09:00 90 - 3", "2026-11-24T09:30 60 - 3"]);
        assert_eq!((room(&apart, 60), room(&together, 60), room(&[], 60)), (2, 3, 0));
    }

    #[test]
    fn what_is_typed_twice_is_one_time_with_the_last_preference() {
        let mut draft = Draft::default();
        for value in ["2031-11-25T09:00 60 - 1", "2031-11-24T09:00 60 - 3", "2031-11-25T09:00 60 - 2"] {
            draft.times.push(Offered::parse(value, true).unwrap());
        }
        draft.rows.push(SpanRow::default());
        let wrong = settle(&mut draft, &Zone::default(), Instant::from_millis(0));
        let times: Vec<String> = draft.times.iter().map(ToString::to_string).collect();
        assert_eq!(times, ["2031-11-24T09:00 60 - 3", "2031-11-25T09:00 60 - 2"]);
        assert_eq!((wrong.len(), &wrong[0].1), (1, &Wrong::Incomplete));
    }
}
