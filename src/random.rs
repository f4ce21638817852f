//! Random bytes from the platform's CSPRNG.

use whittle_domain::hex;

use crate::error::{Error, Result};

/// This many random bytes.
pub fn bytes<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|e| Error::Internal(e.to_string()))?;
    Ok(bytes)
}

/// A name that nothing else has: 128 random bits.
pub fn name() -> Result<String> {
    Ok(hex::encode(&bytes::<16>()?))
}

/// A random positive integer below 2^53: what JSON, `jq` and a path can all carry.
pub fn id() -> Result<u64> {
    loop {
        let id = u64::from_le_bytes(bytes()?) >> 11;
        if id > 0 {
            return Ok(id);
        }
    }
}
