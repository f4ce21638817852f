//! Contacts as CSV (RFC 4180) that is safe to open in a spreadsheet.
//!
//! A spreadsheet would run a cell that begins like a formula. The export writes an apostrophe before such a cell, and the
//! import removes it. A cell that begins with apostrophes before such a character gets one more, so that the import always
//! restores what was exported.

use csv_core::ReadRecordResult;
use serde_json::Value;

use super::StoredContact;
use crate::contact::Contact;
use crate::input::{self, Body, FieldErrors};

/// The maximum number of rows of a file, without its header.
pub const MAX_ROWS: usize = 1_000;
/// The media type of the export.
pub const CONTENT_TYPE: &str = "text/csv; charset=utf-8";
/// The columns of the export, named as the fields of the API.
const HEADER: [&str; 4] = ["first_Name", "last_Name", "email", "groups"];
/// Characters with which a formula begins (OWASP, "CSV Injection"), with the full-width forms of East Asian keyboards.
const FORMULA: [char; 10] = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'];

/// A row of an imported file.
#[derive(Clone, Debug)]
pub struct Row {
    /// The line of the file on which the row begins. The header is on line 1.
    pub line: usize,
    /// The contact, or the errors of the row by column.
    pub contact: Result<Contact, FieldErrors>,
}

/// Whether a spreadsheet would take the cell for a formula.
#[must_use]
pub fn is_formula(cell: &str) -> bool {
    cell.starts_with(FORMULA)
}

/// Writes an apostrophe before a cell that would be a formula.
fn escape_formula(cell: &str) -> String {
    if is_formula(cell.trim_start_matches('\'')) { format!("'{cell}") } else { cell.to_owned() }
}

/// Removes the apostrophe that [`escape_formula`] wrote.
fn unescape_formula(cell: &str) -> &str {
    let bare = cell.strip_prefix('\'').unwrap_or(cell);
    if is_formula(bare.trim_start_matches('\'')) { bare } else { cell }
}

/// Quotes a cell where RFC 4180 requires it.
fn quote(cell: &str) -> String {
    if cell.contains(['"', ',', '\r', '\n']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}

/// Writes a row, of which no cell is a formula.
#[must_use]
pub fn write_row(cells: &[&str]) -> String {
    let cells: Vec<String> = cells.iter().map(|cell| quote(&escape_formula(cell))).collect();
    format!("{}\r\n", cells.join(","))
}

/// Writes the file of these contacts.
#[must_use]
pub fn write(contacts: &[StoredContact]) -> String {
    let mut file = write_row(&HEADER);
    for contact in contacts {
        let groups = contact.groups.to_text();
        file.push_str(&write_row(&[&contact.first_name, &contact.last_name, &contact.email, &groups]));
    }
    file
}

/// The cells of a row, and the line on which the row begins.
struct Record {
    line: usize,
    cells: Vec<String>,
}

/// Splits a text into rows. Blank lines are skipped.
fn split_records(text: &str) -> Vec<Record> {
    let mut reader = csv_core::Reader::new();
    // The buffers fit every row: it is not longer than the text, and has at most one cell more than the text has bytes.
    let (mut bytes, mut ends) = (vec![0; text.len()], vec![0; text.len().saturating_add(1)]);
    let mut lines = LineCounter { text: text.as_bytes(), at: 0, line: 1 };
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
            // The reader has to see an empty input once more before it ends the last row.
            ReadRecordResult::InputEmpty => {}
            ReadRecordResult::Record => {
                let ends = ends.get(..ended).unwrap_or_default();
                let begins = std::iter::once(&0).chain(ends);
                let cell = |(from, to): (&usize, &usize)| {
                    String::from_utf8_lossy(bytes.get(*from..*to).unwrap_or_default()).into_owned()
                };
                rows.push(Record {
                    line: lines.line_of_row(start),
                    cells: begins.zip(ends).map(cell).collect(),
                });
                (start, written, ended) = (at, 0, 0);
            }
            ReadRecordResult::End | ReadRecordResult::OutputFull | ReadRecordResult::OutputEndsFull => break,
        }
    }
    rows
}

/// For each column of [`HEADER`] its index in the file, if the file has it.
struct Columns([Option<usize>; 4]);

impl Columns {
    /// Finds the columns by their names in the header, in any order. Other columns are ignored.
    fn find(header: &[String]) -> Result<Self, FieldErrors> {
        let mut columns = [None; 4];
        for (index, name) in header.iter().enumerate() {
            let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
            let column = match plain.to_ascii_lowercase().as_str() {
                "firstname" | "givenname" => 0,
                "lastname" | "familyname" | "surname" => 1,
                "email" | "emailaddress" => 2,
                "groups" | "group" => 3,
                _ => continue,
            };
            if let Some(known) = columns.get_mut(column)
                && known.replace(index).is_some()
            {
                return Err(file_error(&format!("The header has the column \"{}\" twice.", name.trim())));
            }
        }
        match columns.iter().zip(HEADER).take(3).find(|(index, _)| index.is_none()) {
            Some((_, name)) => Err(file_error(&format!("The header has no column \"{name}\"."))),
            None => Ok(Self(columns)),
        }
    }

