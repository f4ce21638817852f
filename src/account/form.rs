//! The forms that a browser is given where an act needs one: what they are called, say and ask for. Each is sent to the very
//! address it stands at.

use askama::Template;
use serde_json::{Value, json};
use whittle_domain::address::Address;
use whittle_domain::input::Body;

use crate::error::Error;
use crate::http::layout::Layout;
use crate::http::page::{Shown, words};
use crate::http::reply::Reply;
use crate::route::Account;

/// A form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// To sign in.
    Login,
    /// To sign out.
    Logout,
    /// To sign up.
    SignUp,
    /// To prove an address.
    Verify,
    /// To prove an address that makes staff.
    VerifyStaff,
    /// To be mailed a link for a new password.
    Reset,
    /// To choose it.
    NewPassword,
    /// To prove another address.
    Address,
    /// To prove another address that makes staff.
    AddressStaff,
    /// To keep the old one.
    Undo,
}

/// A field: its name, what it is called, its kind, and what a browser may fill it with.
pub struct Field {
    /// As it is sent.
    pub name: &'static str,
    /// As it is called.
    pub label: &'static str,
    /// As HTML has it.
    pub kind: &'static str,
    /// As HTML has it.
    pub autocomplete: &'static str,
}

const fn field(
    name: &'static str,
    label: &'static str,
    kind: &'static str,
    autocomplete: &'static str,
) -> Field {
    Field { name, label, kind, autocomplete }
}

const USERNAME: Field = field("username", "Name to sign in with", "text", "username");
const EMAIL: Field = field("email", "Address", "email", "email");

impl Form {
    /// The form of a page whose sending was refused: it is shown again, with what is wrong.
    pub const fn for_route(route: Account) -> Option<Self> {
        match route {
            Account::BrowserLogin => Some(Self::Login),
            Account::SignUp => Some(Self::SignUp),
            Account::AskReset => Some(Self::Reset),
            Account::ResetNow => Some(Self::NewPassword),
            _ => None,
        }
    }

