//! Inviting twice: what a page sends again, because its button was pressed twice, mails nobody twice.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

use whittle_domain::duration::Duration;
use whittle_domain::input::parse_new_proposal;
use whittle_domain::instant::Instant;
use whittle_domain::proposal::{
    Act, Caller, Command, Creator, Notice, Via, What, apply, create, decide, replay,
};
use whittle_domain::text::Title;
use whittle_domain::zone::Zone;

#[test]
fn only_who_was_not_invited_yet_is_mailed_where_that_is_asked_for() {
    let now = Instant::parse("2026-01-01").unwrap();
    let body = serde_json::json!({
        "parties": ["ob@localhost", "bea@example.org", "cyd@example.org"],
        "slots": [{ "begin": "2026-02-01T09:00", "duration": "01:00:00" }, { "begin": "2026-02-02T09:00", "duration": "01:00:00" }],
    });
    let title = Title::parse("Kick-off").unwrap();
    let new = parse_new_proposal(body.as_object().unwrap(), title, Zone::default(), now).unwrap();
    let creator =
        Creator { account: 1, address: "ob@localhost".parse().unwrap(), verified: true, name: None };
    let mut proposal = replay(&create(42, creator.clone(), Via::Session, new, now)).unwrap();
    let notify = |parties: &[&str], only_uninvited| Act {
        caller: Caller::Account { id: 1, address: creator.address.clone(), verified: true, staff: false },
        via: Via::Session,
        command: Command::Notify(Notice {
            parties: parties.iter().map(ToString::to_string).collect(),
            slots: proposal.slots.clone(),
            sender: None,
            only_uninvited,
        }),
    };
    let (bea, all, again) =
        (notify(&["p2"], true), notify(&["p1", "p2", "p3"], true), notify(&["p2", "p3"], false));
    let later = now.saturating_add(Duration::from_seconds(1));
    let mut mailed = |act: &Act| -> Vec<u16> {
        let events = decide(&proposal, act, later).unwrap();
        for event in &events {
            proposal = apply(Some(proposal.clone()), event).unwrap();
        }
        events
            .iter()
            .filter_map(|event| if let What::Notified { to, .. } = event.what { Some(to) } else { None })
            .collect()
    };
    assert_eq!(mailed(&bea), [2]);
    assert_eq!(mailed(&all), [3], "the creator's own act mails nobody of the same account");
    assert_eq!(mailed(&all), Vec::<u16>::new());
    assert_eq!(mailed(&again), [2, 3], "an update is sent as often as somebody asks for it");
}
