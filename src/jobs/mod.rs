//! What cron does: it is a net. All of it happens by itself, but for what was cut off at the wrong moment.

use crate::mail::scheduler;
use serde_json::json;
use whittle_domain::instant::Instant;
use worker::{Env, console_error};

use crate::account::{self, delete};
use crate::busy::subscription::wake;
use crate::clock::{self, Offset};
use crate::d1::Directory;
use crate::error::Result;
use crate::http::idempotency;
use crate::mail::{budget, held};
use crate::meeting::reserve;

/// One run.
pub async fn run(env: &Env) {
    let now = clock::now(Offset::default());
    for (what, done) in [
        ("held mail", held::release(env, None, now).await),
        ("mail clocks", scheduler::wake_all(env).await),
        ("subscribed calendars", wake::wake_due(env, now).await),
        ("who leaves", delete::finish_some(env, now).await),
        ("old rows", delete_old_rows(env, now).await),
    ] {
        if let Err(error) = done {
            console_error!("{}", json!({ "scheduled": what, "fault": error.fault() }));
        }
    }
}

/// Deletes rows that nothing looks at any more: counts of mails, changes of address that cannot be undone any longer, answers
/// under an `Idempotency-Key`, meetings that came to nothing.
async fn delete_old_rows(env: &Env, now: Instant) -> Result<()> {
    let directory = Directory::of(env);
    let statements = vec![
        budget::forgetting(now),
        account::delete_old_address_changes(now),
        idempotency::forgetting(now),
        reserve::forgetting(now),
    ];
    directory.batch(statements).await.map(|_| ())
}
