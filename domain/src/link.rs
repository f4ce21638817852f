//! The tokens in mailed links: stateless, each naming what it is for, signed with a key of that purpose alone.
//!
//! The bytes, before base64url (RFC 4648 section 5, no padding):
//!
//! ```text
//! format 1 | purpose 1 | key id length 1 | key id | subject 8 | party 2 | generation 4 | expires 8 | HMAC-SHA256 32
//! ```
//!
//! Numbers are big-endian, `expires` counts seconds since the epoch. The code covers everything before it under
//! HKDF(master, "whittle/link/1/" + purpose), so a token of one purpose never verifies as another's. A token has
//! exactly one spelling: strict base64url, no padding, trailing bits zero, no byte left over.

use base64ct::{Base64UrlUnpadded, Encoding as _};
use serde::{Deserialize, Serialize};

use crate::instant::Instant;
use crate::keyring::{Key, KeyRing};

/// What a link is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Purpose {
    /// A party's way to a proposal.
    Proposal,
    /// An attendee's way to a meeting.
    Meeting,
    /// An invitee's way to a calendar.
    Calendar,
    /// Proof of an address.
    Verify,
    /// A new password.
    Reset,
    /// No more mail.
    Unsubscribe,
    /// A personal calendar feed.
    Feed,
    /// No more mail about a meeting.
    UnsubscribeMeeting,
    /// Proof of the address that an account is to change to.
    Address,
    /// No change of address after all.
    Undo,
}

impl Purpose {
    const ALL: [Self; 10] = [
        Self::Proposal,
        Self::Meeting,
        Self::Calendar,
        Self::Verify,
        Self::Reset,
        Self::Unsubscribe,
        Self::Feed,
        Self::UnsubscribeMeeting,
        Self::Address,
        Self::Undo,
    ];

    const fn code(self) -> u8 {
        match self {
            Self::Proposal => 1,
            Self::Meeting => 2,
            Self::Calendar => 3,
            Self::Verify => 4,
            Self::Reset => 5,
            Self::Unsubscribe => 6,
            Self::Feed => 7,
            Self::UnsubscribeMeeting => 8,
            Self::Address => 9,
            Self::Undo => 10,
        }
    }

    const fn info(self) -> &'static str {
        match self {
            Self::Proposal => "whittle/link/1/proposal",
            Self::Meeting => "whittle/link/1/meeting",
            Self::Calendar => "whittle/link/1/calendar",
            Self::Verify => "whittle/link/1/verify",
            Self::Reset => "whittle/link/1/reset",
            Self::Unsubscribe => "whittle/link/1/unsubscribe",
            Self::Feed => "whittle/link/1/feed",
            Self::UnsubscribeMeeting => "whittle/link/1/unsubscribe-meeting",
            Self::Address => "whittle/link/1/address",
            Self::Undo => "whittle/link/1/undo",
        }
    }
}

/// What a link says: all that is stored of it, and what a token is derived from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// What it is for.
    pub purpose: Purpose,
    /// The proposal (or meeting, calendar, account) it opens.
    pub subject: u64,
    /// The party it speaks for.
    pub party: u16,
    /// The party's generation; raising that voids older links.
    pub generation: u32,
    /// Until when, in seconds since the epoch.
    pub expires: i64,
}

/// Why a token is refused. The difference between the two is for the holder of an authentic token alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// Not a token of ours for this purpose; no hint why.
    Invalid,
    /// Authentic, but its time is over.
    Expired(Link),
}

const FORMAT: u8 = 1;
const TAIL: usize = 8 + 2 + 4 + 8;
const CODE: usize = 32;
/// Longer than any token: key ids have at most 16 bytes.
const LONGEST: usize = 128;

impl Link {
    /// Until when it is good.
    #[must_use]
    pub fn expires(&self) -> Instant {
        Instant::from_millis(self.expires.saturating_mul(1000))
    }

    /// The token, signed with the ring's key `key_id`; the same inputs give the same token for ever.
    /// `None` where the ring has no such key.
    #[must_use]
    pub fn token(&self, ring: &KeyRing, key_id: &str) -> Option<String> {
        let mut bytes = vec![FORMAT, self.purpose.code(), u8::try_from(key_id.len()).ok()?];
        bytes.extend_from_slice(key_id.as_bytes());
        bytes.extend_from_slice(&self.subject.to_be_bytes());
        bytes.extend_from_slice(&self.party.to_be_bytes());
        bytes.extend_from_slice(&self.generation.to_be_bytes());
        bytes.extend_from_slice(&self.expires.to_be_bytes());
        let code = ring.key(key_id, self.purpose.info())?.code(&bytes).bytes();
        bytes.extend_from_slice(&code);
        Some(Base64UrlUnpadded::encode_string(&bytes))
    }

    /// Reads a token for `purpose`. The party's generation is for whoever knows the party to compare.
    ///
    /// # Errors
    /// See [`Refused`].
    pub fn verify(token: &str, purpose: Purpose, ring: &KeyRing, now: Instant) -> Result<Self, Refused> {
        let link = Self::read(token, purpose, ring).ok_or(Refused::Invalid)?;
        if link.expires() <= now { Err(Refused::Expired(link)) } else { Ok(link) }
    }

