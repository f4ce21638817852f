//! What the client tells of itself: completions and the manual page, made of its command line.

use std::str::FromStr as _;

use clap::ArgMatches;

use crate::args::{program, text};
use crate::context::Context;
use crate::error::Error;
use crate::table::Command;

/// Completions for a shell.
pub fn completions(context: &Context, matches: &ArgMatches, _: &Command) -> Result<(), Error> {
    let name = text(matches, "shell").unwrap_or_default();
    let shell = clap_complete::Shell::from_str(name).map_err(|_| {
        Error::Usage(format!(
            "`{name}` is no shell that is known; there are bash, elvish, fish, powershell, zsh."
        ))
    })?;
    let mut bytes = Vec::new();
    // `help` has every command once more, which would double the file.
    let mut program = program().disable_help_subcommand(true);
    clap_complete::generate(shell, &mut program, "whittle", &mut bytes);
    context.write(&String::from_utf8_lossy(&bytes))
}

/// The manual page, with every command.
pub fn man(context: &Context, _: &ArgMatches, _: &Command) -> Result<(), Error> {
    let mut bytes = Vec::new();
    let mut program = program();
    program.build();
    page(&program, &mut bytes)
        .map_err(|error| Error::Usage(format!("The manual page cannot be made: {error}")))?;
    context.write(&String::from_utf8_lossy(&bytes))
}

/// One page: the program's own sections, and for each command its words, what it does and what it takes.
fn page(program: &clap::Command, bytes: &mut Vec<u8>) -> std::io::Result<()> {
    let man = clap_mangen::Man::new(program.clone());
    man.render_title(bytes)?;
    man.render_name_section(bytes)?;
    man.render_synopsis_section(bytes)?;
    man.render_description_section(bytes)?;
    man.render_options_section(bytes)?;
    bytes.extend_from_slice(b".SH COMMANDS\n");
    for command in crate::table::all() {
        let mut found = Some(program);
        for word in command.name.split(' ') {
            found = found.and_then(|inner| inner.find_subcommand(word));
        }
        let Some(clap) = found else { continue };
        let usage = clap.clone().render_usage().to_string().replace("Usage: ", "");
        bytes.extend_from_slice(
            format!(".TP\n\\fB{}\\fR\n{}.\n", roff(usage.trim()), roff(command.about)).as_bytes(),
        );
        for arg in command.args {
            let name = if arg.positional { arg.name.to_uppercase() } else { format!("--{}", arg.name) };
            bytes.extend_from_slice(
                format!(".RS\n\\fI{}\\fR: {}\n.RE\n", roff(&name), roff(arg.help)).as_bytes(),
            );
        }
    }
    man.render_extra_section(bytes)
}

/// Text in which the manual's formatter finds no request of its own.
fn roff(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('-', "\\-");
    let lines = escaped
        .lines()
        .map(|line| if line.starts_with(['.', '\'']) { format!("\\&{line}") } else { line.to_owned() });
    lines.collect::<Vec<_>>().join("\n")
}
