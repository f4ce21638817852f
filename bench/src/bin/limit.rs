//! Checks that problems of 30 invitees and 200 starts are solved within the default work limit.
//!
//! Usage: `limit [INSTANCES_PER_SHAPE]`
#![allow(clippy::arithmetic_side_effects, clippy::indexing_slicing, reason = "never part of the service")]
#![allow(clippy::disallowed_methods, reason = "it measures time")]

use std::time::Instant;

use whittle_bench::{Shape, thirty};
use whittle_domain::schedule::{DEFAULT_WORK, Problem, solve, verify};

fn main() {
    let each: u64 = std::env::args().nth(1).and_then(|n| n.parse().ok()).unwrap_or(200);
    let mut unproven = 0;
    println!(
        "| shape | instances | all placed | branched | most nodes | work, median | most | ms, median | most |"
    );
    println!("|---|---|---|---|---|---|---|---|---|");
    for shape in Shape::FIVE {
        let (mut work, mut micros, mut nodes, mut branched, mut all) = (Vec::new(), Vec::new(), 0, 0, 0);
        for seed in 0..each {
            let Ok(problem) = Problem::new(thirty(shape, seed)) else {
                println!("{shape:?} {seed} is no problem");
                unproven += 1;
                continue;
            };
            let begin = Instant::now();
            let found = solve(&problem, DEFAULT_WORK);
            micros.push(begin.elapsed().as_micros());
            let verified = verify(&problem, &found.schedule, &found.certificate);
            if !found.optimal || !verified.is_ok_and(|v| v.is_optimal()) {
                println!("{shape:?} {seed}: {verified:?}");
                unproven += 1;
            }
            nodes = nodes.max(found.certificate.tree.len());
            branched += u64::from(found.certificate.tree.len() > 1);
            all += u64::from(found.schedule.0.len() == 30);
            work.push(found.work);
        }
        work.sort_unstable();
        micros.sort_unstable();
        let (Some(most), Some(longest)) = (work.last(), micros.last()) else { continue };
        let (middle, median) = (work[work.len() / 2], micros[micros.len() / 2]);
        let ms = |micros: u128| format!("{}.{:02}", micros / 1000, micros % 1000 / 10);
        println!(
            "| {shape:?} | {} | {all} | {branched} | {nodes} | {middle} | {most} | {} | {} |",
            work.len(),
            ms(median),
            ms(*longest)
        );
    }
    println!("{unproven} not proven");
    std::process::exit(i32::from(unproven > 0));
}
