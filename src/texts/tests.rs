//! The catalogue and the code agree: each text that is named exists, is given what it speaks of, and none is left over.
#![allow(clippy::arithmetic_side_effects, reason = "a test may panic")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use fluent_bundle::FluentResource;

use super::{catalogue::ENGLISH, say};

/// The variables of each text of the catalogue.
pub(super) fn texts() -> BTreeMap<String, BTreeSet<String>> {
    let mut texts: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for file in ENGLISH {
        let mut key = String::new();
        for line in file.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
            if let Some((name, _)) = line.split_once('=').filter(|_| !line.starts_with([' ', '}', '*', '[']))
            {
                key = name.trim().to_owned();
                assert!(!texts.contains_key(&key), "{key} stands twice");
            }
            let variables = texts.entry(key.clone()).or_default();
            for piece in line.split('$').skip(1) {
                let end = piece.find(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_'));
                variables.insert(piece[..end.unwrap_or(piece.len())].to_owned());
            }
        }
    }
    texts
}

fn sources(folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if !path.ends_with("texts/tests.rs") {
            found.push((path.display().to_string(), fs::read_to_string(&path).unwrap()));
        }
    }
}

/// Where a text is named, by which key, and with which values.
fn uses() -> Vec<(String, String, BTreeSet<String>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    sources(&root.join("src"), &mut files);
    sources(&root.join("templates"), &mut files);
    let mut uses = Vec::new();
    for (path, text) in files {
        for piece in text.split("say(\"").skip(1) {
            let (key, mut rest) = piece.split_once('"').unwrap();
            let mut values = BTreeSet::new();
            rest = rest.strip_prefix(')').unwrap_or_default();
            while let Some(call) = rest.trim_start().strip_prefix(".with(\"") {
                let (name, after) = call.split_once('"').unwrap();
                values.insert(name.to_owned());
                let mut depth = 1;
                let end = after.find(|c| {
                    depth += i32::from(c == '(') - i32::from(c == ')');
                    depth == 0
                });
                rest = &after[end.unwrap() + 1..];
            }
            uses.push((path.clone(), key.to_owned(), values));
        }
    }
    uses
}

#[test]
fn every_catalogue_parses() {
    for file in ENGLISH {
        FluentResource::try_new((*file).to_owned()).map_err(|(_, errors)| errors).unwrap();
    }
}

#[test]
fn every_text_that_is_named_exists_and_is_given_what_it_speaks_of() {
    let texts = texts();
    let wrong: Vec<String> = uses()
        .into_iter()
        .filter(|(_, key, values)| texts.get(key) != Some(values))
        .map(|(path, key, values)| {
            format!("{path}: {key} with {values:?}, the catalogue has {:?}", texts.get(&key))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_text_is_left_over() {
    let named: BTreeSet<String> = uses().into_iter().map(|(_, key, _)| key).collect();
    let left: Vec<String> = texts().into_keys().filter(|key| !named.contains(key)).collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn a_text_counts() {
    assert_eq!(say("length-minutes").with("count", 1).to_string(), "1 minute");
    assert_eq!(say("length-minutes").with("count", 1_500).to_string(), "1500 minutes");
}
