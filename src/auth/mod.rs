//! The credentials of accounts: how an account is found by one, and whether it is good.

pub mod account;
pub mod jwt;
pub mod link;
pub mod lookup;
pub mod opened_link;
pub mod password;
pub mod session;
