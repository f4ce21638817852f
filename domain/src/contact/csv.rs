//! Contacts as CSV (RFC 4180), safe to open in a spreadsheet.
//!
//! A cell that a spreadsheet would take for a formula leaves with an apostrophe before it, and loses it on its way in. So
//! that the two undo each other, a cell that begins with apostrophes and then such a character gets one more, too.

use csv_core::ReadRecordResult;
use serde_json::Value;

use super::Stored;
use crate::contact::Contact;
use crate::input::{self, Body, FieldErrors};

/// Rows of a file, beside its header.
pub const MOST_ROWS: usize = 1_000;
/// The media type.
pub const MEDIA: &str = "text/csv; charset=utf-8";
/// The columns that are written.
const HEADER: [&str; 4] = ["first_Name", "last_Name", "email", "groups"];
/// What a formula begins with, in the wide forms of East Asian keyboards too (OWASP, "CSV Injection").
const FORMULA: [char; 10] = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'];

/// A row of a file.
#[derive(Clone, Debug)]
pub struct Row {
    /// The line it begins on, the header's being 1.
    pub line: usize,
    /// What it says, or what is wrong with it.
    pub contact: Result<Contact, FieldErrors>,
}

/// Whether a spreadsheet would calculate this.
#[must_use]
pub fn is_formula(cell: &str) -> bool {
    cell.starts_with(FORMULA)
}

fn guarded(cell: &str) -> String {
    if is_formula(cell.trim_start_matches('\'')) { format!("'{cell}") } else { cell.to_owned() }
}

fn unguarded(cell: &str) -> &str {
    let bare = cell.strip_prefix('\'').unwrap_or(cell);
    if is_formula(bare.trim_start_matches('\'')) { bare } else { cell }
}

/// A cell as RFC 4180 has it.
fn quoted(cell: &str) -> String {
    if cell.contains(['"', ',', '\r', '\n']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}

/// The file of these contacts.
#[must_use]
pub fn write(contacts: &[Stored]) -> String {
    let mut file = format!("{}\r\n", HEADER.join(","));
    for contact in contacts {
        let cells = [&contact.first_name, &contact.last_name, &contact.email, &contact.groups.joined()];
        file.push_str(&cells.map(|cell| quoted(&guarded(cell))).join(","));
        file.push_str("\r\n");
    }
    file
}

/// A row as it stands in a file.
struct Record {
    line: usize,
    cells: Vec<String>,
}

/// The rows of a text, blank lines left out.
fn records(text: &str) -> Vec<Record> {
    let mut reader = csv_core::Reader::new();
    // No row is longer than the text, nor has it more cells than the text has bytes, and one.
    let (mut bytes, mut ends) = (vec![0; text.len()], vec![0; text.len().saturating_add(1)]);
    let mut lines = Lines { text: text.as_bytes(), at: 0, line: 1 };
    let (mut rows, mut start) = (Vec::new(), 0_usize);
    let (mut at, mut written, mut ended) = (0_usize, 0_usize, 0_usize);
    loop {
        let input = text.as_bytes().get(at..).unwrap_or_default();
        let output = bytes.get_mut(written..).unwrap_or_default();
        let (result, read, wrote, cells) =
            reader.read_record(input, output, ends.get_mut(ended..).unwrap_or_default());
        at = at.saturating_add(read);
        written = written.saturating_add(wrote);
        ended = ended.saturating_add(cells);
        match result {
            // An empty input then says that it was the last.
            ReadRecordResult::InputEmpty => {}
            ReadRecordResult::Record => {
                let ends = ends.get(..ended).unwrap_or_default();
                let begins = std::iter::once(&0).chain(ends);
                let cell = |(from, to): (&usize, &usize)| {
                    String::from_utf8_lossy(bytes.get(*from..*to).unwrap_or_default()).into_owned()
                };
                rows.push(Record { line: lines.of(start), cells: begins.zip(ends).map(cell).collect() });
                (start, written, ended) = (at, 0, 0);
            }
            ReadRecordResult::End | ReadRecordResult::OutputFull | ReadRecordResult::OutputEndsFull => break,
        }
    }
    rows
}

/// The columns that count, and where they are.
struct Columns([Option<usize>; 4]);

impl Columns {
    /// Of a header; its columns may be in any order, and others among them.
    fn of(header: &[String]) -> Result<Self, FieldErrors> {
        let mut columns = [None; 4];
        for (place, name) in header.iter().enumerate() {
            let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
            let column = match plain.to_ascii_lowercase().as_str() {
                "firstname" | "givenname" => 0,
                "lastname" | "familyname" | "surname" => 1,
                "email" | "emailaddress" => 2,
                "groups" | "group" => 3,
                _ => continue,
            };
            if let Some(known) = columns.get_mut(column)
                && known.replace(place).is_some()
            {
                return Err(of_file(&format!("The header has the column \"{}\" twice.", name.trim())));
            }
        }
        match columns.iter().zip(HEADER).take(3).find(|(place, _)| place.is_none()) {
            Some((_, name)) => Err(of_file(&format!("The header has no column \"{name}\"."))),
            None => Ok(Self(columns)),
        }
    }

    /// A row's cells as a body of the API: it is judged as any other. A row that is too short lacks its last cells.
    fn body(&self, cells: &[String]) -> Body {
        let cell = |place: usize| unguarded(cells.get(place).map_or("", |cell| cell.trim())).to_owned();
        let columns = self.0.iter().zip(HEADER);
        columns.filter_map(|(place, name)| Some((name.to_owned(), Value::String(cell((*place)?))))).collect()
    }
}

/// The rows of a file; rows of nothing but blanks are none.
///
/// # Errors
/// Where it is no file of contacts as a whole, under `csv`.
pub fn read(text: &str) -> Result<Vec<Row>, FieldErrors> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut records = records(text).into_iter();
    let header = records.next().ok_or_else(|| of_file("This field may not be blank."))?.cells;
    let columns = Columns::of(&header)?;
    let mut rows = Vec::new();
    for Record { line, cells } in records {
        let filled = |cells: &[String]| cells.iter().any(|cell| !cell.trim().is_empty());
        if !filled(&cells) {
            continue;
        }
        if rows.len() >= MOST_ROWS {
            return Err(of_file(&format!("There are more than {MOST_ROWS} rows.")));
        }
        let contact = if filled(cells.get(header.len()..).unwrap_or_default()) {
            Err(FieldErrors::one("non_field_errors", "This row has more cells than the header."))
        } else {
            input::new_contact(&columns.body(&cells))
        };
        rows.push(Row { line, contact });
    }
    Ok(rows)
}

