//! The pages of staff: what the API answers, in tables and facts.

use serde_json::Value;
use whittle_domain::instant::Instant;
use whittle_domain::staff::AccountAct;
use whittle_domain::zone::Zone;
use worker::Env;

use super::{act, health, list, numbers};
use crate::error::Result;
use crate::http::context::RequestContext;
use crate::http::field::Field;
use crate::http::form::Faults;
use crate::http::layout::Layout;
use crate::http::members::{is, list as values, number, text, texts};
use crate::http::notice::Notice;
use crate::http::parts::{Button, Form, Group, Line, Part, Parts, TableRow};
use crate::http::reply::Reply;
use crate::route::Admin;
use crate::route::admin::List;
use crate::texts::{Said, say, when};

const OVERVIEW: &str = "/admin/";
const LEDGER: &str = "/admin/ledger/";
const HEALTH: &str = "/admin/health/";

/// The answer to a browser.
pub async fn answer(route: Admin, context: &RequestContext, env: &Env) -> Result<Reply> {
    let done = match route {
        Admin::AdminOverview => return overview(context, env).await,
        Admin::AdminList(list) => return listed(list, &Faults::default(), context, env).await,
        Admin::StaffLedger => return entries(context, env).await,
        Admin::AdminHealth => return healthy(&Faults::default(), context, env).await,
        Admin::AdminAccount(id) => return account(id, &Faults::default(), context, env).await,
        Admin::ActOnAccount(id) => act::on_account(id, context, env).await,
        Admin::RetryMail => act::retry_mail(context, env).await,
        Admin::ReleaseAddress => act::release(context, env).await,
        Admin::TestMail => act::test_mail(context, env).await,
    };
    let (path, notice) = match route {
        Admin::RetryMail => (List::Outbox.path(), Notice::MailRetried),
        Admin::ReleaseAddress => (List::Suppressions.path(), Notice::AddressReleased),
        Admin::TestMail => (HEALTH, Notice::TestSent),
        _ => (&*context.path, Notice::AccountActedOn),
    };
    let faults = match done {
        Ok(_) => return Ok(Reply::saved(path, notice)),
        Err(error) if error.is_about_the_reader() => return Err(error),
        Err(error) => Faults::of(error)?,
    };
    match route {
        Admin::RetryMail => listed(List::Outbox, &faults, context, env).await,
        Admin::ReleaseAddress => listed(List::Suppressions, &faults, context, env).await,
        Admin::ActOnAccount(id) => account(id, &faults, context, env).await,
        _ => healthy(&faults, context, env).await,
    }
}

fn page(
    title: Said<'_>,
    lead: Said<'_>,
    faults: &Faults,
    fields: &[&str],
    context: &RequestContext,
) -> Parts {
    let tabs = [
        (say("admin-overview"), OVERVIEW),
        (say("admin-proposals"), List::Proposals.path()),
        (say("admin-calendars"), List::Calendars.path()),
        (say("admin-meetings"), List::Meetings.path()),
        (say("admin-bookings"), List::Bookings.path()),
        (say("admin-accounts"), List::Accounts.path()),
        (say("admin-logs"), List::Logs.path()),
        (say("admin-outbox"), List::Outbox.path()),
        (say("admin-suppressions"), List::Suppressions.path()),
        (say("admin-health"), HEALTH),
        (say("admin-ledger"), LEDGER),
    ];
    Parts {
        page: Layout::new(&context.page, title).wide(),
        tabs: tabs.into_iter().map(|(label, path)| (label.to_string(), path)).collect(),
        lead: lead.to_string(),
        general: faults.beside(fields).into_iter().map(ToOwned::to_owned).collect(),
        parts: Vec::new(),
    }
}

