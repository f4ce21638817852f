//! Small scheduling problems, and all their schedules, enumerated minute by minute without any code of the solver.

use std::collections::BTreeMap;

use proptest::prelude::{Just, Strategy, any, prop, prop_oneof};
use proptest::sample::Index;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use whittle_domain::duration::Duration;
use whittle_domain::schedule::{
    Invitee, Objective, Placed, Preference, PreferredSlot, ProblemInput, Schedule,
};
use whittle_domain::slot::Slot;

use super::{MINUTE, at};

/// A test runner that generates the same problems in every run.
pub fn runner(cases: u32) -> TestRunner {
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha))
}

pub fn minutes(begin: i64, end: i64) -> Slot {
    Slot::new(at(begin), Duration::from_micros((end - begin) * MINUTE)).unwrap()
}

pub fn preferred(begin: i64, end: i64, preference: u8) -> PreferredSlot {
    PreferredSlot { slot: minutes(begin, end), preference: Preference::new(preference).unwrap() }
}

pub fn invitee(id: u64, available: impl IntoIterator<Item = (i64, i64, u8)>) -> Invitee {
    Invitee { id, available: available.into_iter().map(|(b, e, p)| preferred(b, e, p)).collect() }
}

pub fn problem_input(
    meeting: u16,
    step: u16,
    owner: &[(i64, i64, u8)],
    invitees: Vec<Invitee>,
) -> ProblemInput {
    let owner = owner.iter().map(|(b, e, p)| preferred(*b, *e, *p)).collect();
    ProblemInput { meeting_minutes: meeting, step_minutes: step, owner, busy: Vec::new(), invitees }
}

/// Problems of two to six invitees. The owner has one to three blocks, whose slots touch, overlap or leave a gap. Steps and
/// lengths have many ratios, and some invitees have exactly the same times.
pub fn small() -> impl Strategy<Value = ProblemInput> {
    let grid = (5u16..=60, 0u16..=6, 0u16..12);
    let spans = |most| prop::collection::vec((0i64..90, 30i64..120, 1u8..=3), 1..most);
    let owner = prop::collection::vec((0i64..3, 50i64..250, 1u8..=3), 1..5);
    let busy = prop::collection::vec((0i64..100, 1i64..20), 0..3);
    let people = prop::collection::vec((spans(4), any::<Index>(), 0u8..10), 2..=6);
    (grid, owner, busy, people, any::<bool>(), Just(())).prop_filter_map(
        "more schedules than are worth counting",
        |((step, ratio, odd), owner, busy, people, level, ())| {
            // Lengths from half a step to three and a half steps, some of them a few minutes longer.
            let meeting = (step * (ratio + 1) / 2 + odd.saturating_sub(7)).clamp(5, 180);
            let length = i64::from(meeting);
            let mut begin = 0;
            let mut slots = Vec::new();
            for (gap, percent, preference) in owner {
                let end = begin + (length * percent / 50).max(1);
                slots.push(preferred(begin, end, if level { 2 } else { preference }));
                begin = end + [0, -length / 3, length / 2][usize::try_from(gap).unwrap()];
            }
            let all = begin.max(1) + length;
            let mut invitees: Vec<Invitee> = Vec::new();
            for (id, (spans, like, kind)) in (1..).zip(people) {
                let own = spans.iter().map(|(from, percent, p)| {
                    let from = all * from / 100 - length / 2;
                    preferred(from, from + (length * percent / 25).max(1), if level { 2 } else { *p })
                });
                let available = match invitees.is_empty() || kind > 3 {
                    true => own.collect(),
                    false => like.get(&invitees).available.clone(),
                };
                invitees.push(Invitee { id, available });
            }
            let busy = busy.iter().map(|(from, n)| minutes(all * from / 100, all * from / 100 + n)).collect();
            let input =
                ProblemInput { meeting_minutes: meeting, step_minutes: step, owner: slots, busy, invitees };
            let ways = Ways::enumerate(&input);
            let most: usize = ways.by_invitee.iter().map(|w| w.len() + 1).product();
            (!ways.starts.is_empty() && most <= 20_000).then_some(input)
        },
    )
}

