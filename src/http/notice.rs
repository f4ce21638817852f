//! The line that says what was saved, on the page that follows a form: a cookie that lives until that page is shown.

use crate::http::reply::Reply;
use crate::texts::say;

/// The cookie. It names one of the texts below and can say nothing else, whoever sets it.
pub const COOKIE: &str = "notice";
/// For how long a browser keeps it, in seconds: until the next page, which takes it away.
const MAX_AGE: u32 = 30;

/// Declares the notices: a variant, its word in the cookie, and its text; after `--` those that count something.
macro_rules! notices {
    ($($name:ident $word:literal $said:expr;)* -- $($counting:ident $counting_word:literal $counted:expr;)*) => {
        /// What was saved.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Notice {
            $($name,)*
            $($counting(u16),)*
        }

        impl Notice {
            /// The notice of a cookie.
            pub fn parse(word: &str) -> Option<Self> {
                match word {
                    $($word => Some(Self::$name),)*
                    _ => {
                        let (word, count) = word.split_once('.')?;
                        match (word, count.parse().ok()?) {
                            $(($counting_word, count) => Some(Self::$counting(count)),)*
                            _ => None,
                        }
                    }
                }
            }

            fn word(self) -> String {
                match self {
                    $(Self::$name => $word.to_owned(),)*
                    $(Self::$counting(count) => format!("{}.{count}", $counting_word),)*
                }
            }

            /// The line.
            pub fn text(&self) -> String {
                match self {
                    $(Self::$name => $said.to_string(),)*
                    $(Self::$counting(count) => ($counted)(*count).to_string(),)*
                }
            }
        }
    };
}

notices! {
    SignedIn "signed-in" say("notice-signed-in");
    SignedOut "signed-out" say("notice-signed-out");
    Answered "answered" say("notice-answered");
    AnsweredNone "answered-none" say("notice-answered-none");
    MailSent "mail-sent" say("notice-mail-sent");
    LinksVoid "links-void" say("notice-links-void");
    Withdrawn "withdrawn" say("notice-withdrawn");
    Replaced "replaced" say("notice-replaced");
    MadeOptional "made-optional" say("notice-made-optional");
    MadeRequired "made-required" say("notice-made-required");
    Fixed "fixed" say("notice-fixed");
    Changed "changed" say("notice-changed");
    Closed "closed" say("notice-closed");
    Accepted "accepted" say("notice-accepted");
    MeetingChanged "meeting-changed" say("notice-meeting-changed");
    MeetingCancelled "meeting-cancelled" say("notice-meeting-cancelled");
    Declined "declined" say("notice-declined");
    LinkSent "link-sent" say("notice-link-sent");
    SignedUp "signed-up" say("notice-signed-up");
    AddressConfirmed "address-confirmed" say("notice-address-confirmed");
    AddressAsked "address-asked" say("notice-address-asked");
    AddressChanged "address-changed" say("notice-address-changed");
    AddressKept "address-kept" say("notice-address-kept");
    ProofSent "proof-sent" say("notice-proof-sent");
    ProofNotNeeded "proof-not-needed" say("notice-proof-not-needed");
    ResetAsked "reset-asked" say("notice-reset-asked");
    PasswordChanged "password-changed" say("notice-password-changed");
    SettingsSaved "settings-saved" say("notice-settings-saved");
    SignInEnded "sign-in-ended" say("notice-sign-in-ended");
    SignInsEnded "sign-ins-ended" say("notice-sign-ins-ended");
    AccountLeft "account-left" say("notice-account-left");
    FeedRenewed "feed-renewed" say("notice-feed-renewed");
    ContactAdded "contact-added" say("notice-contact-added");
    ContactChanged "contact-changed" say("notice-contact-changed");
    ContactRemoved "contact-removed" say("notice-contact-removed");
    ContactsImported "contacts-imported" say("notice-contacts-imported");
    HoursSaved "hours-saved" say("notice-hours-saved");
    HoursBlocked "hours-blocked" say("notice-hours-blocked");
    Booked "booked" say("notice-booked");
    BookedOver "booked-over" say("notice-booked-over");
    KindAdded "kind-added" say("notice-kind-added");
    KindSaved "kind-saved" say("notice-kind-saved");
    KindRemoved "kind-removed" say("notice-kind-removed");
    PagePublished "page-published" say("notice-page-published");
    PageWithdrawn "page-withdrawn" say("notice-page-withdrawn");
    Subscribed "subscribed" say("notice-subscribed");
    SubscriptionRead "subscription-read" say("notice-subscription-read");
    SubscriptionEnded "subscription-ended" say("notice-subscription-ended");
    BusyImported "busy-imported" say("notice-busy-imported");
    BusyForgotten "busy-forgotten" say("notice-busy-forgotten");
    Unsubscribed "unsubscribed" say("notice-unsubscribed");
    UnsubscribedSender "unsubscribed-sender" say("notice-unsubscribed-sender");
    UnsubscribedAll "unsubscribed-all" say("notice-unsubscribed-all");
    Resubscribed "resubscribed" say("notice-resubscribed");
    LinkForgotten "link-forgotten" say("notice-link-forgotten");
    Proposed "proposed" say("notice-proposed");
    TimesChanged "times-changed" say("notice-times-changed");
    Invited "invited" say("notice-invited");
    Uninvited "uninvited" say("notice-uninvited");
    CalendarClosed "calendar-closed" say("notice-calendar-closed");
    Finalized "finalized" say("notice-finalized");
    TimesSent "times-sent" say("notice-times-sent");
    TimesNone "times-none" say("notice-times-none");
    BookingMade "booking-made" say("notice-booking-made");
    BookingAsked "booking-asked" say("notice-booking-asked");
    BookingApproved "booking-approved" say("notice-booking-approved");
    MailRetried "mail-retried" say("notice-mail-retried");
    AddressReleased "address-released" say("notice-address-released");
    TestSent "test-sent" say("notice-test-sent");
    AccountActedOn "account-acted-on" say("notice-account-acted-on");
    --
    Sent "sent" |count: u16| say("notice-sent").with("count", count);
    Held "held" |count: u16| say("notice-held").with("count", count);
    CalendarSent "calendar-sent" |count: u16| say("notice-calendar-sent").with("count", count);
    CalendarHeld "calendar-held" |count: u16| say("notice-calendar-held").with("count", count);
}

impl Reply {
    /// 303 to a page that says what was saved.
    pub fn saved(path: &str, notice: Notice) -> Self {
        Self::see_other(path).with("Set-Cookie", &cookie(&notice.word(), MAX_AGE))
    }

    /// With the notice taken away, once it is shown.
    pub fn without_notice(self) -> Self {
        self.with("Set-Cookie", &cookie("", 0))
    }
}

fn cookie(word: &str, age: u32) -> String {
    format!("{COOKIE}={word}; Path=/; Max-Age={age}; HttpOnly; SameSite=Lax")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_names_a_text_and_at_most_a_number() {
        for notice in [Notice::SignedIn, Notice::Sent(1), Notice::Held(49)] {
            assert_eq!(Notice::parse(&notice.word()), Some(notice));
        }
        for word in
            ["", "sent", "sent.", "sent.-1", "sent.x", "sent.1.2", "sent.70000", "signed-in.1", "other.1"]
        {
            assert_eq!(Notice::parse(word), None, "{word}");
        }
        assert_eq!(Notice::Sent(3).text(), "Your proposal is sent to 3 people.");
    }
}
