//! What an account has for bookings: its hours, the hours that it has blocked, what it publishes to guests, and what they booked.
//! Most of it is deleted with the account's row, by the schema; the names of booking pages stay taken for good.

use crate::account_part::{AccountPart, ExportList};
use crate::d1::{Param, Statement, instant};

pub struct Bookings;

impl AccountPart for Bookings {
    fn exports(&self, origin: &str) -> Vec<ExportList> {
        let (from, to) = (instant("b.starts_at"), instant("b.ends_at"));
        let list = |name, sql: String| ExportList { name, page: Statement::new(sql) };
        let of_account = |name, place: &str, shown: &str, from: &str| {
            let sql = format!(
                "select {place} || ' ' || json_object({shown}) as json from {from} = (select id from me)
                   and ({columns}) > (:after_time, :after_id) order by {columns} limit :most",
                columns = place.replace(" || '.' || ", ", "),
            );
            list(name, sql)
        };
        let hours = "select '0.1 ' || json_object('timezone', a.timezone, 'hours', json(a.hours)) as json
          from accounts a where a.id = (select id from me) and a.hours is not null and (0, 1) > (:after_time, :after_id) limit :most";
        let url = ":origin || '/book/' || (select name from booking_pages p where p.account = o.account)";
        let mut lists = vec![
            list("working_hours", hours.to_owned()),
            of_account(
                "blocked_hours",
                "d.created_at || '.' || d.id",
                &format!(
                    "'date', d.day, 'blocked', (select json_group_array(json_object('from', {from}, 'to', {to}))
                       from busy b where b.kind = 'block' and b.source = d.id)"
                ),
                "blocked_days d where d.account",
            ),
            of_account(
                "booking_pages",
                "p.updated_at || '.' || p.account",
                "'name', p.name, 'title', p.title, 'description', p.description,
                   'published', json(iif(p.published, 'true', 'false'))",
                "booking_pages p where p.account",
            ),
            of_account(
                "offers",
                "o.created_at || '.' || o.id",
                &format!(
                    "'slug', o.slug, 'url', {url} || '/' || o.slug || '/', 'title', o.title, 'description', o.description,
                       'location', o.location, 'minutes', o.minutes, 'step', o.step, 'buffer_before', o.buffer_before,
                       'buffer_after', o.buffer_after, 'notice', o.notice, 'horizon_days', o.horizon_days,
                       'daily_cap', o.daily_cap, 'questions', json(o.questions),
                       'approval', json(iif(o.approval, 'true', 'false')), 'paused', json(iif(o.paused, 'true', 'false'))"
                ),
                "offers o where o.account",
            ),
            of_account(
                "bookings",
                "k.starts_at || '.' || k.meeting",
                &format!(
                    "'meeting', :origin || '/meetings/' || k.meeting || '/', 'begin', {}, 'date', k.day,
                       'offer', (select slug from offers f where f.id = k.offer), 'timezone', k.timezone, 'awaits', k.awaits,
                       'answers', json(k.answers), 'ended', json(iif(k.ended, 'true', 'false'))",
                    instant("k.starts_at")
                ),
                "bookings k where k.owner",
            ),
        ];
        for list in lists.iter_mut().filter(|list| matches!(list.name, "offers" | "bookings")) {
            list.page = list.page.clone().bind("origin", origin);
        }
        lists
    }

    fn delete(&self, account: u64, gone: &Statement) -> Vec<Statement> {
        let delete = Statement::new("delete from bookings where owner = :account and :gone");
        vec![delete.bind("account", Param::id(account)).embed("gone", gone.clone())]
    }
}
