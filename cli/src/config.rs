//! Which server, and as whom: from flags, the environment and a file, in this order; then what `whittle login` has stored.
//!
//! The environment has `WHITTLE_HOST` and so on, or the plain names of the original's script: `host port user pass session
//! token print`.

use std::collections::HashMap;
use std::path::PathBuf;
use std::time::Duration;

use base64ct::{Base64, Encoding as _};
use clap::ArgMatches;
use ureq::http::Method;
use url::{Host, Url};

use crate::credentials::Store;
use crate::error::Error;
use crate::link::origin;

/// The variables of the environment.
pub type Environment = HashMap<String, String>;

/// What can be set, in the words of the original's script, and the link of a mail.
pub const SETTINGS: [&str; 10] =
    ["host", "port", "user", "pass", "session", "token", "et", "print", "zone", "timeout"];
/// The settings that the original's script reads under their plain names.
const PLAIN: [&str; 7] = ["host", "port", "user", "pass", "session", "token", "print"];
/// Where `make dev` is.
const DEFAULT_PORT: u16 = 8787;

/// The variables of this process; those that are no text are left out.
#[must_use]
pub fn environment() -> Environment {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect()
}

/// As whom a request is sent.
#[derive(Clone, PartialEq, Eq)]
pub enum Credential {
    /// As nobody.
    Nobody,
    /// By the token of a mailed link.
    Link(String),
    /// By a token of an account, or an access token.
    Token(String),
    /// By name and password.
    Basic {
        /// The name.
        user: String,
        /// The password.
        pass: String,
    },
    /// By the cookies of a browser's session: the id alone, or `sessionid=...; csrftoken=...`.
    Session(String),
    /// By the key of a deployment.
    Key(String),
}

impl std::fmt::Debug for Credential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.words())
    }
}

impl Credential {
    /// What kind it is, without what is secret.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Nobody => "nobody".to_owned(),
            Self::Link(_) => "the link of a mail".to_owned(),
            Self::Token(_) => "a token".to_owned(),
            Self::Basic { user, .. } => format!("{user}, by password"),
            Self::Session(_) => "the session of a browser".to_owned(),
            Self::Key(_) => "the key of the deployment".to_owned(),
        }
    }

    /// The headers that carry it.
    #[must_use]
    pub fn headers(&self, method: &Method, to: &Url) -> Vec<(&'static str, String)> {
        match self {
            Self::Nobody => Vec::new(),
            Self::Link(token) => vec![("authorization", format!("Link {token}"))],
            // An access token is a JWT, which has two full stops; a token of an account has none.
            Self::Token(token) if token.matches('.').count() == 2 => {
                vec![("authorization", format!("Bearer {token}"))]
            }
            Self::Token(token) => vec![("authorization", format!("Token {token}"))],
            Self::Key(key) => vec![("authorization", format!("Bearer {key}"))],
            Self::Basic { user, pass } => {
                vec![(
                    "authorization",
                    format!("Basic {}", Base64::encode_string(format!("{user}:{pass}").as_bytes())),
                )]
            }
            Self::Session(session) => {
                let cookie = match (session.contains('='), to.scheme()) {
                    (true, _) => session.clone(),
                    (false, "https") => format!("__Host-sessionid={session}"),
                    (false, _) => format!("sessionid={session}"),
                };
                let csrf = cookie.split(';').find_map(|part| part.trim().strip_prefix("csrftoken="));
                let mut headers = Vec::new();
                if *method != Method::GET {
                    headers.push(("origin", to.origin().ascii_serialization()));
                    headers.extend(csrf.map(|token| ("x-csrftoken", token.to_owned())));
                }
                headers.push(("cookie", cookie));
                headers
            }
        }
    }
}

/// Where a setting comes from; what comes first wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// A flag.
    Flag,
    /// The environment.
    Environment,
    /// The file.
    File,
}

/// The settings of one run.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where the server is.
    pub origin: Url,
    /// As whom.
    pub credential: Credential,
    /// What is printed of an exchange, as HTTPie has it: `H` and `B` the request's headers and body, `h` and `b` the answer's.
    pub print: String,
    /// The time zone in which times are told and read, if another than the machine's.
    pub zone: Option<String>,
    /// For how long an answer is waited for.
    pub timeout: Duration,
    /// The configuration's file, whether there is one or not.
    pub file: Option<PathBuf>,
    /// The key of the deployment, for who runs it: from the environment alone, for arguments are seen by others.
    pub transfer_key: Option<Credential>,
    /// Where each setting that is set comes from.
    pub sources: Vec<(&'static str, Source)>,
    /// The tokens of `whittle login`.
    pub store: Store,
}

