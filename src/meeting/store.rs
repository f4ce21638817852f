//! Meetings in D1, with who is busy by them and the mail about them.

use crate::mail::{self, scheduler};
use serde_json::{Value, json};
use whittle_domain::instant::Instant;
use whittle_domain::local::LocalTime;
use whittle_domain::meeting::{Change, Letter, Meeting, PartStat, Source, Status};

use crate::d1::{Compiled, Directory, Param};
use crate::error::Result;

/// A meeting as the domain's JSON; instants there are microseconds.
pub const SELECT: &str = "select json_object('id', m.id, 'uid', m.uid, 'title', m.title, 'location', m.location, 'description', m.description,
    'begin', m.starts_at * 1000, 'end', m.ends_at * 1000, 'timezone', m.timezone, 'status', m.status,
    'sequence', m.sequence, 'version', m.version, 'visibility', m.visibility,
    'organiser', json_object('account', m.organiser, 'address', m.organiser_address, 'name', m.organiser_name,
      'opted_out', json(iif(m.organiser_opted_out, 'true', 'false')), 'generation', m.organiser_generation),
    'attendees', (select json_group_array(json_object('number', number, 'address', address, 'name', name,
        'optional', json(iif(optional, 'true', 'false')), 'partstat', partstat, 'generation', generation,
        'opted_out', json(iif(opted_out, 'true', 'false')), 'asked', json(iif(asked, 'true', 'false')),
        'over_budget', json(iif(over_budget, 'true', 'false')))) from
      (select * from meeting_attendees a where a.meeting = m.id order by number)),
    'source', json_object(m.source, m.source_id), 'receipt', m.receipt, 'updated_at', m.updated_at * 1000,
    'booking', (select json_object('offer', k.offer, 'awaits', k.awaits, 'expires', k.expires_at * 1000,
        'approval', json(iif(k.approval, 'true', 'false')), 'buffers', json_array(k.guard_before, k.guard_after),
        'notice', k.notice, 'timezone', k.timezone, 'answers', json(k.answers)) from bookings k where k.meeting = m.id)) as json
  from meetings m where m.status not in ('reserved', 'void')";

/// Mails a statement: fifty with the longest names and addresses would be more than D1 takes for one parameter.
const MAILS_AT_ONCE: usize = 10;

/// The meeting, where there is one.
pub async fn load(directory: &Directory, id: u64) -> Result<Option<Meeting>> {
    let row = directory.row(&format!("{SELECT} and m.id = ?1"), &[Param::id(id)]).await?;
    Ok(row.map(|row| whittle_json::from_str(&row)).transpose()?)
}

const ADD_ATTENDEES: &str = "insert into meeting_attendees
    (meeting, number, address, address_key, name, optional, partstat, generation, opted_out, asked, over_budget)
  select ?1, value ->> 'number', value ->> 'address', value ->> 'key', value ->> 'name', value ->> 'optional',
    value ->> 'partstat', value ->> 'generation', value ->> 'opted_out', value ->> 'asked', value ->> 'over_budget'
  from json_each(?2)";
const ABSENT: &str = "not exists (select 1 from meetings where id = ?1)";
/// The working hours are what they were when somebody was judged by them.
const SAME_HOURS: &str =
    "not exists (select 1 from json_each(:hours) h join accounts a on a.id = h.value ->> 0
    where a.hours_version <> h.value ->> 1)";
const ADD: &str =
    "insert into meetings (id, uid, title, starts_at, ends_at, timezone, status, sequence, version, act,
    visibility, organiser, organiser_address, organiser_name, organiser_opted_out, source, source_id, receipt,
    created_at, updated_at, organiser_generation, location, description)
  select ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?19, ?20, ?21, ?22
  where true";

/// Adds a meeting with its soft rows and its mails; where there is one of this id already, nothing: so it may be asked
/// for again. The meeting itself comes last, for what is added before is guarded by its not being there.
pub async fn add(
    directory: &Directory,
    meeting: &Meeting,
    letters: &[Letter],
    seed: &str,
    key_id: &str,
    now: Instant,
) -> Result<()> {
    let mut statements = vec![add_attendees(meeting, ABSENT), busy(meeting, ABSENT, now)];
    statements.extend(mails(meeting, letters, (seed, ABSENT), key_id, now));
    statements.push(add_meeting(meeting, seed, " on conflict (id) do nothing", &[]));
    directory.batch(statements).await.map(|_| ())
}

