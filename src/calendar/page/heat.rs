//! Who can when: for each time at which a meeting can begin, how many of those who have answered can meet then.

use whittle_domain::calendar::{Calendar, Invitee};
use whittle_domain::instant::Instant;
use whittle_domain::local::LocalTime;
use whittle_domain::order::sort_by_key;
use whittle_domain::schedule::{self, Problem, ProblemInput};
use whittle_domain::slot::Slot;
use whittle_domain::zone::Zone;

use crate::calendar::suggest::words::names;
use crate::texts::{say, when};

/// The shortest distance between the times that are shown, in minutes.
const SHORTEST: u16 = 30;
/// The most times that are shown; where there are more, they are further apart.
const MOST: usize = 400;
/// How many people a sentence names.
const MOST_NAMED: usize = 3;

/// The times of a calendar, as its owner's page shows them.
pub struct Heat {
    pub days: Vec<Day>,
    pub rows: Vec<Row>,
    pub times: Vec<Time>,
    /// The best times, in sentences.
    pub best: Vec<String>,
    /// Those who have answered, by number, with how pages call them.
    pub people: Vec<(u16, String)>,
    /// After how many minutes the next time is shown.
    pub every: u16,
    /// Whether meetings can begin between the times that are shown, too.
    pub thinned: bool,
}

/// A column.
pub struct Day {
    pub date: String,
    pub short: String,
    pub long: String,
}

/// A row of the table, with a cell for each day.
pub struct Row {
    pub clock: String,
    pub cells: Vec<Option<Cell>>,
}

pub struct Cell {
    pub count: usize,
    /// 0 to 5: how many of all.
    pub step: usize,
    pub all: bool,
    /// `1:3 4:2`: who can, by number, with the preference.
    pub who: String,
    /// The day and the time.
    pub when: String,
}

/// A time in words, for the plain table.
pub struct Time {
    pub when: String,
    pub count: usize,
    pub can: String,
    pub cannot: String,
}

/// A time at which a meeting can begin.
struct Start {
    at: Instant,
    /// Whether it is shown in the table.
    offset: u16,
    owner: u8,
    /// The index of each who can, among those who have answered, with the preference.
    can: Vec<(usize, u8)>,
}

impl Start {
    fn liking(&self) -> u32 {
        let owner = u32::from(self.owner);
        self.can.iter().map(|(_, level)| u32::from(*level).saturating_add(owner)).sum()
    }
}

/// None while nobody has answered, or where there are more times than can be worked out.
pub fn heat(calendar: &Calendar, zone: &Zone) -> Option<Heat> {
    let answered: Vec<&Invitee> = calendar.active_invitees().filter(|one| one.answer.is_some()).collect();
    let starts = starts(calendar, &answered)?;
    if answered.is_empty() || starts.is_empty() {
        return None;
    }
    let every = distance(calendar.step_minutes, &starts);
    let shown: Vec<&Start> = starts.iter().filter(|start| is_shown(start, every)).collect();
    let called: Vec<String> = answered.iter().map(|one| one.full_name()).collect();
    let (days, rows) = table(&shown, &answered, zone);
    let mut ranked: Vec<&Start> = starts.iter().filter(|start| !start.can.is_empty()).collect();
    sort_by_key(&mut ranked, |start| (std::cmp::Reverse((start.can.len(), start.liking())), start.at));
    Some(Heat {
        best: best(calendar, &ranked, &answered, zone),
        times: shown.iter().map(|start| time(start, &called, zone)).collect(),
        people: answered.iter().map(|one| (one.number, one.full_name())).collect(),
        thinned: shown.len() < starts.len(),
        days,
        rows,
        every,
    })
}