impl Config {
    /// Reads flags, environment and file.
    ///
    /// # Errors
    /// [`Error::Usage`] if one of them cannot be read.
    pub fn read(flags: &ArgMatches, environment: &Environment) -> Result<Self, Error> {
        let folder = folder(environment);
        let named = flags.get_one::<String>("config").or_else(|| environment.get("WHITTLE_CONFIG"));
        let file = named.map(PathBuf::from).or_else(|| Some(folder.as_ref()?.join("config.toml")));
        let of_file = match &file {
            Some(path) => read_file(path, named.is_some())?,
            None => HashMap::new(),
        };
        let find = |name: &'static str| -> Option<(Source, String)> {
            let flag = flags.try_get_one::<String>(name).ok().flatten().cloned();
            let variable = || {
                let own = environment.get(&format!("WHITTLE_{}", name.to_uppercase()));
                let plain = if PLAIN.contains(&name) { environment.get(name) } else { None };
                own.or(plain).cloned()
            };
            let flag = flag.map(|value| (Source::Flag, value));
            let found = flag.or_else(|| variable().map(|value| (Source::Environment, value)));
            found
                .or_else(|| of_file.get(name).map(|value| (Source::File, value.clone())))
                .filter(|(_, v)| !v.is_empty())
        };
        let value = |name| find(name).map(|(_, value)| value);
        let (host, port) = (find("host"), find("port"));
        // A port of the environment does not belong to the address that a flag gives whole.
        let named_port = |host: &str| {
            let after_colon = host.rsplit(':').next().is_some_and(|port| port.parse::<u16>().is_ok());
            after_colon && host.parse::<std::net::Ipv6Addr>().is_err()
        };
        let whole = |host: &str| host.contains("://") || named_port(host);
        let port = match (&host, port) {
            (Some((named, host)), Some((from, _))) if from > *named && whole(host) => None,
            (_, port) => port,
        };
        let text = |found: &Option<(Source, String)>| found.as_ref().map(|(_, value)| value.clone());
        let origin = server(text(&host).as_deref(), text(&port).as_deref())?;
        let store = Store::new(folder.map(|folder| folder.join("credentials.json")));
        let given = credential(&find)?;
        let credential = match given {
            Credential::Nobody => store.token(&origin)?.map_or(Credential::Nobody, Credential::Token),
            given => given,
        };
        let seconds = value("timeout").unwrap_or_else(|| "30".to_owned());
        let seconds = seconds.parse::<u64>().ok().filter(|n| (1..=3600).contains(n));
        let timeout = seconds
            .ok_or_else(|| Error::Usage("The timeout is a number of seconds, 1 to 3600.".to_owned()))?;
        Ok(Self {
            origin,
            credential,
            print: value("print").unwrap_or_else(|| "b".to_owned()),
            zone: value("zone"),
            timeout: Duration::from_secs(timeout),
            file,
            transfer_key: transfer_key(environment)?,
            sources: SETTINGS.iter().filter_map(|name| Some((*name, find(name)?.0))).collect(),
            store,
        })
    }
}

/// The key of a deployment.
fn transfer_key(environment: &Environment) -> Result<Option<Credential>, Error> {
    let Some(key) = environment.get("WHITTLE_TRANSFER_KEY").filter(|key| !key.is_empty()) else {
        return Ok(None);
    };
    if !key.bytes().all(|b| b.is_ascii_graphic()) {
        return Err(Error::Usage(
            "WHITTLE_TRANSFER_KEY has a character in it that no header can have.".to_owned(),
        ));
    }
    Ok(Some(Credential::Key(key.clone())))
}

/// The folder of configuration and credentials: `$XDG_CONFIG_HOME/whittle`, else `~/.config/whittle`.
fn folder(environment: &Environment) -> Option<PathBuf> {
    let set = |name| environment.get(name).filter(|path| !path.is_empty()).map(PathBuf::from);
    let base = set("XDG_CONFIG_HOME").filter(|path| path.is_absolute());
    Some(base.or_else(|| Some(set("HOME")?.join(".config")))?.join("whittle"))
}

/// The settings of the file. A file that nobody has named need not be there.
fn read_file(path: &PathBuf, named: bool) -> Result<HashMap<String, String>, Error> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && !named => return Ok(HashMap::new()),
        Err(error) => return Err(Error::Usage(format!("{}: {error}", path.display()))),
    };
    let wrong = |text: String| Error::Usage(format!("{}: {text}", path.display()));
    let table: toml::Table = text.parse().map_err(|error| wrong(format!("{error}")))?;
    let mut settings = HashMap::new();
    for (name, value) in table {
        if !SETTINGS.contains(&name.as_str()) {
            return Err(wrong(format!("`{name}` is no setting; there are {}.", SETTINGS.join(", "))));
        }
        let value = match value {
            toml::Value::String(text) => text,
            toml::Value::Integer(number) => number.to_string(),
            _ => return Err(wrong(format!("`{name}` must be a text or a number."))),
        };
        settings.insert(name, value);
    }
    Ok(settings)
}

