//! Export of contacts as CSV, and import.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::HashMap;

use proptest::prelude::{Strategy, prop, prop_assert, prop_assert_eq, proptest};
use whittle_domain::address::Address;
use whittle_domain::contact::import::{Outcome, plan_import, reject_duplicate_addresses};
use whittle_domain::contact::{Groups, StoredContact, csv};
use whittle_domain::text::PersonName;

/// Names with characters that are special in spreadsheets, in CSV, or in our escaping of formulas.
fn name() -> impl Strategy<Value = String> {
    let odd = "['=+@＝\",;a -]{1,8}";
    prop::string::string_regex(&format!("{odd}|\\PC{{1,20}}"))
        .unwrap()
        .prop_filter_map("no name", |text| Some(PersonName::parse(&text).ok()?.to_string()))
}

fn email() -> impl Strategy<Value = String> {
    "['=+a-z-]{1,6}@[a-z]{1,6}\\.org"
        .prop_filter_map("no address", |text| Some(text.parse::<Address>().ok()?.to_string()))
}

fn groups() -> impl Strategy<Value = Groups> {
    prop::collection::vec(name(), 0..5).prop_map(|names| {
        let good: Vec<_> = names.iter().filter(|n| !n.contains(';') && n.chars().count() <= 60).collect();
        Groups::new(good.into_iter().map(String::as_str)).unwrap()
    })
}

fn contacts() -> impl Strategy<Value = Vec<StoredContact>> {
    let one = (name(), name(), email(), groups()).prop_map(|(first_name, last_name, email, groups)| {
        StoredContact { first_name, last_name, email, groups }
    });
    prop::collection::vec(one, 0..12).prop_map(|all| {
        let mut seen = std::collections::HashSet::new();
        all.into_iter().filter(|c| seen.insert(c.email.to_lowercase())).collect()
    })
}

proptest! {
    #[test]
    fn an_exported_file_imports_unchanged_and_exports_as_the_same_file(contacts in contacts()) {
        let file = csv::write(&contacts);
        let rows = reject_duplicate_addresses(csv::parse(&file).unwrap());
        let there: HashMap<_, _> = contacts.iter().map(|c| (c.email.to_ascii_lowercase(), c.clone())).collect();
        let report = plan_import(&rows, &there);
        prop_assert_eq!((report.unchanged, report.rows.len()), (contacts.len(), contacts.len()));
        // The import into an account without contacts.
        let fresh: Vec<StoredContact> = rows.into_iter().map(|row| row.contact.unwrap()).map(|c| StoredContact {
            first_name: c.first_name.to_string(),
            last_name: c.last_name.to_string(),
            email: c.email.to_string(),
            groups: c.groups.unwrap(),
        }).collect();
        prop_assert_eq!(csv::write(&fresh), file);
    }

    #[test]
    fn no_cell_is_a_formula_and_every_line_ends_with_crlf(contacts in contacts()) {
        let file = csv::write(&contacts);
        prop_assert!(file.ends_with("\r\n") && file.matches("\r\n").count() == contacts.len().saturating_add(1));
        for record in ::csv::ReaderBuilder::new().has_headers(false).from_reader(file.as_bytes()).records() {
            for cell in &record.unwrap() {
                prop_assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠']), "{}", cell);
            }
        }
    }
}

#[test]
fn a_report_has_the_outcome_of_each_row() {
    let file =
        "first_Name,last_Name,email\nAnn,Lee,ann@b.c\nBo,Lee,BO@b.c\nCy,Lee,cy@b.c\nDi,,di\nEd,Lee,Ann@B.c\n";
    let stored = |first: &str, email: &str| StoredContact {
        first_name: first.to_owned(),
        last_name: "Lee".to_owned(),
        email: email.to_owned(),
        groups: Groups::parse("Team").unwrap(),
    };
    let there = HashMap::from([
        ("ann@b.c".to_owned(), stored("Ann", "ann@b.c")),
        ("bo@b.c".to_owned(), stored("Bo", "bo@b.c")),
    ]);
    let rows = reject_duplicate_addresses(csv::parse(file).unwrap());
    let report = plan_import(&rows, &there);
    let told: Vec<_> = report.rows.iter().map(|row| (row.line, row.outcome)).collect();
    assert_eq!(
        told,
        [
            (2, Outcome::Unchanged),
            (3, Outcome::Updated),
            (4, Outcome::Added),
            (5, Outcome::Refused),
            (6, Outcome::Refused),
        ]
    );
    assert_eq!((report.added, report.updated, report.unchanged, report.refused), (1, 1, 1, 2));
    let errors: Vec<_> = report.rows.iter().filter_map(|row| row.errors.as_ref()).collect();
    assert_eq!(
        serde_json::to_string(&errors).unwrap(),
        r#"[{"email":["Enter a valid email address."],"last_Name":["This field may not be blank."]},{"email":["Line 2 has this email already."]}]"#
    );
}
