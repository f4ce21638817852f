//! What a mail says, and its two parts: the text and the HTML say the same, in one layout each.

use askama::Template;
use whittle_domain::slot::Slot;
use whittle_domain::zone::Zone;

use crate::texts::{Language, Said, say, when};

/// A mail, put into words.
#[derive(Default)]
pub(super) struct Mail {
    /// The subject: the headline where nothing else is set.
    pub(super) subject: String,
    /// The first line: who, and what.
    pub(super) headline: String,
    /// What it says, from above to below.
    pub(super) blocks: Vec<Block>,
    /// The lines of the footer.
    pub(super) foot: Vec<String>,
    /// The recipient's way out; empty where there is none.
    pub(super) unsubscribe: String,
}

/// A piece of a mail. What people wrote is in it as they wrote it; the layouts make no markup of it.
pub(super) enum Block {
    /// Sentences.
    Paragraph(String),
    /// Times, one below the other.
    Times(Vec<Time>),
    /// Who answered what.
    People(Vec<Person>),
    /// What somebody wrote, by lines. Each is marked as quoted, so that none passes for a line of ours.
    Quote(Vec<String>),
    /// The one thing to do: a button, or its link alone on its line.
    Act {
        /// What the button says.
        label: String,
        /// What the text says before the link.
        line: String,
        /// Where it leads.
        link: String,
    },
}

/// A time with its zone. The HTML part stresses the one over the other.
pub(super) struct Time {
    time: String,
    zone: String,
    /// Both.
    whole: String,
}

impl Time {
    pub(super) fn of(slot: &Slot, zone: &Zone) -> Self {
        Self {
            time: when::slot(slot, zone),
            zone: when::zone_at(slot.begin(), zone),
            whole: when::slot_with_zone(slot, zone),
        }
    }
}

/// What somebody answered.
pub(super) struct Person {
    /// The answer, as a sentence.
    pub(super) sentence: String,
    /// The times that were cut.
    pub(super) cut: Vec<String>,
    /// The remark.
    pub(super) note: Option<String>,
}

#[derive(Template)]
#[template(path = "mail/layout.txt")]
struct Text<'a> {
    m: &'a Mail,
}

#[derive(Template)]
#[template(path = "mail/layout.html")]
struct Html<'a> {
    m: &'a Mail,
}

impl Mail {
    /// A mail that says this first. It is the subject as well.
    pub(super) fn new(headline: impl ToString) -> Self {
        let headline = headline.to_string();
        Self { subject: headline.clone(), headline, ..Self::default() }
    }

    /// With another subject.
    pub(super) fn subject(mut self, subject: impl ToString) -> Self {
        self.subject = subject.to_string();
        self
    }

    /// And then these sentences.
    pub(super) fn paragraph(mut self, text: impl ToString) -> Self {
        self.blocks.push(Block::Paragraph(text.to_string()));
        self
    }

    /// And then these sentences, where there are any.
    pub(super) fn paragraph_if(self, text: Option<impl ToString>) -> Self {
        match text {
            Some(text) => self.paragraph(text),
            None => self,
        }
    }

    /// And then these times.
    pub(super) fn times(mut self, times: Vec<Time>) -> Self {
        if !times.is_empty() {
            self.blocks.push(Block::Times(times));
        }
        self
    }

    /// And then who answered what.
    pub(super) fn people(mut self, people: Vec<Person>) -> Self {
        if people.is_empty() {
            return self.paragraph(say("mail-said-none"));
        }
        self.blocks.push(Block::People(people));
        self
    }

    /// And then where it is and what it is for, as far as that is said.
    pub(super) fn place(mut self, location: &str, description: &str) -> Self {
        if !location.is_empty() {
            self = self.paragraph(say("mail-where").with("place", location));
        }
        if !description.is_empty() {
            self.blocks.push(Block::Quote(description.lines().map(str::to_owned).collect()));
        }
        self
    }

    /// And then the one thing to do.
    pub(super) fn act(mut self, label: &Said<'_>, link: &str) -> Self {
        let label = label.to_string();
        let line = say("mail-act-line").with("act", label.as_str()).to_string();
        self.blocks.push(Block::Act { label, line, link: link.to_owned() });
        self
    }

    /// The two parts: text, and HTML.
    pub(super) fn render(&self) -> askama::Result<[String; 2]> {
        Ok([Text { m: self }.render()?, Html { m: self }.render()?])
    }

    /// What the layouts themselves say.
    const fn say(&self, key: &'static str) -> Said<'_> {
        say(key)
    }

    fn lang(&self) -> &'static str {
        Language::default().tag()
    }
}
