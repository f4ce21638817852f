//! Answers: what a handler gives, and how it becomes a response.

use std::borrow::Cow;

use askama::Template;
use wasm_bindgen::JsValue;
use worker::Response;

use crate::error::{Error, Result};
use crate::platform::{self, Text};

/// The body of an answer.
#[derive(Debug)]
pub enum Body {
    Nothing,
    Text(Text),
    /// The platform's own response, passed on unread: its body streams.
    Platform(Response),
    /// The platform's own response that opens a socket. It goes on as it is: what it says beside is for nobody.
    Socket(web_sys::Response),
}

/// An answer.
pub struct Reply {
    /// The status.
    pub status: u16,
    /// The media type of `body`.
    pub media: String,
    pub body: Body,
    /// Where the next page of a list is.
    pub next: Option<String>,
    /// More headers.
    pub headers: Vec<(&'static str, String)>,
}

/// The media type of JSON answers.
pub const JSON: &str = "application/json";
/// The media type of pages.
pub const HTML: &str = "text/html; charset=utf-8";

/// Nothing of another origin may run, be framed, or be sent to. Own script runs from files alone, never from a page's text.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The headers that every answer has.
const COMMON: [(&str, &str); 9] = [
    ("Cache-Control", "private, no-store"),
    ("Vary", "Accept, Accept-Language"),
    ("Content-Security-Policy", CONTENT_SECURITY_POLICY),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Referrer-Policy", "no-referrer"),
    ("Strict-Transport-Security", "max-age=31536000"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
];

impl Reply {
    /// A JSON answer.
    pub fn json(status: u16, body: impl Into<Text>) -> Self {
        Self {
            status,
            media: JSON.to_owned(),
            body: Body::Text(body.into()),
            next: None,
            headers: Vec::new(),
        }
    }

    /// A page.
    pub fn html(status: u16, template: &impl Template) -> Result<Self> {
        let page = template.render().map_err(|fault| Error::Internal(fault.to_string()))?;
        Ok(Self::json(status, page).media(HTML))
    }

    /// 204.
    pub fn empty() -> Self {
        Self { status: 204, media: String::new(), body: Body::Nothing, next: None, headers: Vec::new() }
    }

    /// 303: done, and the rest is there.
    pub fn see_other(path: &str) -> Self {
        Self { status: 303, ..Self::empty() }.with("Location", path)
    }

    /// The platform's response as it is.
    pub fn platform(response: Response, media: &str) -> Self {
        Self {
            status: response.status_code(),
            media: media.to_owned(),
            body: Body::Platform(response),
            next: None,
            headers: Vec::new(),
        }
    }

    /// 101: the client goes on by the socket that this response carries.
    pub fn socket(response: web_sys::Response) -> Self {
        Self { status: 101, body: Body::Socket(response), ..Self::empty() }
    }

    /// The body as text; empty where it is none.
    pub fn text(&self) -> Cow<'_, str> {
        match &self.body {
            Body::Text(text) => text.read(),
            Body::Nothing | Body::Platform(_) | Body::Socket(_) => Cow::Borrowed(""),
        }
    }

    /// With one more header.
    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    /// With the version of what it shows.
    pub fn etag(self, version: u32) -> Self {
        self.with("ETag", &format!("\"{version}\""))
    }

    /// With the next page of a list.
    pub fn next(self, url: String) -> Self {
        Self { next: Some(url), ..self }
    }

    /// With the headers of another answer, too.
    pub fn with_headers_of(mut self, other: Self) -> Self {
        self.headers.extend(other.headers);
        self
    }

    /// With a body of another kind.
    pub fn media(mut self, media: &str) -> Self {
        media.clone_into(&mut self.media);
        self
    }

    /// The response, with the headers that every answer has.
    pub fn response(self) -> std::result::Result<web_sys::Response, JsValue> {
        let link = self.next.map(|next| format!("<{next}>; rel=\"next\""));
        let mut own: Vec<(&str, &str)> = Vec::with_capacity(4);
        if !self.media.is_empty() {
            own.push(("Content-Type", &self.media));
        }
        own.extend(link.as_deref().map(|link| ("Link", link)));
        own.extend(self.headers.iter().map(|(name, value)| (*name, value.as_str())));
        let body = match self.body {
            Body::Socket(response) => return Ok(response),
            Body::Nothing => None,
            Body::Text(text) => Some(text.into_js()),
            Body::Platform(response) => web_sys::Response::from(response).body().map(Into::into),
        };
        platform::respond(self.status, &COMMON, &own, body)
    }
}