    /// The cells of a row as a request body, so that the import checks a row as `POST` checks a contact. The missing cells
    /// of a short row are empty.
    fn to_body(&self, cells: &[String]) -> Body {
        let cell =
            |index: usize| unescape_formula(cells.get(index).map_or("", |cell| cell.trim())).to_owned();
        let columns = self.0.iter().zip(HEADER);
        columns.filter_map(|(index, name)| Some((name.to_owned(), Value::String(cell((*index)?))))).collect()
    }
}

/// Reads the rows of a file. Rows of nothing but blanks are skipped.
///
/// # Errors
/// The file is empty, has no usable header or has more than [`MAX_ROWS`] rows. Errors of single rows are in the rows.
pub fn parse(text: &str) -> Result<Vec<Row>, FieldErrors> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut records = split_records(text).into_iter();
    let header = records.next().ok_or_else(|| file_error("This field may not be blank."))?.cells;
    let columns = Columns::find(&header)?;
    let mut rows = Vec::new();
    for Record { line, cells } in records {
        let has_text = |cells: &[String]| cells.iter().any(|cell| !cell.trim().is_empty());
        if !has_text(&cells) {
            continue;
        }
        if rows.len() >= MAX_ROWS {
            return Err(file_error(&format!("There are more than {MAX_ROWS} rows.")));
        }
        let contact = if has_text(cells.get(header.len()..).unwrap_or_default()) {
            Err(FieldErrors::one("non_field_errors", "This row has more cells than the header."))
        } else {
            input::parse_new_contact(&columns.to_body(&cells))
        };
        rows.push(Row { line, contact });
    }
    Ok(rows)
}

/// Finds the line on which a row begins, as an editor counts lines. csv-core reports the end of the row before, which is
/// wrong if blank lines follow it.
struct LineCounter<'a> {
    text: &'a [u8],
    /// Line ends before this byte have been counted.
    at: usize,
    line: usize,
}

impl LineCounter<'_> {
    /// The line of the row after byte `start`, at which the row before ended. Rows must be asked for in order.
    fn line_of_row(&mut self, start: usize) -> usize {
        let bytes = self.text;
        let blank = bytes.iter().skip(start).take_while(|b| matches!(b, b'\r' | b'\n')).count();
        let begin = start.saturating_add(blank);
        let passed = bytes.get(self.at..begin).unwrap_or_default();
        // A line ends with CRLF, LF or CR.
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

/// An error of the file as a whole.
fn file_error(message: &str) -> FieldErrors {
    FieldErrors::one("csv", message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::{prop_assert, prop_assert_eq, proptest};

    proptest! {
        #[test]
        fn no_exported_cell_is_a_formula_and_the_import_restores_each(cell in "['=+@\t\r＝a-]{0,6}|.{0,12}") {
            let safe = escape_formula(&cell);
            prop_assert!(!is_formula(&safe));
            prop_assert_eq!(unescape_formula(&safe), cell);
        }

        #[test]
        fn no_text_panics(text in "(.|\r|\n|,|\"){0,200}", header in "(email|first_Name|last_Name|groups|,|\"|\r|\n){0,12}") {
            let _ = parse(&text);
            let _ = parse(&format!("{header}\n{text}"));
            let _ = parse(&format!("email,last_Name,first_Name,groups\r\n{text}"));
        }
    }

    fn errors(text: &str) -> String {
        serde_json::to_string(&parse(text).unwrap_err()).unwrap()
    }

    #[test]
    fn a_text_that_is_not_a_file_of_contacts_is_refused_as_a_whole() {
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
    fn rows_are_read_by_the_header_and_have_their_line_numbers() {
        let text = "\u{feff}E-Mail,nick,Last Name,\"First\r\nName\"\r\n\r\na@b.c,x,Lee,Ann\r\n,,,\r\n\r\n\"b@b.c\",\"y\r\nz\",Lee,'=Bo\r\nc@b.c,,Lee\r\nd@b.c,,Lee,Di,more";
        let rows = parse(text).unwrap();
        let told: Vec<_> = rows.iter().map(|row| (row.line, row.contact.is_ok())).collect();
        assert_eq!(told, [(4, true), (7, true), (9, false), (10, false)]);
        let bo = rows[1].contact.clone().unwrap();
        assert_eq!((bo.first_name.as_str(), bo.email.as_str(), bo.groups), ("=Bo", "b@b.c", None));
    }
}
