//! Groups of contacts in place of their contacts: whom a calendar invites.

use super::contact::parse_groups;
use super::{Body, FieldErrors};
use crate::calendar::limits::MOST_INVITEES;
use crate::contact::Groups;

/// The groups that a body names in `groups`, to be looked up before the body is read; none where it names them wrongly.
#[must_use]
pub fn invited_groups(body: &Body) -> Groups {
    body.get("groups").and_then(|value| parse_groups(value).ok()).unwrap_or_default()
}

/// Adds the contacts of groups to those that are invited, each once, without those that `is_invited` already.
///
/// # Errors
/// A group that has no contact, or more people than a calendar may invite.
pub fn join_groups(
    invitees: &mut Vec<u64>,
    groups: &Groups,
    contacts: impl Fn(&str) -> Vec<u64>,
    is_invited: impl Fn(u64) -> bool,
) -> Result<(), FieldErrors> {
    for name in groups.names() {
        let contacts = contacts(name);
        if contacts.is_empty() {
            return Err(FieldErrors::one("groups", &format!("You have no group “{name}”.")));
        }
        for contact in contacts {
            if !invitees.contains(&contact) && !is_invited(contact) {
                invitees.push(contact);
            }
        }
    }
    if invitees.len() > MOST_INVITEES {
        let why = format!("With these groups there are more than {MOST_INVITEES} people.");
        return Err(FieldErrors::one("groups", &why));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn groups_stand_for_their_contacts_each_once() {
        let body = |groups| Body::from_iter([("groups".to_owned(), groups)]);
        let groups = invited_groups(&body(json!(["Team", "Choir"])));
        let contacts = |name: &str| match name {
            "Team" => vec![1, 2, 3],
            "Choir" => vec![3, 4],
            "Everybody" => (0..201).collect(),
            _ => vec![],
        };
        let mut invitees = vec![9, 2];
        join_groups(&mut invitees, &groups, contacts, |contact| contact == 4).unwrap();
        // Groups are ordered by name.
        assert_eq!(invitees, [9, 2, 3, 1]);
        for (name, said) in [
            ("Nobody", "You have no group “Nobody”."),
            ("Everybody", "With these groups there are more than 200 people."),
        ] {
            let wrong =
                join_groups(&mut invitees, &invited_groups(&body(json!([name]))), contacts, |_| false);
            assert_eq!(wrong, Err(FieldErrors::one("groups", said)));
        }
        assert_eq!(invited_groups(&body(json!(7))), Groups::default());
    }
}
