//! The alarm of an object: one, set to whatever is due next.

use worker::js_sys::Date;
use worker::wasm_bindgen::JsValue;
use worker::{ScheduledTime, Storage};

use crate::clock;

/// How soon the alarm runs again after a run that failed.
const PAUSE_MILLIS: i64 = 30_000;
/// How far ahead an alarm is set at most: a month.
const LONGEST_SLEEP_MILLIS: i64 = 30 * 86_400_000;

/// How soon mail is looked after again where there is nothing to send it with.
const NO_TRANSPORT_MILLIS: i64 = 600_000;

/// For how many milliseconds mail that is due is left alone.
pub const fn mail_pause(can_send: bool) -> i64 {
    if can_send { 0 } else { NO_TRANSPORT_MILLIS }
}

/// Sets the alarm for a real point in time, from now on and at most a month ahead: the platform knows no date after
/// 2262, and a run that comes too early sets the next.
pub async fn set(storage: &Storage, real_millis: i64) -> worker::Result<()> {
    let now = clock::real_millis();
    let at = real_millis.clamp(now, now.saturating_add(LONGEST_SLEEP_MILLIS));
    #[allow(clippy::cast_precision_loss, reason = "milliseconds are below 2^53")]
    let date = Date::new(&JsValue::from_f64(at as f64));
    storage.set_alarm(ScheduledTime::new(date)).await
}

/// Before anything that can fail: whatever becomes of this run, another follows. The platform drops an alarm that fails
/// six times.
pub async fn again_soon(storage: &Storage) -> worker::Result<()> {
    set(storage, clock::real_millis().saturating_add(PAUSE_MILLIS)).await
}
