//! When somebody is busy, in D1: blocks and engagements are rows of `busy`, and the days that have blocks rows of `blocked_days`.

use serde_json::{Value, json};
use whittle_domain::booking::day::{DayHours, HourSet};
use whittle_domain::booking::freebusy;
use whittle_domain::booking::hours::WorkingHours;
use whittle_domain::instant::Instant;
use whittle_domain::slot::Slot;
use whittle_domain::weekly::Day;
use whittle_domain::zone::Zone;

use crate::d1::{Param, Statement};
use crate::error::{Error, Result};
use crate::platform::Rows;

/// How far the instants of a date are from those of the date in UTC at most, in milliseconds.
const FARTHEST: i64 = 26 * 3_600_000;
const DAY: i64 = 86_400_000;

/// From when until when, in milliseconds.
pub type Range = (i64, i64);

/// Whose times are read.
#[derive(Clone, Copy, Debug)]
pub enum Who<'a> {
    /// Those of the account that asks.
    Own,
    /// Those of the account of this address, where the one that asks may book it: a verified one, as `bookable_by` says.
    Of(&'a str),
}

const OTHER: &str = "(select a.* from me cross join accounts a on a.address_key = :address and a.verified = 1
    where me.verified = 1 and a.active = 1 and (a.id = me.id or a.bookable_by = 'anyone'
      or (a.bookable_by = 'contacts'
        and exists (select 1 from contacts c where c.owner = a.id and c.email_key = me.address_key))))";
const READ: &str = "select json_array(w.id, w.username, w.address, w.timezone, json(w.hours),
    json((select json_array(d.id, d.created_at, d.updated_at) from blocked_days d
      where d.account = w.id and d.day = :day)),
    json((select json_group_array(json_array(b.starts_at, b.ends_at, b.hard, b.kind)) from busy b
      where b.account = w.id and b.starts_at < :to and b.ends_at > :from
        and (b.expires_at is null or b.expires_at > :now)))) as json
  from :who w";

/// The query for whose times, with what is around this date, or in this range.
pub fn read(who: Who<'_>, day: Option<Day>, (from, to): Range, now: Instant) -> Statement {
    let who = match who {
        Who::Own => Statement::from("me"),
        Who::Of(address) => Statement::new(OTHER).bind("address", address.trim().to_lowercase()),
    };
    Statement::new(READ)
        .bind("day", day.map(|day| day.to_string()))
        .bind("from", from)
        .bind("to", to)
        .bind("now", now.millis())
        .embed("who", who)
}

/// The same query for an account that was authenticated shortly before.
pub fn read_own(account: u64, day: Day, now: Instant) -> Statement {
    Statement::new("with me as materialized (select * from accounts where id = :id) :query")
        .bind("id", Param::id(account))
        .embed("query", read(Who::Own, Some(day), around(day), now))
}

/// From when until when all hours of a date are, wherever it is.
pub fn around(day: Day) -> Range {
    let days = Day::parse("1970-01-01").map_or(0, |first| day.days_since(first));
    let midnight = i64::from(days).saturating_mul(DAY);
    widened((midnight, midnight.saturating_add(DAY)))
}

/// A range and what is so near to it that another zone calls it the same.
pub const fn widened((from, to): Range) -> Range {
    (from.saturating_sub(FARTHEST), to.saturating_add(FARTHEST))
}

/// Somebody with its times in a range.
#[derive(Debug)]
pub struct Person {
    pub id: u64,
    pub username: String,
    pub address: String,
    pub zone: Zone,
    pub hours: WorkingHours,
    /// The row of the date that was asked for: its id, and when it was made and changed.
    record: Option<(u64, Instant, Instant)>,
    pub busy: Vec<Engagement>,
}

/// A row of `busy`.
#[derive(Debug)]
pub struct Engagement {
    pub slot: Slot,
    pub hard: bool,
    pub block: bool,
}

impl Person {
    /// Reads what [`read`] gave: nobody where there is no row.
    pub fn found(rows: Option<&Rows>) -> Result<Option<Self>> {
        let Some(row) = rows.and_then(|rows| rows.texts().pop()) else { return Ok(None) };
        let row: Value = whittle_json::from_str(&row)?;
        Self::parse(&row)
            .map(Some)
            .ok_or_else(|| Error::Internal("somebody's times are unreadable".to_owned()))
    }

    fn parse(row: &Value) -> Option<Self> {
        let text = |at: usize| row[at].as_str().map(ToOwned::to_owned);
        let instant = |value: &Value| value.as_i64().map(Instant::from_millis);
        let engagement = |row: &Value| {
            let slot = Slot::between(instant(&row[0])?, instant(&row[1])?)?;
            Some(Engagement { slot, hard: row[2] == 1, block: row[3] == "block" })
        };
        let record = &row[5];
        Some(Self {
            id: row[0].as_u64()?,
            username: text(1)?,
            address: text(2)?,
            zone: Zone::parse(row[3].as_str()?).unwrap_or_default(),
            hours: WorkingHours::stored(&row[4]).ok()?,
            record: record[0].as_u64().and_then(|id| Some((id, instant(&record[1])?, instant(&record[2])?))),
            busy: row[6].as_array()?.iter().filter_map(engagement).collect(),
        })
    }

    /// The engagements that nobody can be booked over: meetings, holds and blocks.
    pub fn hard(&self) -> Vec<Slot> {
        self.busy.iter().filter(|row| row.hard).map(|row| row.slot).collect()
    }

    pub fn blocks(&self) -> Vec<Slot> {
        self.busy.iter().filter(|row| row.block).map(|row| row.slot).collect()
    }

