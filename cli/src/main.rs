//! `whittle`, the terminal client.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(whittle_cli::run(std::env::args_os(), &whittle_cli::config::environment()))
}
