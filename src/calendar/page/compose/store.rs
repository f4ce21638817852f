//! Who is invited: contacts that are ticked, members of groups that are, and people who were pasted. Whoever is pasted and is no
//! contact yet becomes one.

use whittle_domain::address::Address;
use whittle_domain::calendar::limits::MOST_INVITEES;
use whittle_domain::contact::people::{self, Person};
use whittle_domain::contact::{Contact, View, fold_case};
use whittle_domain::text::PersonName;
use worker::Env;

use super::draft::Draft;
use crate::contact::api::full;
use crate::contact::store::import;
use crate::d1::Directory;
use crate::error::Result;
use crate::http::context::RequestContext;
use crate::proposal::new::store::Known;
use crate::texts::say;

/// Somebody who is invited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The contact; none of who is to become one.
    pub contact: Option<u64>,
    pub first_name: PersonName,
    pub last_name: PersonName,
    pub address: Address,
}

impl Asked {
    /// How pages call this person.
    pub fn called(&self) -> String {
        format!("{} {}", self.first_name, self.last_name)
    }
}

/// Everybody who is invited, each once, or what is wrong with the people.
pub fn everybody(draft: &Draft, known: &Known) -> std::result::Result<Vec<Asked>, Vec<String>> {
    let read = people::read(&draft.people);
    let mut faults: Vec<String> = read
        .unread
        .iter()
        .map(|piece| say("new-fault-unread").with("piece", piece.as_str()).to_string())
        .collect();
    let groups: Vec<String> = draft.groups.iter().map(|name| fold_case(name)).collect();
    let ticked = known.contacts.iter().filter(|contact| draft.contacts.contains(&contact.id));
    let members =
        known.members.iter().filter(|(group, _)| groups.contains(group)).map(|(_, contact)| contact);
    let mut everybody: Vec<Asked> = Vec::new();
    let mut add = |asked: Asked| {
        if everybody.iter().all(|other| other.address != asked.address) {
            everybody.push(asked);
        }
    };
    ticked.chain(members).filter_map(of_contact).for_each(&mut add);
    for person in read.people {
        let key = person.address.key();
        let contact = known.contacts.iter().filter_map(of_contact).find(|asked| asked.address.key() == key);
        match contact.or_else(|| of_person(&person)) {
            Some(asked) => add(asked),
            None => {
                faults.push(say("cal-new-fault-unnamed").with("address", person.address.as_str()).to_string())
            }
        }
    }
    if everybody.is_empty() && faults.is_empty() {
        faults.push(say("cal-new-fault-nobody").to_string());
    } else if everybody.len() > MOST_INVITEES {
        let sentence =
            say("new-fault-many-people").with("count", everybody.len()).with("most", MOST_INVITEES);
        faults.push(sentence.to_string());
    }
    if faults.is_empty() { Ok(everybody) } else { Err(faults) }
}

fn of_contact(contact: &View) -> Option<Asked> {
    Some(Asked {
        contact: Some(contact.id),
        first_name: PersonName::parse(&contact.first_name).ok()?,
        last_name: PersonName::parse(&contact.last_name).ok()?,
        address: contact.email.parse().ok()?,
    })
}

/// Somebody new: the last word of the name is the last name.
fn of_person(person: &Person) -> Option<Asked> {
    let (first, last) = person.name.as_ref()?.as_str().rsplit_once(' ')?;
    Some(Asked {
        contact: None,
        first_name: PersonName::parse(first).ok()?,
        last_name: PersonName::parse(last).ok()?,
        address: person.address.clone(),
    })
}

/// Makes contacts of those who are none yet. Whether there were any.
pub async fn add_contacts(
    asked: &[Asked],
    known: &Known,
    context: &RequestContext,
    env: &Env,
) -> Result<bool> {
    let new: Vec<Contact> = asked
        .iter()
        .filter(|asked| asked.contact.is_none())
        .map(|asked| Contact {
            first_name: asked.first_name.clone(),
            last_name: asked.last_name.clone(),
            email: asked.address.clone(),
            groups: None,
        })
        .collect();
    if new.is_empty() {
        return Ok(false);
    }
    let rows: Vec<&Contact> = new.iter().collect();
    let before = import(&Directory::of(env), known.account.id, &rows, true, context.now).await?;
    if before.free < new.len() {
        return Err(full("people"));
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_word_of_a_name_is_the_last_name() {
        let read = people::read("Ana Maria Lee <ana@example.org>, cyd@example.org, Bea <bea@example.org>");
        let asked: Vec<Option<String>> = read
            .people
            .iter()
            .map(|person| of_person(person).map(|asked| format!("{}|{}", asked.first_name, asked.last_name)))
            .collect();
        assert_eq!(asked, [Some("Ana Maria|Lee".to_owned()), None, None]);
    }
}
