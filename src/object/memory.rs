//! What an object remembers of its entity while it lives, so that a message need not read and parse it again. Nobody else writes
//! the object's storage, and each change that is written replaces what is remembered. It is gone with the object.
//!
//! The objects of an isolate share one heap, which the platform clears late of those that it evicts. So only the last
//! [`MOST`] entities that were read are remembered.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::{Rc, Weak};

use super::store::Current;

/// How many entities are remembered in an isolate: some 10 MB, where each has the most parties and slots.
const MOST: usize = 200;

/// An object's memory.
pub struct Memory<E>(Rc<RefCell<Option<Rc<Current<E>>>>>);

impl<E> Default for Memory<E> {
    fn default() -> Self {
        Self(Rc::default())
    }
}

trait Forget {
    fn forget(&self);
}

impl<E> Forget for RefCell<Option<Rc<Current<E>>>> {
    fn forget(&self) {
        self.replace(None);
    }
}

thread_local! {
    /// Who remembers something, the longest first.
    static REMEMBERING: RefCell<VecDeque<Weak<dyn Forget>>> = const { RefCell::new(VecDeque::new()) };
}

impl<E: 'static> Memory<E> {
    /// What is remembered.
    pub fn recall(&self) -> Option<Rc<Current<E>>> {
        self.0.borrow().clone()
    }

    /// Remembers what is stored now.
    pub fn remember(&self, current: &Rc<Current<E>>) {
        if self.0.replace(Some(Rc::clone(current))).is_some() {
            return;
        }
        let oldest = REMEMBERING.with_borrow_mut(|list| {
            let this: Rc<dyn Forget> = self.0.clone();
            list.push_back(Rc::downgrade(&this));
            if list.len() > MOST { list.pop_front() } else { None }
        });
        if let Some(oldest) = oldest.and_then(|oldest| oldest.upgrade()) {
            oldest.forget();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use whittle_domain::ledger::Digest;

    fn current(n: usize) -> Rc<Current<usize>> {
        Rc::new(Current::new(n, Digest::sha256(b"")))
    }

    #[test]
    fn only_the_last_entities_are_remembered() {
        let memories: Vec<Memory<usize>> = (0..=MOST).map(|_| Memory::default()).collect();
        for (n, memory) in memories.iter().enumerate() {
            memory.remember(&current(n));
            memory.remember(&current(n));
        }
        let known: Vec<usize> =
            memories.iter().filter_map(|memory| memory.recall().map(|current| current.entity)).collect();
        assert_eq!(known, (1..=MOST).collect::<Vec<_>>());
    }
}
