//! Who is to come, with working hours and engagements; and what keeps them from coming.

use serde_json::json;
use whittle_domain::address::Address;
use whittle_domain::booking::event::{newly_taken, person_of};
use whittle_domain::booking::judge::{Asking, Person, alternatives, clashes, naive, range_of_alternatives};
use whittle_domain::booking::suggest::HOUR;
use whittle_domain::instant::Instant;
use whittle_domain::local::LocalTime;
use whittle_domain::meeting::{Meeting, PartStat, Source, Status};
use whittle_domain::slot::Slot;
use whittle_domain::zone::Zone;

use crate::d1::{Directory, Statement};
use crate::error::{Error, Result};

/// A row for the domain's [`Person`], of an account `a`: its engagements of a range, without holds that have ended.
const PERSON: &str = "json_object('account', a.id, 'address', a.address, 'first_name', a.first_name,
    'last_name', a.last_name, 'zone', a.timezone, 'hours', json(a.hours), 'hours_version', a.hours_version,
    'busy', (select json_group_array(json_array(b.starts_at, b.ends_at, b.kind, b.hard, b.source)) from busy b
      where b.account = a.id and b.starts_at < :to and b.ends_at > :from
        and (b.expires_at is null or b.expires_at > :now)))";

/// The row of a person, with its engagements between these milliseconds.
pub fn person(from: Statement, to: Statement, now: Instant) -> Statement {
    Statement::new(PERSON).embed("from", from).embed("to", to).bind("now", now.millis())
}

/// People of their rows.
pub fn parse(rows: &[String]) -> Result<Vec<Person>> {
    Ok(rows.iter().map(|row| whittle_json::from_str(row)).collect::<serde_json::Result<_>>()?)
}

/// Who asks whether people can come.
#[derive(Clone, Debug)]
pub struct Asker {
    /// Its account; 0 where that is not known.
    pub account: u64,
    /// Its address, where it asks by a link.
    pub address: Option<Address>,
    /// In which zone it reads times.
    pub zone: Zone,
}

impl Asker {
    /// The question about a meeting, which may be there already.
    pub const fn about(&self, meeting: Option<u64>, now: Instant) -> Asking<'_> {
        Asking { asker: self.account, zone: &self.zone, meeting, now }
    }
}

/// What came of asking.
pub struct Judged {
    /// Why it cannot be; none where all can come.
    pub refusal: Option<Error>,
    /// The versions of the working hours that were looked at: the guard of what is written.
    pub hours: String,
}

/// Judges what a change takes of people's time ([`judged`]), with one read.
pub async fn judge(
    directory: &Directory,
    before: Option<&Meeting>,
    after: &Meeting,
    asker: &Asker,
    now: Instant,
) -> Result<Judged> {
    let rows = directory.all(reading(after, now)).await?;
    judged(&rows, before, after, asker, now)
}

/// What of these people's time a change takes: every clash, and the nearest times that are free. The rows are those of [`reading`].
///
/// Of an event whoever comes gives time; of what came of a calendar its organiser alone. What is agreed takes nobody's time.
pub fn judged(
    rows: &[String],
    before: Option<&Meeting>,
    after: &Meeting,
    asker: &Asker,
    now: Instant,
) -> Result<Judged> {
    let people = parse(rows)?;
    let taken = match after.source {
        Source::Event(_) => newly_taken(before, after, &people),
        _ => people.iter().map(|person| person.account).collect(),
    };
    let known = asker.address.as_ref().and_then(|address| person_of(&people, address));
    let asker = Asker { account: known.map_or(asker.account, |person| person.account), ..asker.clone() };
    let asking = asker.about(Some(after.id), now);
    let slot = slot(after)?;
    let judged = of(&people, &taken);
    let clashes = clashes(&judged, &slot, &asking);
    let refusal = (!clashes.is_empty()).then(|| {
        let coming: Vec<&Person> = people.iter().collect();
        let found = alternatives(&coming, &slot, &asking);
        Error::Taken {
            clashes: clashes.iter().map(ToString::to_string).collect(),
            alternatives: found.iter().map(|at| written(*at, after, asking.zone)).collect(),
        }
    });
    Ok(Judged { refusal, hours: hours_read(&judged) })
}

/// The people of these accounts, in this order.
pub fn of<'a>(people: &'a [Person], accounts: &[u64]) -> Vec<&'a Person> {
    let find = |account: &u64| people.iter().find(|person| person.account == *account);
    accounts.iter().filter_map(find).collect()
}

/// When a meeting is.
pub fn slot(meeting: &Meeting) -> Result<Slot> {
    Slot::between(meeting.begin, meeting.end)
        .ok_or_else(|| Error::Internal("a meeting without a time".to_owned()))
}

/// The versions of these people's working hours, as [`super::store`] compares them.
pub fn hours_read(people: &[&Person]) -> String {
    let rows = people.iter().map(|person| json!([person.account, person.hours_version]));
    rows.collect::<serde_json::Value>().to_string()
}

/// The query for those who give time to a meeting and have an account, with their engagements of the weeks around it.
pub fn reading(meeting: &Meeting, now: Instant) -> Statement {
    let keys: Vec<String> = match meeting.source {
        Source::Event(_) => {
            let coming = meeting.attendees.iter().filter(|a| a.partstat != PartStat::Declined);
            coming.map(|attendee| attendee.address.key()).collect()
        }
        _ => vec![meeting.organiser.address.key()],
    };
    let keys = if meeting.status == Status::Confirmed { json!(keys) } else { json!([]) };
    let range = range_of_alternatives(meeting.begin);
    let millis = |at: fn(&Slot) -> Instant| {
        Statement::new(":at").bind("at", range.as_ref().map_or(0, |range| at(range).millis()))
    };
    let select = "select :person as json from json_each(:keys) j
      join accounts a on a.address_key = j.value and a.verified = 1 order by j.key";
    let person = person(millis(Slot::begin), millis(Slot::end), now);
    Statement::new(select).embed("person", person).bind("keys", keys.to_string())
}

/// A time of a refusal: of an event as its API writes times, of any other meeting as an instant with its offset.
fn written(at: Instant, meeting: &Meeting, zone: &Zone) -> String {
    if matches!(meeting.source, Source::Event(_)) && !meeting.is_guests() && meeting.duration() == HOUR {
        return naive(at, zone);
    }
    let local = LocalTime::of(at, zone);
    format!(
        "{}T{:02}:{:02}:{:02}{}",
        local.date(),
        local.hour,
        local.minute,
        local.second,
        local.utc_offset()
    )
}
