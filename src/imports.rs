//! Holds that imports go one way: no circle of files reaches beyond one folder. A capability imports `http`, `auth`, `object`
//! and `mail`, those import `config`, `clock` and `d1`, and nothing imports back (docs/architecture.md).
//!
//! It reads the sources: `use` with all its braces, and paths in code, by `crate`, `super`, `self`, a module that was
//! imported, or a child module. Tests may import whatever they need.
#![allow(clippy::arithmetic_side_effects, reason = "a test may panic")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// Sources by path below `src/`.
type Sources = BTreeMap<String, String>;
/// A module's path, without `crate`.
type Module = Vec<String>;

fn read(folder: &Path, below: &str, sources: &mut Sources) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = format!("{below}{}", path.file_name().unwrap().to_str().unwrap());
        if path.is_dir() {
            read(&path, &format!("{name}/"), sources);
        } else if name.ends_with(".rs") {
            sources.insert(name, fs::read_to_string(&path).unwrap());
        }
    }
}

fn module(file: &str) -> Module {
    let path = file.trim_end_matches(".rs").trim_end_matches("/mod");
    if matches!(path, "lib" | "mod") { Vec::new() } else { path.split('/').map(ToOwned::to_owned).collect() }
}

fn folder(file: &str) -> &str {
    file.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The code without comments, texts and what is compiled for tests alone.
fn code(source: &str) -> String {
    let source = source.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    let mut code = String::new();
    for line in source.lines() {
        let mut quoted = false;
        let mut before = ' ';
        for (at, letter) in line.char_indices() {
            if !quoted && line[at..].starts_with("//") {
                break;
            }
            if letter == '"' && before != '\\' && before != '\'' {
                quoted = !quoted;
            } else if !quoted {
                code.push(letter);
            }
            before = letter;
        }
        code.push('\n');
    }
    code
}

/// The paths of a tree such as `a::{b, c::{self, d}}`, with the names that they go by.
fn leaves(tree: &str, before: &[String], found: &mut Vec<(Module, String)>) {
    let tree = tree.trim();
    if let Some((path, inner)) = tree.split_once('{') {
        let path = path.trim().trim_end_matches("::");
        let path =
            [before, &path.split("::").filter(|s| !s.is_empty()).map(trimmed).collect::<Module>()].concat();
        let inner = &inner[..inner.rfind('}').unwrap_or(inner.len())];
        let (mut depth, mut from) = (0, 0);
        for (at, letter) in inner.char_indices() {
            match letter {
                '{' => depth += 1,
                '}' => depth -= 1,
                ',' if depth == 0 => {
                    leaves(&inner[from..at], &path, found);
                    from = at + 1;
                }
                _ => {}
            }
        }
        leaves(&inner[from..], &path, found);
    } else if !tree.is_empty() {
        let (path, alias) = tree.split_once(" as ").unwrap_or((tree, ""));
        let mut path = [before, &path.split("::").map(trimmed).collect::<Module>()].concat();
        if path.last().is_some_and(|last| last == "self") {
            path.pop();
        }
        let name = if alias.is_empty() { path.last().cloned().unwrap_or_default() } else { trimmed(alias) };
        found.push((path, name));
    }
}

fn trimmed(text: &str) -> String {
    text.trim().to_owned()
}

/// The paths in code, such as `proposal::api::release`, without those of `use`.
fn paths(code: &str) -> Vec<Module> {
    let mut paths = Vec::new();
    for word in code.split(|c: char| !c.is_alphanumeric() && c != '_' && c != ':') {
        let path: Module = word.split("::").filter(|s| !s.is_empty()).map(trimmed).collect();
        if path.len() > 1 {
            paths.push(path);
        }
    }
    paths
}

/// Which files each file imports.
fn graph(sources: &Sources) -> BTreeMap<&str, BTreeSet<&str>> {
    let tests = |file: &str| file.ends_with("tests.rs") || file == "imports.rs";
    let files: BTreeMap<Module, &str> =
        sources.keys().filter(|file| !tests(file)).map(|file| (module(file), file.as_str())).collect();
    let mut graph = BTreeMap::new();
    for (own, file) in &files {
        let code = code(&sources[*file]);
        let absolute = |path: &[String]| -> Option<Module> {
            let supers = path.iter().take_while(|segment| *segment == "super").count();
            let (base, rest) = match path.first()?.as_str() {
                "crate" => (&[][..], &path[1..]),
                "self" => (own.as_slice(), &path[1..]),
                "super" => (&own[..own.len().checked_sub(supers)?], &path[supers..]),
                child => {
                    let child = [own.as_slice(), &[child.to_owned()]].concat();
                    return files.contains_key(&child).then(|| [child.as_slice(), &path[1..]].concat());
                }
            };
            Some([base, rest].concat())
        };
        let mut names = BTreeMap::new();
        let mut used = Vec::new();
        let mut rest = String::new();
        for statement in code.split_inclusive(';') {
            let start = statement.rfind("use ").filter(|at| {
                let before = statement[..*at].trim_end();
                before.is_empty()
                    || before.ends_with(['}', ']', ';'])
                    || before.ends_with("pub")
                    || before.ends_with(')')
            });
            let Some(at) = start else {
                rest.push_str(statement);
                continue;
            };
            rest.push_str(&statement[..at]);
            let mut found = Vec::new();
            leaves(statement[at + 4..].trim_end_matches(';'), &[], &mut found);
            for (path, name) in found {
                if let Some(path) = absolute(&path) {
                    names.insert(name, path.clone());
                    used.push(path);
                }
            }
        }
        for path in paths(&rest) {
            let named = names.get(&path[0]).map(|module| [module.as_slice(), &path[1..]].concat());
            used.extend(named.or_else(|| absolute(&path)));
        }
        let imported = used.iter().filter_map(|path| {
            // The longest beginning that is a file: the rest are names in it.
            let known = (1..=path.len()).rev().find_map(|length| files.get(&path[..length]));
            known.copied().filter(|known| known != file)
        });
        graph.insert(*file, imported.collect());
    }
    graph
}

/// The circles that reach beyond one folder, each as the files on the way round.
fn circles(sources: &Sources) -> Vec<String> {
    let graph = graph(sources);
    let way = |from: &str, to: &str| -> Option<Vec<String>> {
        let mut ways = vec![vec![from.to_owned()]];
        let mut seen = BTreeSet::new();
        while !ways.is_empty() {
            let mut next = Vec::new();
            for way in ways {
                for file in graph.get(way.last()?.as_str()).into_iter().flatten() {
                    if seen.insert(*file) {
                        let way = [way.as_slice(), &[(*file).to_owned()]].concat();
                        if *file == to {
                            return Some(way);
                        }
                        next.push(way);
                    }
                }
            }
            ways = next;
        }
        None
    };
    let mut circles = Vec::new();
    for (file, imported) in &graph {
        for other in imported.iter().filter(|other| folder(other) != folder(file)) {
            if let Some(back) = way(other, file) {
                circles.push(format!("{file} -> {}", back.join(" -> ")));
            }
        }
    }
    circles
}

#[test]
fn imports_go_one_way_but_within_a_folder() {
    let mut sources = Sources::new();
    read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), "", &mut sources);
    assert!(sources.len() > 80, "{}", sources.len());
    let edges: usize = graph(&sources).values().map(BTreeSet::len).sum();
    assert!(edges > 300, "{edges}");
    let circles = circles(&sources);
    assert!(circles.is_empty(), "{} imports are on a circle:\n{}", circles.len(), circles.join("\n"));
}

