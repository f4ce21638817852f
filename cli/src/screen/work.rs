//! What the screen asks of the service: each request in a thread of its own, so that the screen goes on.

use std::sync::mpsc::Sender;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use ureq::http::Method;
use url::Url;

use super::model;
use super::state::{Event, Outcome, Task};
use crate::config::Credential;
use crate::error::Error;
use crate::http::{Answer, Ask, Client};
use crate::link::id;

/// The most pages of a week that are read: a page has 50 times, and a week 168 hours.
const MOST_PAGES: usize = 20;

/// Does a task elsewhere; the outcome comes as an event.
pub fn start(client: &Client, ticket: u64, task: Task, events: &Sender<Event>) {
    let (client, sender) = (client.clone(), events.clone());
    let worker = std::thread::Builder::new().name("request".to_owned()).spawn(move || {
        // Nobody listens any more when the screen has ended.
        let _ = sender.send(Event::Done(ticket, run(&client, task)));
    });
    if let Err(error) = worker {
        let failed = Error::Usage(format!("No thread can be started for the request: {error}."));
        let _ = events.send(Event::Done(ticket, Err(failed)));
    }
}

fn run(client: &Client, task: Task) -> Result<Outcome, Error> {
    match task {
        Task::List(before) => {
            let mut ask = Ask::new(Method::GET, "/");
            ask.query.extend(before.map(|id| ("before".to_owned(), id.to_string())));
            let answer = client.send(&ask)?;
            Ok(Outcome::List(model::rows(&answer.json()?)?, next(&answer).is_some()))
        }
        Task::Show(id, _) => proposal(&client.send(&Ask::new(Method::GET, format!("/{id}/")))?),
        Task::Log(id) => {
            let log = client.send(&Ask::new(Method::GET, format!("/{id}/log/")))?.json()?;
            Ok(Outcome::Log(id, log))
        }
        Task::Patch(id, etag, slots) => {
            let mut ask = Ask::new(Method::PATCH, format!("/{id}/")).json(&json!({ "slots": slots }));
            ask.if_match = etag;
            proposal(&client.send(&ask)?)
        }
        Task::Notify(id, parties, slots, key) => {
            let body = json!({ "parties": parties, "slots": slots });
            let mut ask = Ask::new(Method::POST, format!("/{id}/notify/")).json(&body);
            ask.key = Some(key);
            let answer = client.send(&ask)?.json()?;
            Ok(Outcome::Notified(answer.get("recipients").and_then(Value::as_array).map_or(0, Vec::len)))
        }
        Task::Create(title, parties, slots, key) => {
            let mut body = json!({ "parties": parties, "slots": slots });
            if let (false, Some(members)) = (title.is_empty(), body.as_object_mut()) {
                members.insert("title".to_owned(), Value::from(title));
            }
            let mut ask = Ask::new(Method::POST, "/").json(&body);
            ask.key = Some(key);
            proposal(&client.send(&ask)?)
        }
        Task::Busy(monday) => busy(client, monday),
        Task::Block(new, old) => {
            for (method, days) in [(Method::DELETE, old), (Method::POST, new)] {
                for (day, hours) in days {
                    let body = json!({ "date": day.to_string(), "blocked_slots": hours });
                    client.send(&Ask::new(method.clone(), "/api/user/block_slots/").json(&body))?;
                }
            }
            Ok(Outcome::Done)
        }
        Task::Invitation(id) => {
            let value = client.send(&Ask::new(Method::GET, respond(client, id)?))?.json()?;
            Ok(Outcome::Times(Box::new(model::invitation(&value)?)))
        }
        Task::Answer(id, availability, again) => {
            let method = if again { Method::PUT } else { Method::POST };
            let ask = Ask::new(method, respond(client, id)?).json(&json!({ "availability": availability }));
            client.send(&ask).map(|_| Outcome::Done)
        }
    }
}

fn proposal(answer: &Answer) -> Result<Outcome, Error> {
    Ok(Outcome::Proposal(Box::new(model::proposal(answer.json()?, answer.header("etag"))?)))
}

