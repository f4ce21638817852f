//! Mail addresses.

use std::fmt;
use std::str::FromStr;

use email_address::{EmailAddress, Options};
use serde::{Deserialize, Serialize};

use crate::text::is_unprintable;

/// A mail address as it was written, compared without regard to case. `ob@localhost` is one.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Address(String);

impl Address {
    /// The longest address that fits a mail envelope (RFC 5321, erratum 1690).
    pub const LONGEST: usize = 254;

    /// What two spellings of one address have in common. ASCII alone is folded: beyond it, letters that fold alike can be
    /// different mailboxes.
    #[must_use]
    pub fn key(&self) -> String {
        self.0.to_ascii_lowercase()
    }

    /// What spellings that reach one mailbox have in common, for counting alone: it is no address to send to. Without regard
    /// to case, without what follows a `+` in the mailbox, and, where the provider does not see them, without dots.
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

    /// As it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Not an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoAddress;

impl FromStr for Address {
    type Err = NoAddress;

    /// RFC 5322 `addr-spec` without display name, quoted mailbox, comment or domain literal: what providers deliver to.
    fn from_str(text: &str) -> Result<Self, NoAddress> {
        let text = text.trim();
        let options = Options::default().without_display_text().without_domain_literal();
        let plain = !text.chars().any(|c| {
            is_unprintable(c)
                || c.is_whitespace()
                || matches!(c, '"' | '<' | '>' | '(' | ')' | ',' | ';' | ':' | '\\')
        });
        match EmailAddress::parse_with_options(text, options) {
            Ok(_) if plain && text.len() <= Self::LONGEST => Ok(Self(text.to_owned())),
            _ => Err(NoAddress),
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
    fn addresses_are_told_from_other_text() {
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
