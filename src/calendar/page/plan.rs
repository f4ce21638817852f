//! A schedule that the owner makes by hand: for each person one of the possible beginnings, a time of its own, or no meeting.

use whittle_domain::calendar::{Calendar, Invitee, Planned};
use whittle_domain::duration::Duration;
use whittle_domain::instant::Instant;
use whittle_domain::local::LocalTime;
use whittle_domain::schedule::{Pair, Placed, Problem, Start};
use whittle_domain::slot::Slot;
use whittle_domain::wall::WallTime;
use whittle_domain::zone::Zone;

use crate::http::form::Form;
use crate::proposal::new::times::resolve;
use crate::texts::{say, when};

/// What stands for a time of its own in the choice of beginnings.
pub const OWN: &str = "own";

/// What is chosen for a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    /// No meeting.
    Nothing,
    /// One of the possible beginnings.
    Begin(Instant),
    /// A time that was typed: its date, begin and end.
    Own { date: String, from: String, to: String },
}

/// A person with what is chosen, as the form shows it.
pub struct PlanRow {
    pub contact: u64,
    pub name: String,
    pub answered: bool,
    pub begins: Vec<Begin>,
    pub is_own: bool,
    pub date: String,
    pub from: String,
    pub to: String,
    /// What is wrong, and whether the schedule can be chosen all the same.
    pub faults: Vec<(String, bool)>,
}

/// A possible beginning.
pub struct Begin {
    pub value: String,
    pub words: String,
    pub chosen: bool,
}

/// What is chosen for each person that is asked, by contact.
pub type Plan = Vec<(u64, Choice)>;

/// The schedule that was suggested.
pub fn of_suggested(calendar: &Calendar, meetings: &[Placed]) -> Plan {
    let chosen = |invitee: &Invitee| {
        let placed = meetings.iter().find(|placed| placed.invitee == invitee.contact);
        placed.map_or(Choice::Nothing, |placed| Choice::Begin(placed.begin))
    };
    calendar.active_invitees().map(|invitee| (invitee.contact, chosen(invitee))).collect()
}

/// The schedule of a form. Whoever is not in it has no meeting.
pub fn of_form(calendar: &Calendar, form: &Form) -> Plan {
    let text = |name: String| form.get(&name).unwrap_or_default().to_owned();
    let chosen = |contact: u64| match form.get(&format!("begin-{contact}")) {
        Some(OWN) => Choice::Own {
            date: text(format!("own-{contact}-date")),
            from: text(format!("own-{contact}-clock")),
            to: text(format!("own-{contact}-to")),
        },
        Some(begin) => Instant::parse(begin).map_or(Choice::Nothing, Choice::Begin),
        None => Choice::Nothing,
    };
    calendar.active_invitees().map(|invitee| (invitee.contact, chosen(invitee.contact))).collect()
}

/// The fields of a form that carries it.
pub fn fields(plan: &Plan) -> Vec<(String, String)> {
    plan.iter()
        .flat_map(|(contact, choice)| match choice {
            Choice::Nothing => Vec::new(),
            Choice::Begin(begin) => vec![(format!("begin-{contact}"), begin.to_string())],
            Choice::Own { date, from, to } => vec![
                (format!("begin-{contact}"), OWN.to_owned()),
                (format!("own-{contact}-date"), date.clone()),
                (format!("own-{contact}-clock"), from.clone()),
                (format!("own-{contact}-to"), to.clone()),
            ],
        })
        .collect()
}

/// The meetings, in the order of the people, and what could not be read, by contact.
pub fn items(calendar: &Calendar, plan: &Plan) -> (Vec<Planned>, Vec<(u64, String)>) {
    let (mut items, mut unread) = (Vec::new(), Vec::new());
    for (contact, choice) in plan {
        match slot(calendar, choice) {
            Ok(Some(slot)) => items.push(Planned { contact: *contact, begin: slot.begin(), end: slot.end() }),
            Ok(None) => {}
            Err(why) => unread.push((*contact, why)),
        }
    }
    (items, unread)
}

fn slot(calendar: &Calendar, choice: &Choice) -> Result<Option<Slot>, String> {
    match choice {
        Choice::Nothing => Ok(None),
        Choice::Begin(begin) => Slot::new(*begin, calendar.meeting_length())
            .map(Some)
            .map_err(|_| say("cal-plan-unread").to_string()),
        Choice::Own { date, from, to } => {
            let zone = &calendar.timezone;
            let at = |clock: &str| {
                let wall = WallTime::parse(&format!("{date}T{clock}"))
                    .ok_or_else(|| say("cal-plan-unread").to_string())?;
                resolve(wall, None, zone).map_err(|why| crate::proposal::new::check::said(&why, zone))
            };
            let (begin, end) = (at(from)?, at(to)?);
            let length = Duration::from_micros(end.micros().saturating_sub(begin.micros()));
            Slot::new(begin, length).map(Some).map_err(|_| say("new-fault-hours").to_string())
        }
    }
}

/// The rows of the form. `problem` has the beginnings that are possible for each who has answered.
pub fn rows(
    calendar: &Calendar,
    problem: Option<&Problem>,
    plan: &Plan,
    faults: &[(u64, String, bool)],
    zone: &Zone,
) -> Vec<PlanRow> {
    let row = |(contact, choice): &(u64, Choice)| {
        let invitee = calendar.invitee_of_contact(*contact)?;
        let own = match choice {
            Choice::Own { date, from, to } => [date, from, to].map(Clone::clone),
            Choice::Begin(begin) => {
                // Whoever wants another time begins with this one.
                let end = begin.saturating_add(calendar.meeting_length());
                let at = |instant| LocalTime::of(instant, &calendar.timezone);
                [at(*begin).date(), at(*begin).hour_and_minute(), at(end).hour_and_minute()]
            }
            Choice::Nothing => [const { String::new() }; 3],
        };
        let [date, from, to] = own;
        Some(PlanRow {
            contact: *contact,
            name: invitee.full_name(),
            answered: invitee.answer.is_some(),
            begins: begins(problem, *contact, choice, zone),
            is_own: matches!(choice, Choice::Own { .. }),
            date,
            from,
            to,
            faults: faults
                .iter()
                .filter(|(of, ..)| of == contact)
                .map(|(_, said, warns)| (said.clone(), *warns))
                .collect(),
        })
    };
    plan.iter().filter_map(row).collect()
}