    fn read(token: &str, purpose: Purpose, ring: &KeyRing) -> Option<Self> {
        if token.len() > LONGEST {
            return None;
        }
        let bytes = Base64UrlUnpadded::decode_vec(token).ok()?;
        let (signed, code) = bytes.split_at_checked(bytes.len().checked_sub(CODE)?)?;
        let [FORMAT, purpose_code, id_length, rest @ ..] = signed else { return None };
        let (key_id, tail) = rest.split_at_checked(usize::from(*id_length))?;
        let purpose = Purpose::ALL.into_iter().find(|p| *p == purpose && p.code() == *purpose_code)?;
        let key: Key = ring.key(std::str::from_utf8(key_id).ok()?, purpose.info())?;
        let tail: &[u8; TAIL] = tail.try_into().ok()?;
        if !key.code(signed).is(code) {
            return None;
        }
        let (subject, tail) = tail.split_first_chunk::<8>()?;
        let (party, tail) = tail.split_first_chunk::<2>()?;
        let (generation, tail) = tail.split_first_chunk::<4>()?;
        let (expires, _) = tail.split_first_chunk::<8>()?;
        Some(Self {
            purpose,
            subject: u64::from_be_bytes(*subject),
            party: u16::from_be_bytes(*party),
            generation: u32::from_be_bytes(*generation),
            expires: i64::from_be_bytes(*expires),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64ct::Base64;
    use proptest::prelude::{any, prop_assert_eq, proptest};

    fn ring(keys: &[(&str, u8)]) -> KeyRing {
        let text: Vec<String> =
            keys.iter().map(|(id, b)| format!("{id}:{}", Base64::encode_string(&[*b; 32]))).collect();
        KeyRing::parse(&text.join(",")).unwrap()
    }

    fn link() -> Link {
        Link { purpose: Purpose::Proposal, subject: 42, party: 3, generation: 7, expires: 2_000_000_000 }
    }

    const NOW: Instant = Instant::from_micros(1_000_000_000_000_000).unwrap();

    fn read(token: &str, ring: &KeyRing) -> Result<Link, Refused> {
        Link::verify(token, Purpose::Proposal, ring, NOW)
    }

    #[test]
    fn the_format_is_pinned() {
        // Computed independently, by Python's hmac and hashlib.
        let token = link().token(&ring(&[("k1", 1)]), "k1").unwrap();
        assert_eq!(token, "AQECazEAAAAAAAAAKgADAAAABwAAAAB3NZQADSL64zFGXsWuR4-aqio1UJLeFgFiMnrRRW9OhsYR7nQ");
    }

    #[test]
    fn every_single_bit_counts_and_so_does_every_letter() {
        let ring = ring(&[("k1", 1)]);
        let token = link().token(&ring, "k1").unwrap();
        assert_eq!(read(&token, &ring), Ok(link()));
        let bytes = Base64UrlUnpadded::decode_vec(&token).unwrap();
        for bit in 0..bytes.len() * 8 {
            let mut flipped = bytes.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(
                read(&Base64UrlUnpadded::encode_string(&flipped), &ring),
                Err(Refused::Invalid),
                "bit {bit}"
            );
        }
        // Every other letter in every place: no second spelling, the trailing bits included.
        for at in 0..token.len() {
            for other in (0u8..128).map(char::from) {
                let respelled: String =
                    token.chars().enumerate().map(|(i, c)| if i == at { other } else { c }).collect();
                assert_eq!(read(&respelled, &ring).is_ok(), respelled == token, "{at} {other}");
            }
        }
        for other in [format!("{token}="), format!("{token}A"), format!(" {token}"), format!("{token}\n")] {
            assert_eq!(read(&other, &ring), Err(Refused::Invalid));
        }
        for length in 0..token.len() {
            assert_eq!(read(&token[..length], &ring), Err(Refused::Invalid));
        }
    }

    #[test]
    fn a_token_of_one_purpose_is_none_of_another() {
        let ring = ring(&[("k1", 1)]);
        for made in Purpose::ALL {
            let token = Link { purpose: made, ..link() }.token(&ring, "k1").unwrap();
            for asked in Purpose::ALL {
                assert_eq!(Link::verify(&token, asked, &ring, NOW).is_ok(), made == asked);
            }
        }
    }

    #[test]
    fn a_retired_key_verifies_until_it_is_taken_out() {
        let token = link().token(&ring(&[("k1", 1)]), "k1").unwrap();
        assert!(read(&token, &ring(&[("k2", 2), ("k1", 1)])).is_ok());
        assert_eq!(read(&token, &ring(&[("k2", 2)])), Err(Refused::Invalid));
        assert_eq!(read(&token, &ring(&[("k1", 2)])), Err(Refused::Invalid));
    }

    #[test]
    fn an_expired_token_is_told_from_a_forged_one() {
        let ring = ring(&[("k1", 1)]);
        let old = Link { expires: NOW.seconds(), ..link() };
        assert_eq!(read(&old.token(&ring, "k1").unwrap(), &ring), Err(Refused::Expired(old)));
    }

    proptest! {
        #[test]
        fn what_was_signed_is_read(subject in any::<u64>(), party in any::<u16>(), generation in any::<u32>(), expires in 1_000_000_001i64..200_000_000_000) {
            let ring = ring(&[("k1", 1)]);
            let link = Link { purpose: Purpose::Proposal, subject, party, generation, expires };
            prop_assert_eq!(read(&link.token(&ring, "k1").unwrap(), &ring), Ok(link));
        }

        #[test]
        fn no_text_panics(text in ".{0,150}") {
            prop_assert_eq!(read(&text, &ring(&[("k1", 1)])), Err(Refused::Invalid));
        }
    }
}