    /// Its heading.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Login => "Sign in",
            Self::Logout => "Sign out",
            Self::SignUp => "Sign up",
            Self::Verify | Self::VerifyStaff | Self::Address | Self::AddressStaff => "Is this your address?",
            Self::Reset => "Forgotten your password?",
            Self::NewPassword => "Choose a new password",
            Self::Undo => "Keep your address?",
        }
    }

    /// What it says.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Login => "With the name and the password that you signed up with.",
            Self::Logout => "Your session in this browser ends. Tokens stay.",
            Self::SignUp => "You will be mailed a link, to show that the address is yours.",
            Self::Verify => "By this you say that you can read the mail of this address.",
            Self::VerifyStaff => {
                "By this you say that you can read the mail of this address, and that the account is yours: it becomes staff."
            }
            Self::Address => {
                "By this you say that you can read the mail of this address. It becomes your account's."
            }
            Self::AddressStaff => {
                "By this you say that you can read the mail of this address, and that the account is yours. The address \
                 becomes the account's, and the account becomes staff."
            }
            Self::Reset => "You will be mailed a link to choose a new one.",
            Self::NewPassword => "All sessions and tokens will end.",
            Self::Undo => {
                "The old address stays your account's, or becomes it again. All sessions and tokens end, and so does the \
                 password: you will be mailed a link to choose a new one."
            }
        }
    }

    /// What its button says.
    pub const fn button(self) -> &'static str {
        match self {
            Self::Login => "Sign in",
            Self::Logout => "Sign out",
            Self::SignUp => "Sign up",
            Self::Verify | Self::VerifyStaff => "Verify my address",
            Self::Address | Self::AddressStaff => "Make it my address",
            Self::Reset => "Mail me a link",
            Self::NewPassword => "Change my password",
            Self::Undo => "Keep my address",
        }
    }

    /// What it asks for.
    pub const fn fields(self) -> &'static [Field] {
        const LOGIN: &[Field] = &[USERNAME, field("password", "Password", "password", "current-password")];
        const SIGN_UP: &[Field] = &[
            USERNAME,
            EMAIL,
            field("first_name", "First name", "text", "given-name"),
            field("last_name", "Last name", "text", "family-name"),
            field("password", "Password", "password", "new-password"),
            field("password2", "Password, once more", "password", "new-password"),
        ];
        const RESET: &[Field] = &[EMAIL];
        const NEW_PASSWORD: &[Field] = &[
            field("new_password", "New password", "password", "new-password"),
            field("password2", "New password, once more", "password", "new-password"),
        ];
        const PASSWORD: &[Field] = &[field("password", "Password", "password", "current-password")];
        match self {
            Self::VerifyStaff | Self::AddressStaff => PASSWORD,
            Self::Login => LOGIN,
            Self::SignUp => SIGN_UP,
            Self::Reset => RESET,
            Self::NewPassword => NEW_PASSWORD,
            Self::Logout | Self::Verify | Self::Address | Self::Undo => &[],
        }
    }

    /// Where else one may want to go: text and path.
    pub const fn ways(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Login => {
                &[("Sign up", "/accounts/signup/"), ("Forgotten your password?", "/accounts/password/reset/")]
            }
            Self::SignUp | Self::NewPassword => &[("Sign in", "/api-auth/login/")],
            _ => &[],
        }
    }

    /// The form of an act about an account: it names it, for nobody is to prove somebody else's by mistake.
    pub fn about(self, username: &str, address: &Address) -> Reply {
        let names: Vec<&str> = self.fields().iter().map(|field| field.name).collect();
        let body =
            json!({ "detail": self.what_to_do(), "fields": names, "username": username, "email": address });
        Reply::json(200, body.to_string()).page(move |shown| self.render(shown))
    }

    fn what_to_do(self) -> String {
        format!("{} POST to do it.", self.text())
    }

    /// The form, or for other clients what to do.
    pub fn reply(self) -> Reply {
        let names: Vec<&str> = self.fields().iter().map(|field| field.name).collect();
        let body = json!({ "detail": self.what_to_do(), "fields": names });
        Reply::json(200, body.to_string()).page(move |shown| self.render(shown))
    }

    /// The refusal of what was sent, with the form again.
    pub fn refused(self, error: Error) -> Reply {
        Reply::from(error).page(move |shown| self.render(shown))
    }

    fn render(self, shown: &Shown<'_>) -> askama::Result<String> {
        let said: Value = shown.parse()?;
        let good = shown.status == 200;
        let text = |name: &str| said.get(name).and_then(Value::as_str).filter(|_| good).unwrap_or_default();
        let page = FormPage {
            page: Layout::new(shown.asked, self.title()),
            form: self,
            typed: &shown.asked.typed,
            faults: if good { Vec::new() } else { self.faults(&said) },
            username: text("username"),
            email: text("email"),
        };
        page.render()
    }

    /// What is wrong, by the labels of the fields.
    fn faults(self, said: &Value) -> Vec<(&'static str, String)> {
        let label = |name: &str| {
            let field = self.fields().iter().find(|field| field.name == name);
            field.map_or("", |field| field.label)
        };
        let members = said.as_object();
        members.map(|m| m.iter().map(|(name, why)| (label(name), words(why))).collect()).unwrap_or_default()
    }
}

#[derive(Template)]
#[template(path = "page/form.html")]
struct FormPage<'a> {
    page: Layout,
    form: Form,
    typed: &'a Body,
    faults: Vec<(&'static str, String)>,
    username: &'a str,
    email: &'a str,
}

impl FormPage<'_> {
    /// What was typed into a field, but for passwords.
    fn typed(&self, field: &Field) -> &str {
        let text = self.typed.get(field.name).and_then(Value::as_str).unwrap_or_default();
        if field.kind == "password" { "" } else { text }
    }
}
