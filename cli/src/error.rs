//! What can go wrong. Each error says what happened and what to do, and has the exit code of its kind.

use std::fmt;
use std::io::Write as _;

use crate::show::clean_lines;

/// A verification failed, or the doctor has found something.
pub const FOUND: u8 = 1;
/// The command line or the configuration is wrong.
pub const USAGE: u8 = 2;
/// Nobody is signed in, or whoever is may not do this (401, 403).
pub const DENIED: u8 = 3;
/// Nothing is there, or not any more (404, 410).
pub const MISSING: u8 = 4;
/// The server refused the request as it is (400, 409, 412 and the like).
pub const REFUSED: u8 = 5;
/// Later it may work (429, 503).
pub const LATER: u8 = 6;
/// The server cannot be reached, or its answer cannot be understood.
pub const UNREACHABLE: u8 = 7;

/// What went wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// A verification failed, or the doctor has found something.
    Found(String),
    /// The command line, the configuration or a local file is wrong.
    Usage(String),
    /// The server refused the request.
    Refused(Box<Refusal>),
    /// No answer came.
    Unreachable(String),
    /// An answer came that the client does not understand.
    Unreadable(String),
}

/// How the server refused a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refusal {
    /// The status of the answer.
    pub status: u16,
    /// What the server says is wrong, one text for each fault.
    pub texts: Vec<String>,
    /// After how many seconds the request can be sent again.
    pub retry_after: Option<u64>,
    /// The server's name for the request.
    pub request_id: Option<String>,
    /// Whether the request had credentials.
    pub signed_in: bool,
    /// The body of the answer as it is.
    pub body: Vec<u8>,
}

impl Error {
    /// The exit code.
    #[must_use]
    pub fn code(&self) -> u8 {
        match self {
            Self::Found(_) => FOUND,
            Self::Usage(_) => USAGE,
            Self::Unreachable(_) | Self::Unreadable(_) => UNREACHABLE,
            Self::Refused(refusal) => match refusal.status {
                401 | 403 => DENIED,
                404 | 410 => MISSING,
                429 | 503 => LATER,
                400..=499 => REFUSED,
                _ => UNREACHABLE,
            },
        }
    }

    /// Writes the error to standard error. If that is closed, nobody is left to tell.
    pub fn tell(&self) {
        let _ = writeln!(std::io::stderr().lock(), "whittle: {}", clean_lines(&self.to_string()));
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Found(text) | Self::Usage(text) | Self::Unreachable(text) | Self::Unreadable(text) => {
                f.write_str(text)
            }
            Self::Refused(refusal) => refusal.fmt(f),
        }
    }
}

impl std::error::Error for Error {}

impl Refusal {
    fn hint(&self) -> Option<String> {
        Some(match self.status {
            401 if self.signed_in => {
                "These credentials are not accepted. `whittle login` signs in anew; an expired link is replaced by \
                 `whittle resend`; `whittle doctor` says which credentials are used."
                    .to_owned()
            }
            401 => "Log in with `whittle login`, or give --user and --pass, --token, or the link of a mail.".to_owned(),
            403 => "Whoever is signed in may not do this; `whittle account show` says who that is.".to_owned(),
            404 => "Check the id, and by `whittle doctor` the server and who is signed in.".to_owned(),
            409 => "It is not possible now; `whittle show` shows how things are.".to_owned(),
            412 => "It has changed since it was read. Look at it again, then repeat the command.".to_owned(),
            429 | 503 => match self.retry_after {
                Some(seconds) => format!("Try again in {seconds} seconds."),
                None => "Waiting does not help by itself; what is said above must change first.".to_owned(),
            },
            300..=399 => "Give the address that the server names by --host.".to_owned(),
            500..=599 => match &self.request_id {
                Some(id) => format!("The service has a fault. Tell whoever runs it this request id: {id}."),
                None => "The service has a fault. Try again later.".to_owned(),
            },
            _ => return None,
        })
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.status, phrase(self.status))?;
        for text in &self.texts {
            write!(f, "\n  {text}")?;
        }
        match self.hint() {
            Some(hint) => write!(f, "\n{hint}"),
            None => Ok(()),
        }
    }
}

/// What a status means, in words.
fn phrase(status: u16) -> &'static str {
    match status {
        300..=399 => "the server leads elsewhere",
        400 => "the request is wrong; nothing has changed",
        401 => "not signed in",
        403 => "not allowed",
        404 => "not found",
        409 => "not possible now",
        410 => "closed",
        412 => "changed meanwhile; nothing was done",
        413 => "too large",
        415 => "not a type that the server reads",
        422 => "this idempotency key was used for another request",
        429 => "too many requests",
        503 => "temporarily unavailable",
        500..=599 => "a fault of the service",
        _ => "refused",
    }
}
