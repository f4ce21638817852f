//! Content lines of calendars (RFC 5545, section 3.1): escaped, quoted, folded.
//!
//! Written by hand, because the crate at hand does not end on some titles (docs/dependencies.md).

use jiff::civil::DateTime;

/// The most octets of a line, without its end; the blank that continues a line counts.
const LONGEST: usize = 75;

/// Lines of a calendar object.
#[derive(Debug, Default)]
pub(super) struct Lines(String);

impl Lines {
    /// Appends one line: folded between characters, ended by CRLF.
    pub(super) fn push(&mut self, line: &str) {
        let mut used = 0_usize;
        for c in line.chars() {
            if used.saturating_add(c.len_utf8()) > LONGEST {
                self.0.push_str("\r\n ");
                used = 1;
            }
            self.0.push(c);
            used = used.saturating_add(c.len_utf8());
        }
        self.0.push_str("\r\n");
    }

    /// Appends other lines, folded already.
    pub(super) fn append(&mut self, other: &Self) {
        self.0.push_str(&other.0);
    }

    /// All lines.
    pub(super) fn into_string(self) -> String {
        self.0
    }
}

/// Line breaks as `\n`, no other control characters: none may stand in a line.
fn printable(text: &str) -> impl Iterator<Item = char> {
    let mut previous = None;
    text.chars().filter_map(move |c| match (previous.replace(c), c) {
        (Some('\r'), '\n') => None,
        (_, '\r' | '\n') => Some('\n'),
        _ => (!c.is_control()).then_some(c),
    })
}

/// A value of type TEXT (RFC 5545, section 3.3.11).
pub(super) fn text(value: &str) -> String {
    let mut escaped = String::with_capacity(value.len());
    for c in printable(value) {
        match c {
            '\n' => escaped.push_str("\\n"),
            '\\' | ';' | ',' => escaped.extend(['\\', c]),
            _ => escaped.push(c),
        }
    }
    escaped
}

/// A parameter's value: in quotes always, encoded per RFC 6868, as quotes have no escape of their own.
pub(super) fn quoted(value: &str) -> String {
    let mut encoded = String::from("\"");
    for c in printable(value) {
        match c {
            '\n' => encoded.push_str("^n"),
            '^' => encoded.push_str("^^"),
            '"' => encoded.push_str("^'"),
            _ => encoded.push(c),
        }
    }
    encoded.push('"');
    encoded
}

/// An address as a URI: what RFC 6068, section 2 does not let stand is percent-encoded, so `?` begins no header.
pub(super) fn mailto(address: &str) -> String {
    let mut uri = String::from("mailto:");
    for byte in address.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~!$'*+@".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    uri
}

/// A date and time without its zone (RFC 5545, section 3.3.5).
pub(super) fn date_time(t: DateTime) -> String {
    format!("{:04}{:02}{:02}T{:02}{:02}{:02}", t.year(), t.month(), t.day(), t.hour(), t.minute(), t.second())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::{prop_assert, prop_assert_eq, proptest};

    fn folded(line: &str) -> String {
        let mut lines = Lines::default();
        lines.push(line);
        lines.into_string()
    }

    #[test]
    fn the_blank_that_continues_a_line_counts() {
        assert_eq!(folded(&"x".repeat(75)), format!("{}\r\n", "x".repeat(75)));
        let two = format!("{}\r\n {}\r\n", "x".repeat(75), "x".repeat(74));
        assert_eq!(folded(&"x".repeat(149)), two);
        assert_eq!(folded(&"x".repeat(150)), format!("{}\r\n x\r\n", two.trim_end()));
    }

    /// The crate `icalendar` 0.17 never comes back from this one.
    #[test]
    fn wide_letters_before_many_blanks_end() {
        let line = format!("SUMMARY:{}{}x", "é".repeat(100), " ".repeat(80));
        assert_eq!(folded(&line).replace("\r\n ", ""), format!("{line}\r\n"));
    }

    #[test]
    fn nothing_ends_a_value_early() {
        assert_eq!(
            text("a;b,c\\d\"e:f\r\nBEGIN:VALARM\r\u{7}\ng"),
            "a\\;b\\,c\\\\d\"e:f\\nBEGIN:VALARM\\n\\ng"
        );
        assert_eq!(quoted("a\"b^c;d:e,f\r\ng\u{0}\\n"), "\"a^'b^^c;d:e,f^ng\\n\"");
        assert_eq!(mailto("a+b?c&d=e%f#g@x.org"), "mailto:a+b%3Fc%26d%3De%25f%23g@x.org");
        assert_eq!(mailto("jörg@x.org"), "mailto:j%C3%B6rg@x.org");
    }

    proptest! {
        #[test]
        fn folding_keeps_lines_short_and_characters_whole(line in "\\PC{0,300}") {
            let folded = folded(&line);
            prop_assert!(folded.ends_with("\r\n"));
            prop_assert!(folded.trim_end_matches("\r\n").split("\r\n").all(|l| l.len() <= LONGEST));
            prop_assert_eq!(folded.replace("\r\n ", ""), format!("{line}\r\n"));
        }

        #[test]
        fn no_text_brings_a_control_character(value in "(?s).{0,80}") {
            for made in [text(&value), quoted(&value), mailto(&value)] {
                prop_assert!(!made.contains(char::is_control), "{made:?}");
            }
            let made = quoted(&value);
            prop_assert_eq!(made.matches('"').count(), 2);
        }
    }
}
