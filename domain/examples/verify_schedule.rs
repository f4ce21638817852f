//! Checks the answer of `GET /schedules/calendars/{id}/confirm/`, read from the input, outside the Worker that gave it.
//!
//! The problem is rebuilt from the answer's own words: the owner's time and the answers, the engagements, length and step. The
//! checker (`schedule::verify`) shares no code with the solver. It prints a line for each schedule, and ends with an error if
//!
//! * the first schedule breaks a rule, or its certificate does not prove what the answer claims;
//! * another schedule breaks a rule, or is better than the one before it;
//! * a score is not the schedule's;
//! * the times of `suggested_schedules`, in the calendar's zone, are not those that were checked;
//! * what an invitee has answered is not what the problem has of it.

use std::error::Error;

use serde::Deserialize;
use whittle_domain::duration::Duration;
use whittle_domain::instant::Instant;
use whittle_domain::local::LocalTime;
use whittle_domain::schedule::{
    Certificate, Invitee, Objective, Placed, Preference, PreferredSlot, Problem, ProblemInput, Schedule,
    evaluate, verify,
};
use whittle_domain::slot::Slot;
use whittle_domain::zone::Zone;

#[derive(Deserialize)]
struct Answer {
    timezone: String,
    suggested_schedules: Vec<Vec<Suggested>>,
    invitee_availability: Vec<Availability>,
    analysis: Option<Analysis>,
}

#[derive(Deserialize)]
struct Suggested {
    id: u64,
    start_time: String,
    end_time: String,
}

#[derive(Deserialize)]
struct Availability {
    contact: Contact,
    availability: Vec<Available>,
}

#[derive(Deserialize)]
struct Contact {
    id: u64,
}

#[derive(Clone, Debug, Deserialize, PartialEq)]
struct Available {
    date: String,
    start_time: String,
    end_time: String,
    preference: u8,
}

#[derive(Deserialize)]
struct Analysis {
    optimal: bool,
    scores: Vec<Score>,
    schedules: Vec<Vec<Meeting>>,
    certificate: Certificate,
    problem: Told,
}

#[derive(Deserialize)]
struct Score {
    placed: u32,
    people: usize,
    preference: u32,
    most_preference: u32,
    delay_seconds: i64,
}

#[derive(Deserialize)]
struct Meeting {
    id: u64,
    begin: String,
    end: String,
}

#[derive(Deserialize)]
struct Told {
    meeting_minutes: u16,
    step_minutes: u16,
    owner: Vec<ToldSlot>,
    busy: Vec<ToldSlot>,
    invitees: Vec<ToldInvitee>,
}

#[derive(Deserialize)]
struct ToldSlot {
    begin: String,
    end: String,
    preference: Option<u8>,
}

#[derive(Deserialize)]
struct ToldInvitee {
    id: u64,
    available: Vec<ToldSlot>,
}

type Checked<T> = Result<T, Box<dyn Error>>;

fn instant(text: &str) -> Checked<Instant> {
    Instant::parse(text).ok_or_else(|| format!("{text} is no instant").into())
}

fn slot(told: &ToldSlot) -> Checked<Slot> {
    let (begin, end) = (instant(&told.begin)?, instant(&told.end)?);
    let length = Duration::from_micros(end.micros().saturating_sub(begin.micros()));
    Slot::new(begin, length).map_err(|fault| format!("{} to {}: {fault:?}", told.begin, told.end).into())
}

fn preferred(told: &ToldSlot) -> Checked<PreferredSlot> {
    let preference = told.preference.and_then(Preference::new).ok_or("a time without a preference")?;
    Ok(PreferredSlot { slot: slot(told)?, preference })
}

fn rebuilt(told: &Told) -> Checked<Problem> {
    let invitee = |told: &ToldInvitee| -> Checked<Invitee> {
        Ok(Invitee { id: told.id, available: told.available.iter().map(preferred).collect::<Checked<_>>()? })
    };
    let input = ProblemInput {
        meeting_minutes: told.meeting_minutes,
        step_minutes: told.step_minutes,
        owner: told.owner.iter().map(preferred).collect::<Checked<_>>()?,
        busy: told.busy.iter().map(slot).collect::<Checked<_>>()?,
        invitees: told.invitees.iter().map(invitee).collect::<Checked<_>>()?,
    };
    Problem::new(input).map_err(|fault| format!("no problem: {fault:?}").into())
}

