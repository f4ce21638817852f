//! The suggested schedules side by side, why there is none better, and the schedule that the owner makes by hand.

use askama::Template;
use whittle_domain::calendar::{self, Calendar, Phase, Planned, Score, Suggested, Suggestions};
use whittle_domain::instant::Instant;
use whittle_domain::local::LocalTime;
use whittle_domain::order::sort_by_key;
use whittle_domain::schedule::{Placed, Problem, preference_for};
use whittle_domain::slot::Slot;
use whittle_domain::zone::Zone;
use worker::Env;

use super::common::{Common, Reader, base};
use super::plan::{self, Plan, PlanRow, told};
use crate::calendar::suggest::{self, Found, words};
use crate::error::{Error, Result};
use crate::http::context::RequestContext;
use crate::http::form::{Faults, Form};
use crate::http::layout::Layout;
use crate::http::reply::Reply;
use crate::texts::{say, when};

/// How many differences from the best schedule are told; the others are counted.
const MOST_DIFFERENT: usize = 4;
/// How many schedules are shown on request.
const MORE: usize = 10;

/// A suggested schedule.
struct Card {
    title: String,
    /// How good it is.
    score: String,
    /// What is different from the best.
    different: Vec<String>,
    days: Vec<(String, Vec<Line>)>,
    /// Who has no meeting in it.
    without: String,
    /// Where it is taken over into the form.
    href: String,
    taken: bool,
}

/// A meeting of a suggested schedule.
struct Line {
    clock: String,
    name: String,
    liked: String,
}

#[derive(Template)]
#[template(path = "page/calendar/schedules.html")]
struct SchedulesPage {
    page: Layout,
    common: Common,
    lead: String,
    /// Who has not answered.
    missing: String,
    /// Whether there are suggestions, or will be none before the deadline.
    early: bool,
    until: String,
    cards: Vec<Card>,
    verdict: Option<String>,
    /// Why somebody has no meeting, who competes with whom, and what would help.
    unplaced: Vec<String>,
    competing: Vec<String>,
    help: Vec<String>,
    /// Where more schedules are.
    more: Option<String>,
    engagements: Vec<(String, bool)>,
    faults: Faults,
    rows: Vec<PlanRow>,
    score: String,
    is_checked: bool,
    is_wrong: bool,
    people: usize,
}

/// What the form of the page says, where it was sent.
#[derive(Default)]
struct Sent {
    plan: Option<Plan>,
    checked: bool,
    faults: Faults,
}

/// `GET .../confirm/`: the suggested schedules; `?schedule=2` takes over the second.
pub async fn show(id: u64, context: &RequestContext, env: &Env) -> Result<Reply> {
    match find(id, context, env).await? {
        Some(found) => page(&found, Sent::default(), context),
        None => Ok(over(id)),
    }
}

/// `POST .../confirm/` by the form: it is checked, then asked about, then done.
pub async fn submit(id: u64, form: &Form, context: &RequestContext, env: &Env) -> Result<Reply> {
    // Whoever sends it once more, from another window, sees what came of it.
    let Some(found) = find(id, context, env).await? else { return Ok(over(id)) };
    let plan = plan::of_form(&found.calendar, form);
    let judged = judge(&found, &plan, context);
    let is_asked = form.get("do") == Some("finalize") && judged.can_be_chosen();
    match (is_asked, form.has("sure")) {
        (false, _) => {
            page(&found, Sent { plan: Some(plan), checked: true, faults: Faults::default() }, context)
        }
        (true, false) => confirm(&found, &plan, &judged, context),
        (true, true) => match super::act::finalize(id, &judged.items, context, env).await? {
            Ok(reply) => Ok(reply),
            Err(faults) => page(&found, Sent { plan: Some(plan), checked: true, faults }, context),
        },
    }
}