/// Seven or eight invitees with one to three short windows each, in one block that is hardly long enough. Their relaxed
/// solutions are often fractional.
pub fn tight() -> impl Strategy<Value = ProblemInput> {
    let window = (0i64..100, 0i64..4, 1u8..=3);
    let people = prop::collection::vec(prop::collection::vec(window, 1..4), 7..=8);
    (prop::sample::select(vec![(60i64, 15i64), (60, 20), (60, 25), (45, 10), (50, 15)]), people).prop_map(
        |((length, step), people)| {
            let all = 9 * length;
            let own = |windows: &Vec<(i64, i64, u8)>| {
                let one = |(from, spare, p): &(i64, i64, u8)| {
                    let from = (all - length) * from / 100 / step * step;
                    (from, from + length + spare * step, *p)
                };
                windows.iter().map(one).collect::<Vec<_>>()
            };
            let invitees = (1..).zip(&people).map(|(id, windows)| invitee(id, own(windows))).collect();
            let (length, step) = (u16::try_from(length).unwrap(), u16::try_from(step).unwrap());
            problem_input(length, step, &[(0, all / 2, 2), (all / 2, all, 3)], invitees)
        },
    )
}

/// Any input: instants at both ends of the range, microseconds, slots of thousands of years, any length and step.
pub fn anything() -> impl Strategy<Value = ProblemInput> {
    let base = prop::sample::select(vec![
        -62_135_596_800_000_000i64,
        0,
        1,
        1_760_000_000_000_000,
        253_402_207_000_000_000,
    ]);
    let length =
        prop_oneof![1i64..100_000, 1i64..100_000_000_000, Just(i64::MAX / 4), Just(7 * 86_400_000_000)];
    let slot =
        (base, -90_000_000i64..90_000_000_000, length).prop_filter_map("no slot", |(base, off, length)| {
            let begin = whittle_domain::instant::Instant::from_micros(base + off)?;
            Slot::new(begin, Duration::from_micros(length)).ok()
        });
    let slot = slot.boxed();
    let preferred = (slot.clone(), 1u8..=3)
        .prop_map(|(slot, p)| PreferredSlot { slot, preference: Preference::new(p).unwrap() })
        .boxed();
    let available = prop::collection::vec(preferred, 0..6).boxed();
    let invitees = prop::collection::vec(available.clone(), 0..12)
        .prop_map(|all| (0..).zip(all).map(|(id, available)| Invitee { id, available }).collect());
    let minutes = || prop_oneof![3 => 5u16..=60, 1 => Just(480u16), 1 => Just(5u16), 1 => 0u16..600];
    (minutes(), minutes(), available, prop::collection::vec(slot, 0..4), invitees).prop_map(
        |(meeting_minutes, step_minutes, owner, busy, invitees)| ProblemInput {
            meeting_minutes,
            step_minutes,
            owner,
            busy,
            invitees,
        },
    )
}

/// The possible meetings of each invitee: the start in minutes, and the sum of both preferences.
pub struct Ways {
    pub length: i64,
    pub starts: Vec<i64>,
    pub by_invitee: Vec<Vec<(i64, u32)>>,
    /// The number of contiguous blocks of the owner's time.
    pub blocks: usize,
}

fn minute(slot: &Slot) -> (i64, i64) {
    let zero = at(0).micros();
    ((slot.begin().micros() - zero) / MINUTE, (slot.end().micros() - zero) / MINUTE)
}

fn liked(available: &[PreferredSlot]) -> BTreeMap<i64, u32> {
    let mut liked = BTreeMap::new();
    for preferred in available {
        let (begin, end) = minute(&preferred.slot);
        for m in begin..end {
            let level: &mut u32 = liked.entry(m).or_default();
            *level = (*level).max(preferred.preference.level().into());
        }
    }
    liked
}

impl Ways {
    pub fn enumerate(input: &ProblemInput) -> Self {
        let (length, step) = (i64::from(input.meeting_minutes), i64::from(input.step_minutes));
        let owner = liked(&input.owner);
        let whole = |liked: &BTreeMap<i64, u32>, s: i64| {
            (s..s + length).map(|m| liked.get(&m).copied()).min().flatten()
        };
        let free = |s: i64| input.busy.iter().map(minute).all(|(begin, end)| s + length <= begin || end <= s);
        let mut starts = Vec::new();
        let (mut begin, mut blocks) = (None, 0);
        for m in owner.keys() {
            if !owner.contains_key(&(m - 1)) {
                begin = Some(*m);
                blocks += 1;
            }
            if (m - begin.unwrap()) % step == 0 && whole(&owner, *m).is_some() && free(*m) {
                starts.push(*m);
            }
        }
        let by_invitee = input
            .invitees
            .iter()
            .map(|i| {
                let liked = liked(&i.available);
                let ways = starts.iter().filter_map(|s| Some((*s, whole(&liked, *s)? + whole(&owner, *s)?)));
                ways.collect()
            })
            .collect();
        Self { length, starts, by_invitee, blocks }
    }