/// The possible beginnings of a person, with how much it and the owner like them.
fn begins(problem: Option<&Problem>, contact: u64, choice: &Choice, zone: &Zone) -> Vec<Begin> {
    let chosen = match choice {
        Choice::Begin(begin) => Some(*begin),
        _ => None,
    };
    let possible: Vec<(Instant, String)> = problem
        .and_then(|problem| {
            let at = problem.input().invitees.iter().position(|invitee| invitee.id == contact)?;
            let pairs = problem.pairs_by_invitee().get(at)?;
            let told = |pair: &Pair| {
                let start: &Start = problem.starts().get(pair.start())?;
                let words = say("cal-plan-begin")
                    .with("time", told(start.at, zone))
                    .with("theirs", pair.preference())
                    .with("yours", start.preference.level());
                Some((start.at, words.to_string()))
            };
            Some(pairs.iter().filter_map(told).collect())
        })
        .unwrap_or_default();
    let missing = chosen.filter(|begin| possible.iter().all(|(at, _)| at != begin));
    let missing = missing.map(|begin| (begin, told(begin, zone)));
    let begin =
        |(at, words): (Instant, String)| Begin { value: at.to_string(), words, chosen: Some(at) == chosen };
    possible.into_iter().chain(missing).map(begin).collect()
}

/// `Tue 24 Nov, 10:00`
pub fn told(at: Instant, zone: &Zone) -> String {
    let local = LocalTime::of(at, zone);
    say("day-and-clock").with("day", when::short_day(&local)).with("clock", local.clock()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::page::sample::calendar;

    fn form(fields: &[(&str, &str)]) -> Form {
        Form::new(fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn a_plan_goes_through_a_form_and_becomes_meetings() {
        let calendar = calendar();
        let typed = form(&[
            ("begin-7", "2026-11-24T08:00:00Z"),
            ("begin-8", "own"),
            ("own-8-date", "2026-11-24"),
            ("own-8-clock", "10:00"),
            ("own-8-to", "10:45"),
        ]);
        let plan = of_form(&calendar, &typed);
        assert_eq!(of_form(&calendar, &Form::new(fields(&plan))), plan);
        let (items, unread) = items(&calendar, &plan);
        let told: Vec<(u64, String, String)> =
            items.iter().map(|item| (item.contact, item.begin.to_string(), item.end.to_string())).collect();
        assert_eq!(told[0], (7, "2026-11-24T08:00:00Z".to_owned(), "2026-11-24T09:00:00Z".to_owned()));
        assert_eq!(told[1], (8, "2026-11-24T09:00:00Z".to_owned(), "2026-11-24T09:45:00Z".to_owned()));
        assert_eq!((told.len(), unread.len(), &plan[2]), (2, 0, &(9, Choice::Nothing)));
    }

    #[test]
    fn what_is_no_time_is_told_beside_its_person() {
        let calendar = calendar();
        let wrong = |from: &str, to: &str| {
            let typed =
                [("begin-7", "own"), ("own-7-date", "2026-11-24"), ("own-7-clock", from), ("own-7-to", to)];
            items(&calendar, &of_form(&calendar, &form(&typed))).1
        };
        assert_eq!(wrong("10:00", "09:00"), [(7, say("new-fault-hours").to_string())]);
        assert_eq!(wrong("", "09:00"), [(7, say("cal-plan-unread").to_string())]);
        assert!(wrong("10:00", "10:30").is_empty());
    }

    #[test]
    fn each_person_is_offered_the_beginnings_that_it_can() {
        let calendar = calendar();
        let answered: Vec<_> = calendar.active_invitees().filter(|one| one.answer.is_some()).collect();
        let problem = Problem::new(whittle_domain::schedule::ProblemInput {
            meeting_minutes: 60,
            step_minutes: 15,
            owner: calendar.slots.iter().map(|slot| slot.available).collect(),
            busy: Vec::new(),
            invitees: answered
                .iter()
                .map(|one| whittle_domain::schedule::Invitee {
                    id: one.contact,
                    available: one.answer.as_ref().unwrap().slots.clone(),
                })
                .collect(),
        })
        .unwrap();
        let plan = vec![
            (8, Choice::Begin(Instant::parse("2026-11-24T09:00:00Z").unwrap())),
            (9, Choice::Begin(Instant::parse("2026-11-26T09:00:00Z").unwrap())),
        ];
        let rows =
            rows(&calendar, Some(&problem), &plan, &[(8, "Taken.".to_owned(), false)], &calendar.timezone);
        let words: Vec<&str> = rows[0].begins.iter().map(|begin| begin.words.as_str()).collect();
        assert_eq!(words[0], "Tue 24 Nov, 10:00 (likes it 2, you 3)");
        assert_eq!((words.len(), rows[0].begins[0].chosen, rows[0].faults.len()), (5, true, 1));
        let kept: Vec<&str> = rows[1].begins.iter().map(|begin| begin.words.as_str()).collect();
        assert_eq!(kept, ["Thu 26 Nov, 10:00"], "what is chosen stays, also for who has not answered");
    }
}
