//! Reads a password from standard input and prints what is stored of it: `scripts/account.sh` asks this.

use std::io::{Error, stdin};

use argon2::Argon2;
use argon2::password_hash::PasswordHasher as _;

fn main() -> Result<(), Error> {
    let mut password = String::new();
    stdin().read_line(&mut password)?;
    let mut salt = [0; 16];
    getrandom::fill(&mut salt).map_err(Error::other)?;
    let password = password.trim_end_matches(['\r', '\n']);
    let hash = Argon2::default().hash_password_with_salt(password.as_bytes(), &salt).map_err(Error::other)?;
    println!("{hash}");
    Ok(())
}
