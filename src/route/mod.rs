//! The only route table: a page to read, a pure function to test. What a route may be called with stands beside the routes
//! of its capability ([`policy`]).

// A route that is added must say what it may be called with: a wildcard would say it for it.
#![deny(clippy::wildcard_enum_match_arm, clippy::match_wildcard_for_single_variants)]

pub mod account;
pub mod admin;
pub mod booking;
pub mod busy;
pub mod calendar;
pub mod contact;
pub mod mail;
pub mod meeting;
pub mod policy;
pub mod proposal;
pub mod service;
#[cfg(test)]
mod tests;
pub mod transfer;

pub use account::Account;
pub use admin::Admin;
pub use booking::Booking;
pub use busy::Busy;
pub use calendar::Calendar;
pub use contact::Contact;
pub use mail::Mail;
pub use meeting::Meeting;
pub use policy::Policy;
pub use proposal::Proposal;
pub use service::Service;
pub use transfer::Transfer;

/// What a request asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    Proposal(Proposal),
    Calendar(Calendar),
    Meeting(Meeting),
    Mail(Mail),
    Account(Account),
    Contact(Contact),
    Busy(Busy),
    Booking(Booking),
    Admin(Admin),
    Service(Service),
    Transfer(Transfer),
}

/// Why a request has no route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Miss {
    /// There is nothing at this path.
    NotFound,
    /// There is, but not for this method; these are allowed.
    Method(String),
    /// `OPTIONS`: these are allowed.
    Options(String),
}

impl Route {
    /// The name in the log, such as `token-auth`: never the path, for paths can carry tokens.
    pub fn name(self) -> String {
        // The Worker's build keeps of `Debug` what a variant is called (docs/decisions/0019-small-standard-library.md).
        let variant = match self {
            Self::Proposal(route) => format!("{route:?}"),
            Self::Calendar(route) => format!("{route:?}"),
            Self::Meeting(route) => format!("{route:?}"),
            Self::Mail(route) => format!("{route:?}"),
            Self::Account(route) => format!("{route:?}"),
            Self::Contact(route) => format!("{route:?}"),
            Self::Busy(route) => format!("{route:?}"),
            Self::Booking(route) => format!("{route:?}"),
            Self::Admin(route) => format!("{route:?}"),
            Self::Service(route) => format!("{route:?}"),
            Self::Transfer(route) => format!("{route:?}"),
        };
        let mut name = String::new();
        for letter in variant.chars().take_while(char::is_ascii_alphabetic) {
            if letter.is_ascii_uppercase() && !name.is_empty() {
                name.push('-');
            }
            name.push(letter.to_ascii_lowercase());
        }
        name
    }

    /// What it may be called with.
    pub const fn policy(self) -> Policy {
        match self {
            Self::Proposal(route) => route.policy(),
            Self::Calendar(route) => route.policy(),
            Self::Meeting(route) => route.policy(),
            Self::Mail(route) => route.policy(),
            Self::Account(route) => route.policy(),
            Self::Contact(route) => route.policy(),
            Self::Busy(route) => route.policy(),
            Self::Booking(route) => route.policy(),
            Self::Admin(route) => route.policy(),
            Self::Service(route) => route.policy(),
            Self::Transfer(route) => route.policy(),
        }
    }
}

impl From<Proposal> for Route {
    fn from(route: Proposal) -> Self {
        Self::Proposal(route)
    }
}

impl From<Calendar> for Route {
    fn from(route: Calendar) -> Self {
        Self::Calendar(route)
    }
}

impl From<Meeting> for Route {
    fn from(route: Meeting) -> Self {
        Self::Meeting(route)
    }
}

impl From<Mail> for Route {
    fn from(route: Mail) -> Self {
        Self::Mail(route)
    }
}

impl From<Account> for Route {
    fn from(route: Account) -> Self {
        Self::Account(route)
    }
}

impl From<Contact> for Route {
    fn from(route: Contact) -> Self {
        Self::Contact(route)
    }
}

impl From<Busy> for Route {
    fn from(route: Busy) -> Self {
        Self::Busy(route)
    }
}

impl From<Booking> for Route {
    fn from(route: Booking) -> Self {
        Self::Booking(route)
    }
}

impl From<Admin> for Route {
    fn from(route: Admin) -> Self {
        Self::Admin(route)
    }
}

impl From<Service> for Route {
    fn from(route: Service) -> Self {
        Self::Service(route)
    }
}

