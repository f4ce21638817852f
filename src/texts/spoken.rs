//! Which texts were put into words by this thread: so a test knows that it has seen each of them.

use std::cell::RefCell;
use std::collections::BTreeSet;

thread_local! {
    static KEYS: RefCell<BTreeSet<&'static str>> = const { RefCell::new(BTreeSet::new()) };
}

pub(super) fn note(key: &'static str) {
    KEYS.with_borrow_mut(|keys| keys.insert(key));
}

/// The keys of all texts so far.
pub fn keys() -> BTreeSet<&'static str> {
    KEYS.with_borrow(Clone::clone)
}
