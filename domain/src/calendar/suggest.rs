//! Suggested schedules of a calendar: the problem that the engine is given, what it finds, and what is wrong with a schedule
//! that the owner has made by hand. Ids of invitees are those of contacts.

use serde::{Deserialize, Serialize};

use super::Calendar;
use super::limits::is_within_reach;
use super::time::{holds, merge, overlap};
use crate::duration::Duration;
use crate::instant::Instant;
use crate::ledger::Digest;
use crate::schedule::{
    self, Certificate, CompetingSet, Objective, Placed, Problem, ProblemError, ProblemInput, Relaxation,
    Schedule, UnplacedReason, analyse, common_blocks, preference_for,
};
use crate::slot::Slot;

/// How many schedules are suggested unless more are asked for (spec/calendars.md, part 0).
pub const DEFAULT_COUNT: usize = 3;
/// How many schedules are suggested at most: more than anybody compares.
pub const MAX_COUNT: usize = 20;
/// The work limit of one request for suggestions, in the steps of the engine. Reaching it takes about a second in a Worker
/// (docs/scheduling.md, "Measured").
pub const SUGGESTION_WORK: u64 = 200_000_000;

/// The time that has passed counts as an engagement up to a multiple of this, so that kept suggestions serve for so long.
const PASSING: i64 = 5 * 60 * 1_000_000;

/// A suggested schedule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suggested {
    /// The meetings, ordered by time.
    pub meetings: Vec<Placed>,
    /// How good it is.
    pub score: Score,
}

/// How good a schedule is, in numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Score {
    /// How many people have a meeting.
    pub placed: u32,
    /// How many people there are to be placed.
    pub people: u32,
    /// The sum over all meetings of the invitee's preference and the owner's.
    pub preference: u32,
    /// What that sum could be at most with so many meetings: six for each.
    pub most_preference: u32,
    /// The sum over all meetings of the time from the first possible start to the meeting's.
    pub delay: Duration,
    /// When the first meeting begins.
    pub first: Option<Instant>,
}

/// By how much the proven bound exceeds the best schedule that was found. The three numbers count in this order, so only the
/// first that is not zero says how much better a schedule could be; a later one may be negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// How many more people might be placed.
    pub placed: i64,
    /// How much higher the sum of preferences might be.
    pub preference: i64,
    /// How much earlier the meetings might begin, in sum.
    pub delay: Duration,
}

/// What the engine says of a problem. Suggestions are kept by the [`fingerprint`] of their problem.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suggestions {
    /// The problem, as far as a separate checker needs it.
    pub problem: ProblemInput,
    /// The schedules, best first. There is none if nobody can be placed.
    pub schedules: Vec<Suggested>,
    /// Whether the first schedule is proven to be the best.
    pub optimal: bool,
    /// What remains unproven, unless the first schedule is the best.
    pub gap: Option<Gap>,
    /// The proof of the bound.
    pub certificate: Certificate,
    /// Minimal sets of invitees who compete for the owner's time.
    pub competing: Vec<CompetingSet>,
    /// The invitees whom the first schedule does not place, and why.
    pub unplaced: Vec<(u64, UnplacedReason)>,
    /// Changes after which more people have a meeting.
    pub relaxations: Vec<Relaxation>,
    /// Whether all of this was found: the best schedules in their order, and a competing set for each who is crowded out.
    /// False if the work limit ended a search.
    pub complete: bool,
    /// The elementary steps that it took.
    pub work: u64,
}

impl Calendar {
    /// The length of each meeting.
    #[must_use]
    pub fn meeting_length(&self) -> Duration {
        Duration::from_seconds(i64::from(self.meeting_minutes).saturating_mul(60))
    }
}

/// The ids of the contacts who are asked and have not answered, in the order of their numbers.
#[must_use]
pub fn unanswered(calendar: &Calendar) -> Vec<u64> {
    calendar.active_invitees().filter(|i| i.answer.is_none()).map(|i| i.contact).collect()
}

/// What the engine is given, or `None` while somebody has not answered and the deadline has not passed. After it, those who
/// answered are to be placed.
///
/// `engagements` are the owner's other hard engagements; what of them lies outside the owner's time is of no importance. Time
/// before `now`, rounded up to five minutes, counts as an engagement.
#[must_use]
pub fn problem_input(calendar: &Calendar, engagements: &[Slot], now: Instant) -> Option<ProblemInput> {
    if !calendar.all_answered() && !calendar.is_past_deadline(now) && !calendar.deadline_passed {
        return None;
    }
    let blocks = calendar.owner_time();
    let passed = blocks.first().and_then(|first| until_now(first.begin(), now));
    let answered = calendar.active_invitees().filter_map(|invitee| {
        let available = invitee.answer.as_ref()?.slots.clone();
        Some(schedule::Invitee { id: invitee.contact, available })
    });
    Some(ProblemInput {
        meeting_minutes: calendar.meeting_minutes,
        step_minutes: calendar.step_minutes,
        owner: calendar.slots.iter().map(|s| s.available).collect(),
        busy: common_blocks(&merge(engagements.iter().copied().chain(passed)), &blocks),
        invitees: answered.collect(),
    })
}

