//! Meetings: the shell around [`whittle_domain::meeting`]. D1 is the truth for them.

pub mod account_part;
pub mod api;
pub mod calendars;
pub mod dispatch;
pub mod feed;
mod feed_page;
pub mod guest;
pub mod offered;
pub mod page;
pub mod people;
mod refusal;
pub mod reminder;
pub mod reserve;
mod staff;
pub mod store;

use people::Asker;

use crate::mail::scheduler;
use std::time::Duration;

use whittle_domain::instant::Instant;
use whittle_domain::meeting::{
    Act, Caller, Change, Command, Letter, Meeting, PartStat, Rejection, Source, Status, decide,
};
use whittle_domain::zone::Zone;
use worker::{Delay, Env};

use crate::config;
use crate::d1::{Compiled, Directory};
use crate::dev::Dev;
use crate::error::{Error, Refusal, Result};
use crate::mail::budget::{self, About, Count, Counted};
use crate::random;
use crate::staff_ledger;

/// Where nobody was judged by working hours.
pub const NO_HOURS: &str = "[]";
/// How often an act is judged anew that others were faster than.
const TRIES: u64 = 10;
/// For how long it waits before that at most, times the tries before, in milliseconds: not all at the same moment.
const PAUSE_MILLIS: u64 = 40;

/// How a letter's mail is counted: with which statements of the batch, and what a refusal of theirs means.
pub struct Counts {
    of: Vec<(Count, String)>,
}

impl Counts {
    /// Counts these letters, as mail of this sender, where `guard` holds. What goes to the sender itself is within its own budget.
    pub fn new(
        env: &Env,
        (letters, seed): (&[Letter], &str),
        sender: &str,
        meeting: &Meeting,
        now: Instant,
    ) -> Self {
        let is_event = matches!(meeting.source, Source::Event(_));
        let (own, others): (Vec<Counted>, Vec<Counted>) = letters
            .iter()
            .map(|letter| to_count(seed, letter))
            .partition(|counted| is_event && counted.recipient == sender);
        let own = own.into_iter().map(|counted| Counted { recipient: format!("own {sender}"), ..counted });
        let (own, id): (Vec<Counted>, u64) = (own.collect(), meeting.id);
        let counts = [(others, About::of_meeting(meeting)), (own, About::Own(id))].into_iter();
        let counts = counts.filter(|(mails, _)| !mails.is_empty());
        let guard = store::written_by(seed, id);
        Self {
            of: counts
                .map(|(mails, about)| (Count::new(env, &mails, sender, about, now), guard.clone()))
                .collect(),
        }
    }

    /// The statements of the batch.
    pub fn statements(&self) -> Result<Vec<Compiled>> {
        self.of.iter().map(|(count, guard)| count.statement(guard)).collect()
    }

    /// What the batch came to: where a budget refused it, 429 and when to try again.
    pub async fn judge(&self, directory: &Directory, written: Result<bool>, now: Instant) -> Result<bool> {
        match self.of.first() {
            Some((count, _)) => count.judge(directory, written, now).await,
            None => written,
        }
    }
}

/// What is known of whoever asks, beside as whom.
#[derive(Clone, Copy, Default)]
pub struct Asked<'a> {
    /// The caller's time zone.
    pub zone: Option<&'a Zone>,
    /// The versions that the caller has seen, where that is a condition.
    pub seen: Option<&'a [u32]>,
    /// The account, where one asks: what one of staff does enters their ledger.
    pub account: Option<staff::Signature<'a>>,
}

/// What came of an act.
pub enum Outcome {
    /// The meeting as it is now.
    Done(Box<Meeting>),
    /// Refused, and the meeting as it is.
    Refused(Rejection, Box<Meeting>),
}

