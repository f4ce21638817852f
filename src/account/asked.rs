//! What a GET says where an act is a POST to the same URL, to clients other than browsers: what it does, and which fields it
//! takes. Browsers get the form ([`super::page`]).

use serde_json::json;
use whittle_domain::address::Address;

use crate::http::reply::Reply;

/// What a mailed link asks about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    /// Whether the address is the account's.
    Verify,
    /// Whether it is to become the account's.
    Address,
    /// Whether it is to stay the account's.
    Undo,
}

/// What a mailed link asks: of whom, and about which address. It is named, because nobody is to prove somebody else's by
/// mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    pub question: Question,
    /// Whether the act makes the account staff, which takes its password.
    pub needs_password: bool,
    pub username: String,
    pub address: Address,
}

impl Asked {
    /// The answer to other clients.
    pub fn reply(&self) -> Reply {
        let text = match (self.question, self.needs_password) {
            (Question::Verify, false) => "By this you say that you can read the mail of this address.",
            (Question::Verify, true) => {
                "By this you say that you can read the mail of this address, and that the account is yours: it becomes staff."
            }
            (Question::Address, false) => {
                "By this you say that you can read the mail of this address. It becomes your account's."
            }
            (Question::Address, true) => {
                "By this you say that you can read the mail of this address, and that the account is yours. The address \
                 becomes the account's, and the account becomes staff."
            }
            (Question::Undo, _) => {
                "The old address stays your account's, or becomes it again. All sessions and tokens end, and so does the \
                 password: you will be mailed a link to choose a new one."
            }
        };
        let fields: &[&str] = if self.needs_password { &["password"] } else { &[] };
        let body = json!({
            "detail": what_to_do(text), "fields": fields, "username": self.username, "email": self.address,
        });
        Reply::json(200, body.to_string())
    }
}

fn what_to_do(text: &str) -> String {
    format!("{text} POST to do it.")
}

fn reply(text: &str, fields: &[&str]) -> Reply {
    Reply::json(200, json!({ "detail": what_to_do(text), "fields": fields }).to_string())
}

/// `GET /api-auth/login/`
pub fn sign_in() -> Reply {
    reply("With the name and the password that you signed up with.", &["username", "password"])
}

/// `GET /api-auth/logout/`
pub fn sign_out() -> Reply {
    reply("Your session in this browser ends. Tokens stay.", &[])
}

/// `GET /accounts/signup/`
pub fn sign_up() -> Reply {
    let fields = ["username", "email", "first_name", "last_name", "password", "password2"];
    reply("You will be mailed a link, to show that the address is yours.", &fields)
}

/// `GET /accounts/password/reset/`
pub fn reset() -> Reply {
    reply("You will be mailed a link to choose a new one.", &["email"])
}

/// `GET /accounts/password/reset/{token}/`
pub fn new_password() -> Reply {
    reply("All sessions and tokens will end.", &["new_password", "password2"])
}
