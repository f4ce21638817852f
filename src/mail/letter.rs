//! The letter of a mail: its kind, and what the domain says in it.

use serde::{Deserialize, Serialize};
use whittle_domain::account::MailLevel;
use whittle_domain::address::Address;
use whittle_domain::instant::Instant;
use whittle_domain::{account, calendar, meeting, proposal};

use super::suppression::{Recipient, Suppressed};

/// What a mail is made of, as every outbox stores it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Letter {
    /// About a meeting.
    Meeting(Box<meeting::Letter>),
    /// About a proposal.
    Proposal(Box<proposal::Letter>),
    /// About a calendar.
    Calendar(Box<calendar::Letter>),
    /// About an account.
    Account(Box<account::Letter>),
}

impl Letter {
    /// Reads a letter as an outbox stores it: first its kind, then the rest as a letter of that kind.
    pub fn parse(text: &str) -> serde_json::Result<Self> {
        #[derive(Deserialize)]
        #[serde(rename_all = "snake_case")]
        enum Kind {
            Meeting,
            Proposal,
            Calendar,
            Account,
        }
        #[derive(Deserialize)]
        struct Tagged {
            kind: Kind,
        }
        Ok(match whittle_json::from_str::<Tagged>(text)?.kind {
            Kind::Meeting => Self::Meeting(whittle_json::from_str(text)?),
            Kind::Proposal => Self::Proposal(whittle_json::from_str(text)?),
            Kind::Calendar => Self::Calendar(whittle_json::from_str(text)?),
            Kind::Account => Self::Account(whittle_json::from_str(text)?),
        })
    }

    /// To whom.
    pub fn to(&self) -> &Address {
        match self {
            Self::Meeting(letter) => &letter.to,
            Self::Proposal(letter) => &letter.to,
            Self::Calendar(letter) => &letter.to,
            Self::Account(letter) => &letter.to,
        }
    }

    /// The account whose mail it is, as far as one can refuse that.
    pub fn account(&self) -> u64 {
        match self {
            Self::Meeting(letter) => letter.meeting.organiser.account,
            Self::Proposal(letter) => letter.account,
            Self::Calendar(letter) => letter.account,
            Self::Account(letter) => letter.account,
        }
    }

    pub fn recipient(&self) -> Recipient<'_> {
        let attendee = match self {
            Self::Meeting(letter) => Some((letter.meeting.id, letter.attendee)),
            Self::Proposal(_) | Self::Calendar(_) | Self::Account(_) => None,
        };
        Recipient {
            to: self.to(),
            account: self.account(),
            attendee,
            own: self.own(),
            reminds_of: self.reminds_of(),
        }
    }

    /// Where it is to the account that caused it, who proposed or organises: from which level on it gets it.
    fn own(&self) -> Option<MailLevel> {
        match self {
            // A way out of nobody's among the parties is the creator's. A link says nothing: a party has none to what is closed.
            Self::Proposal(letter) => {
                letter.unsubscribe.as_ref().filter(|way| way.party == 0).map(|_| letter.template.level())
            }
            Self::Calendar(letter) => (letter.invitee == 0).then(|| letter.template.level()),
            // A reminder reaches an organiser who attends as well, without any act of its own.
            Self::Meeting(letter) => (letter.attendee == 0
                || (self.reminds_of().is_some() && self.is_to_its_sender()))
            .then(|| letter.template.level()),
            Self::Account(_) => None,
        }
    }

    /// When the meeting begins that it reminds of; `None` of any other mail.
    fn reminds_of(&self) -> Option<Instant> {
        match self {
            Self::Meeting(letter) if letter.template == meeting::Template::Reminder => {
                Some(letter.meeting.begin)
            }
            _ => None,
        }
    }

    /// Whether it reminds of what has begun: nobody wants that.
    pub fn is_late(&self, now: Instant) -> bool {
        self.reminds_of().is_some_and(|begin| begin <= now)
    }

    /// Whether its recipient is the account that caused it.
    pub fn is_to_its_sender(&self) -> bool {
        match self {
            Self::Meeting(letter) => letter.to == letter.meeting.organiser.address,
            Self::Proposal(_) | Self::Calendar(_) | Self::Account(_) => self.own().is_some(),
        }
    }

    /// To another address.
    pub fn readdress(&mut self, to: Address) {
        match self {
            Self::Meeting(letter) => letter.to = to,
            Self::Proposal(letter) => letter.to = to,
            Self::Calendar(letter) => letter.to = to,
            Self::Account(letter) => letter.to = to,
        }
    }

    /// Whether it was only written so that writing it costs the same as any.
    pub fn is_to_nobody(&self) -> bool {
        matches!(self, Self::Account(letter) if letter.template == account::Template::Nobody)
    }

    /// Whether it is sent although `why` is known of its recipient. Nobody can want to be without what was asked for just
    /// now, or is about who may sign in. A link to reset a password is tried even where mail bounced: nothing else lets its
    /// recipient in.
    pub fn is_sent_despite(&self, why: Suppressed) -> bool {
        match (self, why) {
            (Self::Account(_), Suppressed::Unsubscribed) => true,
            (Self::Account(letter), Suppressed::Bounced) => letter.template == account::Template::Reset,
            (Self::Proposal(letter), Suppressed::Unsubscribed) => letter.template == proposal::Template::Link,
            (Self::Calendar(letter), Suppressed::Unsubscribed) => letter.template == calendar::Template::Link,
            _ => false,
        }
    }
}

