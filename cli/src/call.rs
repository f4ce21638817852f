//! Arguments become a request.

use std::io::Read as _;

use clap::ArgMatches;
use serde_json::{Map, Value};
use ureq::http::Method;
use url::Url;
use url::form_urlencoded::byte_serialize;

use crate::args::{flag, text, texts};
use crate::config::Credential;
use crate::context::Context;
use crate::credentials::ask_password;
use crate::error::Error;
use crate::http::{Ask, Client, new_key};
use crate::link::{self, Link};
use crate::table::{Arg, Command, Kind, Place};
use crate::values;

/// A request that is being made.
#[derive(Clone, Debug)]
pub struct Call {
    /// To whom, and as whom: a link in place of an id decides both.
    pub client: Client,
    /// What is asked.
    pub ask: Ask,
    /// The members of the body.
    pub body: Map<String, Value>,
    /// The ids of the path, in its order.
    pub ids: Vec<u64>,
}

impl Call {
    /// The request of a command with these arguments.
    ///
    /// # Errors
    /// [`Error::Usage`] if an argument cannot be read.
    pub fn new(context: &Context, command: &Command, matches: &ArgMatches) -> Result<Self, Error> {
        let (method, template) = command.operation;
        let method = Method::from_bytes(method.as_bytes()).unwrap_or(Method::GET);
        let mut call = Self {
            client: context.client.clone(),
            ask: Ask::new(method, template),
            body: Map::new(),
            ids: Vec::new(),
        };
        if let Some(json) = text(matches, "body") {
            call.body = match json_of(json)? {
                Value::Object(members) => members,
                _ => return Err(Error::Usage("--body must be an object of JSON.".to_owned())),
            };
        }
        for arg in command.args {
            match arg.place {
                Place::Path => call.put_path(arg, matches)?,
                Place::Query => {
                    if let Some(value) = value(context, arg, matches)? {
                        call.ask.query.push((arg.member.to_owned(), plain(&value)));
                    }
                }
                Place::Body => {
                    if let Some(value) = value(context, arg, matches)? {
                        call.body.insert(arg.member.to_owned(), value);
                    }
                }
                Place::Whole => {
                    if let (Kind::File(kind), Some(path)) = (arg.kind, text(matches, arg.name)) {
                        call.ask.body = Some((file(path)?, kind));
                    }
                }
                Place::Step => {}
            }
        }
        for name in ["if-match", "idempotency-key"] {
            if text(matches, name).is_some_and(|value| !value.bytes().all(|b| b.is_ascii_graphic())) {
                return Err(Error::Usage(format!("--{name} has a character in it that no header can have.")));
            }
        }
        call.ask.if_match = text(matches, "if-match").map(version);
        let named = text(matches, "idempotency-key").map(str::to_owned);
        call.ask.key = named.or_else(|| if command.keyed { new_key() } else { None });
        Ok(call)
    }

    /// The request with its body.
    #[must_use]
    pub fn finish(self) -> (Client, Ask) {
        let Self { client, ask, body, .. } = self;
        let ask = if body.is_empty() || ask.body.is_some() { ask } else { ask.json(&Value::Object(body)) };
        (client, ask)
    }

    /// A request that no command's arguments make.
    #[must_use]
    pub fn plain(context: &Context, ask: Ask) -> Self {
        Self { client: context.client.clone(), ask, body: Map::new(), ids: Vec::new() }
    }

    /// Puts an id, or the link of a mail in its place, into the path.
    ///
    /// # Errors
    /// [`Error::Usage`] if it is neither.
    pub fn put_id(&mut self, member: &str, text: &str) -> Result<(), Error> {
        let (id, _) = self.target(text)?;
        self.ids.push(id);
        self.ask.path = self.ask.path.replace(&format!("{{{member}}}"), &id.to_string());
        Ok(())
    }

    fn put_path(&mut self, arg: &Arg, matches: &ArgMatches) -> Result<(), Error> {
        let text = text(matches, arg.name).unwrap_or_default();
        let part = match arg.kind {
            Kind::Id => {
                let (id, token) = self.target(text)?;
                self.ids.push(id);
                // Answers to calendars have the link's token in their path.
                let token = token.or_else(|| match &self.client.credential {
                    Credential::Link(token) => Some(token.clone()),
                    _ => None,
                });
                if self.ask.path.contains("{token}") {
                    let token = token.ok_or_else(|| {
                        Error::Usage(
                            "This is done by the link of a mail: give the link itself, or the id and --et."
                                .to_owned(),
                        )
                    })?;
                    self.ask.path = self.ask.path.replace("{token}", &escaped(&token));
                }
                id.to_string()
            }
            Kind::Token => match Url::parse(text) {
                // Nothing of one's own goes to the server of a link.
                Ok(url) if url.has_host() => {
                    self.client = self.client.with(link::origin(&url), Credential::Nobody);
                    let last = url.path_segments().and_then(|all| all.rev().find(|part| !part.is_empty()));
                    last.unwrap_or_default().to_owned()
                }
                _ => escaped(text),
            },
            _ => escaped(text),
        };
        self.ask.path = self.ask.path.replace(&format!("{{{}}}", arg.member), &part);
        Ok(())
    }

