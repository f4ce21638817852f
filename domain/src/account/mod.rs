//! People who can sign in: what a name and a password must be, and the mail about an account.

mod letter;
mod password;
mod settings;

pub use letter::{Letter, Template};
pub use password::{Password, PasswordFault};
pub use settings::{BookableBy, MailLevel};

use crate::address::Address;
use crate::text::PersonName;
use crate::zone::Zone;

/// The name that somebody signs in with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Username(String);

/// Not a name to sign in with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UsernameFault {
    /// Nothing but blanks.
    Blank,
    /// More than [`Username::LONGEST`] characters.
    TooLong,
    /// Something else than letters, digits and `@ . + - _`.
    Unknown,
}

impl Username {
    /// The most characters, as in the original's framework.
    pub const LONGEST: usize = 150;

    /// Reads one: letters, digits and `@ . + - _`. A colon above all is none, for Basic ends the name there (RFC 7617).
    ///
    /// # Errors
    /// See [`UsernameFault`].
    pub fn parse(text: &str) -> Result<Self, UsernameFault> {
        let text = text.trim();
        let good = |c: char| c.is_alphanumeric() || matches!(c, '@' | '.' | '+' | '-' | '_');
        if text.is_empty() {
            Err(UsernameFault::Blank)
        } else if text.chars().count() > Self::LONGEST {
            Err(UsernameFault::TooLong)
        } else if text.chars().all(good) {
            Ok(Self(text.to_owned()))
        } else {
            Err(UsernameFault::Unknown)
        }
    }

    /// As it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What somebody signs up with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignUp {
    /// To sign in with.
    pub username: Username,
    /// Proves nothing until it is verified.
    pub address: Address,
    /// Empty where the document has none.
    pub first_name: Option<PersonName>,
    /// Empty where the document has none.
    pub last_name: Option<PersonName>,
    /// Its hash alone is kept.
    pub password: Password,
}

/// What is to be different about an account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// Another first name; nothing takes it away.
    pub first_name: Option<Option<PersonName>>,
    /// Another last name; nothing takes it away.
    pub last_name: Option<Option<PersonName>>,
    /// Another time zone.
    pub timezone: Option<Zone>,
    /// Who may book it.
    pub bookable_by: Option<BookableBy>,
    /// How much it is mailed.
    pub mail: Option<MailLevel>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_username_is_letters_digits_and_five_signs() {
        for good in ["ob", "hello@test.ca", "a.b+c-d_e", "\u{d6}zg\u{fc}r", " test10 "] {
            assert_eq!(Username::parse(good).map(|n| n.as_str().to_owned()), Ok(good.trim().to_owned()));
        }
        for (bad, fault) in [
            ("", UsernameFault::Blank),
            ("  ", UsernameFault::Blank),
            ("a b", UsernameFault::Unknown),
            ("a:b", UsernameFault::Unknown),
            ("a\u{202e}b", UsernameFault::Unknown),
            (&"a".repeat(151), UsernameFault::TooLong),
        ] {
            assert_eq!(Username::parse(bad), Err(fault), "{bad}");
        }
    }
}
