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
    /// `GET /accounts/signup/`: the form.
    SignUpForm,
    /// `POST /api/user/login/`
    ApiLogin,
    /// `GET /api-auth/login/`: the form.
    LoginForm,
    /// `POST /api-auth/login/`
    BrowserLogin,
    /// `GET /api/user/logout/`, `GET /api-auth/logout/`: the form.
    LogoutForm,
    /// `POST /api/user/logout/`, `POST /api-auth/logout/`
    ApiLogout,
    /// `GET /api/user/get_detail/`
    Detail,
    /// `POST /accounts/verify/`: another link.
    VerifyAgain,
    /// `POST /accounts/password/`
    ChangePassword,
    /// `GET /accounts/password/reset/`: the form.
    ResetForm,
    /// `POST /accounts/password/reset/`: a link.
    AskReset,
    /// `GET /accounts/password/reset/{token}/`
    Reset,
    /// `POST /accounts/password/reset/{token}/`
    ResetNow,
    /// `POST /accounts/address/`
    ChangeAddress,
    /// `GET /accounts/address/{token}/`
    Address,
    /// `POST /accounts/address/{token}/`
    AddressNow,
    /// `GET /accounts/address/undo/{token}/`
    Undo,
    /// `POST /accounts/address/undo/{token}/`
    UndoNow,
    /// `GET /accounts/me/`
    Me,
    /// `PATCH /accounts/me/`
    ChangeMe,
    /// `DELETE /accounts/me/`
    Leave,
    /// `GET /accounts/export/`
    Export,
    /// `GET /accounts/sessions/`
    SignIns,
    /// `DELETE /accounts/sessions/`: all others.
    EndSignIns,
    /// `DELETE /accounts/sessions/{id}/`
    EndSignIn,
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
    /// The name in the log, such as `token-auth`: never the path, for paths can carry tokens.
    pub fn name(self) -> String {
        let variant = format!("{self:?}");
        let mut name = String::new();
        for letter in variant.chars().take_while(char::is_ascii_alphabetic) {
            if letter.is_ascii_uppercase() && !name.is_empty() {
                name.push('-');
            }
            name.push(letter.to_ascii_lowercase());
        }
        name
    }

    /// Whether a session's cookie says who asks. Where it does not, what stands in the path or the body says it: a link's
    /// token, a name and a password, a refresh token.
    pub const fn takes_sessions(self) -> bool {
        !matches!(
            self,
            Self::SignUp
                | Self::ApiSignUp
                | Self::Login
                | Self::ApiLogin
                | Self::BrowserLogin
                | Self::TokenAuth
                | Self::Refresh
                | Self::Logout
                | Self::Verify
                | Self::VerifyNow
                | Self::AskReset
                | Self::Reset
                | Self::ResetNow
                | Self::Address
                | Self::AddressNow
                | Self::Undo
                | Self::UndoNow
                | Self::Unsubscribe
                | Self::UnsubscribeNow
                | Self::Feed
                | Self::MailEvents
        )
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
        [] => both(method, Route::List, Route::Propose),
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
        ["accounts", "signup"] => both(method, Route::SignUpForm, Route::SignUp),
        ["api", "user", "sign_up"] => only(method, "POST", Route::ApiSignUp),
        ["accounts", "login"] => only(method, "POST", Route::Login),
        ["accounts", "token", "refresh"] => only(method, "POST", Route::Refresh),
        ["accounts", "logout"] => only(method, "POST", Route::Logout),
        ["accounts", "verify"] => only(method, "POST", Route::VerifyAgain),
        ["accounts", "verify", _] => both(method, Route::Verify, Route::VerifyNow),
        ["accounts", "password"] => only(method, "POST", Route::ChangePassword),
        ["accounts", "password", "reset"] => both(method, Route::ResetForm, Route::AskReset),
        ["accounts", "password", "reset", _] => both(method, Route::Reset, Route::ResetNow),
        ["accounts", "address"] => only(method, "POST", Route::ChangeAddress),
        ["accounts", "address", "undo", _] => both(method, Route::Undo, Route::UndoNow),
        ["accounts", "address", _] => both(method, Route::Address, Route::AddressNow),
        ["accounts", "me"] => match method {
            "GET" => Ok(Route::Me),
            "PATCH" => Ok(Route::ChangeMe),
            "DELETE" => Ok(Route::Leave),
            _ => Err(other(method, "GET, HEAD, PATCH, DELETE, OPTIONS")),
        },
        ["accounts", "export"] => only(method, "GET", Route::Export),
        ["accounts", "sessions"] => match method {
            "GET" => Ok(Route::SignIns),
            "DELETE" => Ok(Route::EndSignIns),
            _ => Err(other(method, "GET, HEAD, DELETE, OPTIONS")),
        },
        ["accounts", "sessions", _] => match method {
            "DELETE" => Ok(Route::EndSignIn),
            _ => Err(other(method, "DELETE, OPTIONS")),
        },
        ["api", "user", "login"] => only(method, "POST", Route::ApiLogin),
        ["api", "user", "logout"] | ["api-auth", "logout"] => {
            both(method, Route::LogoutForm, Route::ApiLogout)
        }
        ["api", "user", "get_detail"] => only(method, "GET", Route::Detail),
        ["api-auth", "login"] => both(method, Route::LoginForm, Route::BrowserLogin),
        ["mail", "events"] => only(method, "POST", Route::MailEvents),
        ["feed"] => both(method, Route::FeedLink, Route::RotateFeed),
        ["feed", file] if file.ends_with(".ics") => only(method, "GET", Route::Feed),
        ["unsubscribe", _] => both(method, Route::Unsubscribe, Route::UnsubscribeNow),
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

/// The last segment of a path such as `/feed/{token}.ics` or `/accounts/verify/{token}/`: the token, where it has one.
pub fn token(path: &str) -> &str {
    path.strip_suffix('/').unwrap_or(path).rsplit('/').next().unwrap_or_default()
}

fn both(method: &str, get: Route, post: Route) -> Result<Route, Miss> {
    match method {
        "GET" => Ok(get),
        "POST" => Ok(post),
        _ => Err(other(method, "GET, HEAD, POST, OPTIONS")),
    }
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
    fn a_name_has_nothing_of_the_path() {
        assert_eq!(Route::List.name(), "list");
        assert_eq!(Route::TokenAuth.name(), "token-auth");
        assert_eq!(Route::Withdraw(7, 2).name(), "withdraw");
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
