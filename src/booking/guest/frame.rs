//! The pages on which a guest chooses a time, for a new booking or to move one: days and times as plain links, and the form of the
//! time that was chosen.

use askama::Template;
use form_urlencoded::Serializer;
use whittle_domain::duration::Duration;
use whittle_domain::instant::Instant;
use whittle_domain::local::LocalTime;
use whittle_domain::slot::Slot;
use whittle_domain::weekly::Day as Date;
use whittle_domain::zone::Zone;

use crate::error::Result;
use crate::http::context::RequestContext;
use crate::http::field::Field;
use crate::http::form::Faults;
use crate::http::layout::Layout;
use crate::http::reply::Reply;
use crate::http::viewer::{Shown, Source};
use crate::meeting::offered::Found;
use crate::texts::{say, when};

/// How many times are offered in place of one that is not free any more.
const NEAREST: usize = 3;

/// What all these pages show.
pub struct Frame {
    /// The path of the page.
    pub here: String,
    /// What is wrong.
    pub said: Vec<String>,
    /// With whom, for how long, where: labels with lines.
    pub facts: Vec<(String, Vec<String>)>,
    /// What choosing another zone keeps of the query.
    pub kept: Vec<(&'static str, String)>,
    pub zone: String,
    pub zone_line: String,
    pub zone_is_chosen: bool,
    pub zones: Vec<String>,
    shown: Shown,
    /// Whether this page was asked for in that zone: its links go on with it, so that no cookie is needed.
    is_wanted: bool,
    /// The zone of whom one books.
    origin: Zone,
    length: Duration,
}

/// What the pages of free times are made of.
pub struct Offered<'a> {
    pub here: &'a str,
    /// The title of the booking page.
    pub name: &'a str,
    pub location: &'a str,
    pub description: &'a str,
    pub minutes: i64,
    /// Whether the owner decides on each booking.
    pub approval: bool,
    pub origin: &'a Zone,
}

impl Frame {
    pub fn new(offered: &Offered<'_>, shown: Shown, context: &RequestContext) -> Self {
        let length = Duration::from_seconds(offered.minutes.saturating_mul(60));
        let lines = |text: &str| text.lines().map(ToOwned::to_owned).collect::<Vec<_>>();
        let mut facts = vec![
            (say("guest-with"), lines(offered.name)),
            (say("availability-fact-length"), vec![when::length(length)]),
            (say("fact-where"), lines(offered.location)),
            (say("fact-what-for"), lines(offered.description)),
        ];
        if offered.approval {
            facts.push((
                say("guest-fact-answer"),
                vec![say("guest-by-hand").with("name", offered.name).to_string()],
            ));
        }
        facts.retain(|(_, lines)| !lines.is_empty());
        let origin =
            say("guest-zone-origin").with("zone", offered.origin.to_string()).with("name", offered.name);
        // Choosing another zone keeps what is looked at.
        let kept = ["start", "from", "month", "day"].into_iter();
        let kept = kept.filter_map(|name| Some((name, context.query(name)?.to_owned())));
        Self {
            here: offered.here.to_owned(),
            said: Vec::new(),
            facts: facts.into_iter().map(|(label, lines)| (label.to_string(), lines)).collect(),
            kept: kept.collect(),
            zone: shown.zone.to_string(),
            zone_line: shown.line(origin),
            zone_is_chosen: shown.source == Source::Chosen,
            zones: Zone::names(),
            is_wanted: context.page.viewer.wanted.is_some(),
            shown,
            origin: offered.origin.clone(),
            length,
        }
    }

    /// A link to these pages.
    fn link(&self, query: &[(&str, &str)]) -> String {
        let mut text = Serializer::new(String::new());
        text.extend_pairs(query);
        if self.is_wanted {
            text.append_pair("zone", &self.zone);
        }
        format!("{}?{}", self.here, text.finish())
    }

    /// Where the other times of the day of a start are.
    pub fn of_day(&self, start: Instant) -> String {
        let date = LocalTime::of(start, &self.shown.zone).date();
        self.link(&[("from", &date)])
    }

    /// A time to choose, in full.
    pub fn choice(&self, begin: Instant) -> Choice {
        let slot = Slot::new(begin, self.length).ok();
        let told = |zone: &Zone| slot.map(|slot| when::slot_with_zone(&slot, zone)).unwrap_or_default();
        let differs = slot.is_some_and(|slot| when::origin(&slot, &self.shown.zone, &self.origin).is_some());
        Choice { begin, time: told(&self.shown.zone), origin: differs.then(|| told(&self.origin)) }
    }

