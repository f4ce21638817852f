//! A Worker that solves the benchmark's problems. Under workerd the clock stands still while a Worker computes, so the client
//! measures: it compares the time of a request with many solutions with the time of a request with none.

use whittle_bench::{Random, Shape, Size, problem_input};
use whittle_domain::schedule::{DEFAULT_WORK, Problem, solve};
use worker::{Context, Env, Request, Response, event};

/// Answers `/SHAPE/INVITEES/STARTS/MEETING/STEP/SEED/READ/SOLVED`: builds the problem READ times and solves it SOLVED times.
#[event(fetch)]
async fn fetch(request: Request, _env: Env, _context: Context) -> worker::Result<Response> {
    let path = request.path();
    match answer(&path) {
        Some(answer) => Response::from_json(&answer),
        None => Response::error("The path names no problem.", 400),
    }
}

fn answer(path: &str) -> Option<serde_json::Value> {
    let mut parts = path.trim_matches('/').split('/');
    let shape = Shape::named(parts.next()?)?;
    let numbers: Vec<u64> = parts.filter_map(|p| p.parse().ok()).collect();
    let [invitees, starts, meeting, step, seed, read, solved] = numbers.as_slice() else { return None };
    let size = Size {
        invitees: usize::try_from(*invitees).ok()?,
        starts: i64::try_from(*starts).ok()?,
        meeting: i64::try_from(*meeting).ok()?,
        step: i64::try_from(*step).ok()?,
    };
    let input = problem_input(shape, size, &mut Random::new(*seed));
    let mut problem = Problem::new(input.clone()).ok()?;
    for _ in 0..*read {
        problem = Problem::new(input.clone()).ok()?;
    }
    let mut work = 0;
    let mut optimal = true;
    for _ in 0..*solved {
        let found = solve(&problem, DEFAULT_WORK);
        work = found.work;
        optimal &= found.optimal;
    }
    Some(serde_json::json!({"work": work, "optimal": optimal, "starts": problem.starts().len()}))
}
