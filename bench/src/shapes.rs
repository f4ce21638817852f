//! The shapes.

use whittle_domain::duration::Duration;
use whittle_domain::instant::Instant;
use whittle_domain::schedule::{Given, Invitee, Preference, Wish};
use whittle_domain::slot::Slot;

use crate::random::Random;

/// What people's times are like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Some windows of one to four hours each, anywhere, of any preference.
    Scattered,
    /// Everybody free more often than not, and hardly more room than people.
    Crowded,
    /// Nearly everybody wants the same few half days.
    Clustered,
    /// Whole days, two levels of preference, many people with the very same times.
    Alike,
    /// One to three windows each, hardly longer than a meeting.
    Scarce,
    /// Free half of the time.
    Dense,
    /// Free a twentieth of the time.
    Sparse,
}

impl Shape {
    /// The five of the work limit's guarantee.
    pub const FIVE: [Self; 5] = [Self::Scattered, Self::Crowded, Self::Clustered, Self::Alike, Self::Scarce];

    /// By its name in small letters.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [&Self::FIVE[..], &[Self::Dense, Self::Sparse]]
            .concat()
            .into_iter()
            .find(|shape| format!("{shape:?}").to_lowercase() == name)
    }

    /// Meeting and step of the guarantee's problems, in turn. The crowded and the alike have long meetings on small
    /// steps: on 200 starts hardly 30 of them follow each other.
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

/// How large.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// How many invitees.
    pub invitees: usize,
    /// At most how many candidate starts, and as many but for the last day's end.
    pub starts: i64,
    /// The length of a meeting.
    pub meeting: i64,
    /// The distance of candidate starts.
    pub step: i64,
}

/// A problem of the work limit's guarantee: 30 invitees on 200 starts, on the grid whose turn it is.
#[must_use]
pub fn thirty(shape: Shape, seed: u64) -> Given {
    let (meeting, step) = shape.grids()[(seed % 8) as usize];
    given(shape, Size { invitees: 30, starts: 200, meeting, step }, &mut Random::new(seed))
}

/// Minutes from a Monday's midnight on.
fn wish(begin: i64, end: i64, preference: i64) -> Wish {
    let micros = |minutes: i64| 1_767_571_200_000_000 + minutes * 60_000_000;
    let begin = Instant::from_micros(micros(begin)).unwrap_or_else(|| Instant::from_millis(0));
    let duration = Duration::from_micros((micros(end) - begin.micros()).max(1));
    let slot = Slot::new(begin, duration).unwrap_or_else(|_| wish(0, 1, 1).slot);
    let preference = u8::try_from(preference).ok().and_then(Preference::new).unwrap_or(Preference::ALL[0]);
    Wish { slot, preference }
}

/// A problem of this shape. The owner works from nine to five, with a preference for each two hours.
#[must_use]
pub fn given(shape: Shape, size: Size, random: &mut Random) -> Given {
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
            owner.push(wish(at, (at + 120).min(evening), level));
            at += 120;
        }
        left -= steps;
        day += 1;
    }
    let days = day;
    let popular: Vec<i64> =
        (0..3).map(|_| random.within(0, days) * 1440 + 540 + 240 * random.within(0, 2)).collect();
    let invitees = (0..invitees as u64)
        .map(|id| Invitee { id: id + 1, wishes: wishes(shape, days, meeting, step, &popular, id, random) })
        .collect();
    let minutes = |m: i64| u16::try_from(m).unwrap_or(0);
    Given {
        meeting_minutes: minutes(meeting),
        step_minutes: minutes(step),
        owner,
        busy: Vec::new(),
        invitees,
    }
}

fn wishes(
    shape: Shape,
    days: i64,
    meeting: i64,
    step: i64,
    popular: &[i64],
    id: u64,
    random: &mut Random,
) -> Vec<Wish> {
    let any = |random: &mut Random| random.within(0, days) * 1440 + 540 + random.within(0, 32) * 15;
    let mut wishes = Vec::new();
    match shape {
        Shape::Scattered => {
            for _ in 0..random.within(3, 9) {
                let begin = any(random);
                wishes.push(wish(begin, begin + random.within(4, 17) * 15, random.within(1, 4)));
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
                    wishes.push(wish(begin, begin + 120, random.within(1, 4)));
                }
            }
        }
        Shape::Clustered => {
            for begin in popular {
                if random.percent(70) {
                    let shift = random.within(0, 5) * 15;
                    wishes.push(wish(begin + shift, begin + 240, random.within(1, 4)));
                }
            }
            if random.percent(50) {
                let begin = any(random);
                wishes.push(wish(begin, begin + meeting + random.within(0, 4) * step, 1));
            }
        }
        Shape::Alike => {
            let mut kind = Random::new(id % 5 + 1);
            for day in 0..days {
                if kind.percent(60) {
                    let level = kind.within(2, 4);
                    wishes.push(wish(day * 1440 + 540, day * 1440 + 1020, level));
                }
            }
        }
        Shape::Scarce => {
            for _ in 0..random.within(1, 4) {
                let begin = any(random);
                wishes.push(wish(begin, begin + meeting + random.within(0, 4) * step, random.within(1, 4)));
            }
        }
    }
    wishes
}
