//! The log in sentences, grouped by day: who did what, and what was left then.

use askama::Template;
use serde_json::Value;
use whittle_domain::detail::Detail;
use whittle_domain::instant::Instant;
use whittle_domain::ledger::Occurrence;
use whittle_domain::local::LocalTime;
use whittle_domain::proposal::{LogEntry, Person};
use whittle_domain::slot::{Slot, WrittenSlot};
use whittle_domain::zone::Zone;
use worker::Env;

use super::common::Common;
use super::{Page, and, effector, name, read};
use crate::error::{Error, Result};
use crate::http::context::RequestContext;
use crate::http::layout::Layout;
use crate::http::reply::Reply;
use crate::texts::chronicle::{Day, Sentence, by_day};
use crate::texts::{say, when};

/// How many times a sentence names; of more it tells the number.
const MOST_NAMED: usize = 3;

/// A sentence, and who mailed whom, where it tells of that: several mails at once are one sentence.
struct Told {
    sentence: Sentence,
    mailed: Option<(String, Vec<String>)>,
}

/// The sentences of a log, oldest first. Looking is no news: who has looked stands with the people.
pub fn sentences(read: &Page, zone: &Zone) -> Vec<Sentence> {
    let mut before: Vec<Slot> = Vec::new();
    let mut told: Vec<Told> = Vec::new();
    for entry in &read.log {
        let after: Vec<Slot> = entry.slots.iter().filter_map(WrittenSlot::parse).collect();
        let gone: Vec<Slot> = before.iter().filter(|slot| !after.contains(slot)).copied().collect();
        let telling = Telling { read, entry, before: &before, after: &after, gone: &gone, zone };
        let sentence = telling.text().and_then(|text| Sentence::new(&entry.when, zone, text));
        if let Some(sentence) = sentence {
            let next = Told { sentence, mailed: telling.mailed() };
            if !told.last_mut().is_some_and(|last| last.takes_in(&next)) {
                told.push(next);
            }
        }
        before = after;
    }
    told.into_iter().map(|told| told.sentence).collect()
}

impl Told {
    /// Tells of the next sentence as well, where both are of mails that the same person sent in the same minute.
    fn takes_in(&mut self, next: &Self) -> bool {
        let minute = |told: &Self| (told.sentence.day.clone(), told.sentence.clock.clone());
        let same_minute = minute(self) == minute(next);
        match (&mut self.mailed, &next.mailed) {
            (Some((who, whom)), Some((by, more))) if same_minute && who == by => {
                whom.extend_from_slice(more);
                self.sentence.text =
                    say("log-notify").with("name", who.as_str()).with("whom", and(whom)).to_string();
                true
            }
            _ => false,
        }
    }
}

/// An entry that is told.
struct Telling<'a> {
    read: &'a Page,
    entry: &'a LogEntry,
    before: &'a [Slot],
    after: &'a [Slot],
    gone: &'a [Slot],
    zone: &'a Zone,
}

