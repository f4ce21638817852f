//! Sorting of short lists, and maps and sets of few. The standard library's stable sort is compiled anew for each type that it sorts, 4 KB of WebAssembly each
//! time. Here one instance of it sorts places, and for each type there is only what moves the items to their places.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// Sorts by a key; items with equal keys keep their order. The key is made anew for each comparison.
pub fn sort_by_key<T, K: Ord>(items: &mut [T], key: impl Fn(&T) -> K) {
    let of = |place: usize| items.get(place).map(&key);
    let places = sorted_places(items.len(), &|a, b| of(a).cmp(&of(b)));
    for to in 0..places.len() {
        // What belongs here may have been swapped away by an earlier step: then it is where that step put it.
        let mut from = places.get(to).copied().unwrap_or(to);
        while from < to {
            from = places.get(from).copied().unwrap_or(to);
        }
        items.swap(to, from);
    }
}

/// A map of these. To collect it would sort them first, by a sort of their own.
pub fn map<K: Ord, V>(pairs: impl IntoIterator<Item = (K, V)>) -> BTreeMap<K, V> {
    let mut map = BTreeMap::new();
    map.extend(pairs);
    map
}

/// A set of these, as [`map`].
pub fn set<T: Ord>(items: impl IntoIterator<Item = T>) -> BTreeSet<T> {
    let mut set = BTreeSet::new();
    set.extend(items);
    set
}

/// The places of so many items in the order of `compare`.
fn sorted_places(count: usize, compare: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut places: Vec<usize> = (0..count).collect();
    places.sort_by(|a, b| compare(*a, *b));
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_order_of_some_items_is_sorted() {
        // Each number below 6^6 is a list of six digits.
        for number in 0..46_656_usize {
            let mut items: Vec<(usize, usize)> =
                (0..6_u32).map(|n| (number / 6_usize.pow(n) % 6, n as usize)).collect();
            let mut right = items.clone();
            right.sort_by_key(|(digit, _)| *digit);
            sort_by_key(&mut items, |(digit, _)| *digit);
            assert_eq!(items, right);
        }
    }

    #[test]
    fn items_are_in_the_order_of_their_keys_and_equal_ones_as_they_were() {
        let mut words = vec!["pear", "fig", "apple", "kiwi", "date", "a"];
        sort_by_key(&mut words, |word| word.len());
        assert_eq!(words, ["a", "fig", "pear", "kiwi", "date", "apple"]);
        sort_by_key(&mut words, |word| std::cmp::Reverse(*word));
        assert_eq!(words, ["pear", "kiwi", "fig", "date", "apple", "a"]);
    }
}
