//! Offers: the kinds of meeting that an account publishes to guests, and the page that they stand on.

use serde::{Deserialize, Serialize};

use crate::text::{Description, Line, Location, Text, Title};

/// What a guest is asked when booking.
pub type Question = Line<200>;
/// What a guest answers; it may be empty.
pub type Answer = Text<500, true>;

/// The most offers of an account.
pub const MAX_OFFERS: i64 = 20;
/// The most questions of an offer.
pub const MAX_QUESTIONS: usize = 3;
/// The longest slug.
pub const MAX_SLUG: usize = 40;

/// Names that no booking page can have: paths of ours, and what strangers would take for ours.
const RESERVED: [&str; 24] = [
    "about",
    "account",
    "accounts",
    "admin",
    "api",
    "book",
    "booking",
    "bookings",
    "calendar",
    "contact",
    "event",
    "feed",
    "help",
    "legal",
    "mail",
    "meeting",
    "meetings",
    "new",
    "offers",
    "privacy",
    "schedules",
    "support",
    "terms",
    "whittle",
];

/// A kind of meeting that guests can book. Lengths of time are in minutes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// Its place below its booking page: see [`is_slug`].
    pub slug: String,
    /// What for.
    pub title: Title,
    /// What it is for; empty where that is not said.
    pub description: Description,
    /// Where it is; empty where that is not said.
    pub location: Location,
    /// How long it is: 5 to 480.
    pub minutes: i64,
    /// Between starts, from the beginning of each stretch of hours: 5 to 480.
    pub step: i64,
    /// The time before it that has to be free of meetings: 0 to 240.
    pub buffer_before: i64,
    /// The time after it that has to be free of meetings: 0 to 240.
    pub buffer_after: i64,
    /// How long before it begins it can be booked, moved and cancelled by guests: 0 to 43,200.
    pub notice: i64,
    /// How many days ahead it can be booked, after today: 1 to 365.
    pub horizon_days: i64,
    /// How often it can be booked for one day; `None` for any number.
    pub daily_cap: Option<i64>,
    /// What guests are asked.
    pub questions: Vec<Question>,
    /// Whether each booking waits for the owner to approve of it.
    pub approval: bool,
    /// Whether it cannot be booked for now.
    pub paused: bool,
    /// Raised by every change: the `ETag`.
    pub version: u32,
}

/// Whether this can be an offer's slug: 1 to 40 lower-case letters of ASCII, digits and hyphens.
#[must_use]
pub fn is_slug(text: &str) -> bool {
    (1..=MAX_SLUG).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

/// Whether this can be the name of a booking page: a slug of 3 or more that begins and ends with no hyphen.
#[must_use]
pub fn is_page_name(text: &str) -> bool {
    is_slug(text) && text.len() >= 3 && !text.starts_with('-') && !text.ends_with('-')
}

/// Whether no account can have this name for its booking page.
#[must_use]
pub fn is_reserved(name: &str) -> bool {
    RESERVED.contains(&name)
}

/// The slug of a title that `taken` has none of: its letters and digits, with hyphens between, and a number where there is one of
/// this already.
#[must_use]
pub fn slug_of(title: &str, taken: &[String]) -> String {
    let mut slug = String::new();
    for c in title.chars() {
        match c {
            'ä' | 'Ä' | 'æ' | 'Æ' => slug.push_str("ae"),
            'ö' | 'Ö' | 'ø' | 'Ø' | 'œ' => slug.push_str("oe"),
            'ü' | 'Ü' => slug.push_str("ue"),
            'ß' => slug.push_str("ss"),
            c if c.is_ascii_alphanumeric() => slug.push(c.to_ascii_lowercase()),
            _ if slug.ends_with('-') || slug.is_empty() => {}
            _ => slug.push('-'),
        }
    }
    slug.truncate(MAX_SLUG);
    let slug = slug.trim_end_matches('-');
    let slug = if slug.is_empty() { "meeting" } else { slug };
    let numbered = |n: usize| {
        let end = format!("-{n}");
        let room = MAX_SLUG.saturating_sub(end.len());
        format!("{}{end}", slug.get(..room).unwrap_or(slug).trim_end_matches('-'))
    };
    let mut all = std::iter::once(slug.to_owned()).chain((2..).map(numbered));
    all.find(|one| !taken.contains(one)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_is_made_of_the_letters_of_a_title() {
        for (title, slug) in [
            ("Coffee & cake, 30 min", "coffee-cake-30-min"),
            ("Gespräch über Maße", "gespraech-ueber-masse"),
            ("  ¡Hola!  ", "hola"),
            ("会議", "meeting"),
            (
                "a-very-long-title-that-goes-on-and-on-and-on-for-ever",
                "a-very-long-title-that-goes-on-and-on-an",
            ),
        ] {
            assert_eq!(slug_of(title, &[]), slug);
            assert!(is_slug(slug));
        }
    }

    #[test]
    fn a_slug_that_is_taken_gets_a_number_and_stays_short() {
        let taken: Vec<String> = ["call", "call-2"].map(ToOwned::to_owned).into();
        assert_eq!(slug_of("Call", &taken), "call-3");
        let long = "x".repeat(40);
        let numbered = slug_of(&long, std::slice::from_ref(&long));
        assert_eq!(numbered, format!("{}-2", "x".repeat(38)));
        assert!(is_slug(&numbered));
    }

    #[test]
    fn a_name_of_a_page_is_three_to_forty_and_not_ours() {
        for (name, can_be) in [
            ("ana", true),
            ("ana-2", true),
            ("an", false),
            ("-ana", false),
            ("ana-", false),
            ("Ana", false),
            ("a_b", false),
            ("", false),
        ] {
            assert_eq!(is_page_name(name), can_be, "{name}");
        }
        assert!(!is_page_name(&"x".repeat(41)));
        assert!(RESERVED.iter().all(|name| is_page_name(name)) && is_reserved("api") && !is_reserved("ana"));
    }
}
