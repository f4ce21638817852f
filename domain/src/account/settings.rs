//! Settings of an account: who may book it, and how much mail it gets about its own proposals and meetings.

/// Who may book an hour of an account (spec/bookings.md, part 0, "Consent").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BookableBy {
    /// Every account whose address is verified.
    Anyone,
    /// Accounts whose address is among the account's contacts.
    Contacts,
    /// No account.
    Nobody,
}

impl BookableBy {
    /// All values.
    pub const ALL: [Self; 3] = [Self::Anyone, Self::Contacts, Self::Nobody];

    /// The value as the API and the database write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Anyone => "anyone",
            Self::Contacts => "contacts",
            Self::Nobody => "nobody",
        }
    }
}

/// How much mail an account gets about what it proposed or organises. A higher level includes all mail of the lower ones.
/// Agreements, moves, cancellations and mail about signing in are sent at every level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MailLevel {
    /// Only the mail that is sent at every level.
    None,
    /// Also when the account has to decide: all parties have answered, no slot is left, the deadline has come, or an
    /// attendee has declined.
    Decisions,
    /// Also new answers, in one mail every ten minutes at most.
    All,
}

impl MailLevel {
    /// All values, lowest first.
    pub const ALL: [Self; 3] = [Self::None, Self::Decisions, Self::All];

    /// The value as the API writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Decisions => "decisions",
            Self::All => "all",
        }
    }

    /// The value as the database stores it: an integer that compares as the levels do.
    #[must_use]
    pub const fn rank(self) -> i64 {
        match self {
            Self::None => 0,
            Self::Decisions => 1,
            Self::All => 2,
        }
    }
}