/// Adds a meeting that is made directly, with its rows of `busy` and its mails, `counts` counting these: all of it, as long as the
/// working hours are those that `hours` names; else nothing, and false.
pub async fn book(
    directory: &Directory,
    change: &Change,
    (seed, counts): (&str, Vec<Compiled>),
    hours: &str,
    key_id: &str,
    now: Instant,
) -> Result<bool> {
    let meeting = &change.meeting;
    let ours = written_by(seed, meeting.id);
    let guard = format!(" and {}", SAME_HOURS.replace(":hours", "?23"));
    let mut statements = vec![
        add_meeting(meeting, seed, &guard, &[hours.into()]),
        add_attendees(meeting, &ours),
        busy(meeting, &ours, now),
    ];
    statements.extend(counts);
    statements.extend(mails(meeting, &change.letters, (seed, &ours), key_id, now));
    statements.push(Directory::statement(APPLIED, &[Param::id(meeting.id), seed.into()]));
    let applied = directory.batch(statements).await?.pop().unwrap_or_default();
    Ok(!applied.is_empty())
}

fn add_attendees(meeting: &Meeting, guard: &str) -> Compiled {
    let params = [Param::id(meeting.id), attendees(meeting).to_string().into()];
    Directory::statement(&format!("{ADD_ATTENDEES} where {guard}"), &params)
}

/// The statement that adds the row of a meeting; `more` follows it, with parameters from the 23rd on.
fn add_meeting(meeting: &Meeting, seed: &str, more: &str, its: &[Param]) -> Compiled {
    let organiser = &meeting.organiser;
    let params = [
        Param::id(meeting.id),
        meeting.uid.as_str().into(),
        meeting.title.as_str().into(),
        meeting.begin.millis().into(),
        meeting.end.millis().into(),
        meeting.timezone.to_string().into(),
        word(&meeting.status),
        i64::from(meeting.sequence).into(),
        i64::from(meeting.version).into(),
        seed.into(),
        word(&meeting.visibility),
        Param::id(organiser.account),
        organiser.address.as_str().into(),
        organiser.name.as_ref().map_or(Param::Null, |n| n.as_str().into()),
        i64::from(organiser.opted_out).into(),
        meeting.source.kind().into(),
        Param::id(meeting.source.id()),
        meeting.receipt.map_or(Param::Null, |head| head.to_string().into()),
        meeting.updated_at.millis().into(),
        i64::from(organiser.generation).into(),
        meeting.location.as_str().into(),
        meeting.description.as_str().into(),
    ];
    Directory::statement(&format!("{ADD}{more}"), &[&params[..], its].concat())
}

const CHANGE: &str =
    "update meetings set starts_at = ?3, ends_at = ?4, status = ?5, sequence = ?6, version = ?7,
    act = ?8, organiser_opted_out = ?9, updated_at = ?10, title = ?11, timezone = ?12,
    location = ?13, description = ?14
  where id = ?1 and version = ?2";
/// Only events lose attendees, and get others.
const REMOVE_ATTENDEES: &str = "delete from meeting_attendees where meeting = ?1
  and (number, generation) not in (select value ->> 'number', value ->> 'generation' from json_each(?2))";
const CHANGE_ATTENDEES: &str = "update meeting_attendees set (partstat, opted_out, over_budget) =
    (select value ->> 'partstat', value ->> 'opted_out', value ->> 'over_budget' from json_each(?2) where value ->> 'number' = number)
  where meeting = ?1 and exists (select 1 from meetings where id = ?1 and act = ?3)";
const FREE: &str = "delete from busy where kind = 'meeting' and source = ?1
  and exists (select 1 from meetings where id = ?1 and act = ?2)";
const APPLIED: &str = "select 'yes' as json from meetings where id = ?1 and act = ?2";

/// Whether a meeting carries the mark of an act: the guard of what else that act writes.
pub fn written_by(seed: &str, id: u64) -> String {
    format!("exists (select 1 from meetings where id = {id} and act = '{seed}')")
}