impl Telling<'_> {
    fn datum(&self, name: &str) -> Option<&str> {
        self.entry.data.get(name).and_then(Value::as_str)
    }

    /// Who mailed whom.
    fn mailed(&self) -> Option<(String, Vec<String>)> {
        let whom = self.datum("recipient").filter(|_| self.datum("act") == Some("notify"))?;
        Some((self.effector(&self.entry.effector), vec![self.effector(whom)]))
    }

    /// The name of whoever the log calls so: to those who see addresses it tells these.
    fn effector(&self, text: &str) -> String {
        let reader = &self.read.reader;
        let people = reader.people.iter().map(|person| &person.shown);
        let mut all = people.chain([&reader.organiser]);
        let known = match text {
            "creator" => Some(&reader.organiser),
            _ => all.find(|shown| shown.address.as_deref() == Some(text)),
        };
        known.map_or_else(|| effector(text), name)
    }

    /// The sentence; none for what is no news.
    fn text(&self) -> Option<String> {
        if self.entry.occurrence == Occurrence::View {
            return None;
        }
        let who = self.effector(&self.entry.effector);
        let about = || self.datum("recipient").or_else(|| self.datum("party"));
        let whom = || about().map(|text| self.effector(text)).unwrap_or_default();
        let said = match self.datum("act")? {
            "create" => say("log-create").with("name", who).with("count", self.after.len()).to_string(),
            "answer" => self.answer(who),
            "cut" => self.cut(who),
            "agree" => say("log-agree").with("time", self.only()).to_string(),
            "fix" => say("log-fix").with("name", who).with("time", self.only()).to_string(),
            "exhaust" => say("log-exhaust").to_string(),
            "round" => say("log-round").with("name", who).to_string(),
            "close" => say("log-close").with("name", who).to_string(),
            "deadline" => match self.datum("deadline").and_then(Instant::parse) {
                Some(at) => say("log-deadline")
                    .with("name", who)
                    .with("time", when::moment(at, self.zone))
                    .to_string(),
                None => say("log-deadline-none").with("name", who).to_string(),
            },
            "notify" => say("log-notify").with("name", who).with("whom", whom()).to_string(),
            "remind" => say("log-remind").with("whom", whom()).to_string(),
            "resend" => say("log-resend").with("whom", whom()).to_string(),
            "digest" | "answered" => say("log-told").to_string(),
            "expire" => say("log-expire").to_string(),
            "link" => say("log-link").with("name", who).with("whom", whom()).to_string(),
            "optional" => match self.entry.data.get("optional").and_then(Value::as_bool) {
                Some(false) => say("log-required").with("name", who).with("whom", whom()).to_string(),
                _ => say("log-optional").with("name", who).with("whom", whom()).to_string(),
            },
            "revoke" => say("log-revoke").with("whom", whom()).to_string(),
            "withdraw" => say("log-withdraw").with("name", who).with("whom", whom()).to_string(),
            "replace" => say("log-replace").with("name", who).with("whom", whom()).to_string(),
            "bounced" => say("log-bounced").with("whom", whom()).to_string(),
            "complained" => say("log-complained").with("whom", whom()).to_string(),
            "optout" => say("log-optout").with("name", who).to_string(),
            "optin" => say("log-optin").with("name", who).to_string(),
            "title" => self.detail(say("detail-title").to_string(), "title", who),
            "location" => self.detail(say("detail-location").to_string(), "location", who),
            "timezone" => self.detail(say("detail-timezone").to_string(), "timezone", who),
            act if Detail::NAMES.contains(&act) => say("log-description").with("name", who).to_string(),
            _ => say("log-other").with("name", who).to_string(),
        };
        let note = self.datum("note").map(|note| say("log-note").with("note", note).to_string());
        Some(note.map_or_else(|| said.clone(), |note| format!("{said} {note}")))
    }

    fn detail(&self, what: String, name: &str, who: String) -> String {
        match self.datum(name).unwrap_or_default() {
            "" => say("log-detail-none").with("name", who).with("what", what).to_string(),
            to => say("log-detail").with("name", who).with("what", what).with("to", to).to_string(),
        }
    }

    /// The one time that is left.
    fn only(&self) -> String {
        self.after.first().map(|slot| when::slot(slot, self.zone)).unwrap_or_default()
    }

    fn answer(&self, who: String) -> String {
        if self.after.is_empty() && !self.before.is_empty() {
            return say("log-answer-none").with("name", who).to_string();
        }
        match self.gone.len() {
            0 => self.kept_all(who),
            _ => self.cut(who),
        }
    }

    /// An answer that cut nothing: of somebody who can everything, or whose answer cuts nothing.
    fn kept_all(&self, who: String) -> String {
        let person = self.read.reader.people.iter().find(|person| name(&person.shown) == who);
        let optional = person.is_some_and(|person| self.was_optional(person));
        // The log does not tell what an optional answer kept, so it is told as long as the answer counts as one.
        let kept =
            person.filter(|person| person.answered_as_optional).and_then(|person| person.kept.as_ref());
        match (optional, kept) {
            (true, Some(kept)) => {
                say("log-answer-optional").with("name", who).with("count", kept.len()).to_string()
            }
            (true, None) => say("log-answer-was-optional").with("name", who).to_string(),
            (false, _) => say("log-answer-all").with("name", who).with("count", self.after.len()).to_string(),
        }
    }

    /// Whether the answer of this person was optional at the time of the entry: the next entry that changes this tells what it
    /// was before.
    fn was_optional(&self, person: &Person) -> bool {
        let changes = |entry: &&LogEntry| {
            let about = entry.data.get("party").and_then(Value::as_str).map(|text| self.effector(text));
            entry.id > self.entry.id && about == Some(name(&person.shown))
        };
        let later = self.read.log.iter().filter(changes);
        let next = later.filter_map(|entry| entry.data.get("optional").and_then(Value::as_bool)).next();
        next.map_or(person.optional, |to| !to)
    }

    fn cut(&self, who: String) -> String {
        // A time that was made shorter is no time that was taken away.
        let is_kept_in_part = |slot: &&Slot| self.after.iter().any(|left| left.is_within(slot));
        let (short, gone): (Vec<&Slot>, Vec<&Slot>) = self.gone.iter().partition(is_kept_in_part);
        let times = match gone.len() {
            0 => None,
            1..=MOST_NAMED => {
                let named: Vec<String> = gone.iter().map(|slot| self.named(slot)).collect();
                Some(and(&named))
            }
            more => Some(say("log-times").with("count", more).to_string()),
        };
        let left = say("log-left").with("count", self.after.len()).with("of", self.before.len()).to_string();
        match (times, short.is_empty()) {
            (Some(times), true) => say("log-cut").with("name", who).with("times", times).with("left", left),
            (Some(times), false) => {
                say("log-cut-and-shortened").with("name", who).with("times", times).with("left", left)
            }
            (None, _) => say("log-shortened").with("name", who).with("count", short.len()).with("left", left),
        }
        .to_string()
    }

    /// `Tue 24 Nov 14:00`
    fn named(&self, slot: &Slot) -> String {
        let local = LocalTime::of(slot.begin(), self.zone);
        say("day-and-clock-short")
            .with("day", when::short_day(&local))
            .with("clock", local.clock())
            .to_string()
    }
}

#[derive(Template)]
#[template(path = "page/proposal/log.html")]
struct LogPage {
    page: Layout,
    common: Common,
    /// Sentences by day, the oldest first.
    days: Vec<Day>,
    /// The kind of the log, as its export names it.
    kind: &'static str,
}

/// `GET /{id}/log/` in a browser.
pub async fn show(id: u64, context: &RequestContext, env: &Env) -> Result<Reply> {
    let read = match read(id, context, env).await {
        // The log outlives the proposal; looking at a closed one leaves no entry.
        Err(Error::Gone(_)) => super::read_again(id, context, env).await?,
        other => other?,
    };
    let shown = read.shown(context);
    let days = by_day(sentences(&read, &shown.zone));
    let page = Layout::new(&context.page, say("log-title").with("title", read.reader.view.title.as_str()));
    Reply::html(200, &LogPage { page, common: Common::new(&read, &shown, context), days, kind: "proposal" })
}
