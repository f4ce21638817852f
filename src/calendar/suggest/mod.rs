//! Suggested schedules: worked out here, in the Worker, and kept in D1 by the hash of their whole problem, so that an object never
//! computes while somebody waits for it.
//!
//! 1. One batch of D1 authenticates, and reads the owner's engagements and what was worked out last.
//! 2. The object gives the calendar.
//! 3. The domain makes the problem of both. If it is the one whose suggestions are kept, they are the answer.
//! 4. Otherwise they are worked out, and kept once the answer is on its way.

mod body;
mod dry_run;
mod store;
pub mod words;

use serde_json::json;
use whittle_domain::calendar::{
    self, Calendar, Command, DEFAULT_COUNT, MAX_COUNT, Phase, Rejection, SUGGESTION_WORK, Suggestions,
};
use whittle_domain::instant::Instant;
use whittle_domain::schedule::{Problem, ProblemError};
use whittle_domain::slot::Slot;
use worker::Env;

pub use dry_run::judge;
pub use store::Engagement;

use super::api;
use super::refusal::{already_finalized, refused};
use crate::auth::account::{Account, authenticate_and_query};
use crate::error::{Result, bad_request, forbidden};
use crate::http::context::RequestContext;
use crate::http::reply::Reply;

/// The work limit of the summary at the deadline, a tenth of a request's: nobody waits for it, but the object does nothing else
/// meanwhile.
const SUMMARY_WORK: u64 = SUGGESTION_WORK / 10;

/// A calendar with its suggestions, as its owner sees it.
pub struct Found {
    pub account: Account,
    pub calendar: Box<Calendar>,
    /// The owner's other engagements that have not ended and overlap the time that is offered, soft ones included; ordered by begin.
    pub engagements: Vec<Engagement>,
    /// None while somebody has not answered and the deadline has not passed; an error where the problem is too large to be solved.
    pub suggestions: Option<std::result::Result<Suggestions, ProblemError>>,
    /// The ids of the contacts who have not answered.
    pub unanswered: Vec<u64>,
}

impl Found {
    /// The suggestions, where there are any.
    pub fn suggested(&self) -> Option<&Suggestions> {
        self.suggestions.as_ref()?.as_ref().ok()
    }

    /// The owner's engagements that no meeting may overlap.
    pub fn hard(&self) -> Vec<Slot> {
        self.engagements.iter().filter(|e| e.hard).map(|e| e.slot).collect()
    }
}

/// `GET /schedules/calendars/{id}/confirm/`: suggested schedules.
pub async fn show(id: u64, context: &RequestContext, env: &Env) -> Result<Reply> {
    let found = find(id, count(context)?, context, env).await?;
    Ok(Reply::json(200, body::of(&found)?).etag(found.calendar.version))
}

/// `POST /schedules/calendars/{id}/confirm/?dry_run=true`: what is wrong with a schedule; nothing is changed.
pub async fn dry_run(id: u64, context: &RequestContext, env: &Env) -> Result<Reply> {
    dry_run::answer(id, context, env).await
}

/// Whether the query asks to change nothing.
pub fn is_dry_run(context: &RequestContext) -> bool {
    context.query("dry_run") == Some("true")
}

/// How many schedules the query asks for.
pub fn count(context: &RequestContext) -> Result<usize> {
    let Some(asked) = context.query("alternatives") else { return Ok(DEFAULT_COUNT) };
    let count = asked.parse().ok().filter(|count| (1..=MAX_COUNT).contains(count));
    count.ok_or_else(|| {
        let message = format!("Ask for 1 to {MAX_COUNT} schedules.");
        bad_request(json!({ "alternatives": [message] }))
    })
}

/// A calendar with at most `count` suggested schedules. Its owner alone may see them: they show when the owner is busy.
pub async fn find(id: u64, count: usize, context: &RequestContext, env: &Env) -> Result<Found> {
    let queries = vec![store::engagements(id, context.now), store::kept(id)];
    let (account, mut rows) = authenticate_and_query(context, env, queries).await?;
    let kept = rows.pop().and_then(|rows| store::read_kept(&rows));
    let read = rows.pop().map(|rows| store::read_engagements(&rows)).unwrap_or_default();

    let calendar = api::whole(id, account.clone().into(), context, env).await?;
    if calendar.owner.account != account.id {
        return Err(forbidden());
    }
    match calendar.phase {
        Phase::Open | Phase::Finalizing => {}
        Phase::Finalized => return Err(already_finalized()),
        Phase::Closed => return Err(refused(Rejection::Closed, &Command::View)),
    }
    let read = match read {
        Some(all) => all,
        None => store::engagements_of(&calendar, context.now, env).await?,
    };
    let engagements = within(&calendar, read);
    let hard: Vec<Slot> = engagements.iter().filter(|e| e.hard).map(|e| e.slot).collect();
    let input = calendar::problem_input(&calendar, &hard, context.now);
    let suggestions = input.map(|input| {
        let name = calendar::fingerprint(&input, count, SUGGESTION_WORK);
        if let Some(kept) = kept.filter(|kept| kept.name == name).and_then(|kept| kept.suggestions()) {
            return Ok(kept);
        }
        let suggestions = calendar::suggest(&Problem::new(input)?, count, SUGGESTION_WORK);
        store::keep(id, &name, &suggestions, context.now, env);
        Ok(suggestions)
    });
    let unanswered = calendar::unanswered(&calendar);
    Ok(Found { account, calendar, engagements, suggestions, unanswered })
}

/// The best schedule of those who answered, for the summary at the deadline: invitees' numbers with begins, ordered by time.
pub async fn best(calendar: &Calendar, now: Instant, env: &Env) -> Result<Vec<(u16, Instant)>> {
    let engagements = store::engagements_of(calendar, now, env).await?;
    let hard: Vec<Slot> = engagements.iter().filter(|e| e.hard).map(|e| e.slot).collect();
    Ok(calendar::best_schedule(calendar, &hard, now, SUMMARY_WORK))
}

/// The engagements that overlap the time which the owner has offered.
fn within(calendar: &Calendar, engagements: Vec<Engagement>) -> Vec<Engagement> {
    let overlaps = |engagement: &Engagement| {
        let slot = &engagement.slot;
        calendar
            .slots
            .iter()
            .any(|s| s.available.slot.begin() < slot.end() && slot.begin() < s.available.slot.end())
    };
    engagements.into_iter().filter(overlaps).collect()
}
