//! The release of an object's mail that was held until its account had verified an address.

use std::collections::BTreeSet;

use super::machine::{Hosted, Machine};
use super::outbox;
use crate::error::Result;
use crate::mail::budget::{self, Counted};
use crate::mail::dispatcher::Letter;

impl<E: Hosted> Machine<E> {
    /// Releases the mail that is held for an account, as much of it as the account's budgets have room for; mail to the
    /// account itself is part of none. Tells whether nothing is held any more. Of an entity that was closed nothing is sent.
    pub async fn release(&self, account: u64) -> Result<bool> {
        let store = &self.host.sql;
        self.known.forget_held_mail();
        if self.load()?.entity.is_closed() {
            outbox::delete_held(store, account)?;
            return Ok(true);
        }
        let mut ids = BTreeSet::new();
        let mut counted = Vec::new();
        for (id, body) in outbox::held(store, account)? {
            let letter = Letter::parse(&body)?;
            match letter.is_to_its_sender() {
                true => _ = ids.insert(id),
                false => counted.push(Counted { id, recipient: letter.to().counting_key() }),
            }
        }
        let Some(sender) = budget::proven(self.env(), account).await? else { return Ok(false) };
        let id = self.load()?.entity.id();
        let fitting = budget::count_fitting(self.env(), &counted, &sender, E::about(id), self.now()).await?;
        // It may have been closed meanwhile.
        if self.load()?.entity.is_closed() {
            outbox::delete_held(store, account)?;
            return Ok(true);
        }
        let all = counted.iter().all(|mail| fitting.contains(&mail.id));
        ids.extend(fitting);
        outbox::release(store, &ids, self.now())?;
        // Whoever asked meanwhile has seen what was held then.
        self.known.forget_held_mail();
        self.rearm(true)?;
        Ok(all)
    }
}
