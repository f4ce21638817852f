//! Compares the engine with the library `pathfinding` on assignment problems. Runs alternate, and equal values are asserted.
#![allow(clippy::arithmetic_side_effects, clippy::indexing_slicing, reason = "never part of the service")]
#![allow(clippy::disallowed_methods, reason = "it measures time")]

use std::time::Instant;

use pathfinding::kuhn_munkres::kuhn_munkres;
use pathfinding::matrix::Matrix;
use whittle_bench::{Random, Shape, Size, problem_input};
use whittle_domain::schedule::{DEFAULT_WORK, Problem, solve};

const RUNS: usize = 3;

/// The weights as a dense matrix. An impossible pair has weight zero, as no meeting has.
fn matrix(problem: &Problem) -> Matrix<i64> {
    let (rows, columns) = (problem.pairs_by_invitee().len(), problem.starts().len());
    let mut weights = Matrix::new(rows, columns.max(rows), 0);
    for (i, row) in problem.pairs_by_invitee().iter().enumerate() {
        for pair in row {
            let start = problem.starts()[pair.start()];
            let preference = i64::from(start.preference.level()) + pair.preference();
            weights[(i, pair.start())] = problem.scale().weight(preference, start.delay);
        }
    }
    weights
}

fn main() {
    println!("| invitees x starts | shape | engine ms | pathfinding ms | ratio |\n|---|---|---|---|---|");
    for (invitees, starts) in [(200, 1000), (500, 2500)] {
        for shape in [Shape::Dense, Shape::Sparse] {
            let size = Size { invitees, starts, meeting: 60, step: 60 };
            let Ok(problem) = Problem::new(problem_input(shape, size, &mut Random::new(1))) else { continue };
            let weights = matrix(&problem);
            let (mut own, mut other) = (Vec::new(), Vec::new());
            for _ in 0..RUNS {
                let begin = Instant::now();
                let found = solve(&problem, DEFAULT_WORK);
                own.push(begin.elapsed().as_micros());
                let begin = Instant::now();
                let (value, _) = kuhn_munkres(&weights);
                other.push(begin.elapsed().as_micros());
                assert_eq!(value, problem.scale().value(&found.certificate.bound));
            }
            own.sort_unstable();
            other.sort_unstable();
            let (own, other) = (own[RUNS / 2].max(1), other[RUNS / 2]);
            let ms = |t: u128| format!("{}.{:02}", t / 1000, t % 1000 / 10);
            println!("| {invitees} x {starts} | {shape:?} | {} | {} | {} |", ms(own), ms(other), other / own);
        }
    }
}
