//! What cron does: it is a net. All of it happens by itself, but for what was cut off at the wrong moment.

use serde_json::json;
use worker::{Env, console_error};

use crate::clock::{self, Offset};
use crate::mail::held;
use crate::meeting;

/// One run.
pub async fn run(env: &Env) {
    let released = held::release(env, None, clock::now(Offset::default())).await;
    for (what, done) in [("held mail", released), ("mail clocks", meeting::clock::look_all(env).await)] {
        if let Err(error) = done {
            console_error!("{}", json!({ "scheduled": what, "fault": error.fault() }));
        }
    }
}
