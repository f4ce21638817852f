//! The Worker: a thin shell around [`whittle_domain`]. The way of a request:
//!
//! [`route`] names it, [`caller`] says who asks, a handler of its capability's folder (`api.rs`) reads the body and asks
//! the object or D1, the object lets the domain decide and stores what follows in one transaction, [`reply`] answers.

mod account;
mod account_part;
mod auth;
mod clock;
mod config;
mod contact;
mod d1;
mod dev;
mod error;
mod health;
mod http;
#[cfg(test)]
mod imports;
mod jobs;
mod mail;
mod meeting;
mod object;
mod openapi;
mod outgoing;
mod proposal;
mod random;
mod route;
mod statement;

use worker::{Context, Env, Request, Response, ScheduleContext, ScheduledEvent, event};

/// Every request.
#[event(fetch)]
async fn fetch(request: Request, env: Env, _context: Context) -> worker::Result<Response> {
    http::serve::serve(request, env).await
}

/// Every run of cron.
#[event(scheduled)]
async fn scheduled(_event: ScheduledEvent, env: Env, _context: ScheduleContext) {
    jobs::run(&env).await;
}
