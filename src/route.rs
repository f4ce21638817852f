//! The only route table: a page to read, a pure function to test.

/// What a request asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    /// `GET /`: the caller's proposals.
    List,
    /// `POST /`: propose.
    Propose,
    /// `GET /{id}/`
    Show(u64),
    /// `PATCH /{id}/`
    Narrow(u64),
    /// `DELETE /{id}/`
    Close(u64),
    /// `POST /{id}/notify/`
    Notify(u64),
    /// `POST /{id}/revoke/`
    Revoke(u64),
    /// `GET /{id}/log/`
    Log(u64),
    /// `POST /{id}/resend/`
    Resend(u64),
    /// `DELETE /{id}/parties/{party}/`
    Withdraw(u64, u16),
    /// `PUT /{id}/parties/{party}/`
    Replace(u64, u16),
    /// `POST /{id}/fix/`
    Fix(u64),
    /// `POST /{id}/round/`
    Round(u64),
    /// `GET /{id}/calendar.ics`
    Calendar(u64),
    /// `GET /meetings/{id}/`
    Meeting(u64),
    /// `PATCH /meetings/{id}/`
    Move(u64),
    /// `DELETE /meetings/{id}/`
    Cancel(u64),
    /// `POST /meetings/{id}/decline/`
    Decline(u64),
    /// `POST /meetings/{id}/accept/`
    Accept(u64),
    /// `GET /feed/`
    FeedLink,
    /// `POST /feed/`
    RotateFeed,
    /// `GET /feed/{token}.ics`
    Feed,
    /// `GET /unsubscribe/{token}/`
    Unsubscribe,
    /// `POST /unsubscribe/{token}/`
    UnsubscribeNow,
    /// `POST /mail/events`
    MailEvents,
    /// `POST /accounts/signup/`
    SignUp,
    /// `POST /api/user/sign_up/`
    ApiSignUp,
    /// `POST /accounts/login/`
    Login,
    /// `POST /accounts/token/refresh/`
    Refresh,
    /// `POST /accounts/logout/`
    Logout,
    /// `GET /accounts/verify/{token}/`
    Verify,
    /// `POST /accounts/verify/{token}/`
    VerifyNow,
    /// `GET /schedules/contacts/`
    Contacts,
    /// `POST /schedules/contacts/`
    AddContact,
    /// `PATCH /schedules/contacts/`
    ChangeContact,
    /// `PUT /schedules/contacts/`: as `PATCH`.
    PutContact,
    /// `DELETE /schedules/contacts/`
    RemoveContact,
    /// `GET /schedules/contacts/groups/`
    ContactGroups,
    /// `POST /schedules/contacts/import/`
    ImportContacts,
    /// `GET /schedules/contacts/export/`
    ExportContacts,
    /// `POST /api-token-auth/`
    TokenAuth,
    /// `GET /openapi`
    OpenApi,
    /// `GET /healthz`
    Health,
    /// `GET /outbox/`, in development alone.
    Outbox,
}

/// Why a request has no route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Miss {
    /// There is nothing at this path.
    NotFound,
    /// There is, but not for this method; these are allowed.
    Method(&'static str),
    /// `OPTIONS`: these are allowed.
    Options(&'static str),
}

impl Route {
    /// The name in the log: never the path, for paths can carry tokens.
    pub const fn name(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Propose => "propose",
            Self::Show(_) => "show",
            Self::Narrow(_) => "narrow",
            Self::Close(_) => "close",
            Self::Notify(_) => "notify",
            Self::Revoke(_) => "revoke",
            Self::Log(_) => "log",
            Self::Resend(_) => "resend",
            Self::Withdraw(..) => "withdraw",
            Self::Replace(..) => "replace",
            Self::Fix(_) => "fix",
            Self::Round(_) => "round",
            Self::Calendar(_) => "calendar",
            Self::Meeting(_) => "meeting",
            Self::Move(_) => "move",
            Self::Cancel(_) => "cancel",
            Self::Decline(_) => "decline",
            Self::Accept(_) => "accept",
            Self::FeedLink => "feed-link",
            Self::RotateFeed => "rotate-feed",
            Self::Feed => "feed",
            Self::Unsubscribe => "unsubscribe",
            Self::UnsubscribeNow => "unsubscribe-now",
            Self::MailEvents => "mail-events",
            Self::SignUp => "sign-up",
            Self::ApiSignUp => "api-sign-up",
            Self::Login => "login",
            Self::Refresh => "refresh",
            Self::Logout => "logout",
            Self::Verify => "verify",
            Self::VerifyNow => "verify-now",
            Self::Contacts => "contacts",
            Self::AddContact => "add-contact",
            Self::ChangeContact => "change-contact",
            Self::PutContact => "put-contact",
            Self::RemoveContact => "remove-contact",
            Self::ContactGroups => "contact-groups",
            Self::ImportContacts => "import-contacts",
            Self::ExportContacts => "export-contacts",
            Self::TokenAuth => "token-auth",
            Self::OpenApi => "openapi",
            Self::Health => "healthz",
            Self::Outbox => "outbox",
        }
    }
}

