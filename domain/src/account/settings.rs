//! What an account wants: who may book it, and how much mail it gets about its own proposals.

/// Who may book an hour of an account (spec/bookings.md, part 0, "Consent").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BookableBy {
    /// Every verified account.
    Anyone,
    /// Those that it keeps as contacts.
    Contacts,
    /// No one.
    Nobody,
}

impl BookableBy {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Anyone, Self::Contacts, Self::Nobody];

    /// The word of API and directory.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Anyone => "anyone",
            Self::Contacts => "contacts",
            Self::Nobody => "nobody",
        }
    }
}

/// How much an account is mailed about what it proposed or organises. Agreements, moves, cancellations and all about
/// signing in are mailed at every level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MailLevel {
    /// Nothing more than that.
    None,
    /// What waits for a decision: everybody has answered, nothing is left, the deadline has come, somebody cannot come.
    Decisions,
    /// New answers too, every ten minutes at most.
    All,
}

impl MailLevel {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::None, Self::Decisions, Self::All];

    /// The word of the API.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Decisions => "decisions",
            Self::All => "all",
        }
    }

    /// The number in the directory: a higher level gets all that a lower one does.
    #[must_use]
    pub const fn number(self) -> i64 {
        match self {
            Self::None => 0,
            Self::Decisions => 1,
            Self::All => 2,
        }
    }
}