    /// Reads an id, or a URL in its place: the link of a mail says on which server, and as whom.
    fn target(&mut self, text: &str) -> Result<(u64, Option<String>), Error> {
        if let Some(id) = link::id(text) {
            return Ok((id, None));
        }
        let link = Link::parse(text).ok_or_else(|| {
            Error::Usage(format!("`{text}` is neither an id, which is a number, nor the link of a mail, which begins with http."))
        })?;
        match link.token {
            // Nothing of one's own goes to the server of a link.
            Some(token) => {
                self.client = self.client.with(link.origin, Credential::Link(token.clone()));
                Ok((link.id, Some(token)))
            }
            None if link.origin == self.client.origin => Ok((link.id, None)),
            None => Err(Error::Usage(format!(
                "This address is of {}, and the server is {}: give --host {}.",
                link.origin, self.client.origin, link.origin
            ))),
        }
    }
}

/// A version as `If-Match` has it: `7` and `"7"` are the same.
fn version(text: &str) -> String {
    if text.starts_with('"') || text.starts_with("W/") || text == "*" {
        text.to_owned()
    } else {
        format!("\"{text}\"")
    }
}

/// The value of an argument as JSON, if it is there.
fn value(context: &Context, arg: &Arg, matches: &ArgMatches) -> Result<Option<Value>, Error> {
    if arg.kind == Kind::Flag {
        return Ok(flag(matches, arg.name).then_some(Value::Bool(true)));
    }
    let wrong = |what: &str, text: &str| Error::Usage(format!("{}: `{text}` is not {what}.", arg.name));
    let number =
        |text: &str| text.trim().parse::<i64>().map(Value::from).map_err(|_| wrong("a whole number", text));
    if arg.kind.is_list() {
        let mut all = texts(matches, arg.name);
        if arg.kind == Kind::Numbers {
            all = all.into_iter().flat_map(|text| text.split(',')).collect();
        }
        if all.is_empty() {
            return Ok(None);
        }
        let each = |text: &&str| match arg.kind {
            Kind::Numbers => number(text),
            Kind::Slots => values::slot(text, &context.zone).map_err(Error::Usage),
            Kind::Times => values::time(text).map_err(Error::Usage),
            Kind::Spans => values::span(text).map_err(Error::Usage),
            Kind::Weekly => values::weekly(text).map_err(Error::Usage),
            Kind::Placed => values::placed(text).map_err(Error::Usage),
            _ => Ok(Value::from(*text)),
        };
        return all
            .iter()
            .map(each)
            .collect::<Result<Vec<Value>, Error>>()
            .map(|all| Some(Value::Array(all)));
    }
    if arg.kind == Kind::Password {
        let given = text(matches, arg.name).map(str::to_owned);
        return match given {
            Some(given) => Ok(Some(Value::from(given))),
            None => ask_password(&format!("{}: ", arg.member.replace('_', " ")))
                .map(|password| Some(Value::from(password))),
        };
    }
    let Some(text) = text(matches, arg.name) else { return Ok(None) };
    Ok(Some(match arg.kind {
        Kind::Number => number(text)?,
        Kind::Bool => Value::Bool(text == "yes"),
        Kind::When if text == "none" => Value::Null,
        Kind::When => Value::from(values::instant(text, &context.zone).map_err(Error::Usage)?),
        Kind::Length => Value::from(values::length(text).map_err(Error::Usage)?),
        Kind::File(_) => Value::from(String::from_utf8(file(text)?).map_err(|_| wrong("a text file", text))?),
        Kind::Id => Value::from(link::id(text).ok_or_else(|| wrong("an id", text))?),
        _ => Value::from(text),
    }))
}

/// A value in a query.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(all) => all.iter().map(plain).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    }
}

/// A part of a path, in which nothing has a meaning.
fn escaped(text: &str) -> String {
    byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20")
}

/// JSON that is given itself, as `@FILE`, or piped in as `-`.
fn json_of(text: &str) -> Result<Value, Error> {
    let bytes = match text.strip_prefix('@') {
        Some(path) => file(path)?,
        None if text == "-" => file("-")?,
        None => text.as_bytes().to_vec(),
    };
    serde_json::from_slice(&bytes).map_err(|error| Error::Usage(format!("This is not JSON: {error}.")))
}

/// The content of a file, or what is piped in.
///
/// # Errors
/// [`Error::Usage`] if it cannot be read.
pub fn file(path: &str) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    let read = match path {
        "-" => std::io::stdin().lock().read_to_end(&mut bytes).map(|_| bytes),
        _ => std::fs::read(path),
    };
    read.map_err(|error| Error::Usage(format!("{path}: {error}")))
}
