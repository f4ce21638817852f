//! The shapes of random problems: how available time is distributed.

use whittle_domain::duration::Duration;
use whittle_domain::instant::Instant;
use whittle_domain::schedule::{Invitee, Preference, PreferredSlot, ProblemInput};
use whittle_domain::slot::Slot;

use crate::random::Random;

/// How the invitees' available times are distributed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Three to eight windows of one to four hours each, anywhere, of any preference.
    Scattered,
    /// Invitees are available 70 % of the time, and there is hardly room for all of them.
    Crowded,
    /// Most invitees are available on the same three half days.
    Clustered,
    /// Whole days with two levels of preference. Many invitees have exactly the same times.
    Alike,
    /// One to three windows, hardly longer than a meeting.
    Scarce,
    /// Invitees are available half of the time.
    Dense,
    /// Invitees are available 5 % of the time.
    Sparse,
}

impl Shape {
    /// The five shapes for which the default work limit is guaranteed to suffice (docs/scheduling.md, "Measured").
    pub const FIVE: [Self; 5] = [Self::Scattered, Self::Crowded, Self::Clustered, Self::Alike, Self::Scarce];

    /// The shape of this name in lower case.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [&Self::FIVE[..], &[Self::Dense, Self::Sparse]]
            .concat()
            .into_iter()
            .find(|shape| format!("{shape:?}").to_lowercase() == name)
    }

    /// The lengths of meeting and step, in minutes, that the guarantee's problems use in turn. Crowded and alike problems
    /// have long meetings and short steps, so that hardly 30 meetings fit into 200 starts.
    #[must_use]
    pub const fn grids(self) -> [(i64, i64); 8] {
        match self {
            Self::Crowded | Self::Alike => {
                [(80, 10), (120, 15), (100, 15), (75, 10), (90, 15), (95, 10), (110, 20), (60, 10)]
            }
            _ => [(60, 60), (60, 30), (60, 20), (60, 15), (60, 10), (60, 25), (45, 20), (50, 15)],
        }
    }
}

/// The size of a problem.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// The number of invitees.
    pub invitees: usize,
    /// The maximum number of candidate starts. Only the end of the last day can cost some of them.
    pub starts: i64,
    /// The length of a meeting in minutes.
    pub meeting: i64,
    /// The distance between candidate starts in minutes.
    pub step: i64,
}

/// A problem of the work limit's guarantee: 30 invitees and 200 starts. The seed chooses the grid, too.
#[must_use]
pub fn thirty(shape: Shape, seed: u64) -> ProblemInput {
    let (meeting, step) = shape.grids()[(seed % 8) as usize];
    problem_input(shape, Size { invitees: 30, starts: 200, meeting, step }, &mut Random::new(seed))
}

/// `begin` and `end` are in minutes from midnight on a Monday.
fn preferred(begin: i64, end: i64, preference: i64) -> PreferredSlot {
    let micros = |minutes: i64| 1_767_571_200_000_000 + minutes * 60_000_000;
    let begin = Instant::from_micros(micros(begin)).unwrap_or_else(|| Instant::from_millis(0));
    let duration = Duration::from_micros((micros(end) - begin.micros()).max(1));
    let slot = Slot::new(begin, duration).unwrap_or_else(|_| preferred(0, 1, 1).slot);
    let preference = u8::try_from(preference).ok().and_then(Preference::new).unwrap_or(Preference::ALL[0]);
    PreferredSlot { slot, preference }
}

/// A random problem of this shape. The owner works from 9:00 to 17:00 and has one preference for each two hours.
#[must_use]
pub fn problem_input(shape: Shape, size: Size, random: &mut Random) -> ProblemInput {
    let Size { invitees, starts, meeting, step } = size;
    let mut owner = Vec::new();
    let (mut left, mut day) = (starts, 0);
    while left > 0 {
        let morning = day * 1440 + 540;
        let steps = left.min((480 - meeting).max(0) / step + 1);
        let evening = morning + (steps - 1) * step + meeting;
        let mut at = morning;
        while at < evening {
            let level = if shape == Shape::Alike { 2 } else { random.within(1, 4) };
            owner.push(preferred(at, (at + 120).min(evening), level));
            at += 120;
        }
        left -= steps;
        day += 1;
    }
    let days = day;
    let popular: Vec<i64> =
        (0..3).map(|_| random.within(0, days) * 1440 + 540 + 240 * random.within(0, 2)).collect();
    let invitees = (0..invitees as u64)
        .map(|id| Invitee {
            id: id + 1,
            available: available(shape, days, meeting, step, &popular, id, random),
        })
        .collect();
    let minutes = |m: i64| u16::try_from(m).unwrap_or(0);
    ProblemInput {
        meeting_minutes: minutes(meeting),
        step_minutes: minutes(step),
        owner,
        busy: Vec::new(),
        invitees,
    }
}

fn available(
    shape: Shape,
    days: i64,
    meeting: i64,
    step: i64,
    popular: &[i64],
    id: u64,
    random: &mut Random,
) -> Vec<PreferredSlot> {
    let any = |random: &mut Random| random.within(0, days) * 1440 + 540 + random.within(0, 32) * 15;
    let mut available = Vec::new();
    match shape {
        Shape::Scattered => {
            for _ in 0..random.within(3, 9) {
                let begin = any(random);
                available.push(preferred(begin, begin + random.within(4, 17) * 15, random.within(1, 4)));
            }
        }
        Shape::Crowded | Shape::Dense | Shape::Sparse => {
            let percent = match shape {
                Shape::Crowded => 70,
                Shape::Dense => 50,
                _ => 5,
            };
            for hours in 0..days * 4 {
                let begin = hours / 4 * 1440 + 540 + hours % 4 * 120;
                if random.percent(percent) {
                    available.push(preferred(begin, begin + 120, random.within(1, 4)));
                }
            }
        }
        Shape::Clustered => {
            for begin in popular {
                if random.percent(70) {
                    let shift = random.within(0, 5) * 15;
                    available.push(preferred(begin + shift, begin + 240, random.within(1, 4)));
                }
            }
            if random.percent(50) {
                let begin = any(random);
                available.push(preferred(begin, begin + meeting + random.within(0, 4) * step, 1));
            }
        }
        Shape::Alike => {
            let mut kind = Random::new(id % 5 + 1);
            for day in 0..days {
                if kind.percent(60) {
                    let level = kind.within(2, 4);
                    available.push(preferred(day * 1440 + 540, day * 1440 + 1020, level));
                }
            }
        }
        Shape::Scarce => {
            for _ in 0..random.within(1, 4) {
                let begin = any(random);
                available.push(preferred(
                    begin,
                    begin + meeting + random.within(0, 4) * step,
                    random.within(1, 4),
                ));
            }
        }
    }
    available
}
