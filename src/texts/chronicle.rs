//! What happened, in sentences by day: the log of a proposal or a calendar as pages tell it.

use whittle_domain::instant::Instant;
use whittle_domain::local::LocalTime;
use whittle_domain::zone::Zone;

use super::when;

/// A sentence of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sentence {
    /// `2026-11-24T09:00:00Z`, for machines.
    pub at: String,
    /// `10:31`
    pub clock: String,
    /// `Tuesday 24 November 2026`
    pub day: String,
    pub text: String,
}

/// A day with its sentences.
pub type Day = (String, Vec<Sentence>);

impl Sentence {
    /// What happened at this instant; none where it is no instant.
    pub fn new(at: &str, zone: &Zone, text: String) -> Option<Self> {
        let local = LocalTime::of(Instant::parse(at)?, zone);
        Some(Self { at: at.to_owned(), clock: local.hour_and_minute(), day: when::day(&local), text })
    }
}

/// Sentences by day, in the order in which they come.
pub fn by_day(sentences: impl IntoIterator<Item = Sentence>) -> Vec<Day> {
    let mut days: Vec<Day> = Vec::new();
    for sentence in sentences {
        match days.last_mut().filter(|(day, _)| *day == sentence.day) {
            Some((_, list)) => list.push(sentence),
            None => days.push((sentence.day.clone(), vec![sentence])),
        }
    }
    days
}
