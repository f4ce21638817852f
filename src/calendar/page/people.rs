//! The people of a calendar, as its owner's page lists them.

use whittle_domain::calendar::{Calendar, Invitee, Phase};
use whittle_domain::entity::Undeliverable;
use whittle_domain::instant::Instant;
use whittle_domain::local::LocalTime;
use whittle_domain::order::sort_by_key;
use whittle_domain::schedule::PreferredSlot;
use whittle_domain::zone::Zone;

use crate::texts::{Said, say, when};

/// Somebody who is asked, with what can be done.
pub struct PersonRow {
    pub number: u16,
    pub contact: u64,
    pub name: String,
    pub address: String,
    pub state: Said<'static>,
    pub badge: &'static str,
    /// When it answered, when it was reminded, and whether it was asked again.
    pub notes: Vec<String>,
    pub answered: bool,
    /// What it answered: days with times.
    pub days: Vec<(String, Vec<String>)>,
    pub can_remind: bool,
    pub can_remove: bool,
}

/// All who are asked.
pub fn rows(calendar: &Calendar, zone: &Zone, now: Instant) -> Vec<PersonRow> {
    let open = calendar.phase == Phase::Open;
    let late = calendar.is_past_deadline(now);
    let row = |invitee: &Invitee| {
        let (state, badge) = state(invitee);
        PersonRow {
            number: invitee.number,
            contact: invitee.contact,
            name: invitee.full_name(),
            address: invitee.address.to_string(),
            state,
            badge,
            notes: notes(calendar, invitee, zone),
            answered: invitee.answer.is_some(),
            days: invitee.answer.as_ref().map(|answer| days(&answer.slots, zone)).unwrap_or_default(),
            can_remind: open && !late && invitee.answer.is_none() && invitee.takes_mail(),
            can_remove: open,
        }
    };
    calendar.active_invitees().map(row).collect()
}

fn state(invitee: &Invitee) -> (Said<'static>, &'static str) {
    match (invitee.undeliverable, &invitee.answer) {
        (_, Some(_)) => (say("cal-person-answered"), "yes"),
        (Some(Undeliverable::Bounced), None) => (say("cal-person-bounced"), "no"),
        (Some(Undeliverable::Complained), None) => (say("cal-person-complained"), "no"),
        (None, None) if invitee.opted_out => (say("cal-person-opted-out"), "no"),
        (None, None) if invitee.opened => (say("cal-person-opened"), ""),
        (None, None) => (say("cal-person-invited"), ""),
    }
}

fn notes(calendar: &Calendar, invitee: &Invitee, zone: &Zone) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(answer) = &invitee.answer {
        notes.push(say("cal-person-at").with("time", when::moment(answer.at, zone)).to_string());
        if !calendar.added_since(answer).is_empty() {
            notes.push(say("cal-person-added").to_string());
        }
    } else if let Some(at) = invitee.reminded_at {
        notes.push(say("cal-person-reminded").with("time", when::moment(at, zone)).to_string());
    }
    notes
}

/// Times by day, each with its preference.
pub fn days(slots: &[PreferredSlot], zone: &Zone) -> Vec<(String, Vec<String>)> {
    let mut slots: Vec<&PreferredSlot> = slots.iter().collect();
    sort_by_key(&mut slots, |slot| (slot.slot.begin(), slot.slot.end()));
    let mut days: Vec<(String, Vec<String>)> = Vec::new();
    for slot in slots {
        let day = when::short_day(&LocalTime::of(slot.slot.begin(), zone));
        let words = say("cal-time-and-level")
            .with("clock", when::clock_range(&slot.slot, zone))
            .with("level", slot.preference.level())
            .to_string();
        match days.last_mut().filter(|(last, _)| *last == day) {
            Some((_, times)) => times.push(words),
            None => days.push((day, vec![words])),
        }
    }
    days
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::page::sample::calendar;

    #[test]
    fn each_person_has_a_state_and_what_can_be_done_then() {
        let mut calendar = calendar();
        let at = |text| Instant::parse(text).unwrap();
        let rows = |calendar: &Calendar, now| super::rows(calendar, &calendar.timezone, at(now));
        let all = rows(&calendar, "2026-11-19");
        let told: Vec<(String, bool, bool)> =
            all.iter().map(|row| (row.state.to_string(), row.can_remind, row.can_remove)).collect();
        assert_eq!(told[0], ("Has answered".to_owned(), false, true));
        assert_eq!(told[2], ("Invited".to_owned(), true, true));
        assert_eq!(
            all[1].days,
            [(
                "Tue 24 Nov".to_owned(),
                vec!["10:00 to 11:00 (2)".to_owned(), "11:00 to 12:00 (1)".to_owned()]
            )]
        );
        assert!(!rows(&calendar, "2026-11-21")[2].can_remind, "after the deadline nobody is reminded");
        calendar.invitees[2].opted_out = true;
        assert!(!rows(&calendar, "2026-11-19")[2].can_remind);
        calendar.slots[0].available = calendar.slots[1].available;
        calendar.phase = Phase::Finalized;
        assert!(rows(&calendar, "2026-11-19").iter().all(|row| !row.can_remind && !row.can_remove));
    }
}