const fn titles(list: List) -> (Said<'static>, Said<'static>) {
    match list {
        List::Proposals => (say("admin-proposals"), say("admin-proposals-lead")),
        List::Calendars => (say("admin-calendars"), say("admin-calendars-lead")),
        List::Meetings => (say("admin-meetings"), say("admin-meetings-lead")),
        List::Bookings => (say("admin-bookings"), say("admin-bookings-lead")),
        List::Accounts => (say("admin-accounts"), say("admin-accounts-lead")),
        List::Logs => (say("admin-logs"), say("admin-logs-lead")),
        List::Outbox => (say("admin-outbox"), say("admin-outbox-lead")),
        List::Suppressions => (say("admin-suppressions"), say("admin-suppressions-lead")),
    }
}

/// What the members of rows are called, in the order of the columns; those that a list does not have are left out.
fn columns() -> [(&'static str, Said<'static>); 33] {
    [
        ("id", say("admin-id")),
        ("username", say("admin-username")),
        ("email", say("admin-email")),
        ("kind", say("admin-kind")),
        ("title", say("admin-title")),
        ("page", say("admin-page")),
        ("act", say("admin-act")),
        ("subject", say("admin-subject")),
        ("about", say("admin-about")),
        ("staff", say("admin-staff")),
        ("via", say("admin-via")),
        ("source", say("admin-source")),
        ("to", say("admin-to")),
        ("state", say("admin-state")),
        ("awaits", say("admin-awaits")),
        ("reason", say("admin-reason")),
        ("attempts", say("admin-attempts")),
        ("error", say("admin-error")),
        ("parties", say("admin-parties")),
        ("slots", say("admin-slots")),
        ("invited", say("admin-invited")),
        ("answered", say("admin-answered")),
        ("entries", say("admin-entries")),
        ("creator", say("admin-creator")),
        ("begin", say("admin-begin")),
        ("minutes", say("admin-minutes")),
        ("organiser", say("admin-organiser")),
        ("attendees", say("admin-attendees")),
        ("guest", say("admin-guest")),
        ("verified", say("admin-verified")),
        ("active", say("admin-active")),
        ("deadline", say("admin-deadline")),
        ("due_at", say("admin-due")),
    ]
}

/// When rows were made or changed: the last columns.
fn times() -> [(&'static str, Said<'static>); 2] {
    [("created_at", say("admin-created")), ("updated_at", say("admin-updated"))]
}

/// A member of a row in words.
fn said(value: &Value, name: &str, zone: &Zone) -> String {
    match value.get(name) {
        Some(Value::Bool(true)) => say("admin-yes").to_string(),
        Some(Value::Bool(false)) => say("admin-no").to_string(),
        Some(Value::Array(_)) => texts(value, name).join(" "),
        Some(Value::Number(number)) => number.to_string(),
        Some(Value::String(text)) => match Instant::parse(text) {
            Some(at) if text.contains('T') => when::moment(when::minute(at), zone),
            _ => text.clone(),
        },
        _ => String::new(),
    }
}

/// A table of rows as the API lists them, each with a link to where one sees all of it.
fn table(rows: &[Value], zone: &Zone) -> Part {
    let has = |name: &str| rows.iter().any(|row| row.get(name).is_some());
    let columns: Vec<_> = columns().into_iter().chain(times()).filter(|(name, _)| has(name)).collect();
    Part {
        heads: columns.iter().map(|(_, head)| head.to_string()).collect(),
        table: rows
            .iter()
            .map(|row| TableRow {
                href: text(row, "url").to_owned(),
                cells: columns.iter().map(|(name, _)| said(row, name, zone)).collect(),
            })
            .collect(),
        ..Part::default()
    }
}

fn zone(context: &RequestContext) -> Zone {
    context.page.viewer.zone(None, &Zone::default()).zone
}

fn search(path: &str, context: &RequestContext) -> Part {
    let field = Field::of_kind("search", "search", say("admin-search"))
        .value(context.query("search").unwrap_or_default());
    let group = Group { lines: vec![Line { fields: vec![field], faults: Vec::new() }], ..Group::default() };
    let button =
        Button { name: "", value: "", label: say("contacts-search-button").to_string(), class: "quiet" };
    let form = Form {
        action: path.to_owned(),
        asks: true,
        groups: vec![group],
        buttons: vec![button],
        ..Form::default()
    };
    Part { form: Some(form), ..Part::default() }
}