#[test]
fn a_planted_import_is_refused() {
    let made = |files: &[(&str, &str)]| -> Vec<String> {
        let sources = files.iter().map(|(file, text)| ((*file).to_owned(), (*text).to_owned()));
        circles(&sources.collect())
    };
    let serve = ("http/serve.rs", "use crate::proposal::api;\nuse crate::error::{Error, Result};\n");
    let api = ("proposal/api.rs", "use super::store;\nuse crate::{error, http::{self, reply::Reply}};\n");
    let store = ("proposal/store.rs", "use super::api;\n// use crate::http::serve;\n");
    let others =
        [("http/mod.rs", "pub mod reply;"), ("http/reply.rs", ""), ("error.rs", ""), ("proposal/mod.rs", "")];
    let with = |more: &[(&'static str, &'static str)]| {
        let mut files = vec![serve, api, store];
        files.extend(others);
        files.extend(more);
        made(&files)
    };
    assert_eq!(with(&[]), Vec::<String>::new(), "a folder's own files may");
    for planted in [
        ("http/reply.rs", "use crate::proposal::api::list;"),
        ("http/reply.rs", "use crate::{error::Error, proposal::{store as rows}};"),
        ("http/reply.rs", "fn f() { crate::proposal::store::read() }"),
        ("http/reply.rs", "use crate::proposal;\nfn f() { proposal::api::list() }"),
        ("http/reply.rs", "use super::super::proposal::api;"),
        ("error.rs", "pub use crate::http::serve::serve;"),
        ("error.rs", "fn f(reply: Option<crate::http::serve::Reply>) {}"),
        ("http/mod.rs", "pub use serve::serve;"),
    ] {
        assert!(!with(&[planted]).is_empty(), "{planted:?}");
    }
    let in_tests = ("http/reply.rs", "#[cfg(test)]\nmod tests {\n    use crate::proposal::api;\n}\n");
    assert_eq!(with(&[in_tests]), Vec::<String>::new());
}