/// The calendar with its suggestions, as long as there is something to choose.
async fn find(id: u64, context: &RequestContext, env: &Env) -> Result<Option<Found>> {
    match suggest::find(id, suggest::count(context)?, context, env).await {
        Ok(found) => Ok(Some(found).filter(|found| found.calendar.phase == Phase::Open)),
        // It is finalised, or closed; its page says so, as it says that there is no such calendar.
        Err(Error::Absent(_) | Error::Gone(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// To the page of a calendar that has nothing to choose any more.
fn over(id: u64) -> Reply {
    Reply::see_other(&format!("{}details/", base(id)))
}

/// What is wrong with a schedule that was made by hand.
struct Judged {
    items: Vec<Planned>,
    /// Beside each person: what is said, and whether the schedule can be chosen all the same.
    faults: Vec<(u64, String, bool)>,
    score: Score,
}

impl Judged {
    fn can_be_chosen(&self) -> bool {
        !self.items.is_empty() && self.faults.iter().all(|(.., warns)| *warns)
    }
}

fn judge(found: &Found, plan: &Plan, context: &RequestContext) -> Judged {
    let calendar = &found.calendar;
    let (items, unread) = plan::items(calendar, plan);
    let mut faults: Vec<(u64, String, bool)> =
        unread.into_iter().map(|(contact, said)| (contact, said, false)).collect();
    let judged = suggest::judge(found, &items, context);
    for conflict in judged.conflicts {
        let said = words::conflict(calendar, &items, &found.engagements, &conflict, &calendar.timezone);
        let contact = items.get(conflict.item).map_or(0, |item| item.contact);
        faults.push((contact, said, conflict.kind.is_warning()));
    }
    Judged { items, faults, score: judged.score }
}

fn page(found: &Found, sent: Sent, context: &RequestContext) -> Result<Reply> {
    let calendar = &*found.calendar;
    let zone = &context.page.viewer.zone(Some(&found.account.timezone), &calendar.timezone).zone;
    let suggestions = found.suggested();
    let schedules = suggestions.map_or(&[][..], |suggestions| &suggestions.schedules);
    let wanted = context.query("schedule").and_then(|n| n.parse::<usize>().ok()).unwrap_or(1);
    let taken = wanted.clamp(1, schedules.len().max(1));
    let suggested = schedules.get(taken.saturating_sub(1));
    let meetings = suggested.map_or(&[][..], |suggested| &suggested.meetings);
    let plan = sent.plan.unwrap_or_else(|| plan::of_suggested(calendar, meetings));
    let judged = judge(found, &plan, context);
    let problem = problem(found, context.now);
    let asked = suggest::count(context)?;
    let early = found.suggestions.is_none();
    let is_wrong = sent.checked && !judged.can_be_chosen();
    let status = if is_wrong && sent.faults.is_empty() && judged.faults.iter().any(|(.., warns)| !warns) {
        400
    } else {
        sent.faults.status()
    };
    let title = say("cal-plan-title").with("name", calendar.name.as_str());
    let template = SchedulesPage {
        page: Layout::new(&context.page, title).wide(),
        common: Common::new(&Reader::of_owner(calendar, &found.account.timezone), "confirm/", context),
        lead: lead(found),
        missing: words::names(calendar, &found.unanswered),
        early,
        until: when::moment(calendar.deadline, zone),
        cards: cards(calendar, schedules, taken, zone, asked),
        verdict: suggestions.filter(|_| !schedules.is_empty()).map(|found| words::verdict(found).to_string()),
        unplaced: each(suggestions, |found| {
            found.unplaced.iter().map(|(contact, why)| words::unplaced(calendar, *contact, *why)).collect()
        }),
        competing: each(suggestions, |found| {
            found.competing.iter().map(|set| words::competing(calendar, set)).collect()
        }),
        help: each(suggestions, |found| {
            found.relaxations.iter().map(|change| words::help(calendar, change, zone)).collect()
        }),
        more: (schedules.len() == asked && asked < MORE)
            .then(|| format!("{}confirm/?alternatives={MORE}", base(calendar.id))),
        engagements: engagements(found, zone),
        rows: plan::rows(calendar, problem.as_ref(), &plan, &judged.faults, zone),
        score: words::score(&judged.score, zone),
        is_checked: sent.checked,
        is_wrong,
        people: calendar.active_invitees().filter(|one| one.takes_mail()).count(),
        faults: sent.faults,
    };
    Reply::html(status, &template)
}

fn each(found: Option<&Suggestions>, told: impl Fn(&Suggestions) -> Vec<String>) -> Vec<String> {
    found.map(told).unwrap_or_default()
}

/// The problem of those who have answered. Before the deadline, too: a schedule can be made by hand then.
fn problem(found: &Found, now: Instant) -> Option<Problem> {
    let mut calendar = found.calendar.clone();
    calendar.deadline = calendar.deadline.min(now);
    calendar::problem(&calendar, &found.hard(), now).ok().flatten()
}

fn lead(found: &Found) -> String {
    let count = found.unanswered.len();
    match &found.suggestions {
        None => say("cal-plan-lead-early").with("count", count),
        Some(Err(_)) => words::too_large(),
        Some(Ok(suggestions)) if suggestions.schedules.is_empty() => say("cal-plan-lead-none"),
        Some(Ok(suggestions)) => say("cal-plan-lead").with("count", suggestions.schedules.len()),
    }
    .to_string()
}

fn cards(calendar: &Calendar, schedules: &[Suggested], taken: usize, zone: &Zone, asked: usize) -> Vec<Card> {
    let best = schedules.first();
    let card = |(number, suggested): (usize, &Suggested)| {
        let more =
            if asked == calendar::DEFAULT_COUNT { String::new() } else { format!("&alternatives={asked}") };
        Card {
            title: match number {
                1 => say("cal-plan-best").to_string(),
                _ => say("cal-plan-other").with("number", number).to_string(),
            },
            score: words::score(&suggested.score, zone),
            different: match best {
                Some(best) if number > 1 => different(calendar, best, suggested, zone),
                _ => Vec::new(),
            },
            days: days(calendar, &suggested.meetings, zone),
            without: words::names(calendar, &without(calendar, &suggested.meetings)),
            href: format!("{}confirm/?schedule={number}{more}#adjust", base(calendar.id)),
            taken: number == taken,
        }
    };
    (1..).zip(schedules).map(card).collect()
}

/// Those who have answered and have no meeting.
fn without(calendar: &Calendar, meetings: &[Placed]) -> Vec<u64> {
    let has_none = |contact: &u64| meetings.iter().all(|placed| placed.invitee != *contact);
    let answered = calendar.active_invitees().filter(|one| one.answer.is_some());
    answered.map(|one| one.contact).filter(has_none).collect()
}

fn days(calendar: &Calendar, meetings: &[Placed], zone: &Zone) -> Vec<(String, Vec<Line>)> {
    let owner: Vec<_> = calendar.slots.iter().map(|slot| slot.available).collect();
    let mut days: Vec<(String, Vec<Line>)> = Vec::new();
    for placed in meetings {
        let Ok(slot) = Slot::new(placed.begin, calendar.meeting_length()) else { continue };
        let local = LocalTime::of(placed.begin, zone);
        let day = when::day(&local);
        let answer = calendar.invitee_of_contact(placed.invitee).and_then(|one| one.answer.as_ref());
        let theirs = answer.and_then(|answer| preference_for(&answer.slots, &slot));
        let level = |of: Option<whittle_domain::schedule::Preference>| of.map_or(0, |of| of.level());
        let line = Line {
            clock: local.clock(),
            name: words::name(calendar, placed.invitee),
            liked: say("cal-plan-liked")
                .with("theirs", level(theirs))
                .with("yours", level(preference_for(&owner, &slot)))
                .to_string(),
        };
        match days.last_mut().filter(|(last, _)| *last == day) {
            Some((_, lines)) => lines.push(line),
            None => days.push((day, vec![line])),
        }
    }
    days
}

/// What is different from the best schedule: how much it is worth less, and who meets when.
fn different(calendar: &Calendar, best: &Suggested, other: &Suggested, zone: &Zone) -> Vec<String> {
    let mut said = Vec::new();
    let (a, b) = (&best.score, &other.score);
    let later = b.delay.micros().saturating_sub(a.delay.micros());
    if b.placed < a.placed {
        said.push(say("cal-plan-fewer").with("count", a.placed.saturating_sub(b.placed)).to_string());
    } else if b.preference < a.preference {
        said.push(say("cal-plan-lower").with("count", a.preference.saturating_sub(b.preference)).to_string());
    } else if later > 0 {
        let length = when::length(whittle_domain::duration::Duration::from_micros(later));
        said.push(say("cal-plan-later").with("length", length).to_string());
    } else {
        said.push(say("cal-plan-as-good").to_string());
    }
    let at = |of: &Suggested, contact: u64| {
        of.meetings.iter().find(|one| one.invitee == contact).map(|one| one.begin)
    };
    let moved: Vec<String> = calendar
        .active_invitees()
        .filter_map(|invitee| {
            let name = invitee.full_name();
            match (at(best, invitee.contact), at(other, invitee.contact)) {
                (before, now) if before == now => None,
                (Some(before), Some(now)) => Some(
                    say("cal-plan-moved")
                        .with("name", name)
                        .with("time", told(now, zone))
                        .with("other", told(before, zone)),
                ),
                (None, Some(now)) => {
                    Some(say("cal-plan-gained").with("name", name).with("time", told(now, zone)))
                }
                (_, None) => Some(say("cal-plan-lost").with("name", name)),
            }
        })
        .map(|said| said.to_string())
        .collect();
    let more = moved.len().saturating_sub(MOST_DIFFERENT);
    said.extend(moved.into_iter().take(MOST_DIFFERENT));
    said.extend((more > 0).then(|| say("cal-plan-moved-more").with("count", more).to_string()));
    said
}

/// The owner's engagements in the time that is offered; soft ones may be overlapped.
fn engagements(found: &Found, zone: &Zone) -> Vec<(String, bool)> {
    let told = |engagement: &suggest::Engagement| {
        let time = when::slot(&engagement.slot, zone);
        let said = match &engagement.title {
            Some(title) => say("cal-plan-engagement-titled").with("time", time).with("title", title.as_str()),
            None => say("cal-plan-engagement").with("time", time),
        };
        (said.to_string(), engagement.hard)
    };
    found.engagements.iter().map(told).collect()
}

#[derive(Template)]
#[template(path = "page/calendar/finalize.html")]
struct ConfirmPage {
    page: Layout,
    common: Common,
    lead: String,
    days: Vec<(String, Vec<(String, String)>)>,
    /// Who has no meeting.
    without: String,
    without_count: usize,
    /// What is odd, and can be chosen all the same.
    warnings: Vec<String>,
    fields: Vec<(String, String)>,
    people: usize,
}

/// Asks whether it is to be done, and says who is told what.
fn confirm(found: &Found, plan: &Plan, judged: &Judged, context: &RequestContext) -> Result<Reply> {
    let calendar = &*found.calendar;
    let zone = &context.page.viewer.zone(Some(&found.account.timezone), &calendar.timezone).zone;
    let mut items = judged.items.clone();
    sort_by_key(&mut items, |item| item.begin);
    let mut days: Vec<(String, Vec<(String, String)>)> = Vec::new();
    for item in &items {
        let length = item.end.micros().saturating_sub(item.begin.micros());
        let Ok(slot) = Slot::new(item.begin, whittle_domain::duration::Duration::from_micros(length)) else {
            continue;
        };
        let day = when::day(&LocalTime::of(item.begin, zone));
        let line = (when::clock_range(&slot, zone), words::name(calendar, item.contact));
        match days.last_mut().filter(|(last, _)| *last == day) {
            Some((_, lines)) => lines.push(line),
            None => days.push((day, vec![line])),
        }
    }
    let has_none = |contact: &u64| items.iter().all(|item| item.contact != *contact);
    let without: Vec<u64> = calendar.active_invitees().map(|one| one.contact).filter(has_none).collect();
    let template = ConfirmPage {
        page: Layout::new(&context.page, say("cal-sure-title").with("name", calendar.name.as_str())),
        common: Common::new(&Reader::of_owner(calendar, &found.account.timezone), "confirm/", context),
        lead: say("cal-sure-lead").with("count", items.len()).to_string(),
        days,
        without: words::names(calendar, &without),
        without_count: without.len(),
        warnings: judged.faults.iter().map(|(_, said, _)| said.clone()).collect(),
        fields: plan::fields(plan),
        people: calendar.active_invitees().filter(|one| one.takes_mail()).count(),
    };
    Reply::html(200, &template)
}
