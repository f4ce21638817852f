//! What is wrong with a field, in the words of pages. The API says it in the words of its documents, which its clients rely
//! on; beside a field of a page the same is told as one tells a person what to do. A text that is none of these goes on as it
//! is.

use whittle_domain::duration::Duration;

use super::when::length;
use super::{Said, say};

/// The words of a page for what the API says of a field.
pub fn worded(said: &str) -> String {
    worded_exactly(said).or_else(|| worded_by_number(said)).map_or_else(|| said.to_owned(), |s| s.to_string())
}

fn worded_exactly<'a>(said: &str) -> Option<Said<'a>> {
    Some(match said {
        "This field is required." | "This field may not be blank." | "This field may not be null." => {
            say("fault-blank")
        }
        "Enter a valid email address." | "Enter a valid email address" => say("fault-email"),
        "Not a time zone of the IANA database." => say("fault-zone"),
        "Not a valid string." | "A valid integer is required." => say("fault-unreadable"),
        "No input." => say("fault-nothing-changed"),
        "Passwords must match." => say("fault-passwords-differ"),
        "Password must be at least 8 characters long."
        | "This password is too short. It must contain at least 8 characters." => say("fault-password-short"),
        "This password is too common." => say("fault-password-common"),
        "This is not your password." | "This is not the password of this account." => {
            say("fault-password-wrong")
        }
        "Your old password was entered incorrectly. Please enter it again." => say("fault-password-wrong"),
        "Username already taken." | "A user with that username already exists." => {
            say("fault-username-taken")
        }
        "Enter a valid username. This value may contain only letters, numbers, and @/./+/-/_ characters." => {
            say("fault-username")
        }
        "This is your address already." => say("fault-email-yours"),
        "A contact with this email already exists." => say("fault-contact-exists"),
        "This row has more cells than the header." => say("fault-row-long"),
        "A group's name has no semicolon." => say("fault-group-semicolon"),
        "Please enter a correct username and password. Note that both fields may be case-sensitive." => {
            say("fault-sign-in")
        }
        "This would be more mail than is allowed in a day. Nothing was sent." => say("error-budget"),
        "At least one party must be required." => say("fault-nobody-required"),
        "It is over; its parties stay as they are." => say("fault-people-over"),
        "This party has opened its link already." => say("fault-opened"),
        "This address is a party already." => say("fault-asked-already"),
        "Invalid contact" => say("fault-contact-others"),
        "Event organiser can not be removed" => say("fault-organiser-stays"),
        "Must be a time of day in whole minutes: HH:MM or HH:MM:SS." => say("fault-time"),
        "Date has wrong format. Use one of these formats instead: YYYY-MM-DD." => say("fault-day"),
        "Slots can't be defined for past date" => say("fault-day-over"),
        _ => return None,
    })
}

/// Texts with a number in them.
fn worded_by_number<'a>(said: &str) -> Option<Said<'a>> {
    let number = |before: &str, after: &str| -> Option<i64> {
        said.strip_prefix(before)?.strip_suffix(after)?.parse().ok()
    };
    if let Some(most) = number("Ensure this field has no more than ", " characters.") {
        return Some(say("fault-long").with("most", most));
    }
    if let Some(most) = number("Ensure this field has no more than ", " elements.") {
        return Some(say("fault-many").with("most", most));
    }
    if let Some(seconds) = number("Request was throttled. Expected available in ", " seconds.") {
        return Some(say("error-429").with("wait", length(Duration::from_seconds(seconds))));
    }
    let named = |before: &str, after: &str| Some(said.strip_prefix(before)?.strip_suffix(after)?.to_owned());
    if let Some(column) = named("The header has no column \"", "\".") {
        return Some(say("fault-no-column").with("column", column));
    }
    if let Some(column) = named("The header has the column \"", "\" twice.") {
        return Some(say("fault-column-twice").with("column", column));
    }
    if let Some(person) = named("Time slot is conflicting with another event for user : ", "") {
        return Some(say("fault-not-free").with("person", person));
    }
    if let Some(person) = named("Time slot is not available for user : ", "") {
        return Some(say("fault-not-available").with("person", person));
    }
    if let Some(person) = named("Invalid email \"", "\" - object does not exist.") {
        return Some(say("fault-nobody-here").with("person", person));
    }
    if let Some(time) = named("Event can not be booked for past datetime : ", "") {
        return Some(say("fault-booked-past").with("time", time));
    }
    if let Some(hour) = number("There is already an event booked at time slot : ", "") {
        return Some(say("fault-hour-booked").with("clock", format!("{hour:02}:00")));
    }
    let line = number("Line ", " has this email already.")?;
    Some(say("fault-line-twice").with("line", line))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_documents_say_is_told_in_the_words_of_pages() {
        assert_eq!(worded("This field may not be blank."), say("fault-blank").to_string());
        assert_eq!(
            worded("Ensure this field has no more than 150 characters."),
            "Use at most 150 characters."
        );
        assert_eq!(worded("Line 3 has this email already."), "This address is in line 3 already.");
        assert_eq!(worded("As it is."), "As it is.");
    }
}
