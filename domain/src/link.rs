//! The tokens in mailed links. A token is stateless: it contains everything that it grants, and is signed with a key that
//! is used for its purpose only. Tokens are not stored.
//!
//! The bytes of a token, which is written in base64url (RFC 4648, section 5) without padding:
//!
//! ```text
//! format 1 | purpose 1 | key id length 1 | key id | subject 8 | party 2 | generation 4 | expires 8 | HMAC-SHA256 32
//! ```
//!
//! Numbers are big-endian. `expires` is in seconds since 1970-01-01T00:00:00Z. The HMAC covers all bytes before it; its key
//! is derived from the master secret for "whittle/link/1/" + purpose, so a token of one purpose never verifies for another.
//! A token has exactly one spelling: strict base64url, no padding, trailing bits zero, no bytes left over.

use base64ct::{Base64UrlUnpadded, Encoding as _};
use serde::{Deserialize, Serialize};

use crate::duration::Duration;
use crate::instant::Instant;
use crate::keyring::{Key, KeyRing};

/// What the holder of a link may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Purpose {
    /// Act as one party of one proposal.
    Proposal,
    /// Act as one attendee of one meeting.
    Meeting,
    /// Act as one invitee of one calendar.
    Calendar,
    /// Verify the address of a new account.
    Verify,
    /// Set a new password without the old one.
    Reset,
    /// Unsubscribe, from a mail about a proposal.
    Unsubscribe,
    /// Read an account's calendar feed.
    Feed,
    /// Unsubscribe, from a mail about a meeting.
    UnsubscribeMeeting,
    /// Verify the new address of an account that is changing its address.
    Address,
    /// Undo a change of an account's address. The link is mailed to the old address.
    Undo,
    /// Unsubscribe, from a mail about a calendar.
    UnsubscribeCalendar,
}

impl Purpose {
    #[cfg(test)]
    const ALL: [Self; 11] = [
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
        Self::UnsubscribeCalendar,
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
            Self::UnsubscribeCalendar => 11,
        }
    }

    /// The purpose of the derived key ([`KeyRing::key`]).
    const fn key_purpose(self) -> &'static str {
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
            Self::UnsubscribeCalendar => "whittle/link/1/unsubscribe-calendar",
        }
    }
}

/// The content of a link. Queued mail stores this instead of the token, which is made from it when the mail is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// What the holder of the link may do.
    pub purpose: Purpose,
    /// The id of the proposal, meeting, calendar or account, depending on the purpose.
    pub subject: u64,
    /// The number of the party, attendee or invitee that the holder acts as. Zero if the purpose has none.
    pub party: u16,
    /// The generation that the party had when the link was made. Raising the party's generation voids older links.
    pub generation: u32,
    /// When the link expires, in seconds since 1970-01-01T00:00:00Z.
    pub expires: i64,
}

/// Why a token is refused. Only the holder of an authentic token learns that it has expired.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkError {
    /// The token is malformed, or no key of the ring signed it for this purpose. The answer does not say which.
    Invalid,
    /// The token is authentic and has expired.
    Expired(Link),
}

const FORMAT: u8 = 1;
/// Bytes of subject, party, generation and expiry.
const FIELDS_LENGTH: usize = 8 + 2 + 4 + 8;
/// Bytes of an HMAC-SHA256.
const MAC_LENGTH: usize = 32;
/// No token has more characters, for key ids have at most 16 bytes. Longer texts are refused before they are decoded.
const MAX_TOKEN_LENGTH: usize = 128;

impl Link {
    /// A link of a party of a proposal that is good for so many days from `at` on.
    #[must_use]
    pub fn proposal(proposal: u64, party: u16, generation: u32, at: Instant, days: i64) -> Self {
        let expires = days_after(at, days);
        Self { purpose: Purpose::Proposal, subject: proposal, party, generation, expires }
    }

    /// A link of an invitee of a calendar that is good for so many days from `at` on.
    #[must_use]
    pub fn calendar(calendar: u64, invitee: u16, generation: u32, at: Instant, days: i64) -> Self {
        let expires = days_after(at, days);
        Self { purpose: Purpose::Calendar, subject: calendar, party: invitee, generation, expires }
    }

    /// The instant from which on the link is refused.
    #[must_use]
    pub fn expires(&self) -> Instant {
        Instant::from_millis(self.expires.saturating_mul(1000))
    }

