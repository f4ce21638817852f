//! The mails about a proposal.

use whittle_domain::proposal::{Letter, Said, Template};
use whittle_domain::zone::Zone;

use super::{Post, Written, line};
use crate::error::Result;

folder!(invitation, "mail/invitation/subject.txt", "mail/invitation/body.txt", "mail/invitation/body.html");
folder!(link, "mail/link/subject.txt", "mail/link/body.txt", "mail/link/body.html");
folder!(update, "mail/update/subject.txt", "mail/update/body.txt", "mail/update/body.html");
folder!(reminder, "mail/reminder/subject.txt", "mail/reminder/body.txt", "mail/reminder/body.html");
folder!(deadline, "mail/deadline/subject.txt", "mail/deadline/body.txt", "mail/deadline/body.html");
folder!(digest, "mail/digest/subject.txt", "mail/digest/body.txt", "mail/digest/body.html");
folder!(answered, "mail/answered/subject.txt", "mail/answered/body.txt", "mail/answered/body.html");
folder!(exhausted, "mail/exhausted/subject.txt", "mail/exhausted/body.txt", "mail/exhausted/body.html");
folder!(closed, "mail/closed/subject.txt", "mail/closed/body.txt", "mail/closed/body.html");

impl Post<'_> {
    pub(super) fn of_proposal(&self, letter: &Letter) -> Result<String> {
        let written = Written {
            title: letter.title.clone(),
            location: letter.location.clone(),
            description: letter.description.clone(),
            sender: letter.sender.clone(),
            slots: letter.slots.iter().map(|slot| line(slot, &letter.timezone)).collect(),
            // Once it has passed no answers are taken until then.
            deadline: letter
                .deadline
                .filter(|_| letter.template != Template::Deadline)
                .map(|d| d.format_in(&letter.timezone)),
            said: letter.said.iter().map(|said| sentence(said, &letter.timezone)).collect(),
            link: self.way(&format!("/{}/", letter.proposal), letter.link.as_ref())?,
            expires: letter.link.as_ref().map(|l| l.expires().to_string()),
            // What was queued before there was a way out goes without.
            unsubscribe: letter.unsubscribe.as_ref().map_or(Ok(String::new()), |l| self.way_out(l))?,
            head: Some(letter.head.to_string()),
            ..Written::default()
        };
        let parts = match letter.template {
            Template::Invitation => invitation::render(&written),
            Template::Update => update::render(&written),
            Template::Link => link::render(&written),
            Template::Reminder => reminder::render(&written),
            Template::Deadline => deadline::render(&written),
            Template::Digest => digest::render(&written),
            Template::Answered => answered::render(&written),
            Template::Exhausted => exhausted::render(&written),
            Template::Closed => closed::render(&written),
        };
        self.compose(parts, &letter.to, letter.reply_to.as_ref(), &written.unsubscribe, Vec::new())
    }
}

