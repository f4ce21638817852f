//! The page of a calendar for its owner: how it stands, who can when, the people, and what can be changed.

use askama::Template;
use whittle_domain::calendar::{Calendar, Invitee, Phase};
use whittle_domain::instant::Instant;
use whittle_domain::local::LocalTime;
use whittle_domain::zone::Zone;
use worker::Env;

use super::common::{Common, Levels, level_word};
use super::heat::{Heat, heat};
use super::meetings::{self, MeetingRow};
use super::owned::Owned;
use super::people::{self, PersonRow};
use crate::calendar::suggest::words::names;
use crate::error::Result;
use crate::http::context::RequestContext;
use crate::http::form::{Faults, Form};
use crate::http::layout::Layout;
use crate::http::reply::Reply;
use crate::proposal::new::store::{Known, SHOWN};
use crate::texts::{say, when};

/// How many names a sentence has.
const MOST_NAMED: usize = 3;
/// How many empty rows there are for more times.
const EMPTY_ROWS: usize = 3;

/// What was typed into one of the page's forms, and why it was refused.
#[derive(Default)]
pub struct Typed {
    pub form: Form,
    pub faults: Faults,
}

/// One of the owner's times, as a box to untick.
struct SlotRow {
    id: u32,
    clock: String,
    level: String,
}

#[derive(Template)]
#[template(path = "page/calendar/manage.html")]
struct ManagePage<'a> {
    page: Layout,
    common: Common,
    typed: &'a Typed,
    known: &'a Known,
    calendar: &'a Calendar,
    lead: String,
    /// Whether there are suggested schedules.
    can_choose: bool,
    open: bool,
    /// Whether its reader is the owner: staff read it, and close it, and that is all.
    owned: bool,
    late: bool,
    length: String,
    deadline: (String, String),
    until: String,
    zone: String,
    missing: usize,
    heat: Option<Heat>,
    people: Vec<PersonRow>,
    meetings: Vec<MeetingRow>,
    slots: Vec<(String, Vec<SlotRow>)>,
    levels: Levels,
    find: String,
    shows_contacts: bool,
}

/// The parts of the template that the page of a new calendar has, too.
impl ManagePage<'_> {
    /// What was typed into a field of the details, else what is stored.
    fn value<'a>(&'a self, name: &str, stored: &'a str) -> &'a str {
        let typed = self.typed.form.fields().iter().find(|(key, _)| key == name);
        typed.map_or(stored, |(_, value)| value.as_str())
    }

    /// What is wrong with no field that the page shows.
    fn general(&self) -> Vec<&str> {
        self.typed.faults.beside(&["name", "description", "deadline", "times", "people"])
    }

    /// Whether one of these fields is wrong.
    fn is_wrong(&self, fields: &[&str]) -> bool {
        fields.iter().any(|field| !self.typed.faults.field(field).is_empty())
    }

    fn rows(&self) -> std::ops::Range<usize> {
        0..EMPTY_ROWS
    }

    /// The contacts who are not invited yet.
    fn others(&self) -> Vec<&whittle_domain::contact::View> {
        let is_new =
            |contact: &&whittle_domain::contact::View| self.calendar.invitee_of_contact(contact.id).is_none();
        self.known.contacts.iter().filter(is_new).collect()
    }

    fn is_searched(&self) -> bool {
        usize::try_from(SHOWN).is_ok_and(|shown| self.known.total > shown)
    }
}

