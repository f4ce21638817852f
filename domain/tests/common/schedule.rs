//! Small scheduling problems, and the judge of them: every schedule there is, minute by minute, without anything of
//! the solver's.

use std::collections::BTreeMap;

use proptest::prelude::{Just, Strategy, any, prop, prop_oneof};
use proptest::sample::Index;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use whittle_domain::duration::Duration;
use whittle_domain::schedule::{Given, Invitee, Objective, Placed, Preference, Schedule, Wish};
use whittle_domain::slot::Slot;

use super::{MINUTE, at};

/// The same problems every time.
pub fn runner(cases: u32) -> TestRunner {
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha))
}

pub fn minutes(begin: i64, end: i64) -> Slot {
    Slot::new(at(begin), Duration::from_micros((end - begin) * MINUTE)).unwrap()
}

pub fn wish(begin: i64, end: i64, preference: u8) -> Wish {
    Wish { slot: minutes(begin, end), preference: Preference::new(preference).unwrap() }
}

pub fn invitee(id: u64, wishes: impl IntoIterator<Item = (i64, i64, u8)>) -> Invitee {
    Invitee { id, wishes: wishes.into_iter().map(|(b, e, p)| wish(b, e, p)).collect() }
}

pub fn given(meeting: u16, step: u16, owner: &[(i64, i64, u8)], invitees: Vec<Invitee>) -> Given {
    let owner = owner.iter().map(|(b, e, p)| wish(*b, *e, *p)).collect();
    Given { meeting_minutes: meeting, step_minutes: step, owner, busy: Vec::new(), invitees }
}

/// Two to six invitees; one to three blocks of the owner's, of slots that touch, overlap or leave a gap; steps and
/// lengths of every ratio; people with the very same times.
pub fn small() -> impl Strategy<Value = Given> {
    let grid = (5u16..=60, 0u16..=6, 0u16..12);
    let spans = |most| prop::collection::vec((0i64..90, 30i64..120, 1u8..=3), 1..most);
    let owner = prop::collection::vec((0i64..3, 50i64..250, 1u8..=3), 1..5);
    let busy = prop::collection::vec((0i64..100, 1i64..20), 0..3);
    let people = prop::collection::vec((spans(4), any::<Index>(), 0u8..10), 2..=6);
    (grid, owner, busy, people, any::<bool>(), Just(())).prop_filter_map(
        "more schedules than are worth counting",
        |((step, ratio, odd), owner, busy, people, level, ())| {
            // Lengths of half a step to three and a half, some of them a bit longer.
            let meeting = (step * (ratio + 1) / 2 + odd.saturating_sub(7)).clamp(5, 180);
            let length = i64::from(meeting);
            let mut begin = 0;
            let mut slots = Vec::new();
            for (gap, percent, preference) in owner {
                let end = begin + (length * percent / 50).max(1);
                slots.push(wish(begin, end, if level { 2 } else { preference }));
                begin = end + [0, -length / 3, length / 2][usize::try_from(gap).unwrap()];
            }
            let all = begin.max(1) + length;
            let mut invitees: Vec<Invitee> = Vec::new();
            for (id, (spans, like, kind)) in (1..).zip(people) {
                let own = spans.iter().map(|(from, percent, p)| {
                    let from = all * from / 100 - length / 2;
                    wish(from, from + (length * percent / 25).max(1), if level { 2 } else { *p })
                });
                let wishes = match invitees.is_empty() || kind > 3 {
                    true => own.collect(),
                    false => like.get(&invitees).wishes.clone(),
                };
                invitees.push(Invitee { id, wishes });
            }
            let busy = busy.iter().map(|(from, n)| minutes(all * from / 100, all * from / 100 + n)).collect();
            let given = Given { meeting_minutes: meeting, step_minutes: step, owner: slots, busy, invitees };
            let ways = Ways::of(&given);
            let most: usize = ways.of.iter().map(|w| w.len() + 1).product();
            (!ways.starts.is_empty() && most <= 20_000).then_some(given)
        },
    )
}

/// Seven or eight invitees with one to three short windows each in one tight block: where relaxed solutions are fractions.
pub fn tight() -> impl Strategy<Value = Given> {
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
            given(length, step, &[(0, all / 2, 2), (all / 2, all, 3)], invitees)
        },
    )
}

/// Whatever can be given: the ends of time, microseconds, slots for ever, any length and step.
pub fn anything() -> impl Strategy<Value = Given> {
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
    let wish = (slot.clone(), 1u8..=3)
        .prop_map(|(slot, p)| Wish { slot, preference: Preference::new(p).unwrap() })
        .boxed();
    let wishes = prop::collection::vec(wish, 0..6).boxed();
    let invitees = prop::collection::vec(wishes.clone(), 0..12)
        .prop_map(|all| (0..).zip(all).map(|(id, wishes)| Invitee { id, wishes }).collect());
    let minutes = || prop_oneof![3 => 5u16..=60, 1 => Just(480u16), 1 => Just(5u16), 1 => 0u16..600];
    (minutes(), minutes(), wishes, prop::collection::vec(slot, 0..4), invitees).prop_map(
        |(meeting_minutes, step_minutes, owner, busy, invitees)| Given {
            meeting_minutes,
            step_minutes,
            owner,
            busy,
            invitees,
        },
    )
}

