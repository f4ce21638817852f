//! What is the same for all types: the characters of JSON (RFC 8259).

use std::borrow::Cow;
use std::fmt::Display;

use serde::de::Error as _;
use serde_json::{Deserializer, Error, Number};

/// How many lists and objects may be in one another, as in `serde_json`.
const DEEPEST: u8 = 127;

/// A text that is being read.
pub struct Reader<'de> {
    text: &'de str,
    /// How many bytes have been read.
    at: usize,
    /// In how many lists and objects.
    depth: u8,
}

/// A number as serde's visitors take it.
pub enum Numeric {
    Natural(u64),
    Negative(i64),
    Fraction(f64),
}

impl<'de> Reader<'de> {
    pub const fn new(text: &'de str) -> Self {
        Self { text, at: 0, depth: 0 }
    }

    /// An error at the place that has been reached.
    #[cold]
    pub fn error(&self, what: impl Display) -> Error {
        let read = self.text.get(..self.at).unwrap_or(self.text);
        let line = read.matches('\n').count().saturating_add(1);
        let column = read.len().saturating_sub(read.rfind('\n').unwrap_or(0));
        // `serde_json` takes line and column from the text.
        Error::custom(format_args!("{what} at line {line} column {column}"))
    }

    #[cold]
    pub fn expected(&self, what: &str) -> Error {
        self.error(format_args!("expected {what}"))
    }

    fn rest(&self) -> &'de str {
        self.text.get(self.at..).unwrap_or_default()
    }

    const fn pass(&mut self, bytes: usize) {
        self.at = self.at.wrapping_add(bytes);
    }

    /// The next byte that is no white space.
    pub fn peek(&mut self) -> Option<u8> {
        loop {
            match self.text.as_bytes().get(self.at) {
                Some(b' ' | b'\n' | b'\t' | b'\r') => self.pass(1),
                next => return next.copied(),
            }
        }
    }

    /// Passes this byte if it is the next.
    pub fn passed(&mut self, byte: u8) -> bool {
        let is_next = self.peek() == Some(byte);
        if is_next {
            self.pass(1);
        }
        is_next
    }

    /// Passes a word if it is the next.
    pub fn word(&mut self, word: &str) -> bool {
        self.peek();
        let is_next = self.rest().starts_with(word);
        if is_next {
            self.pass(word.len());
        }
        is_next
    }

    /// Nothing comes after what was read.
    pub fn end(&mut self) -> Result<(), Error> {
        if self.peek().is_some() { Err(self.error("trailing characters")) } else { Ok(()) }
    }

    /// Goes into a list or an object.
    pub fn open(&mut self, bracket: u8) -> Result<(), Error> {
        if !self.passed(bracket) {
            return Err(self.expected(if bracket == b'[' { "a list" } else { "an object" }));
        }
        if self.depth == DEEPEST {
            return Err(self.error("recursion limit exceeded"));
        }
        self.depth = self.depth.wrapping_add(1);
        Ok(())
    }

    /// Leaves a list or an object of which all has been read.
    pub fn close(&mut self, bracket: u8) -> Result<(), Error> {
        if !self.passed(bracket) {
            return Err(self.expected("the end of a list or an object"));
        }
        self.depth = self.depth.saturating_sub(1);
        Ok(())
    }

    /// Whether another element comes; if none does, leaves the list or object.
    pub fn another(&mut self, bracket: u8, first: &mut bool) -> Result<bool, Error> {
        let next = self.peek();
        if next == Some(bracket) {
            self.pass(1);
            self.depth = self.depth.saturating_sub(1);
            return Ok(false);
        }
        if !std::mem::take(first) {
            if next != Some(b',') {
                return Err(self.expected("`,` or the end of a list or an object"));
            }
            self.pass(1);
            if self.peek() == Some(bracket) {
                return Err(self.error("trailing comma"));
            }
        }
        Ok(true)
    }

    /// The name of the next member, if there is one.
    pub fn member(&mut self, first: &mut bool) -> Result<Option<Cow<'de, str>>, Error> {
        if !self.another(b'}', first)? {
            return Ok(None);
        }
        let name = self.string()?;
        if self.passed(b':') { Ok(Some(name)) } else { Err(self.expected("`:`")) }
    }

    pub fn string(&mut self) -> Result<Cow<'de, str>, Error> {
        if self.peek() != Some(b'"') {
            return Err(self.expected("a text"));
        }
        let rest = self.rest();
        let inner = rest.get(1..).unwrap_or_default();
        let special = inner.bytes().position(|byte| matches!(byte, b'"' | b'\\' | 0..=31));
        let plain = special.filter(|&end| inner.as_bytes().get(end) == Some(&b'"'));
        if let Some(text) = plain.and_then(|end| inner.get(..end)) {
            self.pass(text.len().wrapping_add(2));
            return Ok(Cow::Borrowed(text));
        }
        let mut texts = Deserializer::from_str(rest).into_iter::<String>();
        match texts.next() {
            Some(Ok(text)) => {
                self.pass(texts.byte_offset());
                Ok(Cow::Owned(text))
            }
            _ => Err(self.error("invalid text")),
        }
    }

    pub fn number(&mut self) -> Result<Numeric, Error> {
        self.peek();
        let rest = self.rest();
        let is_part = |byte: u8| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E');
        let end = rest.bytes().position(|byte| !is_part(byte)).unwrap_or(rest.len());
        let token = rest.get(..end).unwrap_or_default();
        let number = natural(token).map(Numeric::Natural).or_else(|| number(token));
        let number = number.ok_or_else(|| self.expected("a number"))?;
        self.pass(end);
        Ok(number)
    }

    /// Passes a value, whatever it is.
    pub fn skip(&mut self) -> Result<(), Error> {
        let mut first = true;
        match self.peek() {
            Some(b'"') => {
                self.string()?;
            }
            Some(b'[') => {
                self.open(b'[')?;
                while self.another(b']', &mut first)? {
                    self.skip()?;
                }
            }
            Some(b'{') => {
                self.open(b'{')?;
                while self.member(&mut first)?.is_some() {
                    self.skip()?;
                }
            }
            Some(b'-' | b'0'..=b'9') => {
                self.number()?;
            }
            _ if self.word("null") || self.word("true") || self.word("false") => {}
            _ => return Err(self.expected("a value")),
        }
        Ok(())
    }

    /// Passes a value and gives its text.
    pub fn raw(&mut self) -> Result<&'de str, Error> {
        self.peek();
        let begin = self.at;
        self.skip()?;
        Ok(self.text.get(begin..self.at).unwrap_or_default())
    }
}

/// The number of a token that is nothing but few digits.
fn natural(token: &str) -> Option<u64> {
    let plain = token.len() < 19 && (token == "0" || !token.starts_with(['0', '+']));
    if plain { token.parse().ok() } else { None }
}

/// The number of any other token.
fn number(token: &str) -> Option<Numeric> {
    let mut numbers = Deserializer::from_str(token).into_iter::<Number>();
    let number = numbers.next()?.ok()?;
    // What follows a number in its token would have to be part of it.
    if numbers.byte_offset() < token.len() {
        return None;
    }
    let natural = number.as_u64().map(Numeric::Natural);
    natural
        .or_else(|| number.as_i64().map(Numeric::Negative))
        .or_else(|| number.as_f64().map(Numeric::Fraction))
}