/// Writes a change of `before`, mails included, unless somebody else has changed it, or the working hours that `hours` names: then
/// nothing, and false. `beside` is what is written with it, such as what counts its mails, and refuses all of it where they are too many.
pub async fn write(
    directory: &Directory,
    before: &Meeting,
    change: &Change,
    (seed, beside): (&str, Vec<Compiled>),
    hours: &str,
    key_id: &str,
    now: Instant,
) -> Result<bool> {
    let meeting = &change.meeting;
    let id = Param::id(meeting.id);
    let ours = written_by(seed, meeting.id);
    let params = [
        id.clone(),
        i64::from(before.version).into(),
        meeting.begin.millis().into(),
        meeting.end.millis().into(),
        word(&meeting.status),
        i64::from(meeting.sequence).into(),
        i64::from(meeting.version).into(),
        seed.into(),
        i64::from(meeting.organiser.opted_out).into(),
        meeting.updated_at.millis().into(),
        meeting.title.as_str().into(),
        meeting.timezone.to_string().into(),
        meeting.location.as_str().into(),
        meeting.description.as_str().into(),
        hours.into(),
    ];
    let rows = attendees(meeting).to_string();
    let same_hours = SAME_HOURS.replace(":hours", "?15");
    let mut statements = vec![Directory::statement(&format!("{CHANGE} and {same_hours}"), &params)];
    if matches!(meeting.source, Source::Event(_)) {
        let remove = format!("{REMOVE_ATTENDEES} and {ours}");
        statements.push(Directory::statement(&remove, &[id.clone(), rows.as_str().into()]));
        let known = "(select 1 from meeting_attendees where meeting = ?1 and number = value ->> 'number')";
        statements.push(add_attendees(meeting, &format!("{ours} and not exists {known}")));
    }
    statements.extend([
        Directory::statement(CHANGE_ATTENDEES, &[id.clone(), rows.into(), seed.into()]),
        Directory::statement(FREE, &[id.clone(), seed.into()]),
        busy(meeting, &ours, now),
    ]);
    statements.extend(change_booking(meeting, &ours, now));
    statements.extend(beside);
    statements.extend(mails(meeting, &change.letters, (seed, &ours), key_id, now));
    statements.push(Directory::statement(APPLIED, &[id, seed.into()]));
    let applied = directory.batch(statements).await?.pop().unwrap_or_default();
    Ok(!applied.is_empty())
}

const TELL_ATTENDEES: &str = "update meeting_attendees set
    generation = max(generation, coalesce(
      (select max(value ->> 1) from json_each(?2, '$.rows') where value ->> 0 = number), 0)),
    opted_out = coalesce((select value ->> 2 from json_each(?2, '$.rows')
      where value ->> 0 = number and value ->> 2 is not null order by key desc limit 1), opted_out)
  where meeting = ?1";
const TELL_ORGANISER: &str = "update meetings set
    organiser_generation = max(organiser_generation, coalesce(
      (select max(value ->> 1) from json_each(?2, '$.rows') where value ->> 0 = 0), 0)),
    organiser_opted_out = coalesce(
    (select value ->> 2 from json_each(?2, '$.rows')
      where value ->> 0 = 0 and value ->> 2 is not null order by key desc limit 1), organiser_opted_out)
  where id = ?1";

/// Tells a meeting of its attendees, as `{"rows": [[number, generation, opted_out], ...]}`: no link is good that is of an
/// older generation, and the last that was said of mail counts.
pub async fn tell(directory: &Directory, id: u64, rows: &str) -> Result<()> {
    let params = [Param::id(id), rows.into()];
    let statements =
        vec![Directory::statement(TELL_ATTENDEES, &params), Directory::statement(TELL_ORGANISER, &params)];
    directory.batch(statements).await.map(|_| ())
}

/// The rows of whoever comes, or may, to a meeting that takes place. An agreed proposal's are soft: they refuse nothing. What
/// comes of a calendar takes its organiser's time hard, and that of the invitee, who has chosen no time, softly; what a guest has
/// booked likewise, and while it is held its organiser's alone. The time of a guest's booking has its buffers around it, whoever
/// moves it; who has taken it strictly is the guest alone.
fn busy(meeting: &Meeting, guard: &str, now: Instant) -> Compiled {
    let takes_place = meeting.status == Status::Confirmed;
    let coming = meeting.attendees.iter().filter(|a| takes_place && a.partstat != PartStat::Declined);
    let keys: Vec<String> = coming.map(|a| a.address.key()).collect();
    let booking = meeting.booking.as_ref();
    let held = booking.is_some() && meeting.status == Status::Held;
    let organiser =
        held || (takes_place && (booking.is_some() || matches!(meeting.source, Source::Calendar(_))));
    let hard = matches!(meeting.source, Source::Event(_)) && booking.is_none();
    let (before, after) = booking.map_or((0, 0), |booking| booking.buffers);
    let millis = |minutes: i64| minutes.saturating_mul(60_000);
    let add = format!(
        "insert into busy (account, starts_at, ends_at, guard_start, guard_end, hard, strict, made_at, expires_at, kind, source)
         select id, ?3, ?4, iif(max(hard), ?8, ?3), iif(max(hard), ?9, ?4), max(hard), max(hard) and ?10, ?6, ?11, 'meeting', ?1 from (
           select a.id, ?5 as hard from json_each(?2) j
             join accounts a on a.address_key = j.value and a.verified = 1
           union all select id, 1 from accounts where id = ?7)
         where {guard} group by id"
    );
    let params = [
        Param::id(meeting.id),
        json!(keys).to_string().into(),
        meeting.begin.millis().into(),
        meeting.end.millis().into(),
        i64::from(hard).into(),
        now.millis().into(),
        if organiser { Param::id(meeting.organiser.account) } else { Param::Null },
        meeting.begin.millis().saturating_sub(millis(before)).into(),
        meeting.end.millis().saturating_add(millis(after)).into(),
        i64::from(booking.is_some_and(|booking| booking.strict)).into(),
        booking.and_then(|booking| booking.expires).map(Instant::millis).into(),
    ];
    Directory::statement(&add, &params)
}