/// The route of a method and a path; a trailing slash makes no difference, HEAD is GET.
pub fn route(method: &str, path: &str) -> Result<Route, Miss> {
    let method = if method == "HEAD" { "GET" } else { method };
    let path = path.strip_prefix('/').ok_or(Miss::NotFound)?;
    let segments: Vec<&str> = match path {
        "" => Vec::new(),
        _ => path.strip_suffix('/').unwrap_or(path).split('/').collect(),
    };
    match segments.as_slice() {
        [] => match method {
            "GET" => Ok(Route::List),
            "POST" => Ok(Route::Propose),
            _ => Err(other(method, "GET, HEAD, POST, OPTIONS")),
        },
        ["schedules", "contacts"] => match method {
            "GET" => Ok(Route::Contacts),
            "POST" => Ok(Route::AddContact),
            "PATCH" => Ok(Route::ChangeContact),
            "PUT" => Ok(Route::PutContact),
            "DELETE" => Ok(Route::RemoveContact),
            _ => Err(other(method, "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS")),
        },
        ["schedules", "contacts", "groups"] => only(method, "GET", Route::ContactGroups),
        ["schedules", "contacts", "import"] => only(method, "POST", Route::ImportContacts),
        ["schedules", "contacts", "export"] => only(method, "GET", Route::ExportContacts),
        ["api-token-auth"] => only(method, "POST", Route::TokenAuth),
        ["openapi"] => only(method, "GET", Route::OpenApi),
        ["healthz"] => only(method, "GET", Route::Health),
        ["outbox"] => only(method, "GET", Route::Outbox),
        ["accounts", "signup"] => only(method, "POST", Route::SignUp),
        ["api", "user", "sign_up"] => only(method, "POST", Route::ApiSignUp),
        ["accounts", "login"] => only(method, "POST", Route::Login),
        ["accounts", "token", "refresh"] => only(method, "POST", Route::Refresh),
        ["accounts", "logout"] => only(method, "POST", Route::Logout),
        ["accounts", "verify", _] => match method {
            "GET" => Ok(Route::Verify),
            "POST" => Ok(Route::VerifyNow),
            _ => Err(other(method, "GET, HEAD, POST, OPTIONS")),
        },
        ["mail", "events"] => only(method, "POST", Route::MailEvents),
        ["feed"] => match method {
            "GET" => Ok(Route::FeedLink),
            "POST" => Ok(Route::RotateFeed),
            _ => Err(other(method, "GET, HEAD, POST, OPTIONS")),
        },
        ["feed", file] if file.ends_with(".ics") => only(method, "GET", Route::Feed),
        ["unsubscribe", _] => match method {
            "GET" => Ok(Route::Unsubscribe),
            "POST" => Ok(Route::UnsubscribeNow),
            _ => Err(other(method, "GET, HEAD, POST, OPTIONS")),
        },
        ["meetings", text] => match (id(text)?, method) {
            (id, "GET") => Ok(Route::Meeting(id)),
            (id, "PATCH") => Ok(Route::Move(id)),
            (id, "DELETE") => Ok(Route::Cancel(id)),
            _ => Err(other(method, "GET, HEAD, PATCH, DELETE, OPTIONS")),
        },
        ["meetings", text, "decline"] => only(method, "POST", Route::Decline(id(text)?)),
        ["meetings", text, "accept"] => only(method, "POST", Route::Accept(id(text)?)),
        [text] => match (id(text)?, method) {
            (id, "GET") => Ok(Route::Show(id)),
            (id, "PATCH") => Ok(Route::Narrow(id)),
            (id, "DELETE") => Ok(Route::Close(id)),
            _ => Err(other(method, "GET, HEAD, PATCH, DELETE, OPTIONS")),
        },
        [text, "notify"] => only(method, "POST", Route::Notify(id(text)?)),
        [text, "revoke"] => only(method, "POST", Route::Revoke(id(text)?)),
        [text, "fix"] => only(method, "POST", Route::Fix(id(text)?)),
        [text, "round"] => only(method, "POST", Route::Round(id(text)?)),
        [text, "calendar.ics"] => only(method, "GET", Route::Calendar(id(text)?)),
        [text, "log"] => only(method, "GET", Route::Log(id(text)?)),
        [text, "resend"] => only(method, "POST", Route::Resend(id(text)?)),
        [text, "parties", label] => match (id(text)?, party(label)?, method) {
            (id, party, "DELETE") => Ok(Route::Withdraw(id, party)),
            (id, party, "PUT") => Ok(Route::Replace(id, party)),
            _ => Err(other(method, "PUT, DELETE, OPTIONS")),
        },
        _ => Err(Miss::NotFound),
    }
}

