//! `GET /schedules/home/` in a browser: the owner's one-to-ones, and the meetings that came of them.

use askama::Template;
use serde::Deserialize;
use whittle_domain::instant::Instant;
use whittle_domain::order::sort_by_key;
use whittle_domain::zone::Zone;
use worker::Env;

use crate::auth::account::authenticate_and_query;
use crate::calendar::unfinished::{self, Unfinished};
use crate::d1::Statement;
use crate::error::Result;
use crate::http::context::RequestContext;
use crate::http::layout::Layout;
use crate::http::reply::Reply;
use crate::texts::{say, when};

/// The most finalised calendars that the page shows.
const MOST: i64 = 40;

/// Finalised calendars, newest first, each with its meetings as they are now, in order.
const FINALISED: &str = "select json_object('id', c.id, 'name', c.name, 'timezone', c.timezone, 'meetings', json((
    select json_group_array(json_array(m.id, m.starts_at, m.status = 'cancelled', s.value ->> 2, s.value ->> 3))
    from json_each(c.scheduled) s cross join meetings m on m.id = s.value ->> 0))) as json
  from me cross join calendars c on c.owner = me.id where c.state = 'finalized'
  order by c.created_at desc, c.id desc limit :most";

#[derive(Deserialize)]
struct Finalised {
    id: u64,
    name: String,
    timezone: String,
    meetings: Vec<(u64, i64, u8, String, String)>,
}

#[derive(Template)]
#[template(path = "page/calendar/list.html")]
struct ListPage {
    page: Layout,
    decide: Vec<Row>,
    open: Vec<Row>,
    done: Vec<Done>,
}

/// A calendar that is not finalised.
struct Row {
    path: String,
    name: String,
    line: String,
}

/// A finalised one.
struct Done {
    path: String,
    name: String,
    meetings: Vec<Meeting>,
}

struct Meeting {
    path: String,
    with: String,
    time: String,
    cancelled: bool,
}

/// The page.
pub async fn show(context: &RequestContext, env: &Env) -> Result<Reply> {
    let queries = vec![unfinished::query(), Statement::new(FINALISED).bind("most", MOST)];
    let (account, found) = authenticate_and_query(context, env, queries).await?;
    let zone = |origin: &Zone| context.page.viewer.zone(Some(&account.timezone), origin).zone;
    let now = context.now;
    let (decide, open): (Vec<Unfinished>, Vec<Unfinished>) =
        unfinished::read(found.first())?.into_iter().partition(|calendar| calendar.needs_owner(now));
    let row = |calendar: &Unfinished| Row {
        path: calendar.path(now),
        name: calendar.name.clone(),
        line: calendar.line(&zone(&calendar.zone()), now),
    };
    let done = found.get(1).map(|rows| rows.texts()).unwrap_or_default();
    let done: Vec<Finalised> =
        done.iter().map(|row| whittle_json::from_str(row)).collect::<serde_json::Result<_>>()?;
    let page = ListPage {
        page: Layout::new(&context.page, say("cal-list-title")),
        decide: decide.iter().map(row).collect(),
        open: open.iter().map(row).collect(),
        done: done.into_iter().map(|calendar| finalised(calendar, &zone)).collect(),
    };
    Reply::html(200, &page)
}

fn finalised(calendar: Finalised, zone: &impl Fn(&Zone) -> Zone) -> Done {
    let zone = zone(&Zone::parse(&calendar.timezone).unwrap_or_default());
    let mut meetings = calendar.meetings;
    sort_by_key(&mut meetings, |(id, at, ..)| (*at, *id));
    let meeting = |(id, at, cancelled, first, last): (u64, i64, u8, String, String)| Meeting {
        path: format!("/meetings/{id}/"),
        with: format!("{first} {last}"),
        time: when::moment(Instant::from_millis(at), &zone),
        cancelled: cancelled == 1,
    };
    Done {
        path: format!("/schedules/calendars/{}/details/", calendar.id),
        name: calendar.name,
        meetings: meetings.into_iter().map(meeting).collect(),
    }
}