/// Judges an act by the meeting as it is and writes what follows, mails included, in one batch that holds only if nobody
/// else has changed the meeting meanwhile, and no budget is exceeded; `None` where there is no such meeting.
///
/// A move that would exceed a budget is refused (429). An answer is taken all the same, and the organiser is not mailed. Where
/// somebody's time is taken it is refused (409), with every clash and the nearest times that are free, in the caller's `zone`. Where the
/// caller makes it a condition to have `seen` the version that there is, all others refuse it.
pub async fn act(
    env: &Env,
    id: u64,
    act: &Act,
    Asked { zone, seen, account }: Asked<'_>,
    now: Instant,
    dev: &Dev,
) -> Result<Option<Outcome>> {
    let directory = Directory::of(env);
    let keys = config::keys(env)?;
    // The mark of the act and of its mails, the same in each try: what was counted once is not counted again.
    let seed = random::name()?;
    let (mut quietly, mut refused) = (false, false);
    for tried in 0..TRIES {
        if tried > 0 {
            let [chance] = random::bytes()?;
            let most = PAUSE_MILLIS.saturating_mul(tried);
            let pause = most.saturating_mul(u64::from(chance)).div_euclid(256);
            Delay::from(Duration::from_millis(pause)).await;
        }
        let Some(meeting) = store::load(&directory, id).await? else { return Ok(None) };
        let act = &Act { caller: act.caller.resolved(&meeting).clone(), command: act.command.clone() };
        let mut change = match decide(&meeting, act, now, config::link_days(env)) {
            Ok(Some(_)) if seen.is_some_and(|seen| !seen.contains(&meeting.version)) => {
                return Ok(Some(Outcome::Refused(Rejection::Stale, Box::new(meeting))));
            }
            Ok(Some(change)) => change,
            Ok(None) => {
                // What an earlier try has written and could not say is looked after now.
                if act.command != Command::View {
                    scheduler::wake(env, meeting.source.id(), 0, dev).await?;
                }
                return Ok(Some(Outcome::Done(Box::new(meeting))));
            }
            Err(rejection) => return Ok(Some(Outcome::Refused(rejection, Box::new(meeting)))),
        };
        if quietly {
            change.letters.clear();
        }
        // Should this end between the batch and the last line, the clock looks by itself.
        if tried == 0 {
            scheduler::wake(env, meeting.source.id(), scheduler::GRACE_MILLIS, dev).await?;
        }
        // An end and a change of the proposal's details are told whatever the budgets, but not to whoever never asked to hear of
        // the meeting.
        let to_strangers: Vec<u16> = match act.command {
            Command::Cancel | Command::CancelSaying(_) => {
                meeting.attendees.iter().filter(|a| !a.asked).map(|a| a.number).collect()
            }
            Command::Update(_) if act.caller == Caller::Source => {
                meeting.attendees.iter().map(|a| a.number).collect()
            }
            _ => Vec::new(),
        };
        let Change { meeting: after, letters } = &mut change;
        drop_over_budget(env, after, letters, &to_strangers, &seed, now).await?;
        let asker = asker(&act.caller, &meeting, zone);
        let mut hours = NO_HOURS.to_owned();
        if takes_time_of_others(&meeting, &change.meeting) {
            let judged = people::judge(&directory, Some(&meeting), &change.meeting, &asker, now).await?;
            if let Some(refusal) = judged.refusal {
                return Err(refusal);
            }
            hours = judged.hours;
        }
        if let Some(judged) = guest::judge_move(&directory, &meeting, &change.meeting, now).await? {
            hours = judged.to_string();
        }
        let letters = sender(&meeting, act).map(|sender| (sender, change.letters.as_slice()));
        let counts =
            letters.map(|(sender, letters)| Counts::new(env, (letters, &seed), &sender, &meeting, now));
        let mut beside = counts.as_ref().map(Counts::statements).transpose()?.unwrap_or_default();
        if let Some(account) = account {
            beside.extend(staff::entering(&directory, &meeting, act, account, (&seed, now)).await?);
        }
        let written =
            store::write(&directory, &meeting, &change, (&seed, beside), &hours, keys.newest_id(), now).await;
        let written = match &counts {
            Some(counts) => counts.judge(&directory, written, now).await,
            None => written,
        };
        match written {
            Ok(true) => {
                scheduler::wake(env, meeting.source.id(), 0, dev).await?;
                return Ok(Some(Outcome::Done(Box::new(change.meeting))));
            }
            Ok(false) => {}
            Err(taken) if staff_ledger::is_taken(&taken) => {}
            Err(Error::TooMany { .. }) if matches!(act.command, Command::Decline | Command::Accept) => {
                quietly = true;
            }
            // The database has refused what was free when it was judged. Where it is free again by now, it is tried once more.
            Err(busy) if change.meeting.booking.is_some() && guest::is_taken(&busy) => {
                if let Some(refusal) = guest::taken(&directory, &change.meeting, now).await? {
                    return Err(refusal);
                }
                if std::mem::replace(&mut refused, true) {
                    return Err(busy);
                }
            }
            Err(busy @ Error::Database(Refusal::Busy { .. })) => {
                let judged = people::judge(&directory, Some(&meeting), &change.meeting, &asker, now).await?;
                if let Some(refusal) = judged.refusal {
                    return Err(refusal);
                }
                if std::mem::replace(&mut refused, true) {
                    return Err(busy);
                }
            }
            Err(error) => return Err(error),
        }
    }
    Err(Error::Unavailable("a meeting that changes all the time".to_owned()))
}

