//! What the domain refuses about a proposal, as the API says it.

use std::borrow::Cow;

use serde_json::json;
use whittle_domain::proposal::Rejection;
use whittle_domain::slot::{Slot, Slots};

use crate::error::{Error, bad_link, bad_request, conflict, forbidden, forbidden_because, not_found};

/// The refusal of an act on a proposal that offers these slots. A stale one ([`Rejection::Stale`]) is answered by whoever
/// has the proposal, for its answer shows it.
pub fn refused(rejection: Rejection, offered: &Slots) -> Error {
    match rejection {
        Rejection::LinkVoid => bad_link(),
        Rejection::Forbidden => forbidden(),
        Rejection::Closed => Error::Gone(Cow::Borrowed("This proposal is closed.")),
        Rejection::Stale => conflict("The proposal has changed."),
        Rejection::Agreed => conflict("The time is agreed; answers are over."),
        Rejection::Exhausted => conflict("Nothing is left to answer."),
        Rejection::DeadlinePassed => conflict("The deadline has passed."),
        Rejection::TooEarly => {
            conflict("Somebody required has not answered, and the deadline has not passed.")
        }
        Rejection::NotOffered(slot) => {
            let fault = format!("{} is not offered.", written(&slot));
            bad_request(json!({ "slot": [fault, offer(offered)] }))
        }
        Rejection::Succeeded => conflict("The next round has begun; answers are taken there."),
        Rejection::NoNextRound => conflict("The time is agreed, so there is no next round."),
        Rejection::NotOpen => conflict("It is over; its parties stay as they are."),
        Rejection::Opened => conflict("This party has opened its link already."),
        Rejection::NoParty => not_found(),
        Rejection::Widened(widened) => {
            let outside = widened.outside.iter();
            let outside =
                outside.map(|s| format!("{} does not lie within a slot that is offered.", written(s)));
            let short = widened.too_short.iter();
            let short = short.map(|s| format!("{} is shorter than min_duration.", written(s)));
            let faults = outside.chain(short).chain([offer(offered)]);
            bad_request(json!({ "slots": faults.collect::<Vec<_>>() }))
        }
        Rejection::Invalid(errors) => errors.into(),
        Rejection::NotYourAddress => forbidden_because("sender must be your own proven address."),
        Rejection::LedgerFull => {
            Error::Full(Cow::Borrowed("The log of this proposal is full; ask who proposed it."))
        }
    }
}

fn written(slot: &Slot) -> String {
    format!("{} {}", slot.begin(), slot.duration())
}

fn offer(offered: &Slots) -> String {
    format!("Offered now: {}", offered.iter().map(written).collect::<Vec<_>>().join(", "))
}