/// What clocks in the zone show, as the answer writes it: date and time of day.
fn wall(instant: Instant, zone: &Zone) -> (String, String) {
    let local = LocalTime::of(instant, zone);
    (local.date(), format!("{}:{:02}", local.hour_and_minute(), local.second))
}

fn require(holds: bool, what: &str) -> Checked<()> {
    if holds { Ok(()) } else { Err(what.into()) }
}

fn main() -> Checked<()> {
    let answer: Answer = serde_json::from_reader(std::io::stdin().lock())?;
    let zone = Zone::parse(&answer.timezone).ok_or("no time zone")?;
    let Some(analysis) = &answer.analysis else {
        require(answer.suggested_schedules.is_empty(), "schedules without an analysis")?;
        println!("nothing is suggested");
        return Ok(());
    };
    let problem = rebuilt(&analysis.problem)?;

    // What each invitee has answered is what the problem has of it.
    for invitee in &problem.input().invitees {
        let told = answer.invitee_availability.iter().find(|told| told.contact.id == invitee.id);
        let told = &told.ok_or_else(|| format!("{} has not answered", invitee.id))?.availability;
        let expected = invitee.available.iter().map(|available| {
            let (date, start_time) = wall(available.slot.begin(), &zone);
            let (_, end_time) = wall(available.slot.end(), &zone);
            Available { date, start_time, end_time, preference: available.preference.level() }
        });
        let same = expected.collect::<Vec<_>>().iter().zip(told).all(|(expected, told)| {
            // Midnight is told as the end of its day.
            let end_time = told.end_time.replace("24:00:00", "00:00:00");
            *expected == Available { end_time, ..told.clone() }
        });
        require(same && invitee.available.len() == told.len(), "another answer than the problem's")?;
    }

    let mut last: Option<Objective> = None;
    let lists = analysis.schedules.len();
    require(
        answer.suggested_schedules.len() == lists && analysis.scores.len() == lists,
        "lists of other lengths",
    )?;
    for ((told, shown), score) in
        analysis.schedules.iter().zip(&answer.suggested_schedules).zip(&analysis.scores)
    {
        let meetings = told.iter().map(|m| Ok(Placed { invitee: m.id, begin: instant(&m.begin)? }));
        let schedule = Schedule(meetings.collect::<Checked<_>>()?);
        let objective = evaluate(&problem, &schedule).map_err(|fault| format!("a broken rule: {fault:?}"))?;
        require(last.is_none_or(|last| objective <= last), "a better schedule comes later")?;
        let delay = objective.delay.micros().div_euclid(1_000_000);
        let same = (score.placed, score.preference, score.delay_seconds)
            == (objective.placed, objective.preference, delay)
            && score.people == problem.input().invitees.len()
            && score.most_preference == score.placed.saturating_mul(6);
        require(same, "a score that is not the schedule's")?;
        require(told.len() == shown.len(), "a schedule of another length")?;
        for (meeting, shown) in told.iter().zip(shown) {
            let (begin, end) = (instant(&meeting.begin)?, instant(&meeting.end)?);
            require(begin.saturating_add(problem.length()) == end, "a meeting of another length")?;
            let written = |at| {
                let (date, clock) = wall(at, &zone);
                format!("{date}T{clock}")
            };
            let same = (shown.id, &shown.start_time, &shown.end_time)
                == (meeting.id, &written(begin), &written(end));
            require(same, "other times than those that are suggested")?;
        }
        last = Some(objective);
        println!("{} placed, preference {}, delay {delay} s", objective.placed, objective.preference);
    }

    // Where nobody can be placed, the certificate proves that of the empty schedule.
    let first = analysis.schedules.first().map(Vec::as_slice).unwrap_or_default();
    let meetings = first.iter().map(|m| Ok(Placed { invitee: m.id, begin: instant(&m.begin)? }));
    let first = Schedule(meetings.collect::<Checked<_>>()?);
    let verified =
        verify(&problem, &first, &analysis.certificate).map_err(|fault| format!("refused: {fault:?}"))?;
    require(verified.is_optimal() == analysis.optimal, "another claim than what is proven")?;
    println!("{}", if verified.is_optimal() { "proven to be the best" } else { "not proven" });
    Ok(())
}
