//! What a route may be called with. Each capability says it for each of its routes in one exhaustive match, so that a new
//! route that says nothing does not compile.

/// The largest body of most routes, in bytes: 64 KiB, some ten times the largest proposal.
const MOST_BYTES: usize = 64 * 1024;

/// Which credentials of a request say who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Credentials {
    /// None: it is the same for everybody.
    None,
    /// Those that stand in the path or the body: a link's token, a name and a password, a refresh token. Neither a header
    /// nor a cookie makes a difference.
    InRequest,
    /// An account's, by the `Authorization` header or the session's cookie.
    Account,
    /// An account's, or those of who holds a mailed link.
    AccountOrLink,
    /// A mailed link's alone, from the path, from the body or from the cookie of a link that was opened. A session in the same
    /// browser makes no difference.
    Link,
    /// The sender's signature over headers and body.
    Signature,
    /// The key of the deployment, by the `Authorization` header.
    Key,
}

/// The formats of an answer beside a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Formats {
    /// JSON.
    Json,
    /// JSON, or the ledger's export in lines of JSON.
    JsonOrLines,
    /// JSON, or a calendar.
    JsonOrCalendar,
    /// CSV.
    Csv,
    /// A calendar, whatever is asked for: calendar programs ask for what they know.
    Calendar,
    /// The description of the API.
    Description,
}

/// The body of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Body {
    /// None: what is sent is not read.
    None,
    /// Fields, as JSON or a form, of this many bytes at most.
    Fields(usize),
    /// A file as it is, or as a field of JSON or a form, of this many bytes at most.
    File(usize, File),
    /// Bytes as they were signed.
    Raw(usize),
}

/// What kind of file a body is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct File {
    /// Its media type.
    pub media: &'static str,
    /// The field that has it where it is not the whole body.
    pub field: &'static str,
}

impl File {
    /// Rows, as spreadsheets write them.
    pub const CSV: Self = Self { media: "text/csv", field: "csv" };
    /// iCalendar.
    pub const CALENDAR: Self = Self { media: "text/calendar", field: "calendar" };
}

/// What a route may be called with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    pub credentials: Credentials,
    pub formats: Formats,
    pub body: Body,
    /// Whether a browser may send it for another site: what shows who acts is nothing that a browser has by itself.
    pub cross_site: bool,
    /// Whether `If-Match` is a condition.
    pub if_match: bool,
    /// Whether `Idempotency-Key` makes sending the same again harmless.
    pub idempotency_key: bool,
    /// Whether it opens a WebSocket: the request must name our own Origin.
    pub socket: bool,
}

impl Policy {
    /// JSON in and out, for an account.
    pub const ACCOUNT: Self = Self {
        credentials: Credentials::Account,
        formats: Formats::Json,
        body: Body::Fields(MOST_BYTES),
        cross_site: false,
        if_match: false,
        idempotency_key: false,
        socket: false,
    };
    /// JSON in and out, for an account or a link.
    pub const ACCOUNT_OR_LINK: Self = Self { credentials: Credentials::AccountOrLink, ..Self::ACCOUNT };
    /// JSON in and out, for a link.
    pub const LINK: Self = Self { credentials: Credentials::Link, ..Self::ACCOUNT };
    /// JSON in and out, for whom path or body name.
    pub const IN_REQUEST: Self = Self { credentials: Credentials::InRequest, ..Self::ACCOUNT };
    /// JSON, for everybody.
    pub const PUBLIC: Self = Self { credentials: Credentials::None, body: Body::None, ..Self::ACCOUNT };
    /// A form that is the same for everybody.
    pub const PUBLIC_FORM: Self = Self { credentials: Credentials::None, ..Self::ACCOUNT };
    /// A signed message.
    pub const SIGNED: Self = Self {
        credentials: Credentials::Signature,
        body: Body::Raw(MOST_BYTES),
        cross_site: true,
        ..Self::ACCOUNT
    };

    /// JSON in and out, for who has the key of the deployment. The body is not read here.
    pub const KEY: Self =
        Self { credentials: Credentials::Key, body: Body::None, cross_site: true, ..Self::ACCOUNT };

    /// With these formats.
    pub const fn formats(self, formats: Formats) -> Self {
        Self { formats, ..self }
    }

    /// With a file of this many bytes at most.
    pub const fn file(self, most: usize, file: File) -> Self {
        Self { body: Body::File(most, file), ..self }
    }

    /// From any site.
    pub const fn cross_site(self) -> Self {
        Self { cross_site: true, ..self }
    }

    /// With `If-Match` as a condition.
    pub const fn if_match(self) -> Self {
        Self { if_match: true, ..self }
    }

    /// With `Idempotency-Key`.
    pub const fn idempotent(self) -> Self {
        Self { idempotency_key: true, ..self }
    }

    /// As a WebSocket.
    pub const fn socket(self) -> Self {
        Self { socket: true, ..self }
    }

    /// Whether the session's cookie says who asks.
    pub const fn takes_sessions(self) -> bool {
        matches!(self.credentials, Credentials::Account | Credentials::AccountOrLink)
    }

    /// Whether a mailed link says who asks.
    pub const fn takes_links(self) -> bool {
        matches!(self.credentials, Credentials::AccountOrLink | Credentials::Link)
    }

    /// Whether nothing but a mailed link says who asks.
    pub const fn takes_links_alone(self) -> bool {
        matches!(self.credentials, Credentials::Link)
    }

    /// Whether a name and a password in the `Authorization` header say who asks.
    pub const fn takes_basic(self) -> bool {
        self.takes_sessions()
    }
}

impl Formats {
    /// The words that `?format=` knows; `json` is known everywhere.
    pub const fn words(self) -> &'static [&'static str] {
        match self {
            Self::Json | Self::Csv | Self::Calendar => &["json"],
            Self::JsonOrLines => &["json", "jsonl"],
            Self::JsonOrCalendar => &["json", "ics"],
            Self::Description => &["json", "openapi", "openapi-json", "yaml"],
        }
    }

    /// The media types that `Accept` is compared with; none where it is not looked at.
    pub const fn media(self) -> &'static [&'static str] {
        match self {
            Self::Json => &["application/json", "text/html"],
            Self::JsonOrLines => &["application/json", "application/jsonl", "text/html"],
            Self::JsonOrCalendar => &["application/json", "text/calendar", "text/html"],
            Self::Csv => &["text/csv", "text/html"],
            Self::Calendar => &[],
            Self::Description => &[
                "application/json",
                "application/vnd.oai.openapi",
                "application/vnd.oai.openapi+json",
                "application/yaml",
                "text/html",
            ],
        }
    }
}