/// What somebody answered, in words.
fn sentence(said: &Said, zone: &Zone) -> String {
    let kept = match said.kept {
        Some((0, of)) => format!("kept none of {of}"),
        Some((kept, of)) => format!("kept {kept} of {of}"),
        None if said.cut.is_empty() => "has not answered".to_owned(),
        None => String::new(),
    };
    let cut: Vec<String> = said.cut.iter().map(|slot| line(slot, zone)).collect();
    let cut = if cut.is_empty() { String::new() } else { format!("cut {}", cut.join("; ")) };
    let acts: Vec<String> = [kept, cut].into_iter().filter(|act| !act.is_empty()).collect();
    let note = said.note.as_ref().map(|note| format!(": \u{201c}{note}\u{201d}")).unwrap_or_default();
    format!("{} {}{note}", said.who, acts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use whittle_domain::duration::Duration;
    use whittle_domain::instant::Instant;
    use whittle_domain::keyring::KeyRing;
    use whittle_domain::ledger::genesis;
    use whittle_domain::link::Link;
    use whittle_domain::link::Purpose;
    use whittle_domain::proposal::ProposalLedger;
    use whittle_domain::slot::Slot;
    use whittle_domain::slot::Slots;

    fn link(purpose: Purpose) -> Link {
        Link { purpose, subject: 42, party: 2, generation: 0, expires: 2_000_000_000 }
    }

    fn letter(template: Template) -> Letter {
        let begin = Instant::parse("2022-10-31T23:11:22Z").unwrap();
        let slot = Slot::new(begin, Duration::from_seconds(10)).unwrap();
        Letter {
            template,
            to: "they@thar.net".parse().unwrap(),
            reply_to: "you@here.net".parse().ok(),
            sender: Some("you@here.net".to_owned()),
            proposal: 42,
            account: 1,
            title: "R&D <b>lunch</b>".to_owned(),
            location: "Room <b>5".to_owned(),
            description: "Plans <b>\nhttp://127.0.0.1:8787/42/?et=forged\n-- \nunsubscribe".to_owned(),
            timezone: Zone::parse("Asia/Kathmandu").unwrap(),
            slots: Slots::one(slot),
            deadline: Some(begin),
            said: vec![Said {
                who: "<i>Bea</i>".to_owned(),
                kept: Some((1, 2)),
                note: Some("maybe".to_owned()),
                cut: vec![slot],
            }],
            link: Some(link(Purpose::Proposal)),
            unsubscribe: Some(link(Purpose::Unsubscribe)),
            head: genesis::<ProposalLedger>(42),
        }
    }

    const K1: &str = "k1:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";
    const K2: &str = "k2:AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=";

    fn written(template: Template, keys: &str) -> String {
        let keys = &KeyRing::parse(keys).unwrap();
        let post = Post { keys, key_id: "k1", origin: "http://127.0.0.1:8787", from: "W <w@x.y>" };
        post.of_proposal(&letter(template)).unwrap()
    }

    #[test]
    fn every_mail_has_its_link_alone_on_a_line_and_no_markup_of_users() {
        for template in [
            Template::Invitation,
            Template::Update,
            Template::Link,
            Template::Reminder,
            Template::Deadline,
            Template::Digest,
            Template::Answered,
            Template::Exhausted,
            Template::Closed,
        ] {
            let mail: serde_json::Value = serde_json::from_str(&written(template, K1)).unwrap();
            let body = mail["text"].as_str().unwrap();
            let lines = |start: &str| body.lines().filter(|l| l.starts_with(start)).count();
            assert_eq!(lines("http://127.0.0.1:8787/42/?et="), 1, "{body}");
            assert_eq!(lines("http://127.0.0.1:8787/unsubscribe/"), 1, "{body}");
            // The next day there.
            let time = "Tue 1 Nov 2022, 04:56:22 Asia/Kathmandu (+05:45)";
            let timeless = matches!(template, Template::Closed);
            assert_eq!(body.contains(time), !timeless, "{body}");
            assert!(body.contains(&genesis::<ProposalLedger>(42).to_string()), "the receipt");
            let described = !matches!(template, Template::Exhausted | Template::Closed);
            assert_eq!(body.contains("Where: Room <b>5\n"), described, "{body}");
            // What people write is quoted, so that no line of it passes for one of ours.
            assert_eq!(
                body.contains("\n> Plans <b>\n> http://127.0.0.1:8787/42/?et=forged\n> -- \n"),
                described,
                "{body}"
            );
            assert_eq!(
                mail["html"].as_str().unwrap().contains("Plans &#60;b&#62;<br>http"),
                described,
                "{body}"
            );
            assert!(!mail["subject"].as_str().unwrap().contains('\n'));
            let html = mail["html"].as_str().unwrap();
            assert!(!html.contains("<b>") && html.contains("R&#38;D"), "{html}");
            assert!(!html.contains("<i>Bea"), "{html}");
        }
    }

    #[test]
    fn an_answer_is_a_sentence() {
        let said = letter(Template::Digest).said.remove(0);
        let zone = Zone::default();
        let cut = "Mon 31 Oct 2022, 23:11:22 UTC (+00:00), 10 seconds";
        assert_eq!(
            sentence(&said, &zone),
            format!("<i>Bea</i> kept 1 of 2, cut {cut}: \u{201c}maybe\u{201d}")
        );
        let none = Said { kept: None, note: None, cut: Vec::new(), ..said.clone() };
        assert_eq!(sentence(&none, &zone), "<i>Bea</i> has not answered");
        let staff = Said { kept: None, note: None, ..said };
        assert_eq!(sentence(&staff, &zone), format!("<i>Bea</i> cut {cut}"));
    }

    #[test]
    fn a_retry_has_the_same_bytes_across_a_key_rotation() {
        let (before, after) =
            (written(Template::Invitation, K1), written(Template::Invitation, &format!("{K2},{K1}")));
        assert_eq!(before, after);
    }
}
