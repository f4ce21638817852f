//! `GET /` in a browser: what an account has under way, or for a stranger what this is.

use askama::Template;
use whittle_domain::instant::Instant;
use whittle_domain::link::{Link, Purpose};
use whittle_domain::local::LocalTime;
use whittle_domain::meeting::PartStat;
use whittle_domain::proposal::View;
use whittle_domain::zone::Zone;
use worker::Env;

use crate::busy::waiting;
use crate::calendar::unfinished::{self, Unfinished};
use crate::config;
use crate::error::{Error, Result};
use crate::http::context::RequestContext;
use crate::http::credential::Credential;
use crate::http::layout::Layout;
use crate::http::parts;
use crate::http::reply::Reply;
use crate::proposal::home::{Home, MeetingRow, Part, ProposalRow, Todo, home};
use crate::texts::{Said, say, when};

/// The demo proposal that `make dev` loads for strangers to answer, and whom it asks.
const DEV_DEMO: (u64, u16) = (4, 2);

#[derive(Template)]
#[template(path = "page/home.html")]
struct HomePage {
    page: Layout,
    needs_you: Shown,
    waiting: Shown,
    agreed: Shown,
}

impl HomePage {
    /// Whether nothing at all is under way.
    const fn is_empty(&self) -> bool {
        self.needs_you.total == 0 && self.waiting.total == 0 && self.agreed.total == 0
    }
}

/// A part of the page.
#[derive(Default)]
struct Shown {
    total: u64,
    next: Option<String>,
    rows: Vec<Row>,
}

impl Shown {
    /// With calendars before its proposals, on its first page: nobody has many that are open.
    fn led_by(mut self, calendars: Vec<Row>) -> Self {
        self.total = self.total.saturating_add(u64::try_from(calendars.len()).unwrap_or_default());
        self.rows.splice(0..0, calendars);
        self
    }
}

struct Row {
    path: String,
    title: String,
    /// How it stands.
    line: String,
    /// What to do, as the link says it.
    act: Option<String>,
}

/// The page.
pub async fn show(context: &RequestContext, env: &Env) -> Result<Reply> {
    if matches!(context.credential, Credential::None) {
        return landing(context, env);
    }
    let (account, home, more) =
        match home(context, env, "/", vec![unfinished::query(), waiting::query(context.now)]).await {
            // A session that has run out is a stranger's.
            Err(Error::Unauthorized(_)) if matches!(context.credential, Credential::Session(_)) => {
                return landing(context, env);
            }
            other => other?,
        };
    let Home { needs_you, waiting, agreed } = home;
    let zone = |origin: &Zone| context.page.viewer.zone(Some(&account.timezone), origin).zone;
    let now = context.now;
    let (decide, open): (Vec<Unfinished>, Vec<Unfinished>) =
        unfinished::read(more.first())?.into_iter().partition(|calendar| calendar.needs_owner(now));
    let calendars = |calendars: &[Unfinished]| -> Vec<Row> {
        calendars.iter().map(|one| calendar(one, &zone(&one.zone()), now)).collect()
    };
    let rows = more.get(1).map(|rows| rows.texts()).unwrap_or_default();
    let mut decide = calendars(&decide);
    for parts::Row { title, href, line, .. } in waiting::read(&rows, &zone(&account.timezone))? {
        let act = Some(say("home-act-approve").to_string());
        decide.push(Row { path: href, title, line, act });
    }
    let template = HomePage {
        page: Layout::new(&context.page, say("home-title")),
        needs_you: part(needs_you, |row| proposal(row, &zone)).led_by(decide),
        waiting: part(waiting, |row| proposal(row, &zone)).led_by(calendars(&open)),
        agreed: part(agreed, |row| meeting(row, &zone)),
    };
    Reply::html(200, &template)
}

fn part<T>(part: Part<T>, row: impl Fn(&T) -> Row) -> Shown {
    Shown { total: part.total, next: part.next, rows: part.items.iter().map(row).collect() }
}

fn zone_of(view: &View) -> Zone {
    Zone::parse(&view.timezone).unwrap_or_default()
}

fn proposal(row: &ProposalRow, zone: &impl Fn(&Zone) -> Zone) -> Row {
    let view = &row.proposal;
    let left = view.slots.len();
    let zone = zone(&zone_of(view));
    let deadline = view.deadline.as_deref().and_then(Instant::parse);
    let deadline = deadline.map(|at| when::short_day(&LocalTime::of(at, &zone)));
    let line: Said<'_> = match (row.todo, row.required_left, deadline) {
        (Some(Todo::Answer), _, Some(day)) => say("home-answer-by").with("count", left).with("day", day),
        (Some(Todo::Answer), _, None) => say("home-answer").with("count", left),
        (Some(Todo::Fix), _, _) => say("home-fix").with("count", left),
        (Some(Todo::Round), _, _) => say("home-round"),
        (None, 0, _) => say("home-waits-fix").with("left", left),
        (None, count, Some(day)) => {
            say("home-waits-by").with("count", count).with("left", left).with("day", day)
        }
        (None, count, None) => say("home-waits").with("count", count).with("left", left),
    };
    let act = row.todo.map(|todo| match todo {
        Todo::Answer => say("home-act-answer"),
        Todo::Fix => say("home-act-fix"),
        Todo::Round => say("home-act-round"),
    });
    Row {
        path: format!("/{}/", view.id),
        title: view.title.clone(),
        line: line.to_string(),
        act: act.map(|act| act.to_string()),
    }
}

fn calendar(calendar: &Unfinished, zone: &Zone, now: Instant) -> Row {
    Row {
        path: calendar.path(now),
        title: calendar.name.clone(),
        line: calendar.line(zone, now),
        act: calendar.needs_owner(now).then(|| say("home-act-fix").to_string()),
    }
}

fn meeting(row: &MeetingRow, zone: &impl Fn(&Zone) -> Zone) -> Row {
    let zone = zone(&Zone::parse(&row.timezone).unwrap_or_default());
    let time = Instant::parse(&row.begin).map(|at| when::moment_with_zone(at, &zone)).unwrap_or_default();
    let line = match (row.partstat, row.location.as_str()) {
        (Some(PartStat::Declined), _) => say("home-meeting-declined").with("time", time),
        (_, "") => say("home-meeting").with("time", time),
        (_, location) => say("home-meeting-at").with("time", time).with("location", location),
    };
    let line = line.to_string();
    Row { path: format!("/meetings/{}/", row.id), title: row.title.clone(), line, act: None }
}

#[derive(Template)]
#[template(path = "page/landing.html")]
struct LandingPage {
    page: Layout,
    /// Where one can answer for a try.
    demo: String,
}

/// For a stranger. On a developer's machine the demo is a real proposal, with a link of its own.
fn landing(context: &RequestContext, env: &Env) -> Result<Reply> {
    let mut asked = context.page.clone();
    asked.signed_in = false;
    let demo = match config::is_dev(env) {
        true => dev_demo(context, env)?,
        false => "/demo/".to_owned(),
    };
    let template = LandingPage { page: Layout::new(&asked, say("landing-title")).wide(), demo };
    Reply::html(200, &template)
}

fn dev_demo(context: &RequestContext, env: &Env) -> Result<String> {
    let (subject, party) = DEV_DEMO;
    let keys = config::keys(env)?;
    let expires = context.now.seconds().saturating_add(86_400);
    let link = Link { purpose: Purpose::Proposal, subject, party, generation: 0, expires };
    let token = link.token(&keys, keys.newest_id()).unwrap_or_default();
    Ok(format!("/{subject}/?et={token}"))
}
