//! What a password must be: long enough, and not one that everybody tries first.

use std::fmt;

/// The fewest characters (both documents).
const SHORTEST: usize = 8;
/// The most bytes that are hashed: nobody types more, and a hash of a megabyte is work for nothing.
const LONGEST: usize = 1024;
/// The most common passwords of eight characters and more, in lower case, a line each.
const COMMON: &str = include_str!("common_passwords.txt");

/// A password that is good enough. It never prints itself.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

/// Why a password is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordFault {
    /// Fewer than eight characters.
    TooShort,
    /// Among those that everybody tries first.
    TooCommon,
    /// More than can be hashed.
    TooLong,
}

impl Password {
    /// Judges a password, as it was typed: blanks belong to it.
    ///
    /// # Errors
    /// All that is wrong with it.
    pub fn parse(text: &str) -> Result<Self, Vec<PasswordFault>> {
        let lower = text.to_lowercase();
        let faults: Vec<PasswordFault> = [
            (text.chars().count() < SHORTEST, PasswordFault::TooShort),
            (COMMON.lines().any(|common| common == lower), PasswordFault::TooCommon),
            (text.len() > LONGEST, PasswordFault::TooLong),
        ]
        .into_iter()
        .filter_map(|(wrong, fault)| wrong.then_some(fault))
        .collect();
        if faults.is_empty() { Ok(Self(text.to_owned())) } else { Err(faults) }
    }

    /// For hashing alone.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_has_eight_characters_and_is_no_common_one() {
        for good in ["Test@123", "pass word of mine", "\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}"] {
            assert!(Password::parse(good).is_ok(), "{good}");
        }
        for (bad, faults) in [
            ("Test@12", vec![PasswordFault::TooShort]),
            ("password", vec![PasswordFault::TooCommon]),
            ("PassWord", vec![PasswordFault::TooCommon]),
            ("12345678", vec![PasswordFault::TooCommon]),
            ("qwerty", vec![PasswordFault::TooShort, PasswordFault::TooCommon]),
            ("", vec![PasswordFault::TooShort]),
        ] {
            assert_eq!(Password::parse(bad), Err(faults), "{bad}");
        }
        assert_eq!(Password::parse(&"a".repeat(1025)), Err(vec![PasswordFault::TooLong]));
        assert_eq!(format!("{:?}", Password::parse("Test@123").unwrap()), "Password(…)");
    }

    #[test]
    fn the_list_is_in_lower_case_without_blanks_and_without_repetition() {
        let mut lines: Vec<&str> = COMMON.lines().collect();
        assert!(lines.iter().all(|l| !l.is_empty() && *l == l.to_lowercase() && l.trim() == *l));
        let count = lines.len();
        lines.sort_unstable();
        lines.dedup();
        assert_eq!(lines.len(), count);
    }
}
