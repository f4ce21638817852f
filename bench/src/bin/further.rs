//! Measures what follows a solution: three alternatives, the explanation, the relaxations.
#![allow(clippy::arithmetic_side_effects, clippy::indexing_slicing, reason = "never part of the service")]
#![allow(clippy::disallowed_methods, reason = "it measures time")]

use std::time::Instant;

use whittle_bench::{Random, Shape, Size, problem_input};
use whittle_domain::schedule::{DEFAULT_WORK, Problem, alternatives, explain, relaxations, solve};

fn main() {
    println!(
        "| invitees x starts | shape | length/step | placed | best ms | three best ms | explanation ms | relaxations ms |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    for (invitees, starts) in [(30, 200), (200, 1000)] {
        for shape in
            [Shape::Scattered, Shape::Crowded, Shape::Clustered, Shape::Alike, Shape::Scarce, Shape::Dense]
        {
            for (meeting, step) in [(60, 60), (60, 15)] {
                if invitees > 30 && matches!(shape, Shape::Scattered) {
                    continue;
                }
                let size = Size { invitees, starts, meeting, step };
                let Ok(problem) = Problem::new(problem_input(shape, size, &mut Random::new(3))) else {
                    continue;
                };
                let mut times = Vec::new();
                let begin = Instant::now();
                let found = solve(&problem, DEFAULT_WORK);
                times.push(begin.elapsed());
                let begin = Instant::now();
                let next = alternatives(&problem, 3, DEFAULT_WORK);
                times.push(begin.elapsed());
                let begin = Instant::now();
                let explanation = explain(&problem, &found.schedule, DEFAULT_WORK);
                times.push(begin.elapsed());
                let begin = Instant::now();
                let relaxed = relaxations(&problem, &found.schedule, DEFAULT_WORK);
                times.push(begin.elapsed());
                let ms: Vec<String> = times
                    .iter()
                    .map(|t| format!("{}.{:02}", t.as_millis(), t.as_micros() % 1000 / 10))
                    .collect();
                println!(
                    "| {invitees} x {starts} | {shape:?} | {meeting}/{step} | {} | {}{} | {}{} ({}) | {}{} ({}) | {} ({}) |",
                    found.schedule.0.len(),
                    ms[0],
                    if found.optimal { "" } else { "*" },
                    ms[1],
                    if next.complete { "" } else { "*" },
                    next.schedules.len(),
                    ms[2],
                    if explanation.complete { "" } else { "*" },
                    explanation.competing.len(),
                    ms[3],
                    relaxed.len()
                );
            }
        }
    }
}
