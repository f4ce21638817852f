//! The log in sentences: who did what, by day.

use askama::Template;
use serde_json::Value;
use whittle_domain::calendar::{Calendar, Progress};
use whittle_domain::instant::Instant;
use whittle_domain::ledger::{Occurrence, Stored};
use whittle_domain::zone::Zone;
use worker::Env;

use super::common::Common;
use super::owned::read_owned;
use crate::error::Result;
use crate::http::context::RequestContext;
use crate::http::layout::Layout;
use crate::http::reply::Reply;
use crate::texts::chronicle::{Day, Sentence, by_day};
use crate::texts::{Said, and, say, when};

/// The sentences of a log, oldest first. Looking is no news: who has looked stands with the people.
pub fn sentences(calendar: &Calendar, log: &[Stored<Progress>], zone: &Zone) -> Vec<Sentence> {
    let told = log.iter().filter(|stored| stored.entry.kind != Occurrence::View);
    told.filter_map(|stored| {
        let text = Telling { calendar, stored, zone }.text().to_string();
        Sentence::new(&stored.entry.at, zone, text)
    })
    .collect()
}

/// An entry that is told.
struct Telling<'a> {
    calendar: &'a Calendar,
    stored: &'a Stored<Progress>,
    zone: &'a Zone,
}

impl Telling<'_> {
    /// The name of whoever the log calls so.
    fn name(&self, label: &str) -> String {
        let number = label.strip_prefix('i').and_then(|number| number.parse::<u16>().ok());
        let invitee = self.calendar.invitees.iter().find(|invitee| Some(invitee.number) == number);
        match (label, invitee) {
            (_, Some(invitee)) => invitee.full_name(),
            ("owner", _) => self.calendar.owner.shown(),
            ("staff", _) => say("the-staff").to_string(),
            _ => say("site-name").to_string(),
        }
    }

    /// What the entry commits to.
    fn beside(&self, field: &str) -> Option<&Value> {
        self.stored.openings.iter().find(|opening| opening.field == field).map(|opening| &opening.value)
    }

    fn text_beside(&self, field: &str) -> String {
        self.beside(field).and_then(Value::as_str).unwrap_or_default().to_owned()
    }

    fn count_beside(&self, field: &str) -> usize {
        self.beside(field).and_then(Value::as_array).map_or(0, Vec::len)
    }

    /// Whom the entry concerns: one, or several by a list beside it or by the rows of those who are new.
    fn whom(&self) -> String {
        let entry = &self.stored.entry;
        if let Some(one) = &entry.about {
            return self.name(one);
        }
        let listed = self.beside("people").and_then(Value::as_array);
        let labels: Vec<String> = match listed {
            Some(labels) => labels.iter().filter_map(Value::as_str).map(ToOwned::to_owned).collect(),
            None => self.stored.openings.iter().map(|opening| opening.field.clone()).collect(),
        };
        let number = |label: &String| label.strip_prefix('i')?.parse::<u16>().ok();
        let people = self.calendar.invitees.iter();
        let numbers: Vec<u16> = labels.iter().filter_map(number).collect();
        let named: Vec<String> =
            people.filter(|one| numbers.contains(&one.number)).map(|one| one.full_name()).collect();
        and(&named)
    }

    fn text(&self) -> Said<'_> {
        let entry = &self.stored.entry;
        let who = self.name(&entry.by);
        match entry.act.as_str() {
            "create" => say("cal-log-create").with("name", who).with("count", entry.body.invited),
            "name" => say("cal-log-name").with("name", who).with("to", self.text_beside("name")),
            "description" => say("log-description").with("name", who),
            "deadline" => {
                let at = Instant::parse(&self.text_beside("deadline"));
                let time = at.map(|at| when::moment(at, self.zone)).unwrap_or_default();
                say("log-deadline").with("name", who).with("time", time)
            }
            "reminders" => match self.beside("reminders").and_then(Value::as_bool) {
                Some(false) => say("cal-log-reminders-off").with("name", who),
                _ => say("cal-log-reminders-on").with("name", who),
            },
            "times" => say("cal-log-times")
                .with("name", who)
                .with("added", self.count_beside("added"))
                .with("removed", self.count_beside("taken_back")),
            "remove" => say("cal-log-remove").with("name", who).with("whom", self.whom()),
            "invite" => say("cal-log-invite").with("name", who).with("whom", self.whom()),
            "ask" => say("cal-log-ask").with("whom", self.whom()),
            "answer" => say("cal-log-answer")
                .with("name", who)
                .with("answered", entry.body.answered)
                .with("of", entry.body.invited),
            "answered" => say("cal-log-answered"),
            "remind" => say("log-remind").with("whom", self.whom()),
            "resend" => say("log-resend").with("whom", self.whom()),
            "expire" => {
                say("cal-log-expire").with("answered", entry.body.answered).with("of", entry.body.invited)
            }
            "summarize" => say("cal-log-summarize"),
            "choose" => say("cal-log-choose").with("name", who),
            "finalize" => say("cal-log-finalize").with("count", self.count_beside("schedule")),
            "undo" => say("cal-log-undo"),
            "close" => say("cal-log-close").with("name", who),
            "bounced" => say("log-bounced").with("whom", self.whom()),
            "complained" => say("log-complained").with("whom", self.whom()),
            "optout" => say("log-optout").with("name", who),
            "optin" => say("log-optin").with("name", who),
            _ => say("log-other").with("name", who),
        }
    }
}

#[derive(Template)]
#[template(path = "page/calendar/log.html")]
struct LogPage {
    page: Layout,
    common: Common,
    /// Sentences by day, the oldest first.
    days: Vec<Day>,
    /// The kind of the log, as its export names it.
    kind: &'static str,
}

/// `GET /schedules/calendars/{id}/log/` in a browser.
pub async fn show(id: u64, context: &RequestContext, env: &Env) -> Result<Reply> {
    let read = read_owned(id, false, context, env).await?;
    let zone = read.shown(context).zone;
    let days = by_day(sentences(&read.calendar, &read.log, &zone));
    let title = say("log-title").with("title", read.calendar.name.as_str());
    let page = Layout::new(&context.page, title);
    Reply::html(
        200,
        &LogPage { page, common: Common::new(&read.reader(), "log/", context), days, kind: "calendar" },
    )
}
