//! Requests and answers. A request that is safe to repeat is sent again when the connection is lost.

use std::time::Duration;

use serde_json::Value;
use ureq::http::{Method, Request};
use url::Url;

use crate::config::Credential;
use crate::error::{Error, Refusal};
use crate::show::clean;

/// The largest answer that is read, in bytes: the export of a large account fits, an endless answer ends.
const MOST_READ: u64 = 64 * 1024 * 1024;
/// How often a request is sent at most. Connections are lost for moments, not for minutes.
const ATTEMPTS: u32 = 3;

/// How many faults are told at most: more fill a screen, and help nobody.
const MOST_TEXTS: usize = 20;
/// The longest fault that is told, in characters.
const LONGEST_TEXT: usize = 500;

/// What is asked of the server.
#[derive(Clone, Debug)]
pub struct Ask {
    /// Such as `GET`.
    pub method: Method,
    /// The path, escaped, from the first slash on.
    pub path: String,
    /// The query's pairs, unescaped.
    pub query: Vec<(String, String)>,
    /// The body with its content type.
    pub body: Option<(Vec<u8>, &'static str)>,
    /// What is accepted.
    pub accept: &'static str,
    /// Only this version is to be changed.
    pub if_match: Option<String>,
    /// The name of the request for the server: sent again with the same key, it is done once.
    pub key: Option<String>,
}

impl Ask {
    /// A request without a body.
    #[must_use]
    pub fn new(method: Method, path: impl Into<String>) -> Self {
        Self {
            method,
            path: path.into(),
            query: Vec::new(),
            body: None,
            accept: "application/json",
            if_match: None,
            key: None,
        }
    }

    /// The same with a body.
    #[must_use]
    pub fn json(mut self, body: &Value) -> Self {
        self.body = Some((body.to_string().into_bytes(), "application/json"));
        self
    }

    /// Whether sending it twice does what sending it once does, and gives the same answer: it reads, or has a key.
    fn repeatable(&self) -> bool {
        self.method == Method::GET || self.key.is_some()
    }
}

/// A new idempotency key, of 128 random bits. Without random numbers there is none, and the request is not sent again.
#[must_use]
pub fn new_key() -> Option<String> {
    let mut bytes = [0u8; 16];
    getrandom::fill(&mut bytes).ok().map(|()| whittle_domain::hex::encode(&bytes))
}

/// What the server answered.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body as it is.
    pub body: Vec<u8>,
}

impl Answer {
    /// The value of a header, by its name in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    /// The body as JSON.
    ///
    /// # Errors
    /// [`Error::Unreadable`] if it is none.
    pub fn json(&self) -> Result<Value, Error> {
        serde_json::from_slice(&self.body).map_err(|error| {
            Error::Unreadable(format!(
                "The server's answer (status {}) is not JSON: {error}. Is this address that of Whittle? `whittle doctor` says more.",
                self.status
            ))
        })
    }

    /// The body as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// Sends requests to one server, as one caller.
#[derive(Clone, Debug)]
pub struct Client {
    agent: ureq::Agent,
    /// Where the server is, such as `https://whittle.example.org/`.
    pub origin: Url,
    /// As whom.
    pub credential: Credential,
}

impl Client {
    /// A client that waits at most this long for an answer.
    #[must_use]
    pub fn new(origin: Url, credential: Credential, timeout: Duration) -> Self {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            // A redirect would carry what was sent to a server that nobody has named.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_global(Some(timeout))
            .user_agent(concat!("whittle/", env!("CARGO_PKG_VERSION")))
            .build();
        Self { agent: config.into(), origin, credential }
    }

    /// The same connections, another server and caller.
    #[must_use]
    pub fn with(&self, origin: Url, credential: Credential) -> Self {
        Self { agent: self.agent.clone(), origin, credential }
    }

    /// Sends a request, and again if the connection is lost and that is safe. Any answer is an answer, whatever its status.
    ///
    /// # Errors
    /// [`Error::Unreachable`] if no answer came.
    pub fn answer(&self, ask: &Ask) -> Result<Answer, Error> {
        let mut attempt = 1u32;
        loop {
            match self.once(ask) {
                Err(error) if attempt < ATTEMPTS && ask.repeatable() && lost(&error) => {
                    std::thread::sleep(Duration::from_millis(200u64.saturating_mul(u64::from(attempt))));
                    attempt = attempt.saturating_add(1);
                }
                Err(error) => return Err(self.unreachable(ask, &error)),
                // The first request is still being done: its answer is the one to have.
                Ok(answer) if answer.status == 409 && attempt > 1 && attempt < 20 && running(&answer) => {
                    std::thread::sleep(Duration::from_millis(500));
                    attempt = attempt.saturating_add(1);
                }
                Ok(answer) => return Ok(answer),
            }
        }
    }

