//! What staff do to a meeting enters their ledger, in the batch that does it.

use whittle_domain::address::Address;
use whittle_domain::entity::Via;
use whittle_domain::instant::Instant;
use whittle_domain::meeting::{Act, Caller, Command, Meeting};
use whittle_domain::staff::StaffAct;

use super::store;
use crate::d1::{Compiled, Directory, Statement};
use crate::error::Result;
use crate::staff_ledger;

/// Whose account asks, and how it came.
pub type Signature<'a> = (&'a Address, Via);

/// The statement that enters what one of staff does who neither organises nor attends, once the meeting carries the mark `seed` of
/// the act.
pub async fn entering(
    directory: &Directory,
    meeting: &Meeting,
    act: &Act,
    (staff, via): Signature<'_>,
    (seed, now): (&str, Instant),
) -> Result<Option<Compiled>> {
    let Some(word) = word(meeting, act) else { return Ok(None) };
    let id = meeting.id;
    let act = StaffAct {
        act: word.to_owned(),
        subject: format!("meeting/{id}"),
        staff: staff.clone(),
        via: via.word().to_owned(),
        at: now,
        about: None,
    };
    let (head, source) = (staff_ledger::head(directory).await?, format!("meeting:{id}:{seed}"));
    let guard = Statement::new(store::written_by(seed, id));
    staff_ledger::adding(&act, head, guard, Some(&source))?.compile().map(Some)
}

/// The word for what one of staff does; none where it is done as somebody else, or leaves the meeting as it is.
fn word(meeting: &Meeting, act: &Act) -> Option<&'static str> {
    let Caller::Account { id, staff: true, .. } = act.caller else { return None };
    let takes_part = meeting.standing(&act.caller).is_ok_and(|standing| standing.attendee.is_some());
    if id == meeting.organiser.account || takes_part {
        return None;
    }
    Some(match &act.command {
        Command::Update(to) if to.begin.is_some() || to.duration.is_some() => "move",
        Command::Update(_) => "update",
        Command::Cancel | Command::CancelSaying(_) => "cancel",
        Command::Approve => "approve",
        _ => return None,
    })
}
