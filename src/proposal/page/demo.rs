//! `/demo/`: a proposal for strangers to try. It is made anew for each request, and nothing of it is stored.

use whittle_domain::duration::Duration;
use whittle_domain::input::Body;
use whittle_domain::instant::Instant;
use whittle_domain::ledger::Digest;
use whittle_domain::local::LocalTime;
use whittle_domain::proposal::{
    Actor, Caller, Creator, Event, Proposal, Via, What, apply, create, reader_view, replay,
};
use whittle_domain::slot::{Slot, Slots};
use whittle_domain::zone::Zone;
use worker::Env;

use serde_json::json;

use super::{Page, respond};
use crate::config;
use crate::error::{Error, Result};
use crate::http::context::RequestContext;
use crate::http::reply::Reply;
use crate::texts::say;

const DAY: i64 = 86_400;
/// The times that are offered, as days after the next Monday and hours of the day in UTC.
const OFFERED: [(i64, i64); 6] = [(1, 8), (1, 13), (2, 9), (2, 14), (3, 8), (3, 12)];
/// Which of them somebody has cut.
const CUT: usize = 3;

/// The page; after the form was sent, with what would have happened.
pub fn show(context: &RequestContext, env: &Env) -> Result<Reply> {
    if !context.html {
        let detail = "A browser gets a proposal here to try. To propose, POST to /.";
        return Ok(Reply::json(200, json!({ "detail": detail, "fields": [] }).to_string()));
    }
    let page = page(context, env)?;
    let offered = &page.reader.offered;
    let mut typed = context.form.as_ref().map(respond::Typed::of).unwrap_or_default();
    let button = context.form.as_ref().and_then(|form| form.get("do"));
    typed.press(button, offered);
    // Enter in a field sends the form without a button.
    typed.demo_is_done = context.form.is_some() && matches!(button, None | Some("keep" | "none"));
    let kept = match button {
        Some("none") => 0,
        _ => typed.kept.as_ref().map_or(0, Vec::len),
    };
    let said = match typed.demo_is_done {
        true => say("demo-done").with("count", kept).with("of", offered.len()),
        false => say("demo-notice"),
    };
    typed.demo = Some(said.to_string());
    respond::page(&page, &typed, context)
}

/// The demo as somebody sees it who is asked.
fn page(context: &RequestContext, env: &Env) -> Result<Page> {
    let broken = || Error::Internal("the demo is no proposal".to_owned());
    let proposal = proposal(context.now).ok_or_else(broken)?;
    let standing = proposal.standing(&Caller::Link { party: 2, generation: 0 }).map_err(|_| broken())?;
    let head = Digest::sha256(b"demo");
    Ok(Page {
        reader: reader_view(&proposal, &standing, head, &config::origin(env)?),
        log: Vec::new(),
        zone: None,
    })
}

fn proposal(now: Instant) -> Option<Proposal> {
    let today = LocalTime::of(now, &Zone::default());
    let days = now.seconds().div_euclid(DAY).saturating_add(8).saturating_sub(i64::from(today.weekday));
    let slot = |(day, hour): &(i64, i64)| {
        let at = days.saturating_add(*day).saturating_mul(DAY).saturating_add(hour.saturating_mul(3_600));
        Slot::new(Instant::from_millis(at.saturating_mul(1_000)), Duration::from_seconds(2_700)).ok()
    };
    let slots: Vec<Slot> = OFFERED.iter().filter_map(slot).collect();
    let new = whittle_domain::input::parse_new_proposal(
        &body(&slots),
        whittle_domain::text::Title::parse(&say("demo-title").to_string()).ok()?,
        Zone::default(),
        now,
    )
    .ok()?;
    let ana = "ana@example.org".parse().ok()?;
    let creator = Creator { account: 0, address: ana, verified: true, name: None };
    let made = replay(&create(1, creator, Via::Session, new, now))?;
    let left = slots.iter().enumerate().filter(|(n, _)| *n != CUT).map(|(_, slot)| *slot);
    let what = What::Answered { slots: Slots::new(left).ok()?, note: None };
    apply(Some(made), &Event { at: now, by: Actor::Party(3), via: Via::Link, what })
}

/// The demo as the API would be asked for it.
fn body(slots: &[Slot]) -> Body {
    let party = |name: &str| json!({ "email": format!("{}@example.org", name.to_lowercase()), "name": name });
    let slots: Vec<_> = slots.iter().map(whittle_domain::slot::WrittenSlot::from).collect();
    let members = [
        ("location", json!(say("demo-location").to_string())),
        ("description", json!(say("demo-description").to_string())),
        ("visibility", json!("names")),
        ("parties", json!([{ "email": "ana@example.org", "name": "Ana Lee" }, party("Bea"), party("Cyd")])),
        ("slots", json!(slots)),
    ];
    members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proposal::page::rows;

    #[test]
    fn the_demo_is_a_proposal_of_next_week() {
        for now in ["2026-11-21T20:00:00Z", "2026-11-23T00:00:00Z", "2026-03-29T01:30:00Z"] {
            let now = Instant::parse(now).unwrap();
            let proposal = proposal(now).unwrap();
            assert_eq!((proposal.slots.len(), proposal.cuts.len()), (OFFERED.len() - 1, 1));
            assert!(proposal.slots.iter().all(|slot| slot.begin() > now), "{now}");
            assert!(rows::parse(&rows::value(proposal.slots.iter().next().unwrap())).is_some());
        }
    }
}