/// The page.
pub async fn page(read: &Owned, typed: &Typed, context: &RequestContext, env: &Env) -> Result<Reply> {
    let calendar = &*read.calendar;
    let zone = &read.shown(context).zone;
    let now = context.now;
    let open = calendar.phase == Phase::Open;
    let owned = read.label == "owner";
    let mut people = people::rows(calendar, zone, now);
    for person in people.iter_mut().filter(|_| !owned) {
        (person.can_remind, person.can_remove) = (false, false);
    }
    let late = calendar.is_past_deadline(now);
    let missing = calendar.active_invitees().filter(|one| one.answer.is_none()).count();
    let answered = calendar.active_invitees().any(|one| one.answer.is_some());
    let deadline = LocalTime::of(calendar.deadline, &calendar.timezone);
    let template = ManagePage {
        page: Layout::new(&context.page, calendar.name.as_str()).wide(),
        common: Common::new(&read.reader(), "details/", context),
        lead: lead(calendar, zone, now),
        can_choose: owned && open && answered && (missing == 0 || late),
        open,
        owned,
        late,
        length: say("cal-preview-length")
            .with("minutes", calendar.meeting_minutes)
            .with("step", calendar.step_minutes)
            .to_string(),
        deadline: (deadline.date(), deadline.hour_and_minute()),
        until: when::moment_with_zone(calendar.deadline, zone),
        zone: calendar.timezone.to_string(),
        missing,
        heat: if open { heat(calendar, zone) } else { None },
        people,
        meetings: meetings::rows(calendar, zone, env).await?,
        slots: slots(calendar, zone),
        levels: Levels,
        find: context.query("find").unwrap_or_default().to_owned(),
        shows_contacts: context.query("find").is_some(),
        known: &read.known,
        calendar,
        typed,
    };
    Reply::html(typed.faults.status(), &template)
}

/// How it stands.
fn lead(calendar: &Calendar, zone: &Zone, now: Instant) -> String {
    let missing: Vec<&Invitee> = calendar.active_invitees().filter(|one| one.answer.is_none()).collect();
    let of = calendar.active_invitees().count();
    let answered = of.saturating_sub(missing.len());
    let time = when::moment(calendar.deadline, zone);
    match calendar.phase {
        Phase::Finalizing => say("cal-lead-finalizing"),
        Phase::Closed => say("cal-lead-closed"),
        Phase::Finalized => say("cal-lead-finalized")
            .with("count", calendar.scheduled.len())
            .with("without", of.saturating_sub(calendar.scheduled.len())),
        Phase::Open if missing.is_empty() => say("cal-lead-all"),
        Phase::Open if calendar.is_past_deadline(now) && answered == 0 => say("cal-lead-late-nobody"),
        Phase::Open if calendar.is_past_deadline(now) => {
            say("cal-lead-late").with("answered", answered).with("of", of)
        }
        Phase::Open if missing.len() <= MOST_NAMED => {
            let contacts: Vec<u64> = missing.iter().map(|one| one.contact).collect();
            say("cal-lead-missing")
                .with("names", names(calendar, &contacts))
                .with("count", missing.len())
                .with("time", time)
        }
        Phase::Open => {
            say("cal-lead-missing-many").with("answered", answered).with("of", of).with("time", time)
        }
    }
    .to_string()
}

/// The owner's times by day.
fn slots(calendar: &Calendar, zone: &Zone) -> Vec<(String, Vec<SlotRow>)> {
    let mut days: Vec<(String, Vec<SlotRow>)> = Vec::new();
    for slot in &calendar.slots {
        let day = when::day(&LocalTime::of(slot.available.slot.begin(), zone));
        let row = SlotRow {
            id: slot.id,
            clock: when::clock_range(&slot.available.slot, zone),
            level: level_word(slot.available.preference.level()).to_string(),
        };
        match days.last_mut().filter(|(last, _)| *last == day) {
            Some((_, rows)) => rows.push(row),
            None => days.push((day, vec![row])),
        }
    }
    days
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::page::sample::calendar;

    #[test]
    fn the_first_sentence_says_who_is_missing_and_by_when() {
        let mut calendar = calendar();
        let told =
            |calendar: &Calendar, now| lead(calendar, &calendar.timezone, Instant::parse(now).unwrap());
        assert_eq!(
            told(&calendar, "2026-11-19"),
            "Dan Sørensen still has to answer, by Friday 20 November 2026, 18:00."
        );
        assert!(
            told(&calendar, "2026-11-21")
                .starts_with("The deadline has passed, and 2 of 3 people have answered.")
        );
        calendar.invitees[2].answer = calendar.invitees[0].answer.clone();
        assert_eq!(told(&calendar, "2026-11-21"), "Everybody has answered.");
        calendar.phase = Phase::Finalized;
        assert_eq!(told(&calendar, "2026-11-21"), "0 meetings are made. 3 people have none, and were told.");
    }
}