    /// Calls the function with each possible schedule: for each invitee the start and preference, if it has a meeting.
    pub fn each(&self, mut call: impl FnMut(&[Option<(i64, u32)>])) {
        self.next(&mut Vec::new(), &mut call);
    }

    fn next(&self, so_far: &mut Vec<Option<(i64, u32)>>, call: &mut impl FnMut(&[Option<(i64, u32)>])) {
        let Some(ways) = self.by_invitee.get(so_far.len()) else { return call(so_far) };
        so_far.push(None);
        self.next(so_far, call);
        so_far.pop();
        for way in ways {
            if so_far.iter().flatten().all(|(s, _)| (s - way.0).abs() >= self.length) {
                so_far.push(Some(*way));
                self.next(so_far, call);
                so_far.pop();
            }
        }
    }

    /// The sets of invitees who can all have a meeting, as bit masks. Going through the starts, the map has for each set the
    /// earliest time at which the owner is free again.
    pub fn placeable(&self) -> Vec<u64> {
        let mut free_from = BTreeMap::from([(0u64, i64::MIN)]);
        for s in &self.starts {
            for (placed, free) in free_from.clone() {
                for (i, ways) in self.by_invitee.iter().enumerate() {
                    if free <= *s && placed & (1 << i) == 0 && ways.iter().any(|(at, _)| at == s) {
                        let free = free_from.entry(placed | (1 << i)).or_insert(i64::MAX);
                        *free = (*free).min(s + self.length);
                    }
                }
            }
        }
        free_from.into_keys().collect()
    }

    /// The maximum number of these invitees who can have a meeting.
    pub fn most_of(&self, members: u64) -> usize {
        self.placeable().iter().map(|placed| (placed & members).count_ones() as usize).max().unwrap()
    }

    /// The objective of a schedule.
    pub fn objective(&self, schedule: &[Option<(i64, u32)>]) -> Objective {
        let first = self.starts[0];
        let placed = schedule.iter().flatten();
        Objective {
            placed: u32::try_from(placed.clone().count()).unwrap(),
            preference: placed.clone().map(|(_, p)| p).sum(),
            delay: Duration::from_micros(placed.map(|(s, _)| (s - first) * MINUTE).sum()),
        }
    }

    /// The best objective, by a dynamic programme over starts and sets of invitees. It is for problems that have too many
    /// schedules to enumerate.
    pub fn best(&self) -> Objective {
        let sets = 1usize << self.by_invitee.len();
        let mut best = vec![vec![None; sets]; self.starts.len() + 1];
        best[0][0] = Some((0u32, 0u32, 0i64));
        for (k, s) in self.starts.iter().enumerate() {
            let next = self.starts.partition_point(|t| *t < s + self.length);
            for set in 0..sets {
                let Some((placed, preference, early)) = best[k][set] else { continue };
                best[k + 1][set] = best[k + 1][set].max(Some((placed, preference, early)));
                for (i, ways) in self.by_invitee.iter().enumerate().filter(|(i, _)| set & (1 << i) == 0) {
                    if let Some((_, p)) = ways.iter().find(|(at, _)| at == s) {
                        let with = Some((placed + 1, preference + p, early - (s - self.starts[0])));
                        best[next][set | 1 << i] = best[next][set | 1 << i].max(with);
                    }
                }
            }
        }
        let (placed, preference, early) = best[self.starts.len()].iter().flatten().max().copied().unwrap();
        Objective { placed, preference, delay: Duration::from_micros(-early * MINUTE) }
    }

    /// The objectives of all schedules, best first.
    pub fn ranking(&self) -> Vec<Objective> {
        let mut all = Vec::new();
        self.each(|s| all.push(self.objective(s)));
        all.sort_unstable_by(|a, b| b.cmp(a));
        all
    }

    /// A schedule as the engine writes it.
    pub fn written(&self, input: &ProblemInput, schedule: &[Option<(i64, u32)>]) -> Schedule {
        let placed = input.invitees.iter().zip(schedule);
        let mut placed: Vec<Placed> =
            placed.filter_map(|(i, s)| Some(Placed { invitee: i.id, begin: at((*s)?.0) })).collect();
        placed.sort_by_key(|p| p.begin);
        Schedule(placed)
    }
}
