//! The tokens of `whittle login`, one a server, in a file that its owner alone can read.

use std::collections::BTreeMap;
use std::io::{IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use url::Url;

use crate::error::Error;

/// The file of tokens.
#[derive(Clone, Debug)]
pub struct Store {
    path: Option<PathBuf>,
}

#[derive(Default, Deserialize, Serialize)]
struct Tokens {
    #[serde(default)]
    tokens: BTreeMap<String, String>,
}

impl Store {
    /// The store at this path; `None` where the account has no home.
    #[must_use]
    pub const fn new(path: Option<PathBuf>) -> Self {
        Self { path }
    }

    /// Where the file is, whether there is one or not.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// The token for a server.
    ///
    /// # Errors
    /// [`Error::Usage`] if there is a file that cannot be read, or that others can read.
    pub fn token(&self, server: &Url) -> Result<Option<String>, Error> {
        Ok(self.read()?.tokens.remove(server.as_str()))
    }

    /// Keeps a token for a server, or forgets it.
    ///
    /// # Errors
    /// [`Error::Usage`] if the file cannot be written.
    pub fn keep(&self, server: &Url, token: Option<&str>) -> Result<(), Error> {
        let path = self.path.as_ref().ok_or_else(|| {
            Error::Usage("There is no home folder to keep a token in: set HOME.".to_owned())
        })?;
        let mut all = self.read()?;
        match token {
            Some(token) => all.tokens.insert(server.to_string(), token.to_owned()),
            None => all.tokens.remove(server.as_str()),
        };
        write_private(path, &serde_json::to_vec_pretty(&all).unwrap_or_default())
            .map_err(|error| Error::Usage(format!("{}: {error}", path.display())))
    }

    fn read(&self) -> Result<Tokens, Error> {
        let Some(path) = &self.path else { return Ok(Tokens::default()) };
        let wrong = |text: String| Error::Usage(format!("{}: {text}", path.display()));
        let bytes = match std::fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Tokens::default()),
            Err(error) => return Err(wrong(error.to_string())),
        };
        if is_open(path) {
            return Err(wrong("others can read this file of tokens. `chmod 600` it, and end the token by `whittle account sessions end`.".to_owned()));
        }
        serde_json::from_slice(&bytes)
            .map_err(|error| wrong(format!("{error}. `whittle logout` and `whittle login` make it anew.")))
    }
}

/// Whether others than the file's owner can read it.
#[cfg(unix)]
#[must_use]
pub fn is_open(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(path).is_ok_and(|metadata| metadata.permissions().mode() & 0o077 != 0)
}

/// Whether others than the file's owner can read it: a profile's folder is its owner's own.
#[cfg(not(unix))]
#[must_use]
pub fn is_open(_: &Path) -> bool {
    false
}

/// Writes a file that its owner alone can read. Whoever reads it meanwhile has the old one, whole.
fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let new = path.with_extension(format!("new-{}", std::process::id()));
    let mut file = create_private(&new)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&new, path)
}

/// Makes a new file that its owner alone can read.
///
/// # Errors
/// Why it cannot be made.
pub fn create_private(path: &Path) -> std::io::Result<std::fs::File> {
    // One that was left behind may be readable.
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(path)
}

/// Asks for a password on the terminal, which does not show it.
///
/// # Errors
/// [`Error::Usage`] where there is no terminal.
pub fn ask_password(prompt: &str) -> Result<String, Error> {
    let none = || {
        Error::Usage(
            "A password is needed, and there is no terminal to ask on: give it by --pass or WHITTLE_PASS."
                .to_owned(),
        )
    };
    if !std::io::stdin().is_terminal() {
        return Err(none());
    }
    rpassword::prompt_password(prompt).map_err(|_| none())
}
