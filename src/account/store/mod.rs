//! The SQL of accounts, a file for each concern.

pub mod address_change;
pub mod deletion;
pub mod password;
pub mod registration;
pub mod settings;
pub mod sign_ins;
pub mod token_family;