/// The token in a path such as `/feed/{token}.ics` or `/accounts/verify/{token}/`; empty where there is none.
pub fn token(path: &str) -> &str {
    let place = if path.starts_with("/accounts/") { 3 } else { 2 };
    path.split('/').nth(place).unwrap_or_default()
}

fn only(method: &str, allowed: &str, route: Route) -> Result<Route, Miss> {
    match (method == allowed, allowed) {
        (true, _) => Ok(route),
        (false, "GET") => Err(other(method, "GET, HEAD, OPTIONS")),
        (false, _) => Err(other(method, "POST, OPTIONS")),
    }
}

const fn other(method: &str, allow: &'static str) -> Miss {
    if let b"OPTIONS" = method.as_bytes() { Miss::Options(allow) } else { Miss::Method(allow) }
}

/// Ids are positive, below 2^53 and have one spelling.
fn id(text: &str) -> Result<u64, Miss> {
    let digits = !text.starts_with('0') && text.bytes().all(|b| b.is_ascii_digit());
    let id = if digits { text.parse::<u64>().ok() } else { None };
    id.filter(|id| *id < 1 << 53).ok_or(Miss::NotFound)
}

/// A party's label in its one spelling: `p1`, `p2`.
fn party(label: &str) -> Result<u16, Miss> {
    let number =
        label.strip_prefix('p').filter(|n| !n.starts_with('0') && n.bytes().all(|b| b.is_ascii_digit()));
    number.and_then(|n| n.parse().ok()).ok_or(Miss::NotFound)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_route_is_reached_with_and_without_its_slash() {
        for (method, path, wanted) in [
            ("POST", "/", Route::Propose),
            ("GET", "/7/", Route::Show(7)),
            ("HEAD", "/7/", Route::Show(7)),
            ("PATCH", "/7/", Route::Narrow(7)),
            ("DELETE", "/7/", Route::Close(7)),
            ("POST", "/7/notify/", Route::Notify(7)),
            ("POST", "/7/revoke/", Route::Revoke(7)),
            ("GET", "/7/log/", Route::Log(7)),
            ("POST", "/7/resend/", Route::Resend(7)),
            ("DELETE", "/7/parties/p2/", Route::Withdraw(7, 2)),
            ("PUT", "/7/parties/p2/", Route::Replace(7, 2)),
            ("HEAD", "/schedules/contacts/", Route::Contacts),
            ("PUT", "/schedules/contacts/", Route::PutContact),
            ("GET", "/schedules/contacts/groups/", Route::ContactGroups),
            ("POST", "/schedules/contacts/import/", Route::ImportContacts),
            ("GET", "/schedules/contacts/export/", Route::ExportContacts),
            ("POST", "/api-token-auth/", Route::TokenAuth),
            ("GET", "/openapi/", Route::OpenApi),
            ("GET", "/healthz/", Route::Health),
            ("GET", "/outbox/", Route::Outbox),
        ] {
            assert_eq!(route(method, path), Ok(wanted));
            if path != "/" {
                assert_eq!(route(method, path.trim_end_matches('/')), Ok(wanted));
            }
        }
        assert_eq!(route("GET", "/"), Ok(Route::List));
    }

    #[test]
    fn what_is_no_route_is_told_apart() {
        for path in [
            "/foo",
            "/07/",
            "/-1/",
            "/9007199254740992/",
            "/7//",
            "//",
            "/7/x",
            "/7/log/x",
            "/7/parties/",
            "/7/parties/2",
            "/7/parties/p02",
            "/7/parties/p99999",
            "/1.0/",
            "",
            "/٣/",
        ] {
            assert_eq!(route("GET", path), Err(Miss::NotFound), "{path}");
        }
        assert_eq!(route("PUT", "/7/"), Err(Miss::Method("GET, HEAD, PATCH, DELETE, OPTIONS")));
        assert_eq!(route("GET", "/7/notify/"), Err(Miss::Method("POST, OPTIONS")));
        assert_eq!(route("OPTIONS", "/"), Err(Miss::Options("GET, HEAD, POST, OPTIONS")));
        assert_eq!(route("OPTIONS", "/foo"), Err(Miss::NotFound));
    }
}
