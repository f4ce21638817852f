//! A proposal as the API shows it.

use serde::{Deserialize, Serialize};

use super::{Party, Phase, Proposal, Undeliverable, Visibility};
use crate::slot::WrittenSlot;

/// The proposal object of the API: the original's keys in the original's order, then ours. The URLs are filled in by
/// whoever knows the origin.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct View {
    /// See [`Proposal::id`].
    pub id: u64,
    /// `{origin}/{id}/`
    pub url: Option<String>,
    /// `{origin}/{id}/log/`
    pub log_url: Option<String>,
    /// What for.
    pub title: String,
    /// Addresses, or what stands for them.
    pub parties: Vec<String>,
    /// What is still offered.
    pub slots: Vec<WrittenSlot>,
    /// `{origin}/{id}/notify/`
    pub notify_url: Option<String>,
    /// See [`Phase`].
    pub state: Phase,
    /// The `ETag`.
    pub version: u32,
    /// Where it is; empty where that is not said.
    pub location: String,
    /// What it is for, with line breaks; empty where that is not said.
    pub description: String,
    /// Until when answers are taken, UTC.
    pub deadline: Option<String>,
    /// IANA name.
    pub timezone: String,
    /// The shortest part of a slot that may be kept.
    pub min_duration: Option<String>,
    /// See [`Visibility`].
    pub visibility: Visibility,
    /// The proposal that follows this one.
    pub successor: Option<u64>,
    /// The proposal that this one follows.
    pub predecessor: Option<u64>,
    /// Who has answered what, in numbers.
    pub answers: Vec<AnswerView>,
    /// `{origin}/meetings/{id}/`, once it is agreed; not there before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meeting_url: Option<Option<String>>,
}

/// How far a party has come with its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnswerState {
    /// It has not opened its link.
    Invited,
    /// It has looked, and not answered.
    Opened,
    /// It keeps slots.
    Kept,
    /// It keeps nothing.
    #[serde(rename = "none")]
    Nothing,
    /// It wants no mail about this.
    OptedOut,
}

impl AnswerState {
    /// The word of the API.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Invited => "invited",
            Self::Opened => "opened",
            Self::Kept => "kept",
            Self::Nothing => "none",
            Self::OptedOut => "opted_out",
        }
    }
}

/// One party's row under `answers`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswerView {
    /// `p1`
    pub party: String,
    /// Its address, for those who may see it.
    pub email: Option<String>,
    /// As the creator calls it.
    pub name: Option<String>,
    /// Whether its answer cuts nothing.
    pub optional: bool,
    /// How far it has come.
    pub state: AnswerState,
    /// How many slots it kept.
    pub kept: Option<usize>,
    /// Of how many.
    pub of: Option<usize>,
    /// Its remark.
    pub note: Option<String>,
    /// Why mail does not reach it, where it does not, for those who may see its address: `bounced` or `complained`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mail: Option<Undeliverable>,
}

/// What one who may see a party's address reads, and what others read.
pub(super) fn shown(party: &Party, sees_addresses: bool) -> String {
    match &party.name {
        _ if sees_addresses => party.address.to_string(),
        Some(name) => name.to_string(),
        None => party.label(),
    }
}

/// The proposal for somebody who may, or may not, see addresses; with an origin the URLs are filled in.
#[must_use]
pub fn view(proposal: &Proposal, sees_addresses: bool, origin: Option<&str>) -> View {
    let url = |path: &str| origin.map(|o| format!("{o}/{}/{path}", proposal.id));
    View {
        id: proposal.id,
        url: url(""),
        log_url: url("log/"),
        title: proposal.title.to_string(),
        parties: proposal.active_parties().map(|p| shown(p, sees_addresses)).collect(),
        slots: WrittenSlot::list(&proposal.slots),
        notify_url: url("notify/"),
        state: proposal.phase,
        version: proposal.version,
        location: proposal.location.to_string(),
        description: proposal.description.to_string(),
        deadline: proposal.deadline.map(|d| d.to_string()),
        timezone: proposal.timezone.to_string(),
        min_duration: proposal.min_duration.map(|d| d.to_string()),
        visibility: proposal.visibility,
        successor: proposal.successor,
        predecessor: proposal.predecessor,
        answers: proposal.active_parties().map(|p| answer(p, sees_addresses)).collect(),
        meeting_url: (proposal.phase == Phase::Agreed)
            .then(|| origin.map(|o| format!("{o}/meetings/{}/", proposal.id))),
    }
}

/// How far a party has come with its answer.
pub(super) fn answer_state(party: &Party) -> AnswerState {
    match party.answer.as_ref() {
        _ if party.opted_out => AnswerState::OptedOut,
        Some(answer) if answer.slots.is_empty() => AnswerState::Nothing,
        Some(_) => AnswerState::Kept,
        None if party.opened => AnswerState::Opened,
        None => AnswerState::Invited,
    }
}

fn answer(party: &Party, sees_addresses: bool) -> AnswerView {
    let answer = party.answer.as_ref();
    AnswerView {
        party: party.label(),
        email: sees_addresses.then(|| party.address.to_string()),
        name: party.name.as_ref().map(ToString::to_string),
        optional: party.optional,
        state: answer_state(party),
        kept: answer.map(|a| a.slots.len()),
        of: answer.map(|a| a.of),
        note: answer.and_then(|a| a.note.as_ref()).map(ToString::to_string),
        mail: party.undeliverable.filter(|_| sees_addresses),
    }
}
