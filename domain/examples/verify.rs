//! Verifies many variants of exports, for the verifier of the pages that shares no code with this crate
//! (tests/script/ledger.test.mjs).
//!
//! A line of the input is `[export, changes]`. A change is `[at, gone, bytes]`: at the byte `at` of the export, `gone` bytes are
//! replaced by others. The output has one line for each change: `ok`, `utf8` if the result is no text, or the fault and its line.

use std::io::{BufRead as _, Write as _};

use whittle_domain::ledger::{Fault, verify};
use whittle_domain::proposal::ProposalLedger;
use whittle_domain::staff::StaffLedger;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for line in std::io::stdin().lock().lines() {
        let (export, changes): (String, Vec<(usize, usize, Vec<u8>)>) = whittle_json::from_str(&line?)?;
        for (at, gone, bytes) in changes {
            let mut changed = export.clone().into_bytes();
            changed.splice(at..at.saturating_add(gone), bytes);
            writeln!(out, "{}", verdict(changed))?;
        }
    }
    out.flush()?;
    Ok(())
}

fn verdict(bytes: Vec<u8>) -> String {
    let Ok(text) = String::from_utf8(bytes) else { return "utf8".to_owned() };
    // Of which kind a log is, its verifier is told; here the first line says it.
    let is_staffs = text.lines().next().is_some_and(|line| line.contains(",\"staff\":"));
    let verified = if is_staffs {
        verify::<StaffLedger>(&text).map(|_| ())
    } else {
        verify::<ProposalLedger>(&text).map(|_| ())
    };
    match verified {
        Ok(()) => "ok".to_owned(),
        Err(Fault::Malformed { line }) => format!("malformed {line}"),
        Err(Fault::Misplaced { line }) => format!("misplaced {line}"),
        Err(Fault::Unchained { line }) => format!("unchained {line}"),
        Err(Fault::Unopened { line }) => format!("unopened {line}"),
        Err(Fault::Violated { line, .. }) => format!("violated {line}"),
        Err(Fault::WrongHead) => "head".to_owned(),
    }
}