/// Who could begin when, in minutes, and how well that is liked by both.
pub struct Ways {
    pub length: i64,
    pub starts: Vec<i64>,
    pub of: Vec<Vec<(i64, u32)>>,
    /// How many blocks the owner's time has.
    pub blocks: usize,
}

fn minute(slot: &Slot) -> (i64, i64) {
    let zero = at(0).micros();
    ((slot.begin().micros() - zero) / MINUTE, (slot.end().micros() - zero) / MINUTE)
}

fn liked(wishes: &[Wish]) -> BTreeMap<i64, u32> {
    let mut liked = BTreeMap::new();
    for wish in wishes {
        let (begin, end) = minute(&wish.slot);
        for m in begin..end {
            let level: &mut u32 = liked.entry(m).or_default();
            *level = (*level).max(wish.preference.level().into());
        }
    }
    liked
}

impl Ways {
    pub fn of(given: &Given) -> Self {
        let (length, step) = (i64::from(given.meeting_minutes), i64::from(given.step_minutes));
        let owner = liked(&given.owner);
        let whole = |liked: &BTreeMap<i64, u32>, s: i64| {
            (s..s + length).map(|m| liked.get(&m).copied()).min().flatten()
        };
        let free = |s: i64| given.busy.iter().map(minute).all(|(begin, end)| s + length <= begin || end <= s);
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
        let of = given
            .invitees
            .iter()
            .map(|i| {
                let liked = liked(&i.wishes);
                let ways = starts.iter().filter_map(|s| Some((*s, whole(&liked, *s)? + whole(&owner, *s)?)));
                ways.collect()
            })
            .collect();
        Self { length, starts, of, blocks }
    }

    /// Calls for every schedule there is: each invitee's start and preference, or none.
    pub fn each(&self, mut call: impl FnMut(&[Option<(i64, u32)>])) {
        self.next(&mut Vec::new(), &mut call);
    }

    fn next(&self, so_far: &mut Vec<Option<(i64, u32)>>, call: &mut impl FnMut(&[Option<(i64, u32)>])) {
        let Some(ways) = self.of.get(so_far.len()) else { return call(so_far) };
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

    /// Which sets of invitees can have meetings, as bits: to each set of those who have one the earliest time at which
    /// the owner is free again, start by start.
    pub fn placeable(&self) -> Vec<u64> {
        let mut free_from = BTreeMap::from([(0u64, i64::MIN)]);
        for s in &self.starts {
            for (placed, free) in free_from.clone() {
                for (i, ways) in self.of.iter().enumerate() {
                    if free <= *s && placed & (1 << i) == 0 && ways.iter().any(|(at, _)| at == s) {
                        let free = free_from.entry(placed | (1 << i)).or_insert(i64::MAX);
                        *free = (*free).min(s + self.length);
                    }
                }
            }
        }
        free_from.into_keys().collect()
    }

    /// How many of these can have a meeting.
    pub fn most_of(&self, members: u64) -> usize {
        self.placeable().iter().map(|placed| (placed & members).count_ones() as usize).max().unwrap()
    }

    /// What a schedule reaches.
    pub fn objective(&self, schedule: &[Option<(i64, u32)>]) -> Objective {
        let first = self.starts[0];
        let placed = schedule.iter().flatten();
        Objective {
            placed: u32::try_from(placed.clone().count()).unwrap(),
            preference: placed.clone().map(|(_, p)| p).sum(),
            delay: Duration::from_micros(placed.map(|(s, _)| (s - first) * MINUTE).sum()),
        }
    }

    /// The best objective, by going through the starts: for each the best that each set of invitees could have had so
    /// far. For problems of which there are too many schedules.
    pub fn best(&self) -> Objective {
        let sets = 1usize << self.of.len();
        let mut best = vec![vec![None; sets]; self.starts.len() + 1];
        best[0][0] = Some((0u32, 0u32, 0i64));
        for (k, s) in self.starts.iter().enumerate() {
            let next = self.starts.partition_point(|t| *t < s + self.length);
            for set in 0..sets {
                let Some((placed, preference, early)) = best[k][set] else { continue };
                best[k + 1][set] = best[k + 1][set].max(Some((placed, preference, early)));
                for (i, ways) in self.of.iter().enumerate().filter(|(i, _)| set & (1 << i) == 0) {
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
    pub fn written(&self, given: &Given, schedule: &[Option<(i64, u32)>]) -> Schedule {
        let placed = given.invitees.iter().zip(schedule);
        let mut placed: Vec<Placed> =
            placed.filter_map(|(i, s)| Some(Placed { invitee: i.id, begin: at((*s)?.0) })).collect();
        placed.sort_by_key(|p| p.begin);
        Schedule(placed)
    }
}
