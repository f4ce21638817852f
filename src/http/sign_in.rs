//! The page to sign in. It is also what a browser gets where a page needs an account: signing in leads back to that page.

use askama::Template;
use serde_json::Value;

use crate::error::Error;
use crate::http::field::Field;
use crate::http::form::{Faults, Form};
use crate::http::layout::Layout;
use crate::http::page::{PageRequest, query};
use crate::route::route;
use crate::texts::say;

/// The page.
#[derive(Template)]
#[template(path = "page/sign_in.html")]
pub struct SignInPage {
    page: Layout,
    /// Why it is shown; empty where it was asked for.
    lead: String,
    general: Vec<String>,
    fields: [Field; 2],
    /// Where the form is sent, where that is not where the page is.
    action: String,
    /// The query with which signing up leads to the same page.
    query: String,
}

impl SignInPage {
    /// The page that was asked for, with what was refused of the form.
    pub fn new(asked: &PageRequest, next: Option<&str>, form: Option<&Form>, faults: &Faults) -> Self {
        Self {
            page: Layout::new(asked, say("sign-in-title")),
            lead: String::new(),
            general: faults.beside(&["username", "password"]).into_iter().map(ToOwned::to_owned).collect(),
            fields: [
                Field::text("username", say("username-label"), "username").typed(form, faults),
                Field::password("password", say("password-label"), "current-password").typed(form, faults),
            ],
            action: String::new(),
            query: query("next", next),
        }
    }

    /// The page in place of another one that needs an account.
    pub fn instead(asked: &PageRequest, refused: &Error) -> Self {
        let way = query("next", Some(&readable(&asked.path)));
        let mut page = Self::new(asked, None, None, &Faults::default());
        page.page.signed_in = false;
        page.lead = why(asked, refused);
        page.action = format!("/api-auth/login/{way}");
        page.query = way;
        page
    }
}

/// Why somebody has to sign in.
fn why(asked: &PageRequest, refused: &Error) -> String {
    let body = if let Error::Unauthorized(body) = refused { Some(body) } else { None };
    let detail = body.and_then(|body| body.get("detail")).and_then(Value::as_str);
    let said = if body.is_some_and(|body| body.get("expires").is_some()) {
        say("sign-in-link-expired")
    } else if detail == Some("Invalid link.") {
        say("sign-in-link-invalid")
    } else if asked.signed_in && asked.sends {
        say("sign-in-session-over-unsaved")
    } else if asked.signed_in {
        say("sign-in-session-over")
    } else if asked.takes_links {
        say("sign-in-or-open-link")
    } else {
        say("sign-in-needed")
    };
    said.to_string()
}

/// The page that belongs to a path: it, or the next one above it that can be read.
pub fn readable(path: &str) -> String {
    let mut path = path.strip_suffix('/').unwrap_or(path);
    loop {
        let page = format!("{path}/");
        if route("GET", &page).is_ok() {
            return page;
        }
        match path.rsplit_once('/') {
            Some((above, _)) => path = above,
            None => return "/".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signing_in_leads_back_to_what_can_be_read() {
        for (path, wanted) in [
            ("/accounts/me/", "/accounts/me/"),
            ("/7/log", "/7/log/"),
            ("/7/notify/", "/7/"),
            ("/schedules/contacts/import/", "/schedules/contacts/"),
            ("/accounts/sessions/x/", "/accounts/sessions/"),
            ("/nothing/here/", "/"),
            ("", "/"),
        ] {
            assert_eq!(readable(path), wanted, "{path}");
        }
    }
}
