//! What is typed into the page, as it is typed: nothing of it needs to be right.

use whittle_domain::contact::people::{self, Person};
use whittle_domain::proposal::{View, Visibility};
use whittle_domain::zone::Zone;

use super::store::Wanted;
use super::times::{Listed, Row, SeriesFields};
use super::who;
use crate::http::form::Form;

/// The fields of the page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    pub title: String,
    pub location: String,
    pub description: String,
    /// People as they were pasted.
    pub people: String,
    /// People whose answer is shown and cuts nothing, as they were pasted.
    pub optional: String,
    /// Contacts that are ticked.
    pub contacts: Vec<u64>,
    /// Contacts that are ticked as optional.
    pub optional_contacts: Vec<u64>,
    /// Groups of contacts that are ticked.
    pub groups: Vec<String>,
    /// Groups of contacts that are ticked as optional.
    pub optional_groups: Vec<String>,
    /// What is sought among the contacts.
    pub find: String,
    /// Whether whoever proposes takes part.
    pub joins: bool,
    /// How the others are told who proposes.
    pub name: String,
    pub zone: String,
    /// The times that were chosen so far.
    pub times: Vec<Listed>,
    /// Times that are typed, and not understood yet.
    pub rows: Vec<Row>,
    pub series: SeriesFields,
    /// When answers are over.
    pub deadline: Row,
    /// The shortest part of a time that is of use, in minutes.
    pub shortest: String,
    /// Whether everybody sees everybody's address.
    pub open: bool,
    /// The proposal whose next round this is.
    pub again: Option<u64>,
}

/// The time of day at which answers are over, where only a day is chosen.
const EVENING: &str = "18:00";

impl Draft {
    /// An empty page, with what the account and the browser say, and what a link to the page brings in its query.
    pub fn blank(name: &str, zone: &Zone, query: &[(String, String)]) -> Self {
        let given = |name: &str| {
            let found = query.iter().find(|(key, _)| key == name);
            found.map(|(_, value)| value.trim().to_owned()).unwrap_or_default()
        };
        Self {
            title: given("title"),
            location: given("location"),
            description: given("description"),
            people: given("people"),
            joins: true,
            name: name.to_owned(),
            zone: zone.to_string(),
            series: SeriesFields::usual(),
            deadline: Row { clock: EVENING.to_owned(), ..Row::default() },
            ..Self::default()
        }
    }

    /// Another proposal like one that there is: its people, its details, and no times yet. `own` is the address of whoever
    /// proposes; the view must be one with addresses.
    pub fn again(view: &View, own: &str) -> Self {
        let person = |optional: bool| {
            let chosen = view.answers.iter().filter(move |answer| answer.optional == optional);
            let others =
                chosen.filter(|answer| !answer.email.as_deref().is_some_and(|email| is_same(email, own)));
            let people = others.filter_map(|answer| {
                let address = answer.email.as_deref()?.parse().ok()?;
                Some(Person::new(address, answer.name.as_deref().unwrap_or_default()))
            });
            people::write(&people.collect::<Vec<_>>())
        };
        let me = view
            .answers
            .iter()
            .find(|answer| answer.email.as_deref().is_some_and(|email| is_same(email, own)));
        Self {
            title: view.title.clone(),
            location: view.location.clone(),
            description: view.description.clone(),
            people: person(false),
            optional: person(true),
            joins: me.is_some(),
            name: me.and_then(|answer| answer.name.clone()).unwrap_or_default(),
            zone: view.timezone.clone(),
            series: SeriesFields::usual(),
            deadline: Row { clock: EVENING.to_owned(), ..Row::default() },
            open: view.visibility == Visibility::Open,
            again: Some(view.id),
            ..Self::default()
        }
    }