    pub fn meetings(&self) -> Vec<Slot> {
        self.busy.iter().filter(|row| row.hard && !row.block).map(|row| row.slot).collect()
    }

    /// Whether there is a row of the date that was asked for.
    pub const fn has_record(&self) -> bool {
        self.record.is_some()
    }

    /// The hours of a date at which nobody else can book it: to others it is not there outside of its working hours.
    pub fn occupied(&self, day: &DayHours, to_others: bool) -> HourSet {
        let Some(range) = day.range() else { return HourSet::ALL };
        let open = to_others.then(|| self.hours.open(range, &self.zone));
        day.occupied(&freebusy::busy(range, self.hard(), open))
    }

    /// A date as the document shows it. Its times are wall time of `zone`, the caller's.
    pub fn shown(&self, day: &DayHours, occupied: HourSet, zone: &Zone, now: Instant) -> Value {
        let (id, created, modified) = match self.record {
            Some((id, created, modified)) => (Some(id), created, modified),
            None => (None, now, now),
        };
        json!({ "response": {
            "id": id,
            "user": { "id": self.id, "username": self.username, "email": self.address },
            "date": day.day().to_string(),
            "blocked_slots": occupied.iter().collect::<Vec<u8>>(),
            "available_time_slots": occupied.complement().iter().collect::<Vec<u8>>(),
            "created": naive(created, zone),
            "modified": naive(modified, zone),
        }})
    }
}

fn naive(instant: Instant, zone: &Zone) -> String {
    let local = whittle_domain::local::LocalTime::of(instant, zone);
    format!("{} {}:{:02}", local.date(), local.hour_and_minute(), local.second)
}

fn pieces(slots: &[Slot]) -> String {
    let piece = |slot: &Slot| (slot.begin().millis(), slot.end().millis());
    json!(slots.iter().map(piece).collect::<Vec<(i64, i64)>>()).to_string()
}

const RECORD: &str = "insert into blocked_days (id, account, day, created_at, updated_at)
  values (:id, :account, :day, :now, :now)
  on conflict (account, day) do update set updated_at = excluded.updated_at";
const BLOCK: &str = "insert into busy (account, starts_at, ends_at, guard_start, guard_end, hard, strict, made_at,
    expires_at, kind, source)
  select d.account, p.value ->> 0, p.value ->> 1, p.value ->> 0, p.value ->> 1, 1, 0, :now, null, 'block', d.id
  from json_each(:pieces) p cross join blocked_days d on d.account = :account and d.day = :day";

/// The statements that block these times, a row each, of a date. The trigger refuses them where a meeting is.
pub fn block(account: u64, day: Day, slots: &[Slot], id: u64, now: Instant) -> Vec<Statement> {
    let of_day = |sql: &'static str| {
        let statement = Statement::new(sql).bind("account", Param::id(account));
        statement.bind("day", day.to_string()).bind("now", now.millis())
    };
    vec![of_day(RECORD).bind("id", Param::id(id)), of_day(BLOCK).bind("pieces", pieces(slots))]
}

/// A block was made of an hour of another zone, perhaps, and only a part of it is to go.
const REMAINDERS: &str = "insert into busy (account, starts_at, ends_at, guard_start, guard_end, hard, strict, made_at,
    expires_at, kind, source)
  select b.account, max(b.starts_at, g.value ->> 0), min(b.ends_at, g.value ->> 1),
    max(b.starts_at, g.value ->> 0), min(b.ends_at, g.value ->> 1), 1, 0, b.made_at, null, 'block', b.source
  from busy b, json_each(:gaps) g
  where b.account = :account and b.kind = 'block' and b.starts_at < :to and b.ends_at > :from
    and exists (select 1 from json_each(:pieces) p where b.starts_at < p.value ->> 1 and b.ends_at > p.value ->> 0)
    and max(b.starts_at, g.value ->> 0) < min(b.ends_at, g.value ->> 1)";
const UNBLOCK: &str = "delete from busy where account = :account and kind = 'block' and starts_at < :to and ends_at > :from
    and exists (select 1 from json_each(:pieces) p where starts_at < p.value ->> 1 and ends_at > p.value ->> 0)";
const CHANGED: &str = "update blocked_days set updated_at = :now where account = :account and day = :day";

/// The statements that unblock these times, which are in order and do not meet, and nothing beside them.
pub fn unblock(account: u64, day: Day, slots: &[Slot], now: Instant) -> Vec<Statement> {
    let (Some(first), Some(last)) = (slots.first(), slots.last()) else { return Vec::new() };
    let range = Slot::between(first.begin(), last.end()).unwrap_or(*first);
    // A block is a day long at most, so what is left of one is near.
    let (before, after) =
        (range.begin().millis().saturating_sub(DAY), range.end().millis().saturating_add(DAY));
    let near = Slot::between(Instant::from_millis(before), Instant::from_millis(after)).unwrap_or(range);
    let gaps = freebusy::rest(near, slots.to_vec());
    let of_range = |sql: &'static str| {
        Statement::new(sql)
            .bind("account", Param::id(account))
            .bind("pieces", pieces(slots))
            .bind("from", range.begin().millis())
            .bind("to", range.end().millis())
    };
    let changed = Statement::new(CHANGED).bind("account", Param::id(account)).bind("day", day.to_string());
    vec![
        of_range(REMAINDERS).bind("gaps", pieces(&gaps)),
        of_range(UNBLOCK),
        changed.bind("now", now.millis()),
    ]
}
