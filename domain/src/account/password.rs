//! Rules for passwords: a minimum length, and a list of common passwords that are refused (NIST SP 800-63B, 5.1.1.2).

use std::fmt;

/// The minimum number of characters. Both API documents of the original require it.
const MIN_CHARS: usize = 8;
/// The maximum number of bytes. It bounds the work of hashing, and nobody types more.
const MAX_BYTES: usize = 1024;
/// Common passwords in lower case, one per line. Some are shorter than the minimum, so that both errors are reported.
const COMMON: &str = include_str!("common_passwords.txt");

/// A password that keeps the rules. Its `Debug` output does not contain it.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

/// Why a password is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordError {
    /// The password has fewer than 8 characters.
    TooShort,
    /// The password is in the list of common passwords.
    TooCommon,
    /// The password has more than 1024 bytes.
    TooLong,
}

impl Password {
    /// Checks a password as it was typed, without trimming it.
    ///
    /// # Errors
    /// Every rule that the password breaks.
    pub fn parse(text: &str) -> Result<Self, Vec<PasswordError>> {
        let lower = text.to_lowercase();
        let errors: Vec<PasswordError> = [
            (text.chars().count() < MIN_CHARS, PasswordError::TooShort),
            (COMMON.lines().any(|common| common == lower), PasswordError::TooCommon),
            (text.len() > MAX_BYTES, PasswordError::TooLong),
        ]
        .into_iter()
        .filter_map(|(is_broken, error)| is_broken.then_some(error))
        .collect();
        if errors.is_empty() { Ok(Self(text.to_owned())) } else { Err(errors) }
    }

    /// The bytes to hash. They must not be stored or logged.
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
            ("Test@12", vec![PasswordError::TooShort]),
            ("password", vec![PasswordError::TooCommon]),
            ("PassWord", vec![PasswordError::TooCommon]),
            ("12345678", vec![PasswordError::TooCommon]),
            ("qwerty", vec![PasswordError::TooShort, PasswordError::TooCommon]),
            ("", vec![PasswordError::TooShort]),
        ] {
            assert_eq!(Password::parse(bad), Err(faults), "{bad}");
        }
        assert_eq!(Password::parse(&"a".repeat(1025)), Err(vec![PasswordError::TooLong]));
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
