//! What a proposal adds to the chain of its ledger: each entry tells what is offered after it, and the offer only shrinks.

use serde::{Deserialize, Serialize};

use crate::detail::Detail;
use crate::ledger::{LedgerKind, Opening, Rule, RuleFault, Stored};
use crate::slot::{Slot, Slots, WrittenSlot};

/// The ledger of proposals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProposalLedger {}

impl LedgerKind for ProposalLedger {
    const NAME: &'static str = "proposal";
    const GENESIS: &'static str = "whittle ledger 1 ";
    type Body = Offer;
    type Rule = OfferShrinks;
}

/// The members of an entry that are a proposal's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// What is offered after the entry, in the order of [`Slots`].
    pub slots: Vec<WrittenSlot>,
}

/// The offer only shrinks: every slot lies within a slot of the entry before.
#[derive(Clone, Debug, Default)]
pub struct OfferShrinks {
    before: Option<Slots>,
}

impl Rule<Offer> for OfferShrinks {
    fn next(&mut self, offer: &Offer) -> Result<(), RuleFault> {
        let slots = parse(&offer.slots).ok_or(RuleFault::Malformed)?;
        if let Some(before) = &self.before {
            let narrowed = before.narrowed_to(slots.clone(), None);
            narrowed.map_err(|_| RuleFault::Violated("the offer only shrinks"))?;
        }
        self.before = Some(slots);
        Ok(())
    }
}

/// The slots, if they are written in our spelling and our order.
fn parse(written: &[WrittenSlot]) -> Option<Slots> {
    let slots: Vec<Slot> = written.iter().map(WrittenSlot::parse).collect::<Option<_>>()?;
    let slots = Slots::new(slots).ok()?;
    (WrittenSlot::list(&slots) == written).then_some(slots)
}

/// The openings that a reader may see: roster rows hold addresses.
#[must_use]
pub fn visible_openings(stored: &Stored<Offer>, sees_addresses: bool) -> Vec<Opening> {
    const TEXTS: [&str; 5] = ["terms", "note", "deadline", "successor", "optional"];
    let is_text = |field: &str| TEXTS.contains(&field) || Detail::NAMES.contains(&field);
    let visible = |opening: &&Opening| sees_addresses || is_text(&opening.field);
    stored.openings.iter().filter(visible).cloned().collect()
}
