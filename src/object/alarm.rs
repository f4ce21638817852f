//! The alarm of an object: one, set to whatever is due next.

use super::host::Host;
use crate::clock;
use crate::error::Result;
use crate::platform;

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
/// 2262, and a run that comes too early sets the next. It is written in one transaction with what is written before it,
/// as long as nothing is awaited between.
pub fn set(host: &Host, real_millis: i64) {
    let now = clock::real_millis();
    let at = real_millis.clamp(now, now.saturating_add(LONGEST_SLEEP_MILLIS));
    platform::set_alarm(&host.storage, at);
    host.alarm.set(Some(at));
}

/// Before anything that can fail: whatever becomes of this run, another follows. The platform drops an alarm that fails
/// six times.
pub fn again_soon(host: &Host) {
    set(host, clock::real_millis().saturating_add(PAUSE_MILLIS));
}

/// Notes that the platform has taken the alarm: it runs.
pub fn taken(host: &Host) {
    host.alarm.set(None);
}

/// Takes the alarm away.
pub fn delete(host: &Host) {
    platform::delete_alarm(&host.storage);
    host.alarm.set(None);
}

/// Sees to it that the alarm runs at this real time at the latest, whatever set it before.
pub async fn set_by(host: &Host, real_millis: i64) -> Result<()> {
    let set_by = match host.alarm.get() {
        Some(at) => Some(at),
        None => host.storage.get_alarm().await?,
    };
    if set_by.is_none_or(|at| at > real_millis) {
        set(host, real_millis);
    }
    Ok(())
}