    /// What is left to choose after a start was chosen: it, or what is free in its place, and whether it is that. What was refused for
    /// another reason is said above the form, but for these fields.
    pub fn choices(
        &mut self,
        starts: &[Instant],
        start: Instant,
        faults: &Faults,
        fields: &[&str],
    ) -> (Vec<Choice>, bool) {
        let is_taken = !starts.contains(&start);
        let offered: Vec<Instant> =
            faults.field("alternatives").iter().filter_map(|text| Instant::parse(text)).collect();
        let choices = match (is_taken, offered.is_empty()) {
            (false, _) => vec![start],
            (true, false) => offered,
            (true, true) => nearest(starts, start),
        };
        if is_taken {
            let said = match (choices.is_empty(), faults.is_empty()) {
                (true, _) => say("guest-taken-none"),
                (false, true) => say("guest-not-free"),
                (false, false) => say("guest-taken"),
            };
            self.said.push(said.to_string());
        } else {
            let known = [fields, &["alternatives"]].concat();
            self.said.extend(faults.beside(&known).into_iter().map(ToOwned::to_owned));
        }
        (choices.into_iter().map(|start| self.choice(start)).collect(), is_taken)
    }
}

/// A time to choose.
pub struct Choice {
    pub begin: Instant,
    pub time: String,
    /// In the zone of whom one books, where that shows something else.
    pub origin: Option<String>,
}

/// A day of the table; none where it lies outside.
#[derive(Clone, Default)]
struct Day {
    number: String,
    /// What it leads to; empty where nothing is free that day.
    href: String,
    label: String,
    is_chosen: bool,
}

/// A time of the day that is shown.
struct Start {
    begin: Instant,
    href: String,
    clock: String,
    origin: Option<String>,
}

#[derive(Template)]
#[template(path = "page/booking/guest_times.html")]
struct TimesPage {
    page: Layout,
    frame: Frame,
    lead: String,
    caption: String,
    weekdays: Vec<(String, String)>,
    weeks: Vec<Vec<Day>>,
    /// The day that is shown.
    heading: String,
    times: Vec<Start>,
    /// To other days: addresses with words.
    ways: Vec<(String, String)>,
}

/// The page of free times: the days that have any, and the times of one of them.
pub fn times(
    context: &RequestContext,
    (title, lead): (&str, String),
    frame: Frame,
    found: &Found,
) -> Result<Reply> {
    let range = Range {
        from: found.from,
        days: found.days,
        month: found.month,
        day: context.query("day"),
        earlier: found.earlier.as_deref(),
        later: found.later.as_deref(),
    };
    let template = list(Layout::new(&context.page, title), lead, frame, &found.starts, &range);
    Reply::html(200, &template)
}

/// Which days a page shows.
#[derive(Clone, Copy)]
struct Range<'a> {
    from: Date,
    days: u16,
    /// Whether they are those of a month.
    month: bool,
    /// The day whose times are listed; else the first that has any.
    day: Option<&'a str>,
    earlier: Option<&'a str>,
    later: Option<&'a str>,
}

