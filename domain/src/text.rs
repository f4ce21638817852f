//! Free text of people: titles, names, notes.

use std::fmt;

use serde::{Deserialize, Serialize};

/// One line of text, trimmed, not empty, of at most `MOST` characters, without control characters, line breaks or
/// bidirectional overrides (spec, part 0, "Title and deadline"): it may stand in a mail's subject.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Line<const MOST: usize>(String);

/// A proposal's title.
pub type Title = Line<256>;
/// A party's name.
pub type Name = Line<120>;
/// A person's first or last name, as long as the documents allow.
pub type PersonName = Line<150>;
/// A party's remark with its answer.
pub type Note = Line<280>;

/// Why a text is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineFault {
    /// Nothing but blanks.
    Blank,
    /// More characters than this.
    TooLong(usize),
    /// A control character, a line break or a bidirectional override.
    Unprintable,
}

impl fmt::Display for LineFault {
    /// The words of the original's framework where it has some.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Blank => f.write_str("This field may not be blank."),
            Self::TooLong(most) => write!(f, "Ensure this field has no more than {most} characters."),
            Self::Unprintable => {
                f.write_str("Control characters, line breaks and bidirectional overrides are not allowed.")
            }
        }
    }
}

/// Control characters, line breaks and bidirectional overrides.
pub(crate) fn is_unprintable(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

impl<const MOST: usize> Line<MOST> {
    /// Trims and checks.
    ///
    /// # Errors
    /// See [`LineFault`].
    pub fn parse(text: &str) -> Result<Self, LineFault> {
        let text = text.trim();
        if text.is_empty() {
            Err(LineFault::Blank)
        } else if text.chars().nth(MOST).is_some() {
            Err(LineFault::TooLong(MOST))
        } else if text.contains(is_unprintable) {
            Err(LineFault::Unprintable)
        } else {
            Ok(Self(text.to_owned()))
        }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<const MOST: usize> fmt::Display for Line<MOST> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The title of a proposal that was given none: five letters, vowels and consonants in turn, none twice
/// (spec 1.3: `cybes`, `pisaj`, `ezufa`).
#[must_use]
pub fn gibberish(random: [u8; 6]) -> Title {
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
            (" ", LineFault::Blank),
            ("a\nb", LineFault::Unprintable),
            ("a\u{202e}b", LineFault::Unprintable),
            ("a\0b", LineFault::Unprintable),
            ("a\u{2028}b", LineFault::Unprintable),
        ] {
            assert_eq!(Title::parse(bad), Err(fault));
        }
        assert_eq!(Title::parse(&"x".repeat(257)), Err(LineFault::TooLong(256)));
        assert!(Title::parse(&"ä".repeat(256)).is_ok());
        assert_eq!(Title::parse("  Lunch 🥗 שלום ").map(|t| t.to_string()), Ok("Lunch 🥗 שלום".to_owned()));
    }

    proptest! {
        #[test]
        fn gibberish_alternates_and_repeats_no_letter(random in any::<[u8; 6]>()) {
            let word = gibberish(random).to_string();
            let letters: Vec<char> = word.chars().collect();
            prop_assert!(letters.len() == 5);
            prop_assert!(letters.iter().enumerate().all(|(i, c)| !letters[..i].contains(c)));
            prop_assert!(letters.windows(2).all(|w| "aeiouy".contains(w[0]) != "aeiouy".contains(w[1])));
        }
    }
}