/// A form with the password of whoever acts.
fn acting(
    id: &'static str,
    action: &str,
    hidden: Vec<(&'static str, String)>,
    (title, lead): (Said<'_>, Said<'_>),
    faults: &Faults,
) -> Part {
    let password =
        Field::password("password", say("admin-password"), "current-password").within(id).typed(None, faults);
    let group =
        Group { lines: vec![Line { fields: vec![password], faults: Vec::new() }], ..Group::default() };
    let button = Button { name: "", value: "", label: title.to_string(), class: "" };
    let form = Form {
        action: action.to_owned(),
        hidden,
        groups: vec![group],
        buttons: vec![button],
        ..Form::default()
    };
    Part { id, form: Some(form), ..Part::titled(title).text(lead) }
}

async fn rows(answer: Result<Reply>) -> Result<(Vec<Value>, Option<String>)> {
    let answer = answer?;
    Ok((whittle_json::from_str(&answer.text())?, answer.next))
}

async fn listed(list: List, faults: &Faults, context: &RequestContext, env: &Env) -> Result<Reply> {
    // What was acted on is looked for again where the act was refused.
    let sent = context.form.as_ref().and_then(|form| form.get("mail").or_else(|| form.get("email")));
    let mut context = context.clone();
    if let Some(sent) = sent {
        context.query = vec![("search".to_owned(), sent.to_owned())];
    }
    let (found, next) = rows(list::show(list, &context, env).await).await?;
    let (title, lead) = titles(list);
    let mut page = page(title, lead, faults, &["password"], &context);
    page.parts.push(search(list.path(), &context));
    // What can be done is done to one.
    match (list, found.as_slice()) {
        (List::Outbox, [mail]) if text(mail, "state") == "dead" => {
            let hidden = vec![("mail", text(mail, "id").to_owned())];
            let words = (say("admin-retry"), say("admin-retry-lead"));
            page.parts.push(acting("retry", "/admin/outbox/retry/", hidden, words, faults));
        }
        (List::Suppressions, [address, ..]) if context.query("search") == Some(text(address, "email")) => {
            let hidden = vec![("email", text(address, "email").to_owned())];
            let words = (say("admin-release"), say("admin-release-lead"));
            page.parts.push(acting("release", "/admin/suppressions/release/", hidden, words, faults));
        }
        _ => {}
    }
    page.parts.push(ended(table(&found, &zone(&context)), next));
    Reply::html(faults.status(), &page)
}

/// A table with a way to the next page, or a sentence where there is nothing in it.
fn ended(mut part: Part, next: Option<String>) -> Part {
    if part.table.is_empty() {
        part = part.text(say("admin-none"));
    }
    match next {
        Some(next) => part.link(say("admin-next"), next),
        None => part,
    }
}

async fn entries(context: &RequestContext, env: &Env) -> Result<Reply> {
    let (found, next) = rows(list::ledger(context, env).await).await?;
    let none = Faults::default();
    let mut page = page(say("admin-ledger"), say("admin-ledger-lead"), &none, &[], context);
    page.parts.push(search(LEDGER, context).link(say("admin-ledger-export"), "/admin/ledger/?format=jsonl"));
    page.parts.push(ended(table(&found, &zone(context)), next));
    Reply::html(200, &page)
}

async fn overview(context: &RequestContext, env: &Env) -> Result<Reply> {
    let answer: Value = whittle_json::from_str(&numbers::show(context, env).await?.text())?;
    let days = values(&answer, "days");
    let none = Faults::default();
    let mut page = page(say("admin-overview"), say("admin-overview-lead"), &none, &[], context);
    for (name, title) in [
        ("proposals", say("admin-proposals")),
        ("calendars", say("admin-calendars")),
        ("meetings", say("admin-meetings")),
        ("bookings", say("admin-bookings")),
        ("accounts", say("admin-accounts")),
    ] {
        let counts: Vec<i64> = days.iter().map(|day| number(day, name)).collect();
        let sum: i64 = counts.iter().sum();
        let most = counts.iter().copied().max().unwrap_or_default();
        let numbers = say("admin-numbers")
            .with("sum", sum)
            .with("most", most)
            .with("today", counts.last().copied().unwrap_or_default());
        page.parts.push(Part { picture: numbers::picture(&counts), ..Part::titled(title).text(numbers) });
    }
    Reply::html(200, &page)
}

async fn healthy(faults: &Faults, context: &RequestContext, env: &Env) -> Result<Reply> {
    let answer: Value = whittle_json::from_str(&health::show(context, env).await?.text())?;
    let lead = if text(&answer, "status") == "ok" { say("health-lead") } else { say("admin-health-failing") };
    let mut page = page(say("admin-health"), lead, faults, &["password"], context);
    let mut checks = Part::default();
    for check in values(&answer, "checks") {
        let name = health::called(text(check, "check")).to_string();
        let (badge, line) = match check.get("why") {
            None => ((say("health-good").to_string(), "yes"), String::new()),
            Some(_) => (
                (say("health-bad").to_string(), "no"),
                format!("{}. {}", text(check, "why"), text(check, "mend")),
            ),
        };
        checks.rows.push(crate::http::parts::Row {
            title: name,
            line,
            badge: Some(badge),
            ..Default::default()
        });
    }
    page.parts.push(checks);
    let mail = answer.get("mail").cloned().unwrap_or_default();
    let counts = say("admin-mail-counts")
        .with("due", number(&mail, "due"))
        .with("held", number(&mail, "held"))
        .with("dead", number(&mail, "dead"));
    page.parts.push(
        Part::titled(say("admin-outbox")).text(counts).link(say("admin-outbox-see"), List::Outbox.path()),
    );
    let words = (say("admin-test"), say("admin-test-lead"));
    page.parts.push(acting("test", "/admin/health/mail/", Vec::new(), words, faults));
    Reply::html(faults.status(), &page)
}

async fn account(id: u64, faults: &Faults, context: &RequestContext, env: &Env) -> Result<Reply> {
    let found: Value = whittle_json::from_str(&list::account(id, context, env).await?.text())?;
    let action = format!("/admin/accounts/{id}/");
    let mut page = page(say("admin-account"), say("admin-account-lead"), faults, &["password"], context);
    let has = say("admin-account-has")
        .with("proposals", number(&found, "proposals"))
        .with("calendars", number(&found, "calendars"))
        .with("meetings", number(&found, "meetings"))
        .with("bookings", number(&found, "bookings"))
        .with("signins", number(&found, "sign_ins"))
        .with("mails", number(&found, "mails"));
    page.parts.push(table(std::slice::from_ref(&found), &zone(context)).text(has));
    let turn = if is(&found, "active") {
        ("deactivate", AccountAct::Deactivate, (say("admin-deactivate"), say("admin-deactivate-lead")))
    } else {
        ("activate", AccountAct::Activate, (say("admin-activate"), say("admin-activate-lead")))
    };
    let rank = if is(&found, "staff") {
        ("demote", AccountAct::Demote, (say("admin-demote"), say("admin-demote-lead")))
    } else {
        ("promote", AccountAct::Promote, (say("admin-promote"), say("admin-promote-lead")))
    };
    let unlock = ("unlock", AccountAct::Unlock, (say("admin-unlock"), say("admin-unlock-lead")));
    let sent = context.form.as_ref().and_then(|form| form.get("act"));
    for (id, act, words) in [turn, rank, unlock] {
        // What is wrong is said where it was sent.
        let none = Faults::default();
        let faults = if sent == Some(act.word()) { faults } else { &none };
        page.parts.push(acting(id, &action, vec![("act", act.word().to_owned())], words, faults));
    }
    Reply::html(faults.status(), &page)
}