fn list(page: Layout, lead: String, frame: Frame, starts: &[Instant], range: &Range<'_>) -> TimesPage {
    let starts: Vec<(Instant, LocalTime)> =
        starts.iter().map(|start| (*start, LocalTime::of(*start, &frame.shown.zone))).collect();
    let from = range.from.to_string();
    // A month stays a month from link to link.
    let (key, this) =
        if range.month { ("month", from.get(..7).unwrap_or_default()) } else { ("from", from.as_str()) };
    let midnight = Zone::default();
    let dates = std::iter::successors(Some(range.from), |day| day.plus_days(1)).take(usize::from(range.days));
    // A date is the same in every zone.
    let dates: Vec<LocalTime> = dates
        .filter_map(|day| Some(LocalTime::of(day.at(0)?.resolve_forward(&midnight)?, &midnight)))
        .collect();
    let date = |time: &LocalTime| (time.year, time.month, time.day);
    let of =
        |day: &LocalTime| starts.iter().filter(|(_, local)| date(local) == date(day)).collect::<Vec<_>>();
    let counted: Vec<(&LocalTime, String, usize)> =
        dates.iter().map(|day| (day, day.date(), of(day).len())).collect();
    let free: Vec<&(&LocalTime, String, usize)> = counted.iter().filter(|(.., count)| *count > 0).collect();
    let at = free.iter().position(|(_, date, _)| Some(date.as_str()) == range.day).unwrap_or(0);
    let chosen = free.get(at).map(|(_, date, _)| date.as_str()).unwrap_or_default();
    let link = |date: &str| frame.link(&[(key, this), ("day", date)]);

    let mut ways = Vec::new();
    let neighbour = |at: Option<usize>| {
        at.and_then(|at| free.get(at)).map(|(day, date, _)| (when::short_day(day), link(date)))
    };
    if let Some((day, href)) = neighbour(at.checked_sub(1)) {
        ways.push((href, say("guest-previous-day").with("day", day).to_string()));
    }
    if let Some((day, href)) = neighbour(at.checked_add(1)) {
        ways.push((href, say("guest-next-day").with("day", day).to_string()));
    }
    for (to, text) in [(range.earlier, say("guest-earlier")), (range.later, say("guest-later"))] {
        ways.extend(to.map(|to| (frame.link(&[(key, to)]), text.to_string())));
    }

    let blank = dates.first().map_or(0, |day| day.weekday.saturating_sub(1));
    let label = |day: &LocalTime, count: usize| match count {
        0 => String::new(),
        _ => say("guest-day").with("day", when::short_day(day)).with("count", count).to_string(),
    };
    let mut cells = vec![Day::default(); usize::try_from(blank).unwrap_or(0)];
    for (n, (day, date, count)) in counted.iter().enumerate() {
        cells.push(Day {
            number: if n == 0 || day.day == 1 { when::day_of_month(day) } else { day.day.to_string() },
            href: if *count == 0 { String::new() } else { link(date) },
            label: label(day, *count),
            is_chosen: date == chosen,
        });
    }
    let [first, last] = [dates.first(), dates.last()].map(|day| day.map(when::short_day).unwrap_or_default());
    let caption = match free.is_empty() {
        true => say("guest-no-times").with("from", first).with("to", last),
        false => say("guest-caption").with("from", first).with("to", last),
    };
    let shown = free.get(at).map(|(day, ..)| of(day)).unwrap_or_default();
    TimesPage {
        page,
        lead,
        caption: caption.to_string(),
        weekdays: (1..=7)
            .map(|day| (when::short_weekday(day).to_string(), when::weekday(day).to_string()))
            .collect(),
        weeks: cells.chunks(7).map(<[Day]>::to_vec).collect(),
        heading: free.get(at).map(|(day, ..)| when::day(day)).unwrap_or_default(),
        times: shown.iter().map(|start| time(start, &shown, &frame)).collect(),
        ways,
        frame,
    }
}

/// A time among those of its day.
fn time((begin, local): &(Instant, LocalTime), day: &[&(Instant, LocalTime)], frame: &Frame) -> Start {
    // Where the clocks are put back, the same time of day comes twice.
    let comes_twice = |(_, other): &&(Instant, LocalTime)| {
        (other.hour, other.minute) == (local.hour, local.minute) && other.offset != local.offset
    };
    let clock = if day.iter().any(comes_twice) {
        say("guest-clock").with("clock", local.clock()).with("offset", local.utc_offset()).to_string()
    } else {
        local.clock()
    };
    let there = LocalTime::of(*begin, &frame.origin);
    let zone = || frame.origin.to_string();
    let origin = match (there.offset == local.offset, there.date() == local.date()) {
        (true, _) => None,
        (false, true) => Some(say("time-origin").with("time", there.clock()).with("zone", zone())),
        (false, false) => {
            let day = when::short_day(&there);
            Some(say("time-origin-day").with("time", there.clock()).with("day", day).with("zone", zone()))
        }
    };
    Start {
        begin: *begin,
        href: frame.link(&[("start", &begin.to_string())]),
        clock,
        origin: origin.map(|said| said.to_string()),
    }
}

