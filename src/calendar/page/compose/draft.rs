//! What is typed into the page, as it is typed: nothing of it needs to be right.

use whittle_domain::calendar::Calendar;
use whittle_domain::contact::people;
use whittle_domain::zone::Zone;

use super::times::{Offered, PatternFields, SpanRow};
use crate::http::form::Form;
use crate::proposal::new::store::Wanted;
use crate::proposal::new::times::Row;

/// The fields of the page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    pub name: String,
    pub description: String,
    /// The length of each meeting, in minutes.
    pub minutes: String,
    /// The distance between starts, in minutes.
    pub step: String,
    /// Contacts that are ticked.
    pub contacts: Vec<u64>,
    /// Groups of contacts that are ticked.
    pub groups: Vec<String>,
    /// What is sought among the contacts.
    pub find: String,
    /// People as they were pasted, who become contacts.
    pub people: String,
    pub zone: String,
    /// The times that were chosen so far.
    pub times: Vec<Offered>,
    /// Times that are typed, and not understood yet.
    pub rows: Vec<SpanRow>,
    pub pattern: PatternFields,
    /// When answers are over.
    pub deadline: Row,
    /// Whether invitees are reminded before that.
    pub reminders: bool,
    /// The calendar that this is a copy of.
    pub copy: Option<u64>,
}

/// The time of day at which answers are over, where only a day is chosen.
const EVENING: &str = "18:00";
/// The length and the step that most meetings have.
const USUAL: (&str, &str) = ("60", "15");

impl Draft {
    /// An empty page.
    pub fn blank(zone: &Zone) -> Self {
        Self {
            minutes: USUAL.0.to_owned(),
            step: USUAL.1.to_owned(),
            zone: zone.to_string(),
            pattern: PatternFields::usual(),
            deadline: Row { clock: EVENING.to_owned(), ..Row::default() },
            reminders: true,
            ..Self::default()
        }
    }

    /// Another calendar like one that there is: its people and its details. Times and deadline are new.
    pub fn copy(calendar: &Calendar) -> Self {
        Self {
            name: calendar.name.to_string(),
            description: calendar.description.to_string(),
            minutes: calendar.meeting_minutes.to_string(),
            step: calendar.step_minutes.to_string(),
            contacts: calendar.active_invitees().map(|invitee| invitee.contact).collect(),
            reminders: calendar.reminders,
            copy: Some(calendar.id),
            ..Self::blank(&calendar.timezone)
        }
    }

    /// What a browser sends. The preference of a chosen time stands in a field of its own, in the same order.
    pub fn of_form(form: &Form) -> Self {
        let text = |name: &str| form.get(name).unwrap_or_default().to_owned();
        let kept: Vec<&str> = form.all("keep").collect();
        let mut levels = form.all("level");
        let times = form.all("time").filter_map(|value| {
            let level = levels.next();
            let offered = Offered::parse(value, kept.contains(&value))?;
            Some(Offered { level: level.map_or(offered.level, super::times::level), ..offered })
        });
        Self {
            name: text("name"),
            description: text("description"),
            minutes: text("minutes"),
            step: text("step"),
            contacts: form.all("contact").filter_map(|id| id.parse().ok()).collect(),
            groups: form.all("group").map(ToOwned::to_owned).collect(),
            find: text("find"),
            people: text("people"),
            zone: text("zone"),
            times: times.collect(),
            rows: SpanRow::of_form(form),
            pattern: PatternFields::of_form(form),
            deadline: Row::named(form, "deadline"),
            reminders: form.has("reminders"),
            copy: form.get("copy").and_then(|id| id.parse().ok()),
        }
    }

    /// The fields of a form that carries all of it, but for what is typed and not taken over.
    pub fn fields(&self) -> Vec<(String, String)> {
        let mut fields: Vec<(String, String)> = Vec::new();
        let mut add = |name: &str, value: &str| {
            if !value.is_empty() {
                fields.push((name.to_owned(), value.to_owned()));
            }
        };
        add("name", &self.name);
        add("description", &self.description);
        add("minutes", &self.minutes);
        add("step", &self.step);
        self.contacts.iter().for_each(|id| add("contact", &id.to_string()));
        self.groups.iter().for_each(|name| add("group", name));
        add("people", &self.people);
        add("zone", &self.zone);
        for offered in &self.times {
            add("time", &offered.to_string());
            add("keep", if offered.time.keep { offered.to_string() } else { String::new() }.as_str());
        }
        self.pattern.fields().iter().for_each(|(name, value)| add(name, value));
        self.deadline.fields("deadline").iter().for_each(|(name, value)| add(name, value));
        add("reminders", if self.reminders { "1" } else { "" });
        add("copy", &self.copy.map(|id| id.to_string()).unwrap_or_default());
        fields
    }

    /// The zone that is chosen, where it is one.
    pub fn zone(&self) -> Option<Zone> {
        Zone::parse(&self.zone)
    }

    /// What has to be read of the account for it.
    pub fn wanted(&self) -> Wanted<'_> {
        let pasted = people::read(&self.people).people;
        Wanted {
            contacts: self.contacts.clone(),
            groups: self.groups.iter().map(String::as_str).collect(),
            find: &self.find,
            keys: pasted.iter().map(|person| person.address.key()).collect(),
            with_keys: true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_carries_all_that_was_typed() {
        let typed = [
            ("name", "Thesis talks"),
            ("description", "Bring\r\nyour drafts"),
            ("minutes", "30"),
            ("step", "15"),
            ("contact", "7"),
            ("contact", "9"),
            ("group", "Board"),
            ("people", "Ana Lee <ana@example.org>"),
            ("zone", "Europe/Berlin"),
            ("time", "2026-11-24T09:00 480 - 3"),
            ("keep", "2026-11-24T09:00 480 - 3"),
            ("time", "2026-11-25T09:00 480 - 1"),
            ("series-day", "2"),
            ("series-level", "2"),
            ("deadline-date", "2026-11-20"),
            ("deadline-clock", "18:00"),
            ("reminders", "1"),
            ("copy", "5"),
        ];
        let form = |fields: &[(&str, &str)]| {
            Form::new(fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
        };
        let draft = Draft::of_form(&form(&typed));
        assert_eq!((draft.times.len(), draft.times[0].time.keep, draft.times[1].time.keep), (2, true, false));
        assert_eq!(Draft::of_form(&Form::new(draft.fields())), draft);
        let mut other = typed.to_vec();
        other.extend([("level", "1"), ("level", "2")]);
        let levels: Vec<u8> = Draft::of_form(&form(&other)).times.iter().map(|time| time.level).collect();
        assert_eq!(levels, [1, 2], "the field beside a time says how much it is liked");
    }
}