/// The time from `begin` to `now`, rounded up. `None` if there is none.
fn until_now(begin: Instant, now: Instant) -> Option<Slot> {
    let end =
        now.micros().saturating_add(PASSING.saturating_sub(1)).div_euclid(PASSING).checked_mul(PASSING)?;
    Slot::new(begin, Duration::from_micros(end.saturating_sub(begin.micros()))).ok()
}

/// The problem of [`problem_input`].
///
/// # Errors
/// See [`ProblemError`].
pub fn problem(
    calendar: &Calendar,
    engagements: &[Slot],
    now: Instant,
) -> Result<Option<Problem>, ProblemError> {
    problem_input(calendar, engagements, now).map(Problem::new).transpose()
}

/// The name of the suggestions for this problem: SHA-256 of all that they depend on.
#[must_use]
pub fn fingerprint(problem: &ProblemInput, count: usize, work: u64) -> String {
    #[derive(Serialize)]
    struct Asked<'a> {
        /// Raised when the same problem gets other suggestions.
        whittle: &'static str,
        count: usize,
        work: u64,
        problem: &'a ProblemInput,
    }
    let asked = Asked { whittle: "suggestions/1", count, work, problem };
    // Numbers and texts cannot fail to serialise; an empty text would never be found again.
    let text = serde_json::to_string(&asked).unwrap_or_default();
    Digest::sha256(text.as_bytes()).to_string()
}

/// Suggests at most `count` schedules, and at most [`MAX_COUNT`]; all that is said of them is found within `work` elementary
/// steps.
#[must_use]
pub fn suggest(problem: &Problem, count: usize, work: u64) -> Suggestions {
    let analysis = analyse(problem, count.clamp(1, MAX_COUNT), work);
    let (solution, explanation) = (analysis.solution, analysis.explanation);
    let bound = solution.certificate.bound;
    let found = schedule::evaluate(problem, &solution.schedule).unwrap_or(Objective::EMPTY);
    let gap = Gap {
        placed: i64::from(bound.placed).saturating_sub(found.placed.into()),
        preference: i64::from(bound.preference).saturating_sub(found.preference.into()),
        delay: Duration::from_micros(found.delay.micros().saturating_sub(bound.delay.micros())),
    };
    let placing = analysis.alternatives.schedules.into_iter().filter(|s| !s.0.is_empty());
    Suggestions {
        problem: problem.input().clone(),
        schedules: placing.map(|schedule| scored(problem, schedule)).collect(),
        optimal: solution.optimal,
        gap: (!solution.optimal).then_some(gap),
        certificate: solution.certificate,
        competing: explanation.competing,
        unplaced: explanation.unplaced,
        relaxations: analysis.relaxations,
        complete: analysis.alternatives.complete && explanation.complete,
        work: solution.work,
    }
}

fn scored(problem: &Problem, schedule: Schedule) -> Suggested {
    let objective = schedule::evaluate(problem, &schedule).unwrap_or(Objective::EMPTY);
    let first = schedule.0.first().map(|p| p.begin);
    Suggested { score: written(&objective, problem.input().invitees.len(), first), meetings: schedule.0 }
}

fn written(objective: &Objective, people: usize, first: Option<Instant>) -> Score {
    Score {
        placed: objective.placed,
        people: u32::try_from(people).unwrap_or(u32::MAX),
        preference: objective.preference,
        most_preference: objective.placed.saturating_mul(6),
        delay: objective.delay,
        first,
    }
}

/// The best schedule of those who answered: invitees' numbers with begins, ordered by time. It is empty if nobody can be
/// placed, or if the calendar has more possible starts than the engine takes.
#[must_use]
pub fn best_schedule(
    calendar: &Calendar,
    engagements: &[Slot],
    now: Instant,
    work: u64,
) -> Vec<(u16, Instant)> {
    let Ok(Some(problem)) = problem(calendar, engagements, now) else { return Vec::new() };
    let placed = schedule::solve(&problem, work).schedule.0;
    let numbered =
        placed.iter().filter_map(|p| Some((calendar.invitee_of_contact(p.invitee)?.number, p.begin)));
    numbered.collect()
}

/// One item of a schedule that the owner has made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Planned {
    /// The id of the contact.
    pub contact: u64,
    /// When its meeting begins.
    pub begin: Instant,
    /// When it ends; not before or at its begin, unless the item is wrong.
    pub end: Instant,
}

impl Planned {
    fn slot(&self) -> Option<Slot> {
        let length = self.end.micros().checked_sub(self.begin.micros())?;
        Slot::new(self.begin, Duration::from_micros(length)).ok()
    }
}

