//! How much was made on each of the last 30 days (UTC).

use std::fmt::Write as _;

use worker::Env;

use super::query_as_staff;
use crate::d1::Statement;
use crate::error::Result;
use crate::http::context::RequestContext;
use crate::http::reply::Reply;

const DAY_MILLIS: i64 = 86_400_000;
/// How many days there are.
pub const DAYS: i64 = 30;

/// D1 takes no more than five selects in one.
const NUMBERS: &str = ", days(day) as (select :today - :most + 1 union all select day + 1 from days where day < :today),
    made as (select 'accounts' as what, created_at / 86400000 as day from accounts where created_at >= :since
      union all select 'proposals', created_at / 86400000 from proposals where created_at >= :since
      union all select 'calendars', created_at / 86400000 from calendars where created_at >= :since
      union all select 'meetings', created_at / 86400000 from meetings where created_at >= :since and status in ('confirmed', 'cancelled')
      union all select 'bookings', made_at / 86400000 from bookings where made_at >= :since)
  select json_object('day', date(d.day * 86400, 'unixepoch'),
    'accounts', count(*) filter (where what = 'accounts'), 'proposals', count(*) filter (where what = 'proposals'),
    'calendars', count(*) filter (where what = 'calendars'), 'meetings', count(*) filter (where what = 'meetings'),
    'bookings', count(*) filter (where what = 'bookings')) as json
  from days d left join made m on m.day = d.day where (select staff from me) = 1 group by d.day order by d.day";

/// `GET /admin/`
pub async fn show(context: &RequestContext, env: &Env) -> Result<Reply> {
    let today = context.now.millis().div_euclid(DAY_MILLIS);
    let query = Statement::new(NUMBERS)
        .bind("today", today)
        .bind("most", DAYS)
        .bind("since", today.saturating_sub(DAYS).saturating_add(1).saturating_mul(DAY_MILLIS));
    let (_, rows) = query_as_staff(context, env, query).await?;
    Ok(Reply::json(200, format!("{{\"days\":[{}]}}", rows.texts().join(","))))
}

/// The height of a picture, in its own units; a day is two of them wide, with a gap of one.
const HEIGHT: i64 = 24;

/// A bar for each day (SVG). What it shows stands in words beside it.
pub fn picture(counts: &[i64]) -> String {
    let most = counts.iter().copied().max().unwrap_or_default().max(1);
    let mut path = String::new();
    for (at, count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
        let height = count.saturating_mul(HEIGHT).div_euclid(most).max(1);
        // Writing to a String cannot fail.
        let _ = write!(path, "M{} {HEIGHT}v-{height}h2v{height}z", at.saturating_mul(3));
    }
    let width = counts.len().saturating_mul(3);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"bars\" viewBox=\"0 0 {width} {HEIGHT}\" preserveAspectRatio=\"none\" aria-hidden=\"true\"><path d=\"{path}\"/></svg>"
    )
}

#[cfg(test)]
mod tests {
    use super::picture;

    #[test]
    fn a_bar_is_as_high_as_its_count_and_never_invisible() {
        let bars = picture(&[0, 1, 100]);
        assert!(bars.contains("viewBox=\"0 0 9 24\""), "{bars}");
        assert!(bars.contains("d=\"M3 24v-1h2v1zM6 24v-24h2v24z\""), "{bars}");
        assert!(picture(&[0, 0]).contains("d=\"\""));
    }
}
