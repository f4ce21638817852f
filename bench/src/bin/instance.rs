//! Solves one random problem and prints the times and the result as one line of JSON. With a file name it also writes the
//! problem to that file, so that other solvers can solve it.
//!
//! Usage: `instance SHAPE INVITEES STARTS MEETING STEP SEED [FILE]`
#![allow(clippy::arithmetic_side_effects, clippy::indexing_slicing, reason = "never part of the service")]
#![allow(clippy::disallowed_methods, reason = "it measures time")]

use std::time::Instant;

use serde_json::json;
use whittle_bench::{Random, Shape, Size, problem_input};
use whittle_domain::schedule::{DEFAULT_WORK, Problem, evaluate, solve, verify};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [shape, numbers @ ..] = arguments.as_slice() else { return Err("which shape?".into()) };
    let number = |k: usize| numbers.get(k).and_then(|n| n.parse::<i64>().ok()).ok_or("a number is missing");
    let size = Size {
        invitees: usize::try_from(number(0)?)?,
        starts: number(1)?,
        meeting: number(2)?,
        step: number(3)?,
    };
    let shape = Shape::named(shape).ok_or("no such shape")?;
    let input = problem_input(shape, size, &mut Random::new(number(4)?.unsigned_abs()));

    let begin = Instant::now();
    let problem = Problem::new(input).map_err(|fault| format!("{fault:?}"))?;
    let read = begin.elapsed();
    let begin = Instant::now();
    let found = solve(&problem, DEFAULT_WORK);
    let solved = begin.elapsed();
    let begin = Instant::now();
    verify(&problem, &found.schedule, &found.certificate).map_err(|refused| format!("{refused:?}"))?;
    let verified = begin.elapsed();

    let objective = evaluate(&problem, &found.schedule).map_err(|refused| format!("{refused:?}"))?;
    if let Some(file) = numbers.get(5) {
        let weight = |p: &whittle_domain::schedule::Pair| {
            let start = problem.starts()[p.start()];
            (
                p.start(),
                problem.scale().weight(i64::from(start.preference.level()) + p.preference(), start.delay),
            )
        };
        let rows: Vec<Vec<(usize, i64)>> =
            problem.pairs_by_invitee().iter().map(|r| r.iter().map(weight).collect()).collect();
        let starts: Vec<i64> = problem.starts().iter().map(|s| s.at.seconds() / 60).collect();
        let text = json!({"starts": starts, "length": size.meeting, "rows": rows});
        std::fs::write(file, text.to_string())?;
    }
    println!(
        "{}",
        json!({
            "pairs": problem.pairs_by_invitee().iter().map(Vec::len).sum::<usize>(),
            "starts": problem.starts().len(),
            "read_us": read.as_micros(),
            "solve_us": solved.as_micros(),
            "verify_us": verified.as_micros(),
            "work": found.work,
            "nodes": found.certificate.tree.len(),
            "optimal": found.optimal,
            "placed": objective.placed,
            "value": problem.scale().value(&objective),
        })
    );
    Ok(())
}