    /// Makes the token, signed with the key `key_id` of the ring. The same inputs always give the same token, so a mail
    /// that is sent again has the same bytes. `None` if the ring has no such key.
    #[must_use]
    pub fn token(&self, ring: &KeyRing, key_id: &str) -> Option<String> {
        let mut bytes = vec![FORMAT, self.purpose.code(), u8::try_from(key_id.len()).ok()?];
        bytes.extend_from_slice(key_id.as_bytes());
        bytes.extend_from_slice(&self.subject.to_be_bytes());
        bytes.extend_from_slice(&self.party.to_be_bytes());
        bytes.extend_from_slice(&self.generation.to_be_bytes());
        bytes.extend_from_slice(&self.expires.to_be_bytes());
        let mac = ring.key(key_id, self.purpose.key_purpose())?.mac(&bytes).into_bytes();
        bytes.extend_from_slice(&mac);
        Some(Base64UrlUnpadded::encode_string(&bytes))
    }

    /// Reads a token and checks its signature, its purpose and its expiry. The caller must compare the generation with
    /// the party's own, which is not known here.
    ///
    /// # Errors
    /// See [`LinkError`].
    pub fn verify(token: &str, purpose: Purpose, ring: &KeyRing, now: Instant) -> Result<Self, LinkError> {
        let link = Self::decode(token, purpose, ring).ok_or(LinkError::Invalid)?;
        if link.expires() <= now { Err(LinkError::Expired(link)) } else { Ok(link) }
    }

    fn decode(token: &str, purpose: Purpose, ring: &KeyRing) -> Option<Self> {
        if token.len() > MAX_TOKEN_LENGTH {
            return None;
        }
        let bytes = Base64UrlUnpadded::decode_vec(token).ok()?;
        let (signed, mac) = bytes.split_at_checked(bytes.len().checked_sub(MAC_LENGTH)?)?;
        let [FORMAT, purpose_code, id_length, rest @ ..] = signed else { return None };
        let (key_id, fields) = rest.split_at_checked(usize::from(*id_length))?;
        if purpose.code() != *purpose_code {
            return None;
        }
        let key: Key = ring.key(std::str::from_utf8(key_id).ok()?, purpose.key_purpose())?;
        let fields: &[u8; FIELDS_LENGTH] = fields.try_into().ok()?;
        if !key.mac(signed).verify(mac) {
            return None;
        }
        let (subject, rest) = fields.split_first_chunk::<8>()?;
        let (party, rest) = rest.split_first_chunk::<2>()?;
        let (generation, rest) = rest.split_first_chunk::<4>()?;
        let (expires, _) = rest.split_first_chunk::<8>()?;
        Some(Self {
            purpose,
            subject: u64::from_be_bytes(*subject),
            party: u16::from_be_bytes(*party),
            generation: u32::from_be_bytes(*generation),
            expires: i64::from_be_bytes(*expires),
        })
    }
}

/// The seconds since 1970 of the instant so many days after `at`.
fn days_after(at: Instant, days: i64) -> i64 {
    at.saturating_add(Duration::from_seconds(days.saturating_mul(86_400))).seconds()
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

    fn read(token: &str, ring: &KeyRing) -> Result<Link, LinkError> {
        Link::verify(token, Purpose::Proposal, ring, NOW)
    }

    #[test]
    fn the_format_is_pinned() {
        // Computed independently, by Python's hmac and hashlib.
        let token = link().token(&ring(&[("k1", 1)]), "k1").unwrap();
        assert_eq!(token, "AQECazEAAAAAAAAAKgADAAAABwAAAAB3NZQADSL64zFGXsWuR4-aqio1UJLeFgFiMnrRRW9OhsYR7nQ");
    }

    #[test]
    fn a_token_with_one_bit_or_one_letter_changed_is_refused() {
        let ring = ring(&[("k1", 1)]);
        let token = link().token(&ring, "k1").unwrap();
        assert_eq!(read(&token, &ring), Ok(link()));
        let bytes = Base64UrlUnpadded::decode_vec(&token).unwrap();
        for bit in 0..bytes.len() * 8 {
            let mut flipped = bytes.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(
                read(&Base64UrlUnpadded::encode_string(&flipped), &ring),
                Err(LinkError::Invalid),
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
            assert_eq!(read(&other, &ring), Err(LinkError::Invalid));
        }
        for length in 0..token.len() {
            assert_eq!(read(&token[..length], &ring), Err(LinkError::Invalid));
        }
    }

    #[test]
    fn a_token_of_one_purpose_is_refused_for_another() {
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
        assert_eq!(read(&token, &ring(&[("k2", 2)])), Err(LinkError::Invalid));
        assert_eq!(read(&token, &ring(&[("k1", 2)])), Err(LinkError::Invalid));
    }

    #[test]
    fn an_expired_token_and_a_forged_one_are_refused_differently() {
        let ring = ring(&[("k1", 1)]);
        let old = Link { expires: NOW.seconds(), ..link() };
        assert_eq!(read(&old.token(&ring, "k1").unwrap(), &ring), Err(LinkError::Expired(old)));
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
            prop_assert_eq!(read(&text, &ring(&[("k1", 1)])), Err(LinkError::Invalid));
        }
    }
}