impl From<proposal::Letter> for Letter {
    fn from(letter: proposal::Letter) -> Self {
        Self::Proposal(Box::new(letter))
    }
}

impl From<calendar::Letter> for Letter {
    fn from(letter: calendar::Letter) -> Self {
        Self::Calendar(Box::new(letter))
    }
}

impl From<meeting::Letter> for Letter {
    fn from(letter: meeting::Letter) -> Self {
        Self::Meeting(Box::new(letter))
    }
}

impl From<account::Letter> for Letter {
    fn from(letter: account::Letter) -> Self {
        Self::Account(Box::new(letter))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    /// A letter of each kind as an outbox has stored it: whatever is written from now on, these are read.
    fn stored() -> [Value; 4] {
        let link = |purpose: &str| json!({ "purpose": purpose, "subject": 42, "party": 2, "generation": 1, "expires": 2_000_000_000 });
        let head = "0f".repeat(32);
        let slot = json!({ "b": 1_667_257_882_000_000_i64, "d": 10_000_000 });
        [
            json!({
                "kind": "proposal", "template": "invitation", "to": "bea@example.org", "reply_to": "ob@localhost",
                "sender": "ob@localhost", "proposal": 42, "account": 1, "title": "cybes", "timezone": "UTC",
                "slots": [slot], "deadline": null,
                "said": [{ "who": "p1", "kept": [1, 2], "note": "maybe", "cut": [slot] }],
                "link": link("proposal"), "unsubscribe": link("unsubscribe"), "head": head,
            }),
            json!({
                "kind": "meeting", "template": "agreed", "to": "bea@example.org", "attendee": 2, "about": null,
                "meeting": {
                    "id": 42, "uid": "proposal-42@whittle", "title": "cybes", "begin": 0, "end": 1_000_000, "timezone": "UTC",
                    "status": "confirmed", "sequence": 0, "version": 1, "visibility": "open",
                    "organiser": {
                        "account": 1, "address": "ob@localhost", "name": null, "opted_out": false, "generation": 0,
                    },
                    "attendees": [{
                        "number": 2, "address": "bea@example.org", "name": null, "optional": false,
                        "partstat": "needs-action", "generation": 1, "opted_out": false,
                        "asked": true, "over_budget": false,
                    }],
                    "source": { "proposal": 42 }, "receipt": head, "updated_at": 0,
                },
                "link": link("meeting"), "unsubscribe": link("unsubscribemeeting"),
            }),
            json!({
                "kind": "account", "template": "verify", "to": "bea@example.org", "account": 7, "username": "bea",
                "link": link("verify"), "other": null,
            }),
            json!({
                "kind": "calendar", "template": "deadline", "to": "bea@example.org", "reply_to": null, "calendar": 42,
                "account": 1, "invitee": 0, "name": "cybes", "description": "", "timezone": "UTC", "owner": "ob@localhost",
                "first_name": "O", "last_name": "B", "deadline": 0, "meeting_minutes": 60, "added": [slot],
                "best": [["Bea", slot]], "missing": ["Cyd"], "answered": 1, "invited": 2,
                "link": link("calendar"), "unsubscribe": link("unsubscribecalendar"), "head": head,
            }),
        ]
    }

    #[test]
    fn the_stored_format_is_pinned() {
        for stored in stored() {
            let letter = Letter::parse(&stored.to_string()).unwrap();
            assert_eq!(serde_json::to_value(&letter).unwrap(), stored);
        }
    }

    #[test]
    fn a_link_that_was_asked_for_is_sent_to_who_has_unsubscribed_and_nothing_else_of_it() {
        let [_, _, _, mut stored] = stored();
        for (template, is_sent) in
            [("link", true), ("invitation", false), ("reminder", false), ("added", false)]
        {
            stored["template"] = json!(template);
            let letter = Letter::parse(&stored.to_string()).unwrap();
            assert_eq!(letter.is_sent_despite(Suppressed::Unsubscribed), is_sent, "{template}");
            assert!(!letter.is_sent_despite(Suppressed::Bounced), "{template}");
        }
    }

    #[test]
    fn a_letter_is_of_the_kind_that_it_says() {
        let [proposal, meeting, account, calendar] =
            stored().map(|stored| Letter::parse(&stored.to_string()).unwrap());
        assert!(matches!(proposal, Letter::Proposal(_)));
        assert!(matches!(meeting, Letter::Meeting(_)));
        assert!(matches!(account, Letter::Account(_)));
        assert!(matches!(calendar, Letter::Calendar(_)));
        // Whatever else it has in common with another kind, without its own kind it is no letter.
        let [mut stored, ..] = stored();
        stored["kind"] = json!("account");
        assert!(Letter::parse(&stored.to_string()).is_err());
        stored.as_object_mut().unwrap().remove("kind");
        assert!(Letter::parse(&stored.to_string()).is_err());
    }
}
