//! Measures how time grows with the number of invitees, from 25 to 800, with five starts per invitee; and the peak memory.
#![allow(clippy::arithmetic_side_effects, clippy::indexing_slicing, reason = "never part of the service")]
#![allow(clippy::disallowed_methods, reason = "it measures time")]

use std::time::Instant;

use whittle_bench::{Random, Shape, Size, problem_input};
use whittle_domain::schedule::{DEFAULT_WORK, Problem, solve};

const RUNS: usize = 5;

fn main() {
    let kinds = [
        (Shape::Dense, (60, 60)),
        (Shape::Dense, (60, 15)),
        (Shape::Sparse, (60, 60)),
        (Shape::Sparse, (60, 15)),
        (Shape::Scattered, (60, 15)),
    ];
    println!("Milliseconds, medians of {RUNS}; * if the work limit ended the search.\n");
    println!(
        "| invitees x starts | dense 60/60 | dense 60/15 | sparse 60/60 | sparse 60/15 | scattered 60/15 |"
    );
    println!("|---|---|---|---|---|---|");
    for invitees in [25usize, 50, 100, 200, 400, 800] {
        let starts = 5 * i64::try_from(invitees).unwrap_or(0);
        let mut line = format!("| {invitees} x {starts} |");
        for (shape, (meeting, step)) in kinds {
            let size = Size { invitees, starts, meeting, step };
            let Ok(problem) = Problem::new(problem_input(shape, size, &mut Random::new(7))) else { continue };
            let mut optimal = true;
            let mut times: Vec<u128> = (0..RUNS)
                .map(|_| {
                    let begin = Instant::now();
                    optimal &= solve(&problem, DEFAULT_WORK).optimal;
                    begin.elapsed().as_micros()
                })
                .collect();
            times.sort_unstable();
            let median = times[RUNS / 2];
            let star = if optimal { "" } else { "*" };
            line += &format!(" {}.{:02}{star} |", median / 1000, median % 1000 / 10);
        }
        println!("{line}");
    }
    // Linux reports the peak resident memory of the process as VmHWM.
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or("VmHWM unknown");
    println!("\nPeak of memory, problems and their generator included: {}", peak.replace('\t', " "));
}
