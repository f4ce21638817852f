//! The operations without a command, each with its reason.

/// Method, path and reason.
pub const WITHOUT: [(&str, &str, &str); 0] = [];
