//! Texts that people write: titles, places, descriptions, names, notes.

use std::fmt;

use serde::{Deserialize, Serialize};

/// One line of text of 1 to `MAX` characters (Unicode scalar values), without blanks at either end. It has no control
/// characters, line breaks or bidirectional overrides (spec, part 0, "Title and deadline"), so it can stand in the subject
/// of a mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Line<const MAX: usize>(String);

/// The title of a proposal or meeting.
pub type Title = Line<256>;
/// The name of a party of a proposal.
pub type Name = Line<120>;
/// The first or the last name of an account or a contact. The original API documents set the length.
pub type PersonName = Line<150>;
/// The note that a party sends with its answer.
pub type Note = Line<280>;

/// A text of at most `MAX` characters (Unicode scalar values), without blanks at either end; unlike a [`Line`] it may be
/// empty, which says that there is none. It has line breaks only where `BREAKS` says so, each as one line feed, and no other
/// control characters or bidirectional overrides (spec, part 0, "Place and purpose").
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Text<const MAX: usize, const BREAKS: bool>(String);

/// Where a meeting is: a place, or a link that nobody fetches.
pub type Location = Text<255, false>;
/// What a meeting is for.
pub type Description = Text<2_000, true>;

/// Why a text is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineError {
    /// The text is empty or consists of blanks.
    Blank,
    /// The text has more characters than this maximum.
    TooLong(usize),
    /// The text contains a control character, a line break or a bidirectional override.
    Unprintable,
    /// The text, which may have line breaks, contains another control character or a bidirectional override.
    UnprintableButBreaks,
}

impl fmt::Display for LineError {
    /// Writes the message of the API. The first two are those of Django REST framework, which the original used.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Blank => f.write_str("This field may not be blank."),
            Self::TooLong(max) => write!(f, "Ensure this field has no more than {max} characters."),
            Self::Unprintable => {
                f.write_str("Control characters, line breaks and bidirectional overrides are not allowed.")
            }
            Self::UnprintableButBreaks => {
                f.write_str("Control characters and bidirectional overrides are not allowed.")
            }
        }
    }
}

/// Whether the character is a control character, a line break or a bidirectional override.
pub(crate) fn is_unprintable(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

impl<const MAX: usize> Line<MAX> {
    /// Trims the text and checks it.
    ///
    /// # Errors
    /// See [`LineError`].
    pub fn parse(text: &str) -> Result<Self, LineError> {
        let text = text.trim();
        if text.is_empty() {
            Err(LineError::Blank)
        } else if text.chars().nth(MAX).is_some() {
            Err(LineError::TooLong(MAX))
        } else if text.contains(is_unprintable) {
            Err(LineError::Unprintable)
        } else {
            Ok(Self(text.to_owned()))
        }
    }

    /// The text, without blanks at either end.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<const MAX: usize, const BREAKS: bool> Text<MAX, BREAKS> {
    /// Trims the text and checks it. A CR LF, as forms send it, and a CR become a line feed.
    ///
    /// # Errors
    /// See [`LineError`]; never [`LineError::Blank`].
    pub fn parse(text: &str) -> Result<Self, LineError> {
        let text = text.trim().replace("\r\n", "\n").replace('\r', "\n");
        if text.chars().nth(MAX).is_some() {
            Err(LineError::TooLong(MAX))
        } else if !text.contains(|c| is_unprintable(c) && !(BREAKS && c == '\n')) {
            Ok(Self(text))
        } else if BREAKS {
            Err(LineError::UnprintableButBreaks)
        } else {
            Err(LineError::Unprintable)
        }
    }

    /// The text, without blanks at either end.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<const MAX: usize, const BREAKS: bool> fmt::Display for Text<MAX, BREAKS> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<const MAX: usize> fmt::Display for Line<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Makes the title of a proposal that is created without one: five different letters, alternating between vowels and
/// consonants (spec 1.3: `cybes`, `pisaj`, `ezufa`).
#[must_use]
pub fn generated_title(random: [u8; 6]) -> Title {
    let [first, rest @ ..] = random;
    let mut pools = ["aeiouy".chars().collect::<Vec<_>>(), "bcdfghjklmnpqrstvwxz".chars().collect()];
    if first % 2 == 0 {
        pools.reverse();
    }
    let [one, other] = &mut pools;
    let mut word = String::new();
    for (i, byte) in rest.into_iter().enumerate() {
        let pool = if i % 2 == 0 { &mut *one } else { &mut *other };
        let at = usize::from(byte).checked_rem(pool.len()).unwrap_or(0);
        word.push(pool.remove(at));
    }
    Line(word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::{any, prop_assert, proptest};

    #[test]
    fn texts_that_could_forge_a_line_are_refused() {
        for (bad, fault) in [
            (" ", LineError::Blank),
            ("a\nb", LineError::Unprintable),
            ("a\u{202e}b", LineError::Unprintable),
            ("a\0b", LineError::Unprintable),
            ("a\u{2028}b", LineError::Unprintable),
        ] {
            assert_eq!(Title::parse(bad), Err(fault));
        }
        assert_eq!(Title::parse(&"x".repeat(257)), Err(LineError::TooLong(256)));
        assert!(Title::parse(&"ä".repeat(256)).is_ok());
        assert_eq!(Title::parse("  Lunch 🥗 שלום ").map(|t| t.to_string()), Ok("Lunch 🥗 שלום".to_owned()));
    }

    #[test]
    fn a_place_is_one_line_and_a_description_keeps_its_line_breaks() {
        let parsed = |text: &str| Description::parse(text).map(|d| d.to_string());
        assert_eq!(parsed(" a\r\n\r\n b\rc\n "), Ok("a\n\n b\nc".to_owned()));
        assert_eq!((parsed(" \n"), Location::parse(" ")), (Ok(String::new()), Ok(Location::default())));
        for bad in ["a\tb", "a\u{202e}b", "a\0b", "a\u{2028}b", "a\u{85}b", "a\u{2066}b"] {
            assert_eq!(parsed(bad), Err(LineError::UnprintableButBreaks), "{bad:?}");
            assert_eq!(Location::parse(bad), Err(LineError::Unprintable), "{bad:?}");
        }
        for broken in ["a\nb", "a\rb", "a\r\nb"] {
            assert_eq!(Location::parse(broken), Err(LineError::Unprintable));
        }
        assert_eq!(Location::parse(&"ä".repeat(256)), Err(LineError::TooLong(255)));
        assert!(Location::parse(&"ä".repeat(255)).is_ok());
        assert_eq!(parsed(&"ä".repeat(2001)), Err(LineError::TooLong(2000)));
        // A line break is one character, however it is sent.
        assert!(parsed(&format!("x{}x", "\r\n".repeat(1998))).is_ok());
    }

    proptest! {
        #[test]
        fn generated_title_alternates_and_repeats_no_letter(random in any::<[u8; 6]>()) {
            let word = generated_title(random).to_string();
            let letters: Vec<char> = word.chars().collect();
            prop_assert!(letters.len() == 5);
            prop_assert!(letters.iter().enumerate().all(|(i, c)| !letters[..i].contains(c)));
            prop_assert!(letters.windows(2).all(|w| "aeiouy".contains(w[0]) != "aeiouy".contains(w[1])));
        }
    }
}