    /// Sends a request, and takes a refusal for an error.
    ///
    /// # Errors
    /// [`Error::Unreachable`], or [`Error::Refused`] for any status that is not 2xx.
    pub fn send(&self, ask: &Ask) -> Result<Answer, Error> {
        let answer = self.answer(ask)?;
        if (200..300).contains(&answer.status) {
            return Ok(answer);
        }
        Err(Error::Refused(Box::new(Refusal {
            status: answer.status,
            texts: refusal_texts(&answer),
            retry_after: answer.header("retry-after").and_then(|seconds| seconds.parse().ok()),
            request_id: answer.header("x-request-id").map(str::to_owned),
            signed_in: self.credential != Credential::Nobody,
            body: answer.body,
        })))
    }

    fn once(&self, ask: &Ask) -> Result<Answer, ureq::Error> {
        let mut url = self.origin.clone();
        url.set_path(&ask.path);
        if !ask.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&ask.query);
        }
        let mut request =
            Request::builder().method(ask.method.clone()).uri(url.as_str()).header("accept", ask.accept);
        for (name, value) in self.credential.headers(&ask.method, &self.origin) {
            request = request.header(name, value);
        }
        if let Some(version) = &ask.if_match {
            request = request.header("if-match", version);
        }
        if let Some(key) = &ask.key {
            request = request.header("idempotency-key", key);
        }
        let response = match &ask.body {
            Some((body, kind)) => self.agent.run(
                request.header("content-type", *kind).body(body.as_slice()).map_err(ureq::Error::from)?,
            )?,
            None => self.agent.run(request.body(()).map_err(ureq::Error::from)?)?,
        };
        let (parts, mut body) = response.into_parts();
        let headers = parts
            .headers
            .iter()
            .map(|(name, value)| {
                (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
            })
            .collect();
        let body = body.with_config().limit(MOST_READ).read_to_vec()?;
        Ok(Answer { status: parts.status.as_u16(), headers, body })
    }

    fn unreachable(&self, ask: &Ask, error: &ureq::Error) -> Error {
        if matches!(error, ureq::Error::BodyExceedsLimit(_)) {
            return Error::Unreadable(format!("The server's answer is larger than {} MiB.", MOST_READ >> 20));
        }
        if matches!(error, ureq::Error::Http(_) | ureq::Error::BadUri(_)) {
            return Error::Usage(format!(
                "This cannot be sent: {error}. A setting or an argument has a character that no header can have."
            ));
        }
        let mut text = format!("There is no answer from {}: {error}.", self.origin);
        match (&ask.key, ask.method == Method::GET) {
            (Some(key), _) => text.push_str(&format!(
                " It may have been done all the same: repeat the command with --idempotency-key {key}, then it is done once."
            )),
            (_, false) => text.push_str(" It may have been done all the same: look before you repeat it."),
            _ => text.push_str(" `whittle doctor` says what is wrong."),
        }
        Error::Unreachable(text)
    }
}

/// Whether the connection was lost, in contrast to a request that cannot be sent.
fn lost(error: &ureq::Error) -> bool {
    matches!(error, ureq::Error::Io(_) | ureq::Error::Protocol(_) | ureq::Error::ConnectionFailed)
}

/// Whether an answer says that a request with the same key is running.
fn running(answer: &Answer) -> bool {
    answer.header("retry-after").is_some() || answer.text().contains("Idempotency-Key")
}

/// What an answer says is wrong: `detail`, or the errors by field.
#[must_use]
pub fn refusal_texts(answer: &Answer) -> Vec<String> {
    let mut texts = Vec::new();
    match serde_json::from_slice(&answer.body) {
        Ok(value) => collect(&value, "", &mut texts),
        Err(_) => {
            if let Some(location) = answer.header("location") {
                texts.push(format!("Location: {location}"));
            }
        }
    }
    texts.retain(|text| !text.trim().is_empty());
    texts.truncate(MOST_TEXTS);
    texts.into_iter().map(|text| clean(&text).chars().take(LONGEST_TEXT).collect()).collect()
}

/// The texts of an error's body, each with the field that it is about.
fn collect(value: &Value, field: &str, texts: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                let whole = matches!(
                    name.as_str(),
                    "detail" | "non_field_errors" | "error" | "err_message" | "message"
                );
                match (whole, field) {
                    (true, field) => collect(value, field, texts),
                    (false, "") => collect(value, name, texts),
                    (false, field) => collect(value, &format!("{field}.{name}"), texts),
                }
            }
        }
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                match item {
                    Value::String(_) => collect(item, field, texts),
                    _ => collect(item, &format!("{field}[{}]", at.saturating_add(1)), texts),
                }
            }
        }
        Value::Null => {}
        Value::String(text) if field.is_empty() => texts.push(text.clone()),
        Value::String(text) => texts.push(format!("{field}: {text}")),
        other => texts.push(format!("{field}: {other}")),
    }
}
