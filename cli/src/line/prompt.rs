//! A prompt, and the line that answers it.

use std::io::{BufRead, Read as _};

use crate::context::Context;
use crate::error::Error;
use crate::show::clean;

/// The longest line that is read, in bytes: longer than any list of addresses that the service takes.
const LONGEST: u64 = 64 * 1024;

/// Where answers come from.
pub struct Prompt<'a, R> {
    /// Where prompts are written.
    pub context: &'a Context,
    /// Where answers are read.
    pub input: R,
    /// Whether what is read is written after its prompt.
    pub echo: bool,
}

impl<R: BufRead> Prompt<'_, R> {
    /// Writes a prompt and reads a line. `None` at the end of the input.
    ///
    /// # Errors
    /// [`Error::Usage`] if one of them fails.
    pub fn ask(&mut self, prompt: &str) -> Result<Option<String>, Error> {
        self.context.write(prompt)?;
        let mut bytes = Vec::new();
        let read = self.input.by_ref().take(LONGEST).read_until(b'\n', &mut bytes);
        read.map_err(|error| Error::Usage(format!("standard input: {error}")))?;
        if bytes.is_empty() {
            self.context.write("\n")?;
            return Ok(None);
        }
        let text = String::from_utf8_lossy(&bytes);
        let line = text.trim_end_matches(['\n', '\r']);
        if self.echo {
            self.context.write(&format!("{}\n", clean(line)))?;
        }
        Ok(Some(line.to_owned()))
    }
}
