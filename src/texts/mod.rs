//! The texts that people read, on pages and in mails. Each language has a catalogue in the format of Project Fluent
//! (texts/en/*.ftl); the code names a text by its key and gives it what it speaks of. Plurals are the catalogue's business.

mod catalogue;
pub mod chronicle;
pub mod faults;
#[cfg(test)]
pub mod spoken;
#[cfg(test)]
mod tests;
pub mod when;

use std::fmt;

use fluent_bundle::{FluentArgs, FluentValue};

/// A language that has a catalogue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    #[default]
    English,
}

impl Language {
    /// The tag of the language (RFC 5646).
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
        }
    }

    /// The text of this key.
    pub const fn say<'a>(self, key: &'static str) -> Said<'a> {
        Said { language: self, key, values: Vec::new() }
    }
}

/// The keys of the catalogue that begin like this.
#[cfg(test)]
pub fn keys_of(prefix: &str) -> Vec<String> {
    tests::texts().into_keys().filter(|key| key.starts_with(prefix)).collect()
}

/// The text of this key in the language that pages and mails are written in.
pub const fn say<'a>(key: &'static str) -> Said<'a> {
    Language::English.say(key)
}

/// Names in a row: `Ana, Bea and Cyd`.
pub fn and(names: &[String]) -> String {
    match names.split_last() {
        None => String::new(),
        Some((last, [])) => last.clone(),
        Some((last, before)) => {
            say("names-and").with("names", before.join(", ")).with("last", last.as_str()).to_string()
        }
    }
}

/// A text as a template writes it: escaped for HTML. Templates write hundreds, so one is but a key, and one function writes all.
#[derive(Clone, Copy, Debug)]
pub struct Phrase {
    language: Language,
    key: &'static str,
}

impl Phrase {
    pub const fn new(language: Language, key: &'static str) -> Self {
        Self { language, key }
    }

    /// With the value of one of its variables.
    pub fn with<'a>(self, name: &'static str, value: impl Into<FluentValue<'a>>) -> Said<'a> {
        self.language.say(self.key).with(name, value)
    }
}

impl fmt::Display for Phrase {
    #[inline(never)]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Ok(escaped) = askama::filters::escape(self.language.say(self.key), askama::filters::Html);
        escaped.fmt(f)
    }
}

impl askama::FastWritable for Phrase {
    #[inline(never)]
    fn write_into(&self, dest: &mut dyn fmt::Write, _: &dyn askama::Values) -> askama::Result<()> {
        write!(dest, "{self}")?;
        Ok(())
    }
}

impl askama::filters::HtmlSafe for Phrase {}

/// A text with what it speaks of.
#[derive(Clone, Debug)]
pub struct Said<'a> {
    language: Language,
    key: &'static str,
    values: Vec<(&'static str, FluentValue<'a>)>,
}

impl<'a> Said<'a> {
    /// With the value of one of its variables.
    pub fn with(mut self, name: &'static str, value: impl Into<FluentValue<'a>>) -> Self {
        self.values.push((name, value.into()));
        self
    }
}

impl fmt::Display for Said<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let values: FluentArgs<'_> = self.values.iter().map(|(name, value)| (*name, value.clone())).collect();
        #[cfg(test)]
        spoken::note(self.key);
        // A key that is missing is seen at once, and a test holds that none is.
        match catalogue::format(self.language, self.key, &values) {
            Some(text) => f.write_str(&text),
            None => f.write_str(self.key),
        }
    }
}
