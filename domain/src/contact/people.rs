//! People as somebody pastes them: what address books, mail programs and spreadsheets give.
//!
//! It reads the parts of RFC 5322 that people meet (`Ana Lee <ana@example.org>, "Roe, Bea" <bea@example.org>`, comments, groups), and
//! what is around them in practice: one a line, semicolons, `Lee, Ana <ana@example.org>`, `mailto:`, a name beside an address without
//! brackets. Nothing is guessed silently: what is not understood is given back, piece by piece, for the person to mend.

use std::fmt;

use crate::address::Address;
use crate::text::Name;

/// The maximum number of people of one proposal (spec, part 0, "Parties").
pub const MAX_PEOPLE: usize = 50;

/// Somebody with a mail address.
///
/// `Display` writes `Ana Lee <ana@example.org>`, `"Lee, Ana" <ana@example.org>` or `ana@example.org`, which [`read`] reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The address.
    pub address: Address,
    /// The name, where one stands beside the address.
    pub name: Option<Name>,
}

/// What was read of a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct People {
    /// The people in the order of the text, each address once. There can be more than [`MAX_PEOPLE`].
    pub people: Vec<Person>,
    /// The pieces that were not understood, as they stand in the text.
    pub unread: Vec<String>,
}

impl Person {
    /// Somebody with this address. A name that is no [`Name`], or is the address again, counts as none.
    #[must_use]
    pub fn new(address: Address, name: &str) -> Self {
        let name =
            Name::parse(name).ok().filter(|name| !name.as_str().eq_ignore_ascii_case(address.as_str()));
        Self { address, name }
    }
}

impl fmt::Display for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let address = self.address.as_str();
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '+' | '-' | '_' | '@');
        match &self.name {
            None if address.chars().all(plain)
                && address.starts_with(|c: char| c.is_ascii_alphanumeric()) =>
            {
                f.write_str(address)
            }
            None => write!(f, "<{address}>"),
            Some(name) if needs_no_quotes(name.as_str()) => write!(f, "{name} <{address}>"),
            Some(name) => {
                let quoted = name.as_str().replace('\\', "\\\\").replace('"', "\\\"");
                write!(f, "\"{quoted}\" <{address}>")
            }
        }
    }
}

/// Words of letters and digits with single blanks between them, which may have a hyphen, an apostrophe or a full stop inside.
fn needs_no_quotes(name: &str) -> bool {
    name.split(' ').all(|word| {
        word.starts_with(char::is_alphanumeric)
            && word.ends_with(char::is_alphanumeric)
            && word.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '\'' | '.'))
    })
}

