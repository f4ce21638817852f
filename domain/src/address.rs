//! Mail addresses.

use std::fmt;
use std::str::FromStr;

use email_address::{EmailAddress, Options};
use serde::{Deserialize, Serialize};

use crate::text::is_unprintable;

/// A mail address, kept as it was written. Two addresses are equal if their [keys](Address::key) are.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Address(String);

impl Address {
    /// The maximum length of an address in bytes: a longer one does not fit an SMTP path (RFC 5321, erratum 1690).
    pub const MAX_BYTES: usize = 254;

    /// The address in ASCII lower case. Addresses are looked up and compared by their keys. Other letters keep their
    /// case, because two letters with one lower-case form can be two mailboxes.
    #[must_use]
    pub fn key(&self) -> String {
        self.0.to_ascii_lowercase()
    }

    /// The key under which mail to this address is counted against its budget. All spellings that reach one mailbox have
    /// the same counting key: it is in lower case, without a `+suffix`, and at Gmail without dots. Mail is never sent to
    /// a counting key.
    #[must_use]
    pub fn counting_key(&self) -> String {
        let key = self.0.to_lowercase();
        let Some((mailbox, domain)) = key.rsplit_once('@') else { return key };
        let plain = mailbox.split_once('+').map_or(mailbox, |(plain, _)| plain);
        let plain = if plain.is_empty() { mailbox } else { plain };
        match domain.trim_end_matches('.') {
            "gmail.com" | "googlemail.com" => format!("{}@gmail.com", plain.replace('.', "")),
            domain => format!("{plain}@{domain}"),
        }
    }

    /// The address as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The text is not a mail address that Whittle accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidAddress;

impl FromStr for Address {
    type Err = InvalidAddress;

    /// Reads an `addr-spec` of RFC 5322, after trimming. Display names, quoted local parts, comments and domain literals
    /// are refused, because mail providers do not deliver to them. A host name without a dot (`ob@localhost`) is accepted.
    fn from_str(text: &str) -> Result<Self, InvalidAddress> {
        let text = text.trim();
        let options = Options::default().without_display_text().without_domain_literal();
        let plain = !text.chars().any(|c| {
            is_unprintable(c)
                || c.is_whitespace()
                || matches!(c, '"' | '<' | '>' | '(' | ')' | ',' | ';' | ':' | '\\')
        });
        match EmailAddress::parse_with_options(text, options) {
            Ok(_) if plain && text.len() <= Self::MAX_BYTES => Ok(Self(text.to_owned())),
            _ => Err(InvalidAddress),
        }
    }
}

impl PartialEq for Address {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for Address {}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_mail_addresses_are_accepted() {
        for good in ["ob@localhost", "a.b+c@example.co", " trimmed@example.org ", "jörg@example.org"] {
            assert!(good.parse::<Address>().is_ok(), "{good}");
        }
        let long = format!("a@{}.org", "b".repeat(260));
        for bad in [
            "",
            "foo",
            "5",
            "@x",
            "a@",
            "a b@c",
            "A <a@b.c>",
            "a@b.c\r\nBcc: d@e.f",
            "\"a b\"@c.d",
            "a@[127.0.0.1]",
            "a\u{202e}b@c.d",
            &long,
        ] {
            assert!(bad.parse::<Address>().is_err(), "{bad}");
        }
    }

    #[test]
    fn case_makes_no_difference() {
        assert_eq!("Ob@LocalHost".parse::<Address>(), "ob@localhost".parse());
        assert_ne!("\u{212a}im@x.y".parse::<Address>(), "kim@x.y".parse(), "the Kelvin sign is no k");
    }

    #[test]
    fn spellings_of_one_mailbox_count_as_one() {
        let key = |text: &str| text.parse::<Address>().unwrap().counting_key();
        for (spelled, wanted) in [
            ("Bea@Example.org", "bea@example.org"),
            ("bea+any+thing@example.org", "bea@example.org"),
            ("+bea@example.org", "+bea@example.org"),
            ("b.e.a@example.org", "b.e.a@example.org"),
            ("B.e.A+x@GMail.com", "bea@gmail.com"),
            ("bea@googlemail.com", "bea@gmail.com"),
            ("\u{c4}@example.org", "\u{e4}@example.org"),
        ] {
            assert_eq!(key(spelled), wanted, "{spelled}");
        }
    }
}
