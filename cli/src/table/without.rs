//! The operations without a command, each with its reason.

const PAGE: &str = "a page for browsers, whose form is the command's POST";
const BROWSER: &str = "takes the cookie of a link away from a browser; the client keeps none";
const SOCKET: &str = "a WebSocket for pages of the service, which asks for their Origin";
const LOOK: &str =
    "looks without doing anything, before the form of a page is sent; the command's POST does it";
const ALIAS: &str = "the same as another operation, which has the command";
const PAIR: &str = "tokens and sessions for other clients; `login` takes a token that is listed and ended";

/// Method, path and reason.
pub const WITHOUT: &[(&str, &str, &str)] = &[
    ("GET", "/new/", PAGE),
    ("POST", "/new/", PAGE),
    ("POST", "/{id}/follow/", "leads a browser to the next round; `show` names it"),
    ("POST", "/{id}/forget/", BROWSER),
    ("GET", "/{id}/live/", SOCKET),
    ("POST", "/meetings/{id}/forget/", BROWSER),
    ("GET", "/feed/{token}.ics", "read by calendar programs, at the address of `meetings feed`"),
    ("GET", "/schedules/calendars/compose/", PAGE),
    ("POST", "/schedules/calendars/compose/", PAGE),
    ("PATCH", "/schedules/calendars/{id}/details/", ALIAS),
    ("GET", "/schedules/calendars/remind/{id}/{contact}/", ALIAS),
    ("POST", "/schedules/calendars/{id}/forget/", BROWSER),
    ("GET", "/schedules/calendars/{id}/live/", SOCKET),
    ("GET", "/schedules/calendars/{id}/meetings/{meeting}/", ALIAS),
    ("PATCH", "/schedules/calendars/{id}/meetings/{meeting}/", ALIAS),
    ("DELETE", "/schedules/calendars/{id}/meetings/{meeting}/", ALIAS),
    ("PUT", "/schedules/contacts/", ALIAS),
    ("GET", "/accounts/signup/", PAGE),
    ("POST", "/api/user/sign_up/", ALIAS),
    ("GET", "/accounts/verify/{token}/", LOOK),
    ("POST", "/accounts/login/", PAIR),
    ("POST", "/accounts/token/refresh/", PAIR),
    ("POST", "/accounts/logout/", PAIR),
    ("POST", "/api/user/login/", PAIR),
    ("GET", "/api-auth/login/", PAGE),
    ("POST", "/api-auth/login/", PAIR),
    ("GET", "/api/user/logout/", PAGE),
    ("POST", "/api/user/logout/", PAIR),
    ("GET", "/accounts/password/reset/", PAGE),
    ("GET", "/accounts/password/reset/{token}/", LOOK),
    ("GET", "/accounts/address/{token}/", LOOK),
    ("GET", "/accounts/address/undo/{token}/", LOOK),
    ("GET", "/unsubscribe/{token}/", LOOK),
    ("POST", "/mail/events", "for the mail provider, which signs it"),
    ("GET", "/docs/", "the description as a page for browsers; `openapi` prints it"),
    ("GET", "/demo/", PAGE),
    ("POST", "/demo/", PAGE),
];
