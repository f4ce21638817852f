//! The commands of who runs a deployment.

use super::{Arg, Command, Kind};
use crate::step;

pub const COMMANDS: &[Command] = &[
    Command::new(
        "admin export",
        "Write all that a read-only deployment stores to a file; needs WHITTLE_TRANSFER_KEY",
        "GET",
        "/transfer/",
    )
    .args(&[Arg::step("file", Kind::Text, "The file, which has everything but the secrets")
        .positional()
        .required()])
    .also(&[("GET", "/transfer/tables/{name}/"), ("GET", "/transfer/objects/{kind}/{id}/")])
    .own(step::transfer::export),
    Command::new(
        "admin import",
        "Fill an empty deployment with an export, and compare the two; needs WHITTLE_TRANSFER_KEY",
        "GET",
        "/transfer/",
    )
    .args(&[Arg::step("file", Kind::Text, "The file of an export").positional().required()])
    .also(&[("POST", "/transfer/tables/{name}/"), ("PUT", "/transfer/objects/{kind}/{id}/")])
    .own(step::transfer::import),
];
