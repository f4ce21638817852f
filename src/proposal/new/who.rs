//! Who is asked: people as they were pasted, contacts that are ticked, and members of groups that are.

use whittle_domain::address::Address;
use whittle_domain::contact::people::{self, Person};
use whittle_domain::contact::{View as Contact, fold_case};

use super::draft::Draft;
use super::store::Known;

/// Somebody who is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    pub person: Person,
    /// Whether the answer is shown and cuts nothing.
    pub optional: bool,
}

impl Asked {
    /// How pages call this person.
    pub fn called(&self) -> &str {
        self.person.name.as_ref().map_or(self.person.address.as_str(), |name| name.as_str())
    }
}

/// The people of both fields, as far as they can be read.
pub fn pasted(draft: &Draft) -> impl Iterator<Item = Asked> {
    let required = people::read(&draft.people).people.into_iter();
    let optional = people::read(&draft.optional).people.into_iter();
    let asked = |optional| move |person| Asked { person, optional };
    required.map(asked(false)).chain(optional.map(asked(true)))
}

/// Everybody who is asked but whoever asks, each once. What is said of somebody himself counts before what is said of a group,
/// and of two that are equal the first, with the first name that stands anywhere.
pub fn everybody(draft: &Draft, known: &Known) -> Vec<Asked> {
    let single = |contact: &&Contact| {
        draft.contacts.contains(&contact.id) || draft.optional_contacts.contains(&contact.id)
    };
    let ticked = known.contacts.iter().filter(single).filter_map(|contact| {
        Some(Asked { person: person(contact)?, optional: draft.optional_contacts.contains(&contact.id) })
    });
    let is_optional = |group: &str| draft.optional_groups.iter().any(|name| fold_case(name) == group);
    let members = known.members.iter().filter_map(|(group, contact)| {
        Some(Asked { person: person(contact)?, optional: is_optional(group) })
    });
    let mut everybody: Vec<Asked> = Vec::new();
    for asked in pasted(draft).chain(ticked).chain(members) {
        if asked.person.address == known.account.address {
            continue;
        }
        match everybody.iter_mut().find(|other| other.person.address == asked.person.address) {
            Some(other) => other.person.name = other.person.name.take().or(asked.person.name),
            None => everybody.push(asked),
        }
    }
    everybody
}

/// What was not understood of a field.
pub fn unread(text: &str) -> Vec<String> {
    people::read(text).unread
}

fn person(contact: &Contact) -> Option<Person> {
    let address: Address = contact.email.parse().ok()?;
    Some(Person::new(address, &format!("{} {}", contact.first_name, contact.last_name)))
}