/// Writes people one a line, as [`read`] reads them.
#[must_use]
pub fn write<'a>(people: impl IntoIterator<Item = &'a Person>) -> String {
    people.into_iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// Reads people from a text. Of people with one address the first counts, with the first name that stands beside it.
#[must_use]
pub fn read(text: &str) -> People {
    let mut read = People::default();
    for line in text.lines() {
        let tokens = tokens(line);
        for group in tokens.split(|token| token.is(&Kind::Semicolon)) {
            let group = without_group_name(group);
            match person_with_comma(group) {
                Some(person) => read.add(person),
                None => group.split(|token| token.is(&Kind::Comma)).for_each(|piece| read.piece(line, piece)),
            }
        }
    }
    read
}

impl People {
    fn add(&mut self, person: Person) {
        match self.people.iter_mut().find(|known| known.address == person.address) {
            Some(known) => known.name = known.name.take().or(person.name),
            None => self.people.push(person),
        }
    }

    /// Reads what stands between two separators: names and addresses, mostly one of each.
    fn piece(&mut self, line: &str, piece: &[Token<'_>]) {
        let mut pending: Vec<&Token<'_>> = Vec::new();
        for token in piece {
            match &token.kind {
                Kind::Angle(inside) => {
                    match address(inside) {
                        Some(address) => self.add(Person::new(address, &name(&pending, piece))),
                        None => self.refuse(line, pending.iter().copied().chain([token])),
                    }
                    pending.clear();
                }
                Kind::Comment(_) => {}
                _ => pending.push(token),
            }
        }
        if !pending.is_empty() {
            self.bare(line, &pending, piece);
        }
    }

    /// Reads words without brackets: addresses, or one address with a name beside it.
    fn bare(&mut self, line: &str, words: &[&Token<'_>], piece: &[Token<'_>]) {
        let read: Vec<Option<Address>> = words.iter().map(|word| word.address()).collect();
        let others: Vec<&Token<'_>> =
            words.iter().zip(&read).filter(|(_, read)| read.is_none()).map(|(word, _)| *word).collect();
        let mut found = read.into_iter().flatten();
        let looks_like_address = others.iter().any(|word| word.raw.contains('@'));
        match (found.next(), found.next()) {
            (Some(only), None) if !looks_like_address => self.add(Person::new(only, &name(&others, piece))),
            (Some(one), Some(other)) if others.is_empty() => {
                [one, other].into_iter().chain(found).for_each(|address| self.add(Person::new(address, "")));
            }
            _ => self.refuse(line, words.iter().copied()),
        }
    }

    fn refuse<'a>(&mut self, line: &str, tokens: impl Iterator<Item = &'a Token<'a>>) {
        let (mut from, mut to) = (line.len(), 0);
        for token in tokens {
            from = from.min(token.from);
            to = to.max(token.to);
        }
        let raw = line.get(from..to).unwrap_or_default().trim();
        // A lone dash or full stop is no person that was meant.
        if raw.contains(char::is_alphanumeric) || raw.contains('@') {
            self.unread.push(raw.to_owned());
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Kind {
    Word,
    /// What stood between quotation marks, without backslashes.
    Quoted(String),
    /// What stood between `<` and `>`.
    Angle(String),
    /// What stood between parentheses.
    Comment(String),
    Comma,
    Semicolon,
}

#[derive(Debug)]
struct Token<'a> {
    kind: Kind,
    raw: &'a str,
    from: usize,
    to: usize,
}

impl Token<'_> {
    fn is(&self, kind: &Kind) -> bool {
        self.kind == *kind
    }

    /// The token as part of a name.
    fn text(&self) -> &str {
        match &self.kind {
            Kind::Quoted(text) | Kind::Comment(text) => text,
            _ => self.raw,
        }
    }

    fn address(&self) -> Option<Address> {
        match self.kind {
            Kind::Word => address(self.raw),
            _ => None,
        }
    }
}

/// The characters that end what this one begins.
const fn closing(opening: char) -> Option<&'static [char]> {
    match opening {
        '"' => Some(&['"']),
        // As word processors write quotation marks.
        '\u{201c}' => Some(&['\u{201d}', '\u{201c}']),
        '\u{201e}' => Some(&['\u{201c}', '\u{201d}']),
        '<' => Some(&['>']),
        '(' => Some(&[')']),
        _ => None,
    }
}

/// Splits a line. What is opened and not closed on the line is taken as a letter like any other, so that one quotation mark
/// does not swallow what follows.
fn tokens(line: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(c) = line.get(at..).and_then(|rest| rest.chars().next()) {
        let after = at.saturating_add(c.len_utf8());
        let enclosed = closing(c).and_then(|ends| enclosed(line, after, ends));
        let (kind, to) = match (c, enclosed) {
            (',', _) => (Some(Kind::Comma), after),
            (';', _) => (Some(Kind::Semicolon), after),
            ('<', Some((inside, to))) => (Some(Kind::Angle(inside)), to),
            ('(', Some((inside, to))) => (Some(Kind::Comment(inside)), to),
            (_, Some((inside, to))) => (Some(Kind::Quoted(inside)), to),
            _ if c.is_whitespace() => (None, after),
            _ => (Some(Kind::Word), word_end(line, after)),
        };
        tokens.extend(kind.map(|kind| Token {
            kind,
            raw: line.get(at..to).unwrap_or_default(),
            from: at,
            to,
        }));
        at = to;
    }
    tokens
}

/// What stands before the first of these characters, and where it goes on after it. A backslash takes the next character as it is.
fn enclosed(line: &str, from: usize, ends: &[char]) -> Option<(String, usize)> {
    let mut inside = String::new();
    let mut escaped = false;
    for (offset, c) in line.get(from..)?.char_indices() {
        if escaped {
            inside.push(c);
            escaped = false;
        } else if c == '\\' && ends.contains(&'"') {
            escaped = true;
        } else if ends.contains(&c) {
            return Some((inside, from.saturating_add(offset).saturating_add(c.len_utf8())));
        } else {
            inside.push(c);
        }
    }
    None
}

fn word_end(line: &str, from: usize) -> usize {
    let ends =
        |c: char| c.is_whitespace() || matches!(c, ',' | ';' | '<' | '(' | '"' | '\u{201c}' | '\u{201e}');
    let rest = line.get(from..).unwrap_or_default();
    from.saturating_add(rest.find(ends).unwrap_or(rest.len()))
}

/// Leaves out what stands before a colon, the name of a group (RFC 5322, section 3.4) or a header such as `To:`, and a bullet.
fn without_group_name<'a, 'b>(group: &'b [Token<'a>]) -> &'b [Token<'a>] {
    let ends_name = |token: &Token<'_>| token.is(&Kind::Word) && token.raw.ends_with(':');
    let names = group.iter().take_while(|token| token.is(&Kind::Word) && !token.raw.contains('@'));
    let named = names.enumerate().find(|(_, token)| ends_name(token)).map(|(at, _)| at.saturating_add(1));
    let rest = group.get(named.unwrap_or(0)..).unwrap_or_default();
    match rest {
        [bullet, people @ ..] if bullet.is(&Kind::Word) && is_bullet(bullet.raw) => people,
        people => people,
    }
}