/// All times at which a meeting can begin, as the engine knows them.
fn starts(calendar: &Calendar, answered: &[&Invitee]) -> Option<Vec<Start>> {
    let invitee = |one: &&Invitee| {
        let available = one.answer.as_ref().map(|answer| answer.slots.clone()).unwrap_or_default();
        schedule::Invitee { id: u64::from(one.number), available }
    };
    let owner: Vec<_> = calendar.slots.iter().map(|slot| slot.available).collect();
    let blocks = calendar.owner_time();
    let problem = Problem::new(ProblemInput {
        meeting_minutes: calendar.meeting_minutes,
        step_minutes: calendar.step_minutes,
        owner,
        busy: Vec::new(),
        invitees: answered.iter().map(invitee).collect(),
    });
    let problem = problem.ok()?;
    let mut starts: Vec<Start> = problem
        .starts()
        .iter()
        .map(|start| Start {
            at: start.at,
            offset: offset(start.at, &blocks),
            owner: start.preference.level(),
            can: Vec::new(),
        })
        .collect();
    for (index, pairs) in problem.pairs_by_invitee().iter().enumerate() {
        for pair in pairs {
            if let Some(start) = starts.get_mut(pair.start()) {
                start.can.push((index, u8::try_from(pair.preference()).unwrap_or(1)));
            }
        }
    }
    Some(starts)
}

/// The minutes from the begin of the owner's block.
fn offset(at: Instant, blocks: &[Slot]) -> u16 {
    let block = blocks.iter().rev().find(|block| block.begin() <= at);
    let micros = block.map_or(0, |block| at.micros().saturating_sub(block.begin().micros()));
    u16::try_from(micros.div_euclid(60_000_000)).unwrap_or(0)
}

fn is_shown(start: &Start, every: u16) -> bool {
    start.offset.checked_rem(every) == Some(0)
}

/// After how many minutes the next time is shown: a multiple of the step.
fn distance(step: u16, starts: &[Start]) -> u16 {
    let step = step.max(1);
    let first = step.saturating_mul(SHORTEST.div_ceil(step));
    let longer = std::iter::successors(Some(first), |every| every.checked_mul(2)).take(6);
    let fits = |every: &u16| starts.iter().filter(|start| is_shown(start, *every)).count() <= MOST;
    longer.clone().find(fits).or_else(|| longer.last()).unwrap_or(first)
}

fn table(shown: &[&Start], answered: &[&Invitee], zone: &Zone) -> (Vec<Day>, Vec<Row>) {
    let mut days: Vec<Day> = Vec::new();
    let mut clocks: Vec<u16> = Vec::new();
    for start in shown {
        let local = LocalTime::of(start.at, zone);
        let date = local.date();
        if days.last().is_none_or(|day| day.date != date) {
            days.push(Day { date, short: when::short_day(&local), long: when::day(&local) });
        }
        clocks.push(local.minute_of_day());
    }
    clocks.sort_unstable();
    clocks.dedup();
    let mut rows: Vec<Row> = clocks
        .iter()
        .map(|clock| Row {
            clock: format!("{:02}:{:02}", clock.div_euclid(60), clock.rem_euclid(60)),
            cells: days.iter().map(|_| None).collect(),
        })
        .collect();
    for start in shown {
        let local = LocalTime::of(start.at, zone);
        let (date, minute) = (local.date(), local.minute_of_day());
        let column = days.iter().position(|day| day.date == date);
        let Some((row, column)) = clocks.binary_search(&minute).ok().zip(column) else { continue };
        if let Some(place) = rows.get_mut(row).and_then(|row| row.cells.get_mut(column)) {
            *place = Some(cell(start, answered, &local));
        }
    }
    (days, rows)
}

fn cell(start: &Start, answered: &[&Invitee], local: &LocalTime) -> Cell {
    let of = answered.len();
    let number = |index: &usize| answered.get(*index).map_or(0, |one| one.number);
    let who: Vec<String> =
        start.can.iter().map(|(index, level)| format!("{}:{level}", number(index))).collect();
    Cell {
        count: start.can.len(),
        step: start.can.len().saturating_mul(5).div_ceil(of.max(1)),
        all: start.can.len() == of,
        who: who.join(" "),
        when: say("day-and-clock").with("day", when::day(local)).with("clock", local.clock()).to_string(),
    }
}

fn time(start: &Start, names: &[String], zone: &Zone) -> Time {
    let named = |(index, level): &(usize, u8)| {
        let name = names.get(*index).map(String::as_str).unwrap_or_default();
        say("cal-heat-person").with("name", name).with("level", *level).to_string()
    };
    Time {
        when: when::moment(start.at, zone),
        count: start.can.len(),
        can: start.can.iter().map(named).collect::<Vec<_>>().join(", "),
        cannot: missing(start, names.len())
            .iter()
            .filter_map(|index| names.get(*index).map(String::as_str))
            .collect::<Vec<_>>()
            .join(", "),
    }
}