/// Where an invitee is asked: the token of the link stands in the path.
fn respond(client: &Client, id: u64) -> Result<String, Error> {
    match &client.credential {
        Credential::Link(token) => {
            let token: String = url::form_urlencoded::byte_serialize(token.as_bytes()).collect();
            Ok(format!("/schedules/calendars/{id}/respond/{token}/"))
        }
        _ => Err(Error::Usage("This is done by the link of a mail.".to_owned())),
    }
}

fn busy(client: &Client, monday: Date) -> Result<Outcome, Error> {
    let account = client.send(&Ask::new(Method::GET, "/accounts/me/"))?.json()?;
    let zone = account.get("timezone").and_then(Value::as_str).and_then(|name| TimeZone::get(name).ok());
    let zone = zone.ok_or_else(|| {
        Error::Unreadable("The time zone of your account is not one that this machine knows.".to_owned())
    })?;
    let edge = |day: Date| {
        let midnight =
            day.to_zoned(zone.clone()).map_err(|_| Error::Usage(format!("{day} is too far away.")))?;
        Ok(midnight.timestamp().to_string())
    };
    let mut ask = Ask::new(Method::GET, "/api/user/busy/");
    ask.query.push(("from".to_owned(), edge(monday)?));
    ask.query.push(("to".to_owned(), edge(model::later(monday, 7))?));
    let mut items = Vec::new();
    for _ in 0..MOST_PAGES {
        let answer = client.send(&ask)?;
        items.extend(answer.json()?.as_array().cloned().unwrap_or_default());
        match next(&answer) {
            Some(query) => ask.query = query,
            None => break,
        }
    }
    Ok(Outcome::Times(Box::new(model::busy(&account, &items, monday)?)))
}

/// The query of the next page, of the header `Link` (RFC 8288).
fn next(answer: &Answer) -> Option<Vec<(String, String)>> {
    let links = answer.header("link")?;
    let link = links.split(',').find(|link| link.contains("rel=\"next\""))?;
    let (_, rest) = link.split_once('<')?;
    let (target, _) = rest.split_once('>')?;
    let url = Url::parse("http://localhost/").ok()?.join(target).ok()?;
    Some(url.query_pairs().into_owned().collect())
}

/// What a link opens: the path says whether it is a proposal's or a calendar's.
#[must_use]
pub fn kind_of(link: &str) -> Option<super::state::Start> {
    let url = Url::parse(link.trim()).ok()?;
    let segments: Vec<&str> = url.path_segments()?.filter(|part| !part.is_empty()).collect();
    match segments.as_slice() {
        [one] => id(one).map(super::state::Start::Proposal),
        ["schedules", "calendars", one, "respond", _] => id(one).map(super::state::Start::Calendar),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::state::Start;
    use super::*;

    #[test]
    fn the_next_page_is_what_the_header_says() {
        let answer = |link: &str| Answer {
            status: 200,
            headers: vec![("link".to_owned(), link.to_owned())],
            body: Vec::new(),
        };
        let of = |link| next(&answer(link));
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(
            of("<http://a/x?to=2030-01-01T00%3A00%3A00Z&after=b>; rel=\"next\""),
            Some(vec![pair("to", "2030-01-01T00:00:00Z"), pair("after", "b")])
        );
        assert_eq!(
            of("</x?p=1>; rel=\"prev\", </x?before=7>; rel=\"next\""),
            Some(vec![pair("before", "7")])
        );
        for odd in ["", "rel=\"next\"", "<; rel=\"next\"", "</x>; rel=\"last\""] {
            assert_eq!(of(odd), None, "{odd}");
        }
    }

    #[test]
    fn a_link_says_what_it_opens() {
        assert_eq!(kind_of("https://h/42/?et=t"), Some(Start::Proposal(42)));
        assert_eq!(kind_of("https://h/schedules/calendars/7/respond/t/"), Some(Start::Calendar(7)));
        for other in ["https://h/", "https://h/meetings/7/?et=t", "x", "https://h/042/"] {
            assert_eq!(kind_of(other), None, "{other}");
        }
    }
}