/// Whose mail an act's mails count as: moves and answers are somebody's, an end is not counted.
fn sender(meeting: &Meeting, act: &Act) -> Option<String> {
    Some(match (act.caller.resolved(meeting), &act.command) {
        // What is confirmed was counted when it was booked.
        (_, Command::Cancel | Command::CancelSaying(_) | Command::Confirm | Command::Approve)
        | (Caller::Source | Caller::Unsubscriber { .. } | Caller::Either { .. }, _) => {
            return None;
        }
        (Caller::Account { proven: Some(address), .. }, _) => address.counting_key(),
        (Caller::Account { id, .. }, _) => budget::unproven(*id),
        (Caller::Link { attendee, .. } | Caller::Party { attendee }, _) => {
            meeting.attendee(*attendee)?.address.counting_key()
        }
    })
}

/// Whether an event takes time that it did not take before: then working hours are to be looked at, which the database does not know.
fn takes_time_of_others(before: &Meeting, after: &Meeting) -> bool {
    let takes = |meeting: &Meeting| (meeting.begin, meeting.end, meeting.status == Status::Confirmed);
    let comes =
        |meeting: &Meeting| meeting.attendees.iter().filter(|a| a.partstat != PartStat::Declined).count();
    let is_event = matches!(after.source, Source::Event(_)) && !after.is_guests();
    is_event
        && after.status == Status::Confirmed
        && (takes(before) != takes(after) || comes(before) < comes(after))
}

/// As whom a caller asks whether people can come.
fn asker(caller: &Caller, meeting: &Meeting, zone: Option<&Zone>) -> Asker {
    let (account, attendee) = match caller {
        Caller::Account { id, .. } => (*id, None),
        Caller::Link { attendee, .. } | Caller::Party { attendee } => (0, meeting.attendee(*attendee)),
        _ => (0, None),
    };
    let address = attendee.map(|attendee| attendee.address.clone());
    Asker { account, address, zone: zone.unwrap_or(&meeting.timezone).clone() }
}

fn to_count(seed: &str, letter: &Letter) -> Counted {
    Counted { id: store::row_id(seed, letter), recipient: letter.to.counting_key() }
}

/// Counts the letters to these attendees with the organiser as the sender, and drops those that exceed a budget: the
/// attendees show it. It is for mail that no act of its sender's own has been counted for, so that none is refused for it.
pub async fn drop_over_budget(
    env: &Env,
    meeting: &mut Meeting,
    letters: &mut Vec<Letter>,
    attendees: &[u16],
    seed: &str,
    now: Instant,
) -> Result<()> {
    let of_these = |letter: &Letter| attendees.contains(&letter.attendee);
    let counted: Vec<Counted> =
        letters.iter().filter(|l| of_these(l)).map(|letter| to_count(seed, letter)).collect();
    if counted.is_empty() {
        return Ok(());
    }
    let account = meeting.organiser.account;
    let (sender, about) = match budget::proven(env, account).await? {
        Some(sender) => (sender, About::of_meeting(meeting)),
        None => (budget::unproven(account), About::Held(account)),
    };
    let fitting = budget::count_fitting(env, &counted, &sender, about, now).await?;
    letters.retain(|letter| !of_these(letter) || fitting.contains(&store::row_id(seed, letter)));
    for attendee in &mut meeting.attendees {
        let dropped = attendees.contains(&attendee.number) && attendee.takes_mail();
        if dropped && !letters.iter().any(|letter| letter.attendee == attendee.number) {
            attendee.over_budget = true;
        }
    }
    // The letters show the meeting as it is.
    for letter in letters {
        letter.meeting.attendees.clone_from(&meeting.attendees);
    }
    Ok(())
}
