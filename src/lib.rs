//! The Worker: a thin shell around [`whittle_domain`]. The way of a request:
//!
//! [`route`] names it, [`caller`] says who asks, a handler of its capability's folder (`api.rs`) reads the body and asks
//! the object or D1, the object lets the domain decide and stores what follows in one transaction, [`reply`] answers.

mod account;
mod account_part;
mod admin;
mod auth;
mod booking;
mod busy;
mod calendar;
mod clock;
mod clocks;
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
mod objects;
mod openapi;
mod platform;
mod proposal;
mod quota;
mod random;
mod route;
mod staff_ledger;
mod statement;
mod texts;
mod transfer;

use wasm_bindgen::prelude::{JsValue, wasm_bindgen};
use worker::Env;

/// Every request.
#[wasm_bindgen]
pub fn fetch(request: web_sys::Request, env: Env) -> Result<JsValue, JsValue> {
    platform::run(async move { http::serve::serve(request, env).await.map(Into::into) })
}

/// Every run of cron.
#[wasm_bindgen]
pub fn scheduled(env: Env) -> Result<JsValue, JsValue> {
    platform::run(async move {
        jobs::run(&env).await;
        Ok(JsValue::UNDEFINED)
    })
}
