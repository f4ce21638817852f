//! How large a calendar may be. Whatever keeps these limits can be stored as one row of an object (2 MB), and its suggestions can
//! be computed.

use super::Calendar;
use crate::duration::Duration;
use crate::instant::Instant;
use crate::schedule::{Invitee, PreferredSlot, Problem, ProblemError, ProblemInput};
use crate::slot::Slot;

/// The most people who are asked at one time.
pub const MOST_INVITEES: usize = 200;
/// The most people who are ever asked, removed ones included.
pub const MOST_NUMBERS: usize = 1_000;
/// The most slots of the owner.
pub const MOST_OWNER_SLOTS: usize = 500;
/// The most slots of one answer.
pub const MOST_ANSWER_SLOTS: usize = 500;
/// The shortest and the longest meeting, in minutes (spec, part 0).
pub const MEETING_MINUTES: [u16; 2] = [5, 480];
/// The smallest and the largest distance between starts, in minutes (spec, part 0).
pub const STEP_MINUTES: [u16; 2] = [5, 60];

/// How far from now a time may be: two years.
const HORIZON: Duration = Duration::from_seconds(2 * 366 * 86_400);
/// The most bytes of a stored calendar: a row of an object has 2 MB, and the log's head and numbers need some.
pub const MOST_BYTES: usize = 1_800_000;
/// What is kept free for the answer of each invitee who has not answered: some 40 slots, and the owner's time by then.
const BYTES_OF_AN_ANSWER: usize = 1_500;

/// Whether the slot is within two years of `now`, before or after.
#[must_use]
pub fn is_within_reach(slot: &Slot, now: Instant) -> bool {
    let past = now.saturating_add(Duration::from_micros(HORIZON.micros().saturating_neg()));
    past <= slot.begin() && slot.end() <= now.saturating_add(HORIZON)
}

/// Why these are too many or too far apart for schedules to be found, whoever is asked and whatever they answer; `None` where
/// they are not.
///
/// The size of a problem grows with its invitees and its starts alone: engagements of the owner take starts away, and no answer
/// adds any.
#[must_use]
pub fn unsolvable(
    slots: impl IntoIterator<Item = PreferredSlot>,
    meeting_minutes: u16,
    step_minutes: u16,
) -> Option<&'static str> {
    let ids = (1u64..).take(MOST_INVITEES);
    let problem = Problem::new(ProblemInput {
        meeting_minutes,
        step_minutes,
        owner: slots.into_iter().collect(),
        busy: Vec::new(),
        // Their pairs do not count: 200 times 10,000 starts are below Problem::MAX_PAIRS.
        invitees: ids.map(|id| Invitee { id, available: Vec::new() }).collect(),
    });
    match problem {
        Ok(_) => None,
        Err(ProblemError::TooWide) => {
            Some("These times are too far apart. Use times that begin at whole minutes, or fewer weeks.")
        }
        Err(_) => Some(
            "These times have more than 10,000 possible starts. Use fewer times, or a larger step_minutes.",
        ),
    }
}

/// Whether the calendar can be stored, with what is kept free for answers that are still to come.
#[must_use]
pub fn can_be_stored(calendar: &Calendar) -> bool {
    let unanswered = calendar.active_invitees().filter(|invitee| invitee.answer.is_none()).count();
    let kept = unanswered.saturating_mul(BYTES_OF_AN_ANSWER);
    let fits = |bytes: usize| bytes.saturating_add(kept) <= MOST_BYTES;
    // Only large ones are written to be measured.
    fits(most_bytes(calendar)) || serde_json::to_string(calendar).is_ok_and(|text| fits(text.len()))
}

/// No calendar of so many invitees and slots takes more bytes than this.
fn most_bytes(calendar: &Calendar) -> usize {
    /// The calendar's own texts, and the owner's.
    const REST: usize = 8_000;
    /// A row with two names of 150 characters, each of six bytes as JSON writes some, and an address.
    const INVITEE: usize = 2_800;
    const OWNER_SLOT: usize = 120;
    const MEETING: usize = 120;
    /// Two numbers of up to 20 digits and a preference.
    const ANSWERED_SLOT: usize = 44;
    let answers = calendar.invitees.iter().filter_map(|invitee| invitee.answer.as_ref());
    let slots = answers.map(|answer| {
        answer.slots.len().saturating_add(answer.asked.len()).saturating_add(answer.told.len())
    });
    let slots = slots.fold(0, usize::saturating_add);
    [
        (calendar.invitees.len(), INVITEE),
        (calendar.seen.len(), 300),
        (calendar.slots.len(), OWNER_SLOT),
        (calendar.scheduled.len(), MEETING),
        (slots, ANSWERED_SLOT),
    ]
    .into_iter()
    .fold(REST, |sum, (count, bytes)| sum.saturating_add(count.saturating_mul(bytes)))
}
