//! Random scheduling problems of named shapes. All benchmarks use the same ones.
#![allow(clippy::arithmetic_side_effects, clippy::indexing_slicing, reason = "never part of the service")]

mod random;
mod shapes;

pub use random::Random;
pub use shapes::{Shape, Size, problem_input, thirty};
