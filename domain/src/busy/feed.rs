//! Which addresses a calendar may be subscribed to from, and why one could not be read.
//!
//! The server asks the address by itself, so nobody may have it ask what only the server can reach: itself, its machine, its network.
//! An address is judged after it was parsed and normalised as `fetch` does it (WHATWG URL), so that `127.1`, `0x7f000001` and
//! `2130706433` are all `127.0.0.1` by then. No number is taken, public or not: calendars have names.

use core::fmt;
use core::net::Ipv4Addr;

/// The most characters of an address.
pub const MAX_FEED_URL: usize = 2_000;
/// The most bytes of a calendar elsewhere.
pub const MAX_FEED_BYTES: usize = 1 << 20;
/// The most subscribed calendars of an account.
pub const MAX_FEEDS: usize = 5;
/// The most redirects on the way to a calendar.
pub const MAX_REDIRECTS: usize = 3;

/// What names end in that are not of the public internet (RFC 6761, RFC 6762, RFC 8375, RFC 9476, ICANN's `internal`, and what
/// is used alike).
const NOT_PUBLIC: [&str; 17] = [
    "localhost",
    "local",
    "internal",
    "intranet",
    "private",
    "home",
    "lan",
    "corp",
    "domain",
    "localdomain",
    "arpa",
    "test",
    "invalid",
    "example",
    "onion",
    "alt",
    "workgroup",
];

/// An address, in the parts that it is judged by.
#[derive(Clone, Copy, Debug)]
pub struct FeedAddress<'a> {
    /// `https`, in lower case.
    pub scheme: &'a str,
    /// The host as the parser normalised it, an IPv6 address in brackets.
    pub host: &'a str,
    /// The port, where it is not the scheme's own.
    pub port: Option<u16>,
    /// Whether it names a user or a password.
    pub has_credentials: bool,
    /// How long all of it is, in characters.
    pub length: usize,
}

/// Why a calendar elsewhere is not read. `Display` says it to whoever subscribed to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FeedFault {
    /// It is no URL.
    NoUrl,
    /// It is longer than [`MAX_FEED_URL`].
    Long,
    /// It is not `https`.
    Scheme,
    /// It has a user or a password in it.
    Credentials,
    /// It has a port.
    Port,
    /// Its host is a number, or not public.
    Host,
    /// Its host is this service.
    Own,
    /// Nobody answers there.
    Unreachable,
    /// The answer took too long.
    Late,
    /// There are more than [`MAX_REDIRECTS`] redirects.
    Redirects,
    /// One of the redirects leads where no calendar may be.
    Astray,
    /// The answer has this status.
    Status(u16),
    /// The answer has more than [`MAX_FEED_BYTES`].
    Large,
    /// The answer is no calendar that can be imported, for this reason.
    Calendar(String),
}

impl fmt::Display for FeedFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoUrl => "Enter a valid URL.",
            Self::Long => return write!(f, "The address has more than {MAX_FEED_URL} characters."),
            Self::Scheme => "The address must begin with https://.",
            Self::Credentials => "The address must not have a user name or a password in it.",
            Self::Port => "The address must not have a port in it.",
            Self::Host => "The address must be one of the public internet, with a name and not a number.",
            Self::Own => "The address is one of this service.",
            Self::Unreachable => "Nobody answers at this address.",
            Self::Late => "The server took too long to answer.",
            Self::Redirects => "The address leads on too often.",
            Self::Astray => "The address leads on to one that cannot be subscribed to.",
            Self::Status(status) => return write!(f, "The server answered with the status {status}."),
            Self::Large => "The calendar is larger than 1 MiB.",
            Self::Calendar(why) => why,
        })
    }
}

/// Whether a calendar may be read from this address by the service whose host is `own`.
///
/// # Errors
/// The first fault that the address has.
pub fn judge_feed(address: &FeedAddress<'_>, own: &str) -> Result<(), FeedFault> {
    let host = address.host.trim_end_matches('.').to_ascii_lowercase();
    let own = own.trim_end_matches('.').to_ascii_lowercase();
    let (_, last) = host.rsplit_once('.').unwrap_or(("", ""));
    let is_number = host.starts_with('[') || host.parse::<Ipv4Addr>().is_ok();
    let is_own = host == own || host.strip_suffix(own.as_str()).is_some_and(|before| before.ends_with('.'));
    if address.length > MAX_FEED_URL {
        Err(FeedFault::Long)
    } else if address.scheme != "https" {
        Err(FeedFault::Scheme)
    } else if address.has_credentials {
        Err(FeedFault::Credentials)
    } else if is_own {
        Err(FeedFault::Own)
    } else if is_number || last.is_empty() || NOT_PUBLIC.contains(&last) {
        Err(FeedFault::Host)
    } else if address.port.is_some_and(|port| port != 443) {
        Err(FeedFault::Port)
    } else {
        Ok(())
    }
}
