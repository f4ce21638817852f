//! `whittle admin export FILE`.

use std::io::{BufWriter, Write as _};
use std::path::Path;

use clap::ArgMatches;

use super::Server;
use crate::args::text;
use crate::context::Context;
use crate::credentials::create_private;
use crate::error::Error;
use crate::table::Command;

/// Writes all that a deployment stores to a file that its owner alone can read. The file is there only once it is whole.
pub fn export(context: &Context, matches: &ArgMatches, _: &Command) -> Result<(), Error> {
    let server = Server::new(context)?;
    let path = Path::new(text(matches, "file").unwrap_or_default());
    let before = server.describe()?;
    if before.read_only.is_empty() {
        return Err(Error::Usage(
            "People still change this deployment, and an export would be of no one moment: deploy it with READ_ONLY=1 first."
                .to_owned(),
        ));
    }
    let wrong = |error: std::io::Error| Error::Usage(format!("{}: {error}", path.display()));
    let part = path.with_extension("part");
    let mut file = BufWriter::new(create_private(&part).map_err(wrong)?);
    server.lines(&mut |line| writeln!(file, "{line}").map_err(wrong))?;
    let file = file.into_inner().map_err(|error| wrong(error.into_error()))?;
    file.sync_all().map_err(wrong)?;
    if server.describe()?.tables != before.tables {
        return Err(Error::Found(
            "The deployment has completed something while it was read. Export it again in a minute."
                .to_owned(),
        ));
    }
    std::fs::rename(&part, path).map_err(wrong)?;
    context.write(&format!("{} has the whole deployment. Keep it as you keep the keys.\n", path.display()))
}
