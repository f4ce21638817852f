//! The objects of this Worker, as js/index.js makes them.

use std::rc::Rc;

use wasm_bindgen::prelude::{JsValue, wasm_bindgen};
use worker::Env;
use worker::worker_sys::DurableObjectState;

use crate::account::deleter::AccountDeleter;
use crate::calendar::object::CalendarObject;
use crate::clocks::mail::MailClock;
use crate::clocks::subscriptions::SubscriptionClock;
use crate::error::Error;
use crate::object::host::{Host, Hosting};
use crate::platform;
use crate::proposal::object::ProposalObject;

/// An object as js/index.js has it.
#[wasm_bindgen]
pub struct HostedObject(Rc<dyn Hosting>);

#[wasm_bindgen]
impl HostedObject {
    /// The object of a class, by the class's name.
    #[wasm_bindgen(constructor)]
    pub fn new(class: &str, state: DurableObjectState, env: Env) -> std::result::Result<Self, JsValue> {
        let host = Host::new(state, env);
        let hosting: Rc<dyn Hosting> = match class {
            "ProposalObject" => Rc::new(ProposalObject::new(host)),
            "CalendarObject" => Rc::new(CalendarObject::new(host)),
            "MailClock" => Rc::new(MailClock::new(host)),
            "SubscriptionClock" => Rc::new(SubscriptionClock::new(host)),
            "AccountDeleter" => Rc::new(AccountDeleter::new(host)),
            _ => return Err(JsValue::from_str("no such class")),
        };
        Ok(Self(hosting))
    }

    /// Answers a message.
    pub fn answer(&self, message: String) -> std::result::Result<JsValue, JsValue> {
        let answer = self.0.clone().answer(message);
        platform::run(async move { Ok(answer.await) })
    }

    /// Opens a socket: gives the response that carries it, or an error as text.
    pub fn open(&self, message: String) -> std::result::Result<JsValue, JsValue> {
        let open = self.0.clone().open(message);
        platform::run(async move { Ok(open.await) })
    }

    /// Runs because the alarm does. What fails is tried again by the platform.
    pub fn alarm(&self) -> std::result::Result<JsValue, JsValue> {
        let alarm = self.0.clone().alarm();
        platform::run(async move {
            let failed = |error: Error| JsValue::from_str(error.fault().unwrap_or("refused"));
            alarm.await.map(|()| JsValue::UNDEFINED).map_err(failed)
        })
    }
}