/// The server's address, of a host such as `whittle.example.org`, `localhost` or `https://whittle.example.org`, and a port.
fn server(host: Option<&str>, port: Option<&str>) -> Result<Url, Error> {
    let wrong = || {
        Error::Usage(
            "The host is a name such as whittle.example.org, or a URL such as https://whittle.example.org."
                .to_owned(),
        )
    };
    let host = host.unwrap_or("127.0.0.1");
    let bare = !host.contains("://");
    let mut url = if bare {
        // An IPv6 address stands in brackets within a URL.
        let bracketed = host.parse::<std::net::Ipv6Addr>().map(|_| format!("[{host}]"));
        Url::parse(&format!("https://{}", bracketed.as_deref().unwrap_or(host))).map_err(|_| wrong())?
    } else {
        Url::parse(host).ok().filter(|url| matches!(url.scheme(), "http" | "https")).ok_or_else(wrong)?
    };
    if bare && is_loopback(&url) {
        url.set_scheme("http").map_err(|()| wrong())?;
        if port.is_none() && url.port().is_none() {
            url.set_port(Some(DEFAULT_PORT)).map_err(|()| wrong())?;
        }
    }
    if let Some(port) = port {
        let port = port.parse::<u16>().ok().filter(|port| *port > 0);
        let port = port.ok_or_else(|| Error::Usage("The port is a number from 1 to 65535.".to_owned()))?;
        url.set_port(Some(port)).map_err(|()| wrong())?;
    }
    Ok(origin(&url))
}

/// Whether a server is on this machine, so that nobody can listen in between.
#[must_use]
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// What is given to sign in with: what comes from the first source, and of one source the link before the token, the name and the
/// session.
fn credential(find: &impl Fn(&'static str) -> Option<(Source, String)>) -> Result<Credential, Error> {
    let kinds = ["et", "token", "user", "session"];
    let Some((_, name, value)) = kinds
        .iter()
        .filter_map(|name| find(name).map(|(source, value)| (source, *name, value)))
        .min_by_key(|(source, ..)| *source)
    else {
        return Ok(Credential::Nobody);
    };
    // The library would refuse it without saying which value it was.
    let fits = |c: char| if name == "user" { !c.is_control() } else { c == ' ' || c.is_ascii_graphic() };
    if !value.chars().all(fits) {
        return Err(Error::Usage(format!(
            "The setting {name} has a character in it that no header can have."
        )));
    }
    Ok(match name {
        "et" => Credential::Link(value),
        "token" => Credential::Token(value),
        "session" => Credential::Session(value),
        _ => {
            let pass = find("pass").map(|(_, pass)| pass);
            let pass = match pass {
                Some(pass) => pass,
                None => crate::credentials::ask_password(&format!("Password of {value}: "))?,
            };
            Credential::Basic { user: value, pass }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_a_name_or_a_url() {
        for (host, port, wanted) in [
            (None, None, "http://127.0.0.1:8787/"),
            (None, Some("8005"), "http://127.0.0.1:8005/"),
            (Some("localhost"), Some("8005"), "http://localhost:8005/"),
            (Some("localhost:8005"), None, "http://localhost:8005/"),
            (Some("::1"), Some("8005"), "http://[::1]:8005/"),
            (Some("whittle.example.org"), None, "https://whittle.example.org/"),
            (Some("whittle.example.org"), Some("8443"), "https://whittle.example.org:8443/"),
            (Some("http://whittle.example.org"), None, "http://whittle.example.org/"),
            (Some("https://a:b@whittle.example.org/x/?y#z"), None, "https://whittle.example.org/"),
        ] {
            assert_eq!(server(host, port).unwrap().as_str(), wanted, "{host:?} {port:?}");
        }
        for (host, port) in [
            (Some("ftp://x"), None),
            (Some("https://"), None),
            (Some("a b"), None),
            (Some("\u{1b}"), None),
            (None, Some("0")),
            (None, Some("65536")),
            (None, Some("x")),
        ] {
            assert!(matches!(server(host, port), Err(Error::Usage(_))), "{host:?} {port:?}");
        }
    }

    #[test]
    fn nothing_secret_is_told_of_a_credential() {
        for credential in [
            Credential::Link("secret".to_owned()),
            Credential::Token("secret".to_owned()),
            Credential::Session("secret".to_owned()),
            Credential::Key("secret".to_owned()),
            Credential::Basic { user: "ann".to_owned(), pass: "secret".to_owned() },
        ] {
            assert!(!format!("{credential:?} {}", credential.words()).contains("secret"));
        }
    }
}
