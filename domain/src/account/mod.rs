//! Accounts: what a user name and a password must be, what an account can set, and the mail about an account.

mod letter;
mod password;
mod settings;

pub use letter::{Letter, Template};
pub use password::{Password, PasswordError};
pub use settings::{BookableBy, MailLevel};

use crate::address::Address;
use crate::text::{Name, PersonName};
use crate::zone::Zone;

/// The name with which a person signs in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Username(String);

/// Why a text is not a user name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UsernameError {
    /// The text is empty or consists of blanks.
    Blank,
    /// The text has more than [`Username::MAX_CHARS`] characters.
    TooLong,
    /// The text contains another character than letters, digits and `@ . + - _`.
    InvalidCharacter,
}

impl Username {
    /// The maximum number of characters, as in Django, which the original used.
    pub const MAX_CHARS: usize = 150;

    /// Reads a user name of letters, digits and `@ . + - _`, after trimming. A colon is never allowed, because in Basic
    /// authentication it ends the name (RFC 7617).
    ///
    /// # Errors
    /// See [`UsernameError`].
    pub fn parse(text: &str) -> Result<Self, UsernameError> {
        let text = text.trim();
        let is_allowed = |c: char| c.is_alphanumeric() || matches!(c, '@' | '.' | '+' | '-' | '_');
        if text.is_empty() {
            Err(UsernameError::Blank)
        } else if text.chars().count() > Self::MAX_CHARS {
            Err(UsernameError::TooLong)
        } else if text.chars().all(is_allowed) {
            Ok(Self(text.to_owned()))
        } else {
            Err(UsernameError::InvalidCharacter)
        }
    }

    /// The name as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a person enters to sign up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignUp {
    /// The name to sign in with. Whether it is free is for the database to say.
    pub username: Username,
    /// The mail address. It is not verified yet, so it proves nothing about the person.
    pub address: Address,
    /// The first name. `None` if the API used does not ask for it.
    pub first_name: Option<PersonName>,
    /// The last name. `None` if the API used does not ask for it.
    pub last_name: Option<PersonName>,
    /// The password. Only its hash is stored.
    pub password: Password,
}

/// A change of an account's settings. A setting that is `None` stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SettingsChange {
    /// The new first name; `Some(None)` removes it.
    pub first_name: Option<Option<PersonName>>,
    /// The new last name; `Some(None)` removes it.
    pub last_name: Option<Option<PersonName>>,
    /// The new time zone, which new proposals of the account get.
    pub timezone: Option<Zone>,
    /// Who may book the account from now on.
    pub bookable_by: Option<BookableBy>,
    /// How much mail the account gets from now on.
    pub mail: Option<MailLevel>,
}

/// The name by which others are told of a person, of a first and a last name that may be empty. `None` if there is no name,
/// if it is too long for a subject, or if it could pass for an address or a link: who asks must not seem to be somebody else.
#[must_use]
pub fn display_name(first: &str, last: &str) -> Option<Name> {
    let name = Name::parse(&format!("{} {}", first.trim(), last.trim())).ok()?;
    let misleads = name.as_str().contains('@') || name.as_str().contains("://");
    (!misleads).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_is_named_by_first_and_last_name() {
        let named = |first: &str, last: &str| display_name(first, last).map(|name| name.to_string());
        assert_eq!(named("Ana", "Lee").as_deref(), Some("Ana Lee"));
        assert_eq!(named(" Ana ", "").as_deref(), Some("Ana"));
        assert_eq!(named("", "Lee").as_deref(), Some("Lee"));
        for (first, last) in [
            ("", ""),
            ("ana@bank.example", ""),
            ("http://x", "y"),
            ("a\nb", ""),
            (&*"a".repeat(100), &*"b".repeat(100)),
        ] {
            assert_eq!(named(first, last), None, "{first} {last}");
        }
    }

    #[test]
    fn a_username_is_letters_digits_and_five_signs() {
        for good in ["ob", "hello@test.ca", "a.b+c-d_e", "\u{d6}zg\u{fc}r", " test10 "] {
            assert_eq!(Username::parse(good).map(|n| n.as_str().to_owned()), Ok(good.trim().to_owned()));
        }
        for (bad, fault) in [
            ("", UsernameError::Blank),
            ("  ", UsernameError::Blank),
            ("a b", UsernameError::InvalidCharacter),
            ("a:b", UsernameError::InvalidCharacter),
            ("a\u{202e}b", UsernameError::InvalidCharacter),
            (&"a".repeat(151), UsernameError::TooLong),
        ] {
            assert_eq!(Username::parse(bad), Err(fault), "{bad}");
        }
    }
}