fn is_bullet(word: &str) -> bool {
    let number = word.trim_end_matches(['.', ')']);
    matches!(word, "-" | "*" | "\u{2022}" | "\u{b7}" | "\u{2013}")
        || (number.len() < word.len() && !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()))
}

/// Reads `Lee, Ana <ana@example.org>`, as Outlook writes it between semicolons: one comma, in the name of the only address.
fn person_with_comma(group: &[Token<'_>]) -> Option<Person> {
    let (last, names) = group.split_last()?;
    let Kind::Angle(inside) = &last.kind else { return None };
    let mut parts = names.split(|token| token.is(&Kind::Comma));
    let (family, given) = (parts.next()?, parts.next()?);
    let is_name = |part: &[Token<'_>]| {
        let plain = |token: &Token<'_>| token.is(&Kind::Word) && !token.raw.contains('@');
        !part.is_empty() && part.iter().all(plain)
    };
    if parts.next().is_some() || !is_name(family) || !is_name(given) {
        return None;
    }
    let joined = |part: &[Token<'_>]| part.iter().map(|token| token.raw).collect::<Vec<_>>().join(" ");
    Some(Person::new(address(inside)?, &format!("{}, {}", joined(family), joined(given))))
}

/// The name that these tokens make; where there are none, the comment of the piece: `ana@example.org (Ana Lee)`.
fn name(tokens: &[&Token<'_>], piece: &[Token<'_>]) -> String {
    let words = tokens.iter().map(|token| token.text()).collect::<Vec<_>>().join(" ");
    let comment = || piece.iter().find(|token| matches!(token.kind, Kind::Comment(_)));
    let quoted = tokens.iter().any(|token| matches!(token.kind, Kind::Quoted(_)));
    match words.as_str() {
        "" => comment().map_or_else(String::new, |comment| comment.text().to_owned()),
        name if quoted => name.to_owned(),
        // Outlook copies names between single quotation marks.
        name => {
            let inner = name.strip_prefix('\'').and_then(|name| name.strip_suffix('\''));
            inner.unwrap_or(name).trim_end_matches(':').to_owned()
        }
    }
}

/// The address of a word, without what is often around it.
fn address(word: &str) -> Option<Address> {
    let word = word.trim();
    let by_link = word.get(..7).filter(|scheme| scheme.eq_ignore_ascii_case("mailto:"));
    let plain = match by_link.and_then(|_| word.get(7..)) {
        Some(link) => percent_decoded(link.split('?').next().unwrap_or_default()),
        None => word.to_owned(),
    };
    let around = ['\'', '\u{2018}', '\u{2019}', '.', ':', '!', '?', '[', ']', '{', '}', '|', '/'];
    plain.parse().ok().or_else(|| plain.trim_matches(around).parse().ok())
}

/// Decodes `%2B` as `mailto:` links write it (RFC 6068); what is no such code stays as it is.
fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let code = match rest {
            [b'%', high, low, ..] => {
                std::str::from_utf8(&[*high, *low]).ok().and_then(|hex| u8::from_str_radix(hex, 16).ok())
            }
            _ => None,
        };
        bytes.push(code.unwrap_or(*first));
        rest = if code.is_some() { after.get(2..).unwrap_or_default() } else { after };
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}
