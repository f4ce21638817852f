//! Mail: letters into messages, and messages to whoever sends them.

mod render;
mod transport;

pub use render::render;
pub use transport::{Failure, Transport, transport};