/// Counts lines as an editor does: the reader itself takes the end of a row before for the begin of one after blank lines.
struct Lines<'a> {
    text: &'a [u8],
    at: usize,
    line: usize,
}

impl Lines<'_> {
    /// The line of a row, given where the one before has ended; asked in the order of rows.
    fn of(&mut self, start: usize) -> usize {
        let bytes = self.text;
        // Blank lines before it are no row's.
        let blank = bytes.iter().skip(start).take_while(|b| matches!(b, b'\r' | b'\n')).count();
        let begin = start.saturating_add(blank);
        let passed = bytes.get(self.at..begin).unwrap_or_default();
        // CRLF, LF, and CR alone end a line.
        let next = |i: usize| bytes.get(self.at.saturating_add(i).saturating_add(1));
        let ends = passed
            .iter()
            .enumerate()
            .filter(|(i, b)| **b == b'\n' || (**b == b'\r' && next(*i) != Some(&b'\n')))
            .count();
        self.at = begin.max(self.at);
        self.line = self.line.saturating_add(ends);
        self.line
    }
}

fn of_file(message: &str) -> FieldErrors {
    FieldErrors::one("csv", message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::{prop_assert, prop_assert_eq, proptest};

    proptest! {
        #[test]
        fn what_guards_a_cell_is_taken_off_again_and_no_formula_gets_by(cell in "['=+@\t\r＝a-]{0,6}|.{0,12}") {
            let safe = guarded(&cell);
            prop_assert!(!is_formula(&safe));
            prop_assert_eq!(unguarded(&safe), cell);
        }

        #[test]
        fn no_text_panics(text in "(.|\r|\n|,|\"){0,200}", header in "(email|first_Name|last_Name|groups|,|\"|\r|\n){0,12}") {
            let _ = read(&text);
            let _ = read(&format!("{header}\n{text}"));
            let _ = read(&format!("email,last_Name,first_Name,groups\r\n{text}"));
        }
    }

    fn errors(text: &str) -> String {
        serde_json::to_string(&read(text).unwrap_err()).unwrap()
    }

    #[test]
    fn what_is_no_file_of_contacts_is_told_as_a_whole() {
        assert_eq!(errors(""), r#"{"csv":["This field may not be blank."]}"#);
        assert_eq!(errors("email,first_Name"), r#"{"csv":["The header has no column \"last_Name\"."]}"#);
        assert_eq!(errors("email,E-Mail"), r#"{"csv":["The header has the column \"E-Mail\" twice."]}"#);
        let many = "Ann,Lee,a@b.c\n".repeat(1_001);
        assert_eq!(
            errors(&format!("first_Name,last_Name,email\n{many}")),
            r#"{"csv":["There are more than 1000 rows."]}"#
        );
    }

    #[test]
    fn rows_are_read_by_their_header_and_know_their_lines() {
        let text = "\u{feff}E-Mail,nick,Last Name,\"First\r\nName\"\r\n\r\na@b.c,x,Lee,Ann\r\n,,,\r\n\r\n\"b@b.c\",\"y\r\nz\",Lee,'=Bo\r\nc@b.c,,Lee\r\nd@b.c,,Lee,Di,more";
        let rows = read(text).unwrap();
        let told: Vec<_> = rows.iter().map(|row| (row.line, row.contact.is_ok())).collect();
        assert_eq!(told, [(4, true), (7, true), (9, false), (10, false)]);
        let bo = rows[1].contact.clone().unwrap();
        assert_eq!((bo.first_name.as_str(), bo.email.as_str(), bo.groups), ("=Bo", "b@b.c", None));
    }
}