/// What is wrong with an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConflictKind {
    /// The contact is not asked in this calendar.
    NotInvited,
    /// The meeting does not end after it begins.
    Empty,
    /// The contact has an earlier item, at this index.
    Twice(usize),
    /// The meeting overlaps an earlier item's, at this index.
    Overlap(usize),
    /// The contact has answered, and the meeting does not lie inside one contiguous block of that time.
    OutsideAnswer,
    /// The meeting overlaps this other engagement of the owner.
    Busy(Slot),
    /// The meeting begins in the past.
    Past,
    /// The meeting is more than two years from now.
    TooFar,
    /// A warning: the contact has not answered.
    Unanswered,
    /// A warning: the meeting does not lie inside one contiguous block of the owner's time.
    OutsideOwner,
}

impl ConflictKind {
    /// What finalising says of it, in the words of the document or beside them; `contact` is that of the item. `None` for a
    /// warning.
    #[must_use]
    pub fn error(self, contact: u64) -> Option<String> {
        let text = match self {
            Self::NotInvited => "Contact not invited to calendar",
            Self::Empty => "End time must be after start time.",
            Self::Twice(_) => "Contact is scheduled twice",
            Self::Overlap(_) => "Meeting times overlap",
            Self::OutsideAnswer => return Some(format!("Invalid meeting time for contact: {contact}")),
            Self::Busy(_) => "Unresolved availability conflict",
            Self::Past => "Meeting time is in the past",
            Self::TooFar => "Meeting time is more than two years from now",
            Self::Unanswered | Self::OutsideOwner => return None,
        };
        Some(text.to_owned())
    }

    /// Whether the schedule can be chosen all the same.
    #[must_use]
    pub const fn is_warning(&self) -> bool {
        matches!(self, Self::Unanswered | Self::OutsideOwner)
    }
}

/// Something that is wrong with a schedule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// The index of the item.
    pub item: usize,
    /// What it is.
    pub kind: ConflictKind,
}

/// All that is wrong with a schedule, in the order of its items. `engagements` are the owner's other hard engagements.
#[must_use]
pub fn conflicts(
    calendar: &Calendar,
    items: &[Planned],
    engagements: &[Slot],
    now: Instant,
) -> Vec<Conflict> {
    let owner = calendar.owner_time();
    let mut found = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let mut note = |kind| found.push(Conflict { item: index, kind });
        let earlier = || items.iter().take(index).enumerate();
        let invitee = calendar.invitee_of_contact(item.contact);
        if invitee.is_none() {
            note(ConflictKind::NotInvited);
        }
        if let Some((other, _)) = earlier().find(|(_, other)| other.contact == item.contact) {
            note(ConflictKind::Twice(other));
        }
        let Some(slot) = item.slot() else {
            note(ConflictKind::Empty);
            continue;
        };
        for (other, _) in earlier().filter(|(_, o)| o.slot().is_some_and(|other| overlap(&other, &slot))) {
            note(ConflictKind::Overlap(other));
        }
        match invitee.map(|invitee| &invitee.answer) {
            Some(Some(answer)) if !holds(&merge(answer.slots.iter().map(|a| a.slot)), &slot) => {
                note(ConflictKind::OutsideAnswer);
            }
            Some(None) => note(ConflictKind::Unanswered),
            _ => {}
        }
        for busy in engagements.iter().filter(|busy| overlap(busy, &slot)) {
            note(ConflictKind::Busy(*busy));
        }
        if item.begin < now {
            note(ConflictKind::Past);
        } else if !is_within_reach(&slot, now) {
            note(ConflictKind::TooFar);
        }
        if !holds(&owner, &slot) {
            note(ConflictKind::OutsideOwner);
        }
    }
    found
}

/// How good a schedule is that the owner has made, to be compared with those of [`suggest`] for the same problem. A time that
/// the contact, or the owner, has not named counts as no preference.
#[must_use]
pub fn score(calendar: &Calendar, problem: Option<&Problem>, items: &[Planned]) -> Score {
    let owner: Vec<_> = calendar.slots.iter().map(|s| s.available).collect();
    let start = problem.and_then(|p| p.starts().first()).map(|s| s.at);
    let start = start.or_else(|| owner.iter().map(|p| p.slot.begin()).min());
    let mut objective = Objective::EMPTY;
    let mut first: Option<Instant> = None;
    let mut delay = 0i64;
    for item in items {
        let (Some(invitee), Some(slot)) = (calendar.invitee_of_contact(item.contact), item.slot()) else {
            continue;
        };
        let own = invitee.answer.as_ref().and_then(|answer| preference_for(&answer.slots, &slot));
        let levels = own.into_iter().chain(preference_for(&owner, &slot)).map(|p| u32::from(p.level()));
        objective.placed = objective.placed.saturating_add(1);
        objective.preference = objective.preference.saturating_add(levels.sum());
        let since = item.begin.micros().saturating_sub(start.unwrap_or(item.begin).micros());
        delay = delay.saturating_add(since);
        first = Some(first.map_or(item.begin, |first| first.min(item.begin)));
    }
    objective.delay = Duration::from_micros(delay);
    let people = problem.map_or_else(|| calendar.active_invitees().count(), |p| p.input().invitees.len());
    written(&objective, people, first)
}