/// The form of a time that was chosen.
#[derive(Template)]
#[template(path = "page/booking/guest_start.html")]
pub struct StartPage {
    pub page: Layout,
    pub frame: Frame,
    /// What there is so far, where something is moved; else empty.
    pub lead: String,
    pub action: String,
    /// What the form carries beside the start.
    pub hidden: (&'static str, String),
    /// The time that was chosen, or those that are free in its place.
    pub choices: Vec<Choice>,
    pub is_taken: bool,
    pub fields: Vec<Field>,
    pub notes: Vec<String>,
    pub button: String,
    /// Where all free times are.
    pub others: String,
}

/// The free starts that are nearest to one that is not free, the earliest first.
fn nearest(starts: &[Instant], wanted: Instant) -> Vec<Instant> {
    let mut near = starts.to_vec();
    near.sort_by_key(|start| start.micros().abs_diff(wanted.micros()));
    near.truncate(NEAREST);
    near.sort();
    near
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Instant {
        Instant::parse(text).unwrap()
    }

    fn page(zone: &str, origin: &str, starts: &[&str], range: &Range<'_>) -> String {
        let zone_of = |name: &str| Zone::parse(name).unwrap();
        let frame = Frame {
            here: "/book/ana/talk/".to_owned(),
            said: Vec::new(),
            facts: vec![("With".to_owned(), vec!["Ana <Lee>".to_owned()])],
            kept: Vec::new(),
            zone: zone.to_owned(),
            zone_line: String::new(),
            zone_is_chosen: false,
            zones: Vec::new(),
            shown: Shown { zone: zone_of(zone), source: Source::Guess },
            is_wanted: false,
            origin: zone_of(origin),
            length: Duration::from_seconds(1_800),
        };
        let starts: Vec<Instant> = starts.iter().map(|start| at(start)).collect();
        list(Layout::default(), "Choose.".to_owned(), frame, &starts, range).render().unwrap()
    }

    fn november() -> Range<'static> {
        let from = Date::parse("2026-11-01").unwrap();
        Range { from, days: 31, month: false, day: None, earlier: None, later: Some("2026-12-02") }
    }

    #[test]
    fn a_day_with_two_one_o_clocks_tells_them_apart() {
        let starts =
            ["2026-11-01T04:30:00Z", "2026-11-01T05:00:00Z", "2026-11-01T06:00:00Z", "2026-11-02T06:00:00Z"];
        let page = page("America/New_York", "America/New_York", &starts, &november());
        for (begin, clock) in [
            ("2026-11-01T04:30:00Z", "00:30"),
            ("2026-11-01T05:00:00Z", "01:00 (UTC-04:00)"),
            ("2026-11-01T06:00:00Z", "01:00 (UTC-05:00)"),
        ] {
            assert!(page.contains(&format!("<time datetime=\"{begin}\">{clock}</time>")), "{clock}: {page}");
        }
        assert!(!page.contains("2026-11-02T06:00:00Z\">"), "another day has a page of its own");
        assert!(page.contains("aria-label=\"Sun 1 Nov: 3 free times\" aria-current=\"date\">1 Nov</a>"));
        assert!(page.contains("?from=2026-11-01&#38;day=2026-11-02\">Next day: Mon 2 Nov</a>"), "{page}");
        assert!(page.contains("?from=2026-12-02\">Later days</a>"), "{page}");
    }

    #[test]
    fn a_day_is_the_readers_and_the_other_zone_stands_beside_it() {
        let starts = ["2026-11-24T22:30:00Z", "2026-11-25T08:00:00Z"];
        let range = Range { day: Some("2026-11-25"), ..november() };
        let page = page("Asia/Tokyo", "Europe/Berlin", &starts, &range);
        assert!(
            page.contains("Tue 24 Nov, 23:30 in Europe/Berlin") && page.contains("09:00 in Europe/Berlin"),
            "{page}"
        );
        // Sunday is the seventh day of a week that begins with Monday.
        assert_eq!(page.matches("<td></td>").count(), 6);
    }

    #[test]
    fn a_range_without_a_free_time_says_so_and_leads_on() {
        let page = page("UTC", "UTC", &[], &november());
        assert!(
            page.contains("There is no free time from Sun 1 Nov to Tue 1 Dec.") && !page.contains("<table"),
            "{page}"
        );
        assert!(page.contains("Later days"));
    }

    #[test]
    fn the_nearest_starts_are_in_their_order() {
        let starts =
            ["2026-11-24T08:00:00Z", "2026-11-24T09:00:00Z", "2026-11-24T11:00:00Z", "2026-11-25T08:00:00Z"]
                .map(at);
        assert_eq!(nearest(&starts, at("2026-11-24T10:30:00Z")), starts[..3].to_vec());
    }
}