impl From<Transfer> for Route {
    fn from(route: Transfer) -> Self {
        Self::Transfer(route)
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
        [] => methods(method, &[("GET", Proposal::List), ("POST", Proposal::Propose)]),
        ["new"] => methods(method, &[("GET", Proposal::Compose), ("POST", Proposal::ComposeMore)]),
        ["schedules", "contacts"] => methods(
            method,
            &[
                ("GET", Contact::Contacts),
                ("POST", Contact::AddContact),
                ("PUT", Contact::PutContact),
                ("PATCH", Contact::ChangeContact),
                ("DELETE", Contact::RemoveContact),
            ],
        ),
        ["schedules", "contacts", "groups"] => methods(method, &[("GET", Contact::ContactGroups)]),
        ["schedules", "contacts", "import"] => methods(method, &[("POST", Contact::ImportContacts)]),
        ["schedules", "contacts", "export"] => methods(method, &[("GET", Contact::ExportContacts)]),
        ["schedules", "home"] => methods(method, &[("GET", Calendar::Calendars)]),
        ["schedules", "calendars", rest @ ..] => calendar::route(method, rest),
        ["api-token-auth"] => methods(method, &[("POST", Account::TokenAuth)]),
        ["openapi"] => methods(method, &[("GET", Service::OpenApi)]),
        ["docs"] => methods(method, &[("GET", Service::Docs)]),
        ["demo"] => methods(method, &[("GET", Service::Demo), ("POST", Service::TryDemo)]),
        ["healthz"] => methods(method, &[("GET", Service::Health)]),
        ["outbox"] => methods(method, &[("GET", Mail::Outbox)]),
        ["accounts", "signup"] => methods(method, &[("GET", Account::SignUpForm), ("POST", Account::SignUp)]),
        ["api", "user", "sign_up"] => methods(method, &[("POST", Account::ApiSignUp)]),
        ["accounts", "login"] => methods(method, &[("POST", Account::Login)]),
        ["accounts", "token", "refresh"] => methods(method, &[("POST", Account::Refresh)]),
        ["accounts", "logout"] => methods(method, &[("POST", Account::Logout)]),
        ["accounts", "verify"] => methods(method, &[("POST", Account::VerifyAgain)]),
        ["accounts", "verify", _] => {
            methods(method, &[("GET", Account::Verify), ("POST", Account::VerifyNow)])
        }
        ["accounts", "password"] => methods(method, &[("POST", Account::ChangePassword)]),
        ["accounts", "password", "reset"] => {
            methods(method, &[("GET", Account::ResetForm), ("POST", Account::AskReset)])
        }
        ["accounts", "password", "reset", _] => {
            methods(method, &[("GET", Account::Reset), ("POST", Account::ResetNow)])
        }
        ["accounts", "address"] => methods(method, &[("POST", Account::ChangeAddress)]),
        ["accounts", "address", "undo", _] => {
            methods(method, &[("GET", Account::Undo), ("POST", Account::UndoNow)])
        }
        ["accounts", "address", _] => {
            methods(method, &[("GET", Account::Address), ("POST", Account::AddressNow)])
        }
        ["accounts", "me"] => {
            methods(method, &[("GET", Account::Me), ("PATCH", Account::ChangeMe), ("DELETE", Account::Leave)])
        }
        ["accounts", "export"] => methods(method, &[("GET", Account::Export)]),
        ["accounts", "sessions"] => {
            methods(method, &[("GET", Account::SignIns), ("DELETE", Account::EndSignIns)])
        }
        ["accounts", "sessions", _] => methods(method, &[("DELETE", Account::EndSignIn)]),
        ["api", "user", "login"] => methods(method, &[("POST", Account::ApiLogin)]),
        ["api", "user", "logout"] | ["api-auth", "logout"] => {
            methods(method, &[("GET", Account::LogoutForm), ("POST", Account::ApiLogout)])
        }
        ["api", "home"] => methods(method, &[("GET", Proposal::Home)]),
        ["api", "user", "busy"] => methods(method, &[("GET", Busy::ListBusy)]),
        ["api", "user", "busy", "import"] => {
            methods(method, &[("POST", Busy::ImportBusy), ("DELETE", Busy::ForgetBusy)])
        }
        ["api", "user", "busy", "subscriptions"] => {
            methods(method, &[("GET", Busy::Subscriptions), ("POST", Busy::Subscribe)])
        }
        ["api", "user", "busy", "subscriptions", text] => {
            let id = id(text)?;
            methods(method, &[("POST", Busy::ReadSubscription(id)), ("DELETE", Busy::EndSubscription(id))])
        }
        ["api", "user", "get_detail"] => methods(method, &[("GET", Account::Detail)]),
        ["api-auth", "login"] => {
            methods(method, &[("GET", Account::LoginForm), ("POST", Account::BrowserLogin)])
        }
        ["api", "user", rest @ ..] => booking::user(method, rest),
        ["api", "event", rest @ ..] => booking::events(method, rest),
        ["book", rest @ ..] => booking::public(method, rest),
        ["admin", rest @ ..] => admin::route(method, rest),
        ["mail", "events"] => methods(method, &[("POST", Mail::MailEvents)]),
        ["transfer"] => methods(method, &[("GET", Transfer::TransferTables)]),
        ["transfer", "tables", _] => {
            methods(method, &[("GET", Transfer::TransferRows), ("POST", Transfer::AddTransferRows)])
        }
        ["transfer", "objects", _, text] => id(text).and_then(|_| {
            methods(method, &[("GET", Transfer::TransferObject), ("PUT", Transfer::PutTransferObject)])
        }),
        ["feed"] => methods(method, &[("GET", Meeting::FeedLink), ("POST", Meeting::RotateFeed)]),
        ["feed", file] if file.ends_with(".ics") => methods(method, &[("GET", Meeting::Feed)]),
        ["unsubscribe", _] => methods(method, &[("GET", Mail::Unsubscribe), ("POST", Mail::UnsubscribeNow)]),
        ["meetings", text] => {
            let id = id(text)?;
            methods(
                method,
                &[
                    ("GET", Meeting::Meeting(id)),
                    ("PATCH", Meeting::Update(id)),
                    ("DELETE", Meeting::Cancel(id)),
                ],
            )
        }
        ["meetings", text, "forget"] => methods(method, &[("POST", Meeting::ForgetMeeting(id(text)?))]),
        ["meetings", text, "calendar.ics"] => methods(method, &[("GET", Meeting::MeetingFile(id(text)?))]),
        ["meetings", text, "decline"] => methods(method, &[("POST", Meeting::Decline(id(text)?))]),
        ["meetings", text, "accept"] => methods(method, &[("POST", Meeting::Accept(id(text)?))]),
        ["meetings", text, "confirm"] => methods(method, &[("POST", Meeting::Confirm(id(text)?))]),
        ["meetings", text, "approve"] => methods(method, &[("POST", Meeting::Approve(id(text)?))]),
        ["meetings", text, "times"] => methods(method, &[("GET", Meeting::OtherTimes(id(text)?))]),
        [text] => {
            let id = id(text)?;
            methods(
                method,
                &[
                    ("GET", Proposal::Show(id)),
                    ("PATCH", Proposal::Narrow(id)),
                    ("DELETE", Proposal::Close(id)),
                ],
            )
        }
        [text, "notify"] => methods(method, &[("POST", Proposal::Notify(id(text)?))]),
        [text, "revoke"] => methods(method, &[("POST", Proposal::Revoke(id(text)?))]),
        [text, "fix"] => methods(method, &[("POST", Proposal::Fix(id(text)?))]),
        [text, "round"] => methods(method, &[("POST", Proposal::Round(id(text)?))]),
        [text, "decline"] => methods(method, &[("POST", Proposal::DeclineAgreed(id(text)?))]),
        [text, "accept"] => methods(method, &[("POST", Proposal::AcceptAgreed(id(text)?))]),
        [text, "calendar.ics"] => methods(method, &[("GET", Proposal::Calendar(id(text)?))]),
        [text, "follow"] => methods(method, &[("POST", Proposal::Follow(id(text)?))]),
        [text, "forget"] => methods(method, &[("POST", Proposal::Forget(id(text)?))]),
        [text, "live"] => methods(method, &[("GET", Proposal::Live(id(text)?))]),
        [text, "log"] => methods(method, &[("GET", Proposal::Log(id(text)?))]),
        [text, "resend"] => methods(method, &[("POST", Proposal::Resend(id(text)?))]),
        [text, "parties", label] => {
            let (id, party) = (id(text)?, party(label)?);
            methods(
                method,
                &[
                    ("PUT", Proposal::Replace(id, party)),
                    ("PATCH", Proposal::SetOptional(id, party)),
                    ("DELETE", Proposal::Withdraw(id, party)),
                ],
            )
        }
        [text, "parties", label, "link"] => {
            methods(method, &[("POST", Proposal::MakeLink(id(text)?, party(label)?))])
        }
        _ => Err(Miss::NotFound),
    }
}

/// The last segment of a path such as `/feed/{token}.ics` or `/accounts/verify/{token}/`: the token, where it has one.
pub fn token(path: &str) -> &str {
    path.strip_suffix('/').unwrap_or(path).rsplit('/').next().unwrap_or_default()
}

/// A segment of a path, 0 the first; empty where it has none.
pub fn segment(path: &str, at: usize) -> &str {
    path.trim_start_matches('/').split('/').nth(at).unwrap_or_default()
}

/// The route of a path's methods, which are listed as `Allow` is to have them; HEAD and OPTIONS come by themselves.
fn methods<R: Copy + Into<Route>>(method: &str, routes: &[(&str, R)]) -> Result<Route, Miss> {
    if let Some((_, route)) = routes.iter().find(|(name, _)| *name == method) {
        return Ok((*route).into());
    }
    let mut allow: Vec<&str> = Vec::new();
    for (name, _) in routes {
        allow.push(name);
        allow.extend((*name == "GET").then_some("HEAD"));
    }
    allow.push("OPTIONS");
    let allow = allow.join(", ");
    Err(if method == "OPTIONS" { Miss::Options(allow) } else { Miss::Method(allow) })
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
