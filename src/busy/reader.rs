//! js/ics.js, declared: ical.js reads a calendar file inside the Worker. What it gives is text, which the domain judges.

use wasm_bindgen::prelude::{JsValue, wasm_bindgen};
use whittle_domain::busy::{CalendarFile, Range};

use crate::error::{Error, Result};

#[wasm_bindgen(module = "/js/ics.js")]
extern "C" {
    #[wasm_bindgen(catch, js_name = readCalendar)]
    fn read_calendar(text: &str, from: f64, to: f64) -> std::result::Result<String, JsValue>;
}

/// What a calendar file says, with the times of this range.
#[allow(clippy::cast_precision_loss, reason = "days are far below 2^53")]
pub fn read(text: &str, range: Range) -> Result<CalendarFile> {
    let read = read_calendar(text, range.first as f64, range.end as f64);
    let read = read.map_err(|fault| Error::Internal(format!("the reader of calendars: {fault:?}")))?;
    Ok(whittle_json::from_str(&read)?)
}
