//! Sockets of those who read an entity. A socket tells the version, once it is open and after each change of it, and nothing
//! else; what a client wants to know it asks by GET.
//!
//! The platform keeps the sockets when it evicts the object (hibernation), so an object with idle readers costs nothing. What must
//! be known of a socket is attached to it: who reads, and until when that is certain. Nothing of it is stored.
//!
//! * *Standing* is judged when a socket is opened and again after each change, before anything is sent. Who has none any more, or
//!   of whom it cannot be told, loses the socket.
//! * *The end* of a socket is the object's to keep, by its one alarm: nobody tells the object that a session has ended.
//! * *An act* neither waits for a socket nor fails because of one: sockets are told after its transaction, in the same turn.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use wasm_bindgen::JsValue;
use whittle_domain::instant::Instant;

use super::machine::{Hosted, Machine};
use super::rpc::{self, Message};
use crate::clock;
use crate::error::{Error, Result};
use crate::platform::{self, Socket};

/// The most sockets of an object: five times the most people that a proposal can ask, each with several windows.
const MOST: usize = 1_000;
/// The most sockets of one reader.
const MOST_OF_A_READER: usize = 20;
/// For how many seconds a reader with too many sockets is told to wait.
const RETRY_SECONDS: i64 = 60;
/// The longest tag that the platform takes, in characters.
const MOST_TAG: usize = 256;

/// The close code for whoever may not read any more (RFC 6455, section 7.4.1: policy violation).
const REFUSED: u16 = 1008;
/// The close code of a socket whose time is over: it can be opened anew by who still may.
const RENEW: u16 = 4000;

/// What is asked of an object: a socket for this reader.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Open<R> {
    /// Who reads.
    pub reader: R,
    /// For how many milliseconds that is certain.
    pub millis: i64,
}

/// What is attached to a socket.
#[derive(Debug, PartialEq, Eq)]
struct Attached<R> {
    until: Instant,
    reader: R,
}

impl<R: Serialize + DeserializeOwned> Attached<R> {
    /// The end in milliseconds, which is read more often than the reader, a blank, and the reader.
    fn write(&self) -> Result<String> {
        Ok(format!("{} {}", self.until.millis(), serde_json::to_string(&self.reader)?))
    }

    fn parse(text: &str) -> Option<Self> {
        let (_, reader) = text.split_once(' ')?;
        Some(Self { until: until(text)?, reader: whittle_json::from_str(reader).ok()? })
    }
}

/// The end of a socket, of what is attached to it.
fn until(attached: &str) -> Option<Instant> {
    attached.split_once(' ')?.0.parse().ok().map(Instant::from_millis)
}

/// What becomes of a socket.
#[derive(Debug, PartialEq, Eq)]
enum Fate {
    /// It hears of a new version, where there is one.
    Told,
    Closed(u16),
}

/// What becomes of a socket with this attached to it, as the entity is now.
fn fate<E: Hosted>(attached: &str, entity: &E, now: Instant) -> Fate {
    match Attached::<E::Reader>::parse(attached) {
        Some(Attached { until, .. }) if until <= now => Fate::Closed(RENEW),
        Some(Attached { reader, .. }) if entity.reader_key(&reader).is_ok() => Fate::Told,
        _ => Fate::Closed(REFUSED),
    }
}

impl<E: Hosted> Machine<E> {
    /// Opens a socket; gives the response that carries it, or an error as text.
    pub async fn open(&self, message: &str) -> JsValue {
        match self.try_open(message).await {
            Ok(response) => response,
            // An error is a tree of texts, which nothing keeps from being written.
            Err(error) => JsValue::from_str(&serde_json::to_string(&error).unwrap_or_default()),
        }
    }

    /// 1. the reader must have standing; 2. there must be room; 3. the alarm sees to the socket's end; 4. the socket is told the
    ///    version.
    async fn try_open(&self, message: &str) -> Result<JsValue> {
        let Message { request, dev } = rpc::receive::<Open<E::Reader>>(message)?;
        self.prepare(&dev).await?;
        let current = self.load()?;
        let key = current.entity.reader_key(&request.reader)?;
        let tag: String = key.chars().take(MOST_TAG).collect();
        let of_reader = platform::count_sockets(&self.host.context, Some(&tag));
        if of_reader >= MOST_OF_A_READER || platform::count_sockets(&self.host.context, None) >= MOST {
            let detail = "There are too many open sockets here.".into();
            return Err(Error::TooMany { detail, retry_after: RETRY_SECONDS });
        }
        let now = self.now();
        let until = Instant::from_millis(now.millis().saturating_add(request.millis));
        let attached = Attached { until, reader: request.reader }.write()?;
        let version = current.entity.version().to_string();
        let response = platform::accept_socket(&self.host.context, &tag, &attached, &version)
            .map_err(|error| Error::Unavailable(format!("a socket: {error:?}")))?;
        match self.host.knows_alarm() {
            true => self.host.wake_by(clock::real_millis_of(until, self.offset())),
            // What was due before is not known: the alarm is set for all of it.
            false => self.rearm(true)?,
        }
        Ok(response)
    }

    /// Tells the sockets of what the entity is now, where its version is new, and closes those whose readers have lost their
    /// standing. Whatever fails here concerns one socket and nobody else.
    pub(super) fn tell(&self, entity: &E, is_new: bool, now: Instant) {
        let version = entity.version().to_string();
        for socket in platform::sockets(&self.host.context) {
            match fate(&platform::attached(&socket), entity, now) {
                Fate::Told if is_new => platform::tell_socket(&socket, &version),
                Fate::Told => {}
                Fate::Closed(code) => platform::close_socket(&socket, code),
            }
        }
    }

    /// Closes the sockets whose time is over.
    pub(super) fn close_ended(&self) {
        let sockets = platform::sockets(&self.host.context);
        if sockets.is_empty() {
            return;
        }
        let now = self.now();
        let is_over = |socket: &&Socket| until(&platform::attached(socket)).is_none_or(|until| until <= now);
        for socket in sockets.iter().filter(is_over) {
            platform::close_socket(socket, RENEW);
        }
    }

    /// When the time of the next socket is over.
    pub(super) fn next_end(&self) -> Option<Instant> {
        platform::sockets(&self.host.context)
            .iter()
            .filter_map(|socket| until(&platform::attached(socket)))
            .min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_attached_is_read_again() {
        let attached = Attached { until: Instant::from_millis(1_700), reader: "a b".to_owned() };
        let text = attached.write().unwrap();
        assert_eq!(text, "1700 \"a b\"");
        assert_eq!(Attached::parse(&text), Some(attached));
        assert_eq!(until(&text), Some(Instant::from_millis(1_700)));
    }

    #[test]
    fn what_cannot_be_read_is_nobody() {
        for text in ["", "1700", "x \"a\"", "1700 a", " \"a\""] {
            assert_eq!(Attached::<String>::parse(text), None, "{text}");
        }
    }
}