/// The indexes of those who cannot.
fn missing(start: &Start, of: usize) -> Vec<usize> {
    (0..of).filter(|index| start.can.iter().all(|(can, _)| can != index)).collect()
}

/// The best time, and the next that does not overlap it.
fn best(calendar: &Calendar, ranked: &[&Start], answered: &[&Invitee], zone: &Zone) -> Vec<String> {
    let length = i64::from(calendar.meeting_minutes).saturating_mul(60_000_000);
    let apart =
        |one: &Start, other: &Start| one.at.micros().abs_diff(other.at.micros()) >= length.unsigned_abs();
    let Some(first) = ranked.first() else { return vec![say("cal-heat-none").to_string()] };
    let next = ranked.iter().find(|start| apart(first, start));
    let told = |start: &Start| {
        let local = LocalTime::of(start.at, zone);
        say("day-and-clock").with("day", when::short_day(&local)).with("clock", local.clock()).to_string()
    };
    let how_many = |start: &Start| {
        let missing = missing(start, answered.len());
        let (count, of) = (start.can.len(), answered.len());
        let contacts: Vec<u64> = missing.iter().filter_map(|at| Some(answered.get(*at)?.contact)).collect();
        match missing.len() {
            0 => say("cal-heat-all").with("count", of).to_string(),
            1..=MOST_NAMED => say("cal-heat-but")
                .with("count", count)
                .with("of", of)
                .with("names", names(calendar, &contacts))
                .to_string(),
            _ => say("cal-heat-some").with("count", count).with("of", of).to_string(),
        }
    };
    let mut said =
        vec![say("cal-heat-best").with("time", told(first)).with("who", how_many(first)).to_string()];
    if let Some(next) = next {
        let lower = next.can.len() == first.can.len() && next.liking() < first.liking();
        said.push(match lower {
            true => {
                say("cal-heat-next-lower").with("time", told(next)).with("who", how_many(next)).to_string()
            }
            false => say("cal-heat-next").with("time", told(next)).with("who", how_many(next)).to_string(),
        });
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::page::sample::calendar;

    #[test]
    fn each_time_says_how_many_can_and_the_best_is_told() {
        let calendar = calendar();
        let heat = heat(&calendar, &calendar.timezone).unwrap();
        let days: Vec<&str> = heat.days.iter().map(|day| day.short.as_str()).collect();
        assert_eq!((days, heat.every, heat.thinned), (vec!["Tue 24 Nov", "Thu 26 Nov"], 30, true));
        let row = |clock: &str| heat.rows.iter().find(|row| row.clock == clock).unwrap();
        let cell = |clock: &str, day: usize| {
            row(clock).cells[day].as_ref().map(|cell| (cell.count, cell.step, cell.all))
        };
        assert_eq!(
            [cell("09:00", 0), cell("10:00", 0), cell("09:00", 1)],
            [Some((1, 3, false)), Some((2, 5, true)), Some((0, 0, false))]
        );
        // A meeting of an hour that begins at 11:30 would not be over at 12:00, when the owner's time is.
        assert!(heat.rows.iter().all(|row| row.clock != "11:30"));
        assert_eq!(row("10:00").cells[0].as_ref().unwrap().who, "1:3 2:2");
        assert_eq!(heat.best[0], "Best: Tue 24 Nov, 10:00. All 2 can.");
        assert!(heat.best[1].starts_with("Next: Tue 24 Nov, 11:00"), "{:?}", heat.best);
        let at_nine = heat.times.iter().find(|time| time.when.contains("24 November 2026, 09:00")).unwrap();
        assert_eq!((at_nine.can.as_str(), at_nine.cannot.as_str()), ("Bea Marini (3)", "Cyd Park"));
    }

    #[test]
    fn nobody_and_nothing_make_no_table() {
        let mut calendar = calendar();
        calendar.slots.clear();
        assert!(heat(&calendar, &calendar.timezone).is_none());
        let mut calendar = super::super::sample::calendar();
        calendar.invitees.iter_mut().for_each(|invitee| invitee.answer = None);
        assert!(heat(&calendar, &calendar.timezone).is_none());
    }
}