/// What becomes of a guest's booking. What the guest does is judged anew by its trigger, as the daily cap binds guests alone: the
/// row takes its own place.
const BOOK_ANEW: &str = "insert or replace into bookings (meeting, owner, offer, day, cap, address_hash, place_hash, starts_at, awaits, approval,
    made_at, expires_at, guard_before, guard_after, notice, timezone, answers, ended)
  select meeting, owner, offer, ?2, cap, address_hash, place_hash, ?3, ?4, approval, ?5, ?6, guard_before, guard_after, notice,
    timezone, answers, ?7 from bookings where meeting = ?1";
const CHANGE_BOOKING: &str =
    "update bookings set day = ?2, starts_at = ?3, awaits = ?4, expires_at = ?6, ended = ?7
  where meeting = ?1";

fn change_booking(meeting: &Meeting, guard: &str, now: Instant) -> Option<Compiled> {
    let booking = meeting.booking.as_ref()?;
    let ended = !matches!(meeting.status, Status::Held | Status::Confirmed);
    let params = [
        Param::id(meeting.id),
        LocalTime::of(meeting.begin, &meeting.timezone).date().into(),
        meeting.begin.millis().into(),
        booking.awaits.as_ref().map_or(Param::Null, word),
        now.millis().into(),
        booking.expires.map(Instant::millis).into(),
        i64::from(ended).into(),
    ];
    let change = if booking.strict && !ended { BOOK_ANEW } else { CHANGE_BOOKING };
    Some(Directory::statement(&format!("{change} and {guard}"), &params))
}

/// The outbox row of an act's letter: an act has one at most for each attendee, and one for the organiser.
pub fn row_id(seed: &str, letter: &Letter) -> String {
    format!("{seed}-{}", letter.attendee)
}

/// The mails of an act, `seed` making their ids.
fn mails(
    meeting: &Meeting,
    letters: &[Letter],
    (seed, guard): (&str, &str),
    key_id: &str,
    now: Instant,
) -> Vec<Compiled> {
    let rows: Vec<Value> = letters.iter().map(|letter| mail(&row_id(seed, letter), letter)).collect();
    queue(meeting, &rows, guard, key_id, now)
}

/// A mail for [`queue`].
pub(super) fn mail(id: &str, letter: &Letter) -> Value {
    json!([id, mail::Letter::from(letter.clone())])
}

/// The statements that queue mails, each where `guard` holds, which calls it `j.value`; held while the organiser's address is not
/// verified. They are about this meeting, or about others of the same source.
pub(super) fn queue(
    meeting: &Meeting,
    mails: &[Value],
    guard: &str,
    key_id: &str,
    now: Instant,
) -> Vec<Compiled> {
    let add = format!(
        "insert or ignore into outbox
           (id, kind, body, key_id, status, due_at, created_at, attempts, error, account, shard)
         select j.value ->> 0, 'mail', j.value -> 1, ?3, iif(o.waits, 'held', 'due'), ?4, ?4, 0, null,
           iif(o.waits, o.id, null), ?5
         from json_each(?2) j join (select ?6 as id, exists (select 1 from accounts where id = ?6 and verified = 0)
           as waits) o where (?1 or true) and {guard}"
    );
    let insert = |mails: &[Value]| {
        let params = [
            Param::id(meeting.id),
            json!(mails).to_string().into(),
            key_id.into(),
            now.millis().into(),
            i64::from(scheduler::shard(meeting.source.id())).into(),
            Param::id(meeting.organiser.account),
        ];
        Directory::statement(&add, &params)
    };
    mails.chunks(MAILS_AT_ONCE).map(insert).collect()
}

pub(super) fn attendees(meeting: &Meeting) -> Value {
    let row = |a: &whittle_domain::meeting::Attendee| {
        json!({
            "number": a.number, "address": a.address, "key": a.address.key(), "name": a.name,
            "optional": u8::from(a.optional), "partstat": a.partstat, "generation": a.generation,
            "opted_out": u8::from(a.opted_out), "asked": u8::from(a.asked), "over_budget": u8::from(a.over_budget),
        })
    };
    meeting.attendees.iter().map(row).collect()
}

/// The word that serde writes for one of the domain's.
pub fn word<T: serde::Serialize>(value: &T) -> Param {
    match json!(value) {
        Value::String(word) => word.into(),
        _ => Param::Null,
    }
}
