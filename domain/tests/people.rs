//! People as they are pasted: what address books give is read, what is not understood is given back, and what is written is read
//! again.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test may panic"
)]

use proptest::prelude::{Strategy, any, prop, prop_assert, prop_assert_eq, proptest};
use whittle_domain::contact::people::{People, Person, read, write};

/// What is read, written with `|` between name and address.
fn people(text: &str) -> Vec<String> {
    let read = read(text);
    assert_eq!(read.unread, Vec::<String>::new(), "{text}");
    let name = |person: &Person| person.name.as_ref().map_or_else(String::new, |name| format!("{name}|"));
    read.people.iter().map(|person| format!("{}{}", name(person), person.address)).collect()
}

#[test]
fn whatever_an_address_book_gives_is_read() {
    for (text, wanted) in [
        ("Ana Lee <ana@x.org>, bea@y.org", &["Ana Lee|ana@x.org", "bea@y.org"][..]),
        ("ana@x.org; bea@y.org;", &["ana@x.org", "bea@y.org"]),
        ("ana@x.org\r\n\r\nbea@y.org\r\n", &["ana@x.org", "bea@y.org"]),
        ("ana@x.org bea@y.org", &["ana@x.org", "bea@y.org"]),
        (
            "\"Lee, Ana\" <ana@x.org>,\"Roe; \\\"B\\\"\" <bea@y.org>",
            &["Lee, Ana|ana@x.org", "Roe; \"B\"|bea@y.org"],
        ),
        ("Lee, Ana <ana@x.org>; Roe, Bea <bea@y.org>", &["Lee, Ana|ana@x.org", "Roe, Bea|bea@y.org"]),
        ("Lee, Ana <ana@x.org>", &["Lee, Ana|ana@x.org"]),
        (
            "\u{201c}Lee, Ana\u{201d} <ana@x.org>, \u{201e}Roe, Bea\u{201c} <bea@y.org>",
            &["Lee, Ana|ana@x.org", "Roe, Bea|bea@y.org"],
        ),
        ("'Ana Lee' <ana@x.org>, 'bea@y.org'", &["Ana Lee|ana@x.org", "bea@y.org"]),
        ("'ana@x.org' <ana@x.org>", &["ana@x.org"]),
        ("Ana Lee ana@x.org\nbea@y.org\tBea Roe", &["Ana Lee|ana@x.org", "Bea Roe|bea@y.org"]),
        ("ana@x.org (Ana Lee)", &["Ana Lee|ana@x.org"]),
        ("mailto:ana@x.org?subject=Hi, <MAILTO:bea%2Bx@y.org>", &["ana@x.org", "bea+x@y.org"]),
        ("To: Ana <ana@x.org>, bea@y.org", &["Ana|ana@x.org", "bea@y.org"]),
        ("The team: ana@x.org, bea@y.org;", &["ana@x.org", "bea@y.org"]),
        ("- ana@x.org\n* Bea <bea@y.org>\n3. cyd@z.org", &["ana@x.org", "Bea|bea@y.org", "cyd@z.org"]),
        ("Ana <ana@x.org> Bea <bea@y.org>", &["Ana|ana@x.org", "Bea|bea@y.org"]),
        ("ana@x.org.", &["ana@x.org"]),
        ("ana@x.org, Ana <ANA@x.org>, Other <ana@x.org>", &["Ana|ana@x.org"]),
        ("ob@localhost, -x@y.org", &["ob@localhost", "-x@y.org"]),
        ("Jörg Ö'Neil-Meyer <j@x.org>", &["Jörg Ö'Neil-Meyer|j@x.org"]),
        (" ,;\n - \n", &[]),
    ] {
        assert_eq!(people(text), wanted, "{text}");
    }
}

#[test]
fn what_is_not_understood_is_given_back_as_it_stands() {
    for (text, good, wanted) in [
        ("Ana, bea@y.org", 1, &["Ana"][..]),
        ("Ana Lee <ana@>, bea@y.org", 1, &["Ana Lee <ana@>"]),
        ("ana@@x.org and so on", 0, &["ana@@x.org and so on"]),
        ("ana@x.org or bea@y.org", 0, &["ana@x.org or bea@y.org"]),
    ] {
        let read = read(text);
        let unread: Vec<&str> = read.unread.iter().map(String::as_str).collect();
        assert_eq!((read.people.len(), unread.as_slice()), (good, wanted), "{text}");
    }
}

#[test]
fn a_quotation_mark_that_is_never_closed_swallows_nothing() {
    let addresses: Vec<String> = read("\"Ana <ana@x.org>, bea@y.org\ncyd@z.org")
        .people
        .iter()
        .map(|p| p.address.to_string())
        .collect();
    assert_eq!(addresses, ["ana@x.org", "bea@y.org", "cyd@z.org"]);
}

fn person() -> impl Strategy<Value = Person> {
    let local = "[a-z0-9.+_'*&=%-]{1,12}|[a-zé\u{201c}']{1,4}";
    let name = "[A-Za-zéÖ '.,;:<>()\"\\\\@\u{201c}\u{201d}*-]{0,16}|\\PC{0,12}";
    (local, "[a-z][a-z0-9]{0,5}(\\.[a-z]{2,3})?", name)
        .prop_filter_map("an address", |(local, host, name)| {
            Some(Person::new(format!("{local}@{host}").parse().ok()?, &name))
        })
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(people in prop::collection::vec(person(), 0..6)) {
        let mut wanted = People::default();
        for person in people {
            if !wanted.people.iter().any(|known| known.address == person.address) {
                wanted.people.push(person);
            }
        }
        for separator in ["\n", ", ", "; "] {
            let text = wanted.people.iter().map(ToString::to_string).collect::<Vec<_>>().join(separator);
            prop_assert_eq!(&read(&text), &wanted, "{}", text);
        }
        prop_assert_eq!(read(&write(&wanted.people)), wanted);
    }

    #[test]
    fn no_text_panics_and_no_address_comes_twice(text in "([ -~\t\r\n\u{201c}\u{201d}é]|a@b|<a@b>|\"|,|;){0,60}", more in any::<String>()) {
        for text in [text, more] {
            let read = read(&text);
            for (at, person) in read.people.iter().enumerate() {
                prop_assert!(read.people.iter().skip(at + 1).all(|other| other.address != person.address));
            }
            prop_assert!(read.unread.iter().all(|piece| text.contains(piece.as_str())));
        }
    }
}