    /// What has to be read of the account for it.
    pub fn wanted(&self) -> Wanted<'_> {
        Wanted {
            contacts: self.contacts.iter().chain(&self.optional_contacts).copied().collect(),
            groups: self.groups.iter().chain(&self.optional_groups).map(String::as_str).collect(),
            find: &self.find,
            keys: who::pasted(self).map(|person| person.person.address.key()).collect(),
            with_keys: false,
        }
    }

    /// What a browser sends.
    pub fn of_form(form: &Form) -> Self {
        let text = |name: &str| form.get(name).unwrap_or_default().to_owned();
        let ids = |name| form.all(name).filter_map(|id| id.parse().ok()).collect();
        let names = |name| form.all(name).map(ToOwned::to_owned).collect();
        let kept: Vec<&str> = form.all("keep").collect();
        let times = form.all("time").filter_map(|value| Listed::parse(value, kept.contains(&value)));
        Self {
            title: text("title"),
            location: text("location"),
            description: text("description"),
            people: text("people"),
            optional: text("optional"),
            contacts: ids("contact"),
            optional_contacts: ids("contact-optional"),
            groups: names("group"),
            optional_groups: names("group-optional"),
            find: text("find"),
            joins: form.has("joins"),
            name: text("name"),
            zone: text("zone"),
            times: times.collect(),
            rows: Row::of_form(form),
            series: SeriesFields::of_form(form),
            deadline: Row::named(form, "deadline"),
            shortest: text("shortest"),
            open: form.get("visibility") == Some("open"),
            again: form.get("again").and_then(|id| id.parse().ok()),
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
        add("title", &self.title);
        add("location", &self.location);
        add("description", &self.description);
        add("people", &self.people);
        add("optional", &self.optional);
        self.contacts.iter().for_each(|id| add("contact", &id.to_string()));
        self.optional_contacts.iter().for_each(|id| add("contact-optional", &id.to_string()));
        self.groups.iter().for_each(|name| add("group", name));
        self.optional_groups.iter().for_each(|name| add("group-optional", name));
        add("joins", if self.joins { "1" } else { "" });
        add("name", &self.name);
        add("zone", &self.zone);
        for time in &self.times {
            add("time", &time.to_string());
            add("keep", &if time.keep { time.to_string() } else { String::new() });
        }
        self.series.fields().into_iter().for_each(|(name, value)| add(name, &value));
        self.deadline.fields("deadline").into_iter().for_each(|(name, value)| add(&name, &value));
        add("shortest", &self.shortest);
        add("visibility", if self.open { "open" } else { "names" });
        add("again", &self.again.map(|id| id.to_string()).unwrap_or_default());
        fields
    }

    /// The zone, where it is one.
    pub fn zone(&self) -> Option<Zone> {
        Zone::parse(&self.zone)
    }
}

fn is_same(address: &str, other: &str) -> bool {
    address.eq_ignore_ascii_case(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(fields: &[(&str, &str)]) -> Form {
        Form::new(fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn what_a_preview_carries_is_what_was_typed() {
        let typed = form(&[
            ("title", "Kick-off"),
            ("description", "Plans\r\nLunch"),
            ("people", "Ana <ana@example.org>\r\nbea@example.org"),
            ("contact", "7"),
            ("contact-optional", "8"),
            ("group", "Team"),
            ("joins", "1"),
            ("name", "Ob"),
            ("zone", "Europe/Berlin"),
            ("time", "2026-11-24T10:00 45 -"),
            ("keep", "2026-11-24T10:00 45 -"),
            ("time", "2026-10-25T02:30 45 1"),
            ("series-day", "2"),
            ("series-from", "09:00"),
            ("deadline-date", "2026-11-20"),
            ("deadline-clock", "18:00"),
            ("shortest", "30"),
            ("visibility", "open"),
            ("again", "7"),
        ]);
        let draft = Draft::of_form(&typed);
        assert_eq!((draft.times.len(), draft.times[0].keep, draft.times[1].keep), (2, true, false));
        assert_eq!(Draft::of_form(&Form::new(draft.fields())), draft);
        let nothing = Draft::of_form(&form(&[]));
        assert_eq!(Draft::of_form(&Form::new(nothing.fields())), nothing);
    }

    #[test]
    fn another_round_asks_the_same_people() {
        let view = r#"{"id": 7, "title": "Kick-off", "state": "exhausted", "parties": [], "slots": [], "version": 3,
          "location": "Room 5", "description": "", "timezone": "Europe/Berlin", "visibility": "names",
          "answers": [
            {"party": "p1", "email": "ob@localhost", "name": "Ob", "optional": false, "state": "kept"},
            {"party": "p2", "email": "bea@example.org", "name": "Roe, Bea", "optional": false, "state": "none"},
            {"party": "p3", "email": "cyd@example.org", "name": null, "optional": true, "state": "invited"}]}"#;
        let draft = Draft::again(&whittle_json::from_str(view).unwrap(), "OB@localhost");
        assert_eq!(
            (draft.people.as_str(), draft.optional.as_str()),
            ("\"Roe, Bea\" <bea@example.org>", "cyd@example.org")
        );
        assert_eq!((draft.joins, draft.name.as_str(), draft.zone.as_str()), (true, "Ob", "Europe/Berlin"));
        assert!(draft.times.is_empty() && !draft.open && draft.again == Some(7));
    }
}
