//! What holds of all mails, over a sample of each. With WHITTLE_MAILS the samples are written into that folder (`make mails`).

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use base64ct::{Base64, Encoding as _};
use serde_json::Value;
use whittle_domain::keyring::KeyRing;
use whittle_domain::proposal::{Said, Template};

use super::samples::{PROPOSAL, head, invitation, samples};
use super::{Post, mailbox};
use crate::mail::Letter;
use crate::texts::{keys_of, spoken};

const K1: &str = "k1:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";
const K2: &str = "k2:AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=";
const ORIGIN: &str = "http://127.0.0.1:8787";

fn message(letter: &Letter, keys: &str) -> String {
    let keys = &KeyRing::parse(keys).unwrap();
    Post { keys, key_id: "k1", origin: ORIGIN, from: "Whittle <w@x.y>" }.message(letter).unwrap()
}

/// A mail as it is sent.
struct Sent {
    name: String,
    to: String,
    subject: String,
    text: String,
    html: String,
}

fn sent(name: &str, letter: &Letter) -> Sent {
    let message: Value = whittle_json::from_str(&message(letter, K1)).unwrap();
    let part = |name: &str| message[name].as_str().unwrap().to_owned();
    let to = message["to"][0].as_str().unwrap().to_owned();
    Sent { name: name.to_owned(), to, subject: part("subject"), text: part("text"), html: part("html") }
}

fn all() -> Vec<Sent> {
    samples().iter().map(|(name, letter)| sent(name, letter)).collect()
}

/// What is read of the HTML part: without markup, what it stands for in place of references.
fn read(html: &str) -> String {
    let body = html.split_once("<body").unwrap().1;
    let pieces = body.split('<').map(|piece| piece.split_once('>').map_or("", |(_, text)| text));
    let text = pieces.collect::<String>();
    let text = text.replace("&#34;", "\"").replace("&#39;", "'").replace("&#60;", "<").replace("&#62;", ">");
    text.replace("&#38;", "&")
}

/// The text part without links and receipt.
fn words(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.starts_with("http"));
    lines.collect::<Vec<_>>().join("\n").replace(&head().to_string(), "")
}

#[test]
fn every_text_of_the_catalogue_is_in_a_sample() {
    all();
    let said = spoken::keys();
    let missing: Vec<String> =
        keys_of("mail-").into_iter().filter(|key| !said.contains(key.as_str())).collect();
    assert!(missing.is_empty(), "no sample says {missing:?}");
}

#[test]
fn nobody_has_to_decode_a_mail() {
    for mail in all() {
        for text in
            [mail.subject.clone(), words(&mail.text), read(&mail.html).replace(&head().to_string(), "")]
        {
            let found =
                |wanted: &dyn Fn(&str) -> bool| text.split(|c: char| !c.is_alphanumeric()).any(wanted);
            for word in [
                "slot", "slots", "party", "parties", "proposal", "token", "partstat", "iso", "head",
                "creator", "attendee", "notify", "mail-",
            ] {
                assert!(!found(&|one| one.eq_ignore_ascii_case(word)), "{}: {word}: {text}", mail.name);
            }
            let label = |one: &str| one.strip_prefix('p').is_some_and(|n| n.parse::<u16>().is_ok());
            assert!(!found(&label), "{}: a label: {text}", mail.name);
            let raw = |one: &str| {
                let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
                one.split_once('T').is_some_and(|(day, hour)| digits(day) && digits(hour))
                    || one.strip_suffix('Z').is_some_and(digits)
            };
            assert!(!found(&raw), "{}: a raw time: {text}", mail.name);
            assert!(!text.contains(&PROPOSAL.to_string()), "{}: an id: {text}", mail.name);
            assert!(!text.contains("mail-") && !text.contains('{'), "{}: {text}", mail.name);
        }
    }
}

#[test]
fn both_parts_say_the_same() {
    let squeeze = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    for mail in all() {
        let html = squeeze(&read(&mail.html));
        for line in mail.text.lines().filter(|line| !line.starts_with("http") && !line.is_empty()) {
            let line = line.trim_start_matches(['>', '*', '-', ' ']).trim_end_matches(':');
            assert!(html.contains(&squeeze(line)), "{}: {line}\n{html}", mail.name);
        }
        for link in mail.text.lines().filter(|line| line.starts_with("http")) {
            assert!(mail.html.contains(&format!("href=\"{link}\"")), "{}: {link}", mail.name);
        }
    }
}

#[test]
fn every_mail_has_one_thing_to_do_its_link_alone_on_its_line() {
    for mail in all() {
        let links: Vec<&str> = mail.text.lines().filter(|line| line.contains("://")).collect();
        let ways_out =
            links.iter().filter(|line| line.starts_with(&format!("{ORIGIN}/unsubscribe/"))).count();
        // What is about an account has no way out, and who is removed gets no more mail anyway.
        let has_way_out = !mail.name.starts_with("account-") && mail.name != "meeting-removed";
        assert_eq!(ways_out, usize::from(has_way_out), "{}: {}", mail.name, mail.text);
        // A closed calendar shows nothing any more, and a meeting nothing to who does not belong to it.
        let acts = usize::from(!["calendar-closed", "meeting-removed"].contains(&mail.name.as_str()));
        assert_eq!(links.len() - ways_out, acts, "{}: {}", mail.name, mail.text);
        assert!(links.iter().all(|link| link.starts_with(ORIGIN) && !link.contains(' ')), "{}", mail.text);
        assert_eq!(mail.html.matches("class=\"button\"").count(), acts, "{}", mail.name);
        assert!(!mail.text.contains("\n\n\n") && mail.text.ends_with('\n'), "{}: {}", mail.name, mail.text);
        let is_paragraph = |line: &&str| !line.is_empty();
        assert_eq!(mail.text.lines().find(is_paragraph), mail.text.lines().next(), "{}", mail.text);
    }
}

#[test]
fn subjects_say_who_and_what() {
    let subjects: BTreeMap<String, String> =
        all().into_iter().map(|mail| (mail.name, mail.subject)).collect();
    let expected = [
        ("account-changed", "Your password was changed"),
        ("account-gone", "Your account is deleted"),
        ("account-leaving", "Your email address is about to change"),
        ("account-left", "Your email address was changed"),
        ("account-move", "Confirm your new email address"),
        ("account-reset", "Choose a new password"),
        ("account-taken", "You already have an account"),
        ("account-test", "Mail from this service arrives"),
        ("account-verify", "Confirm your email address"),
        ("answered", "Everybody has answered: Kick-off"),
        ("calendar-added", "Ana Lee has more time for you: Thesis"),
        ("calendar-answered", "Everybody has answered: Thesis"),
        ("calendar-closed", "Thesis was closed: no answer is needed any more"),
        ("calendar-deadline", "The deadline has passed: Thesis"),
        ("calendar-deadline-all", "The deadline has passed: Thesis"),
        ("calendar-deadline-nobody", "The deadline has passed: Thesis"),
        ("calendar-deadline-nobody-asked", "The deadline has passed: Thesis"),
        ("calendar-deadline-none-fits", "The deadline has passed: Thesis"),
        ("calendar-invitation", "Meeting invitation"),
        ("calendar-invitation-unproven", "Meeting invitation"),
        ("calendar-link", "Your new link: Thesis"),
        ("calendar-reminder", "Meeting Reminder"),
        ("calendar-unscheduled", "No meeting is scheduled for you: Thesis"),
        ("calendar-unscheduled-unproven", "No meeting is scheduled for you: Thesis"),
        ("closed", "Kick-off was closed: no answer is needed any more"),
        ("closed-by-staff", "Kick-off was closed: no answer is needed any more"),
        ("deadline", "The deadline has passed: Kick-off"),
        ("deadline-nobody", "The deadline has passed: Kick-off"),
        ("digest", "5 new answers: Kick-off"),
        ("digest-of-one", "Bea Stone has answered: Kick-off"),
        ("exhausted", "No time is left: Kick-off"),
        ("invitation", "Ana Lee asks when you can: Kick-off"),
        ("invitation-by-address", "ana@example.org asks when you can: Kick-off"),
        ("invitation-optional", "Ana Lee asks when you can: Kick-off"),
        ("invitation-unnamed", "Somebody asks when you can: Kick-off"),
        ("link", "Your new link: Kick-off"),
        ("meeting-accepted", "Bea Stone will come: Kick-off"),
        ("meeting-agreed", "Kick-off"),
        ("meeting-agreed-organiser", "Kick-off"),
        ("meeting-booked", "Kick-off"),
        ("meeting-booked-alone", "Kick-off"),
        ("meeting-booked-many", "Kick-off"),
        ("meeting-booked-organiser", "Kick-off"),
        ("meeting-cancelled", "Kick-off"),
        ("meeting-declined", "cyd@example.org cannot come: Kick-off"),
        ("meeting-details", "Kick-off"),
        ("meeting-guest-agreed", "Kick-off"),
        ("meeting-guest-agreed-organiser", "Kick-off"),
        ("meeting-guest-agreed-unnamed", "Kick-off"),
        ("meeting-guest-asked", "Lee Consulting still has to agree: Kick-off"),
        ("meeting-guest-asked-organiser", "Bea Stone would like to book Kick-off"),
        ("meeting-guest-cancelled", "Kick-off"),
        ("meeting-guest-held", "Confirm your booking: Kick-off"),
        ("meeting-guest-moved", "Kick-off"),
        ("meeting-guest-refused", "Your booking does not take place: Kick-off"),
        ("meeting-guest-reminder", "Coming up on Tue 24 Nov: Kick-off"),
        ("meeting-guest-unanswered", "Your booking does not take place: Kick-off"),
        ("meeting-moved", "Kick-off"),
        ("meeting-reactivated", "Kick-off"),
        ("meeting-reminder", "Coming up on Tue 24 Nov: Kick-off"),
        ("meeting-reminder-organiser", "Coming up on Tue 24 Nov: Kick-off"),
        ("meeting-removed", "Kick-off"),
        ("meeting-scheduled", "Kick-off"),
        ("meeting-scheduled-organiser", "Kick-off"),
        ("reminder", "Ana Lee still waits for your answer: Kick-off, by Mon 23 Nov"),
        ("reminder-no-deadline", "Somebody still waits for your answer: Kick-off"),
        ("update", "[whittle] 'Kick-off' updated"),
        ("update-none-left", "[whittle] 'Kick-off' updated"),
    ];
    let expected = expected.map(|(name, subject)| (name.to_owned(), subject.to_owned()));
    assert_eq!(subjects, BTreeMap::from(expected));
}

#[test]
fn what_people_write_is_text_and_passes_for_nothing_else() {
    for (name, letter) in samples() {
        let Letter::Proposal(mut letter) = letter else { continue };
        letter.title = "R&D <b>lunch</b>".to_owned();
        letter.sender = letter.sender.map(|_| "<i>Ana</i>".to_owned());
        letter.location = "Room <b>5".to_owned();
        letter.description = format!("Plans <b>\n{ORIGIN}/{PROPOSAL}/?et=forged\n-- \nunsubscribe");
        letter.said =
            letter.said.into_iter().map(|said| Said { who: "<i>Bea</i>".to_owned(), ..said }).collect();
        let described = !matches!(letter.template, Template::Closed) && letter.link.is_some();
        let Sent { subject, text, html, .. } = sent(&name, &Letter::Proposal(letter));
        let lines = |start: String| text.lines().filter(|line| line.starts_with(&start)).count();
        assert_eq!(lines(format!("{ORIGIN}/{PROPOSAL}/")), 1, "{text}");
        assert_eq!(text.contains("\nWhere: Room <b>5\n"), described, "{text}");
        let quoted = format!("\n> Plans <b>\n> {ORIGIN}/{PROPOSAL}/?et=forged\n> -- \n> unsubscribe\n");
        assert_eq!(text.contains(&quoted), described, "{text}");
        assert_eq!(html.contains("Plans &#60;b&#62;<br>http"), described, "{html}");
        assert!(subject.contains("R&D <b>lunch</b>") && !subject.contains('\n'), "{subject}");
        assert!(html.contains("R&#38;D") && !html.contains("<b>") && !html.contains("<i>"), "{html}");
    }
}

#[test]
fn times_have_their_zone_and_a_link_says_how_long_it_works() {
    let mail = sent("invitation", &Letter::from(invitation()));
    let until = "It works until Monday 21 December 2026, 12:44, Europe/Berlin (UTC+01:00).";
    for part in [&mail.text, &read(&mail.html)] {
        assert!(
            part.contains("Tuesday 24 November 2026, 10:00 to 10:45, Europe/Berlin (UTC+01:00)"),
            "{part}"
        );
        assert!(
            part.contains("Please answer by Monday 23 November 2026, 18:00, Europe/Berlin (UTC+01:00)."),
            "{part}"
        );
        assert!(part.contains(until), "{part}");
        assert!(part.contains("This mail was sent to bea@example.org."), "{part}");
        assert!(part.contains("Ana Lee (ana@example.org) would like"), "{part}");
    }
}

#[test]
fn mails_of_calendars_say_what_the_original_says() {
    let mails = all();
    let text = |name: &str| &mails.iter().find(|mail| mail.name == format!("calendar-{name}")).unwrap().text;
    let deadline = "Monday 23 November 2026, 18:00, Europe/Berlin (UTC+01:00)";
    let invitation = text("invitation");
    let respond = format!("\nResponse link:\n\n{ORIGIN}/schedules/calendars/{PROPOSAL}/respond/");
    for said in [
        "\nDear Bea Stone,\n",
        "\nAna Lee (ana@example.org) invites you to a meeting: “Thesis”. It lasts 45 minutes.\n",
        "\n> How far you are, and what comes next.\n> Please bring your draft.\n",
        &format!("\nPlease respond by {deadline} using the link below.\n"),
        &respond,
    ] {
        assert!(invitation.contains(said), "{said}\n{invitation}");
    }
    // The token is a segment of the path, as the original has it.
    let token = invitation.split(&respond).nth(1).and_then(|rest| rest.split('\n').next()).unwrap();
    let token = token.strip_suffix('/').unwrap();
    let is_of_token = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    assert!(token.len() > 40 && token.chars().all(is_of_token), "{token}");
    let reminder = text("reminder");
    let lead = "Don't forget to fill out your availability for your “Thesis” meeting with Ana Lee (ana@example.org) by";
    assert!(reminder.contains(&format!("\n{lead} {deadline}.\n")), "{reminder}");
    let scheduled =
        |name: &str| &mails.iter().find(|mail| mail.name == format!("meeting-{name}")).unwrap().text;
    let said = "Meeting Scheduled: Kick-off\n\nYou have a meeting scheduled with";
    assert!(scheduled("scheduled").starts_with(&format!("{said} Ana Lee: “Kick-off”.\n")));
    assert!(scheduled("scheduled-organiser").starts_with(&format!("{said} Bea Stone: “Kick-off”.\n")));
}

#[test]
fn a_booked_event_says_who_booked_whom_for_what() {
    let mails = all();
    let text = |name: &str| &mails.iter().find(|mail| mail.name == format!("meeting-{name}")).unwrap().text;
    for (name, said) in [
        (
            "booked",
            "Ana Lee has booked you: Kick-off\n\nAna Lee (ana@example.org) has booked “Kick-off” with you:\n",
        ),
        (
            "booked-organiser",
            "You have booked Kick-off\n\nYou have booked “Kick-off” with Bea Stone and cyd@example.org:\n",
        ),
        ("booked-alone", "You have booked Kick-off\n\nYou have booked “Kick-off” for yourself:\n"),
    ] {
        assert!(text(name).starts_with(said), "{name}: {}", text(name));
    }
    assert!(text("booked-many").contains("Bea Stone, Bea Stone and 4 others:"), "{}", text("booked-many"));
    assert!(!text("removed").contains(&format!("{ORIGIN}/meetings/")), "{}", text("removed"));
}

#[test]
fn a_guest_learns_what_was_published_and_reads_its_own_clock() {
    let berlin = "Tuesday 24 November 2026, 10:00 to 10:45, Europe/Berlin (UTC+01:00)";
    let kolkata = "Tuesday 24 November 2026, 14:30 to 15:15, Asia/Kolkata (UTC+05:30)";
    let samples = samples();
    let guests = samples.iter().filter(|(name, _)| name.starts_with("meeting-guest-"));
    for (name, letter) in guests {
        let to_owner = name.ends_with("-organiser");
        let raw = message(letter, K1);
        let json: Value = whittle_json::from_str(&raw).unwrap();
        let Sent { text, to, .. } = sent(name, letter);
        assert_eq!(to == "ana@example.org", to_owner, "{name}");
        assert_eq!(text.contains(kolkata), !to_owner, "{name}: {text}");
        assert_eq!(text.contains(berlin), to_owner, "{name}: {text}");
        let part = json["attachments"][0]["content"].as_str().map(|part| {
            let part = Base64::decode_vec(part).unwrap();
            String::from_utf8(part).unwrap().replace("\r\n ", "")
        });
        let has_part = ["agreed", "moved", "cancelled"].iter().any(|kind| name.contains(kind));
        assert_eq!(part.is_some(), has_part, "{name}");
        let part = part.unwrap_or_default();
        if to_owner {
            assert_eq!(json["reply_to"], "bea@example.org", "{name}");
            assert!(!has_part || part.contains("ana@example.org"), "{name}: {part}");
            continue;
        }
        // The owner's account calls itself Ana Lee; the page does not.
        for own in ["ana@example.org", "Ana Lee", "ana@"] {
            assert!(!raw.contains(own) && !part.contains(own), "{name}: {raw} {part}");
        }
        assert!(!has_part || part.contains("mailto:w@x.y"), "{name}: {part}");
        assert_eq!(json["reply_to"], Value::Null, "{name}");
    }
    let mails = all();
    let text =
        |name: &str| &mails.iter().find(|mail| mail.name == format!("meeting-guest-{name}")).unwrap().text;
    let until = "Sunday 22 November 2026, 17:00, Asia/Kolkata (UTC+05:30)";
    assert!(text("held").contains(&format!("\nPlease confirm by {until}. ")), "{}", text("held"));
    assert!(text("asked").contains(&format!("\nLee Consulting can answer until {until}, ")));
    let asked = text("asked-organiser");
    assert!(asked.contains("\nPlease approve or decline by Sunday 22 November 2026, 12:30, Europe/Berlin"));
    assert!(asked.contains("\nBea Stone (bea@example.org) asks for “Kick-off” at this time:\n"), "{asked}");
    assert!(asked.contains("\nBea Stone says:\n\n> What is it about?\n> The contract.\n"), "{asked}");
    let cancelled = text("cancelled");
    assert!(cancelled.contains("\nLee Consulting writes:\n\n> I am sorry, I am ill.\n"), "{cancelled}");
    assert!(text("refused").contains("\nLee Consulting has declined your booking"));
    assert!(text("unanswered").contains("\nLee Consulting has not answered your booking"));
    assert!(text("agreed-unnamed").contains("\nYou have booked “Kick-off” with Somebody:\n"));
}

#[test]
fn the_deadlines_mail_says_who_is_missing_what_is_best_and_where_to_go() {
    let mails = all();
    let text =
        |name: &str| &mails.iter().find(|mail| mail.name == format!("calendar-deadline{name}")).unwrap().text;
    let some = text("");
    for said in [
        "\n3 of 5 people answered “Thesis” by Monday 23 November 2026, 18:00, Europe/Berlin (UTC+01:00).\n",
        "\nNot answered:\n\n* Eve Roe\n* Fay Lin\n",
        "\n* Bea Stone: Tuesday 24 November 2026, 10:00 to 10:45, Europe/Berlin (UTC+01:00)\n",
    ] {
        assert!(some.contains(said), "{said}\n{some}");
    }
    assert!(text("-all").contains("\nThe best schedule has a meeting for 2 of the 3 who answered:\n"));
    for (name, way) in [("", "confirm"), ("-none-fits", "confirm"), ("-nobody", "details")] {
        let way = format!("\n{ORIGIN}/schedules/calendars/{PROPOSAL}/{way}/\n");
        assert!(text(name).contains(&way), "{name}: {way}");
    }
    let nobody = text("-nobody");
    assert!(nobody.contains("You can set a later deadline, remind them, or close it."), "{nobody}");
}

#[test]
fn what_an_owner_writes_is_text_and_passes_for_nothing_else() {
    for (name, letter) in samples() {
        let Letter::Calendar(mut letter) = letter else { continue };
        letter.name = "R&D <b>lunch</b>".to_owned();
        letter.owner = "<i>Ana</i>".to_owned();
        letter.first_name = "<i>Bea</i>".to_owned();
        letter.missing = letter.missing.iter().map(|_| "<i>Eve</i>".to_owned()).collect();
        letter.best = letter.best.iter().map(|(_, slot)| ("<i>Cyd</i>".to_owned(), *slot)).collect();
        let forged = format!("{ORIGIN}/schedules/calendars/{PROPOSAL}/respond/forged/");
        letter.description = format!("Plans <b>\n{forged}\n-- \nunsubscribe");
        let Sent { subject, text, html, .. } = sent(&name, &Letter::Calendar(letter));
        assert!(!text.lines().any(|line| line.starts_with(&forged)), "{text}");
        assert!(!subject.contains('\n') && html.contains("R&#38;D"), "{subject}");
        assert!(!html.contains("<b>") && !html.contains("<i>"), "{html}");
    }
}

#[test]
fn an_answer_is_a_sentence() {
    let text = |name: &str| all().into_iter().find(|mail| mail.name == name).unwrap().text;
    let digest = text("digest");
    let cut = "Tuesday 24 November 2026, 09:00 to 09:45, Europe/Berlin (UTC+01:00)";
    assert!(digest.contains(&format!("\n* Bea Stone kept 2 of 4 times and cut:\n  - {cut}\n")), "{digest}");
    assert!(
        digest.contains("\n  Note: “Only in the morning, please.”\n* cyd@example.org kept all 6 times.\n"),
        "{digest}"
    );
    assert!(digest.contains("\n* Fay has not answered.\n"), "{digest}");
    let exhausted = text("exhausted");
    assert!(
        exhausted.contains(&format!("\n* You cut:\n  - {cut}\n* A member of staff cut:\n")),
        "{exhausted}"
    );
    // Somebody may be called so.
    let mut letter = invitation();
    letter.template = Template::Digest;
    letter.said = vec![Said { who: "creator".to_owned(), kept: Some((1, 2)), note: None, cut: Vec::new() }];
    assert_eq!(sent("", &Letter::from(letter)).subject, "creator has answered: Kick-off");
}

#[test]
fn a_retry_has_the_same_bytes_across_a_key_rotation() {
    for (name, letter) in samples() {
        assert_eq!(message(&letter, K1), message(&letter, &format!("{K2},{K1}")), "{name}");
    }
}

#[test]
fn a_way_out_that_was_not_queued_is_not_there() {
    let mail =
        sent("", &Letter::from(whittle_domain::proposal::Letter { unsubscribe: None, ..invitation() }));
    assert!(!mail.text.contains("No more mail") && !mail.html.contains("No more mail"), "{}", mail.text);
}

#[test]
fn a_mailbox_has_a_name_and_an_address() {
    assert_eq!(mailbox("Whittle <w@x.y>"), ("Whittle", "w@x.y"));
    assert_eq!(mailbox("\"Whittle, Inc.\" <w@x.y>"), ("Whittle, Inc.", "w@x.y"));
    assert_eq!(mailbox("w@x.y"), ("Whittle", "w@x.y"));
}

/// Writes all samples, and what lies in the folder from before goes.
#[test]
fn every_mail_is_written_as_text_and_as_html() {
    let asked = env::var_os("WHITTLE_MAILS").map(PathBuf::from);
    let folder =
        asked.unwrap_or_else(|| env::temp_dir().join(format!("whittle-mails-{}", std::process::id())));
    write(&folder);
    let written = fs::read_dir(&folder).unwrap().count();
    assert_eq!(written, 2 * samples().len() + 1, "a text, an HTML and one list");
    let listed = fs::read_to_string(folder.join("index.html")).unwrap();
    for mail in all() {
        let text = fs::read_to_string(folder.join(format!("{}.txt", mail.name))).unwrap();
        assert!(
            text.starts_with(&format!("To: {}\nSubject: {}\n\n{}", mail.to, mail.subject, mail.text)),
            "{text}"
        );
        assert!(listed.contains(&format!("href=\"{}.html\"", mail.name)), "{listed}");
    }
    if env::var_os("WHITTLE_MAILS").is_none() {
        fs::remove_dir_all(&folder).unwrap();
    }
}

fn write(folder: &Path) {
    fs::create_dir_all(folder).unwrap();
    for old in fs::read_dir(folder).unwrap().flatten() {
        if old.path().extension().is_some_and(|end| end == "txt" || end == "html") {
            fs::remove_file(old.path()).unwrap();
        }
    }
    let mut list = "<!doctype html>\n<meta charset=\"utf-8\">\n<title>Mails</title>\n<ul>\n".to_owned();
    for Sent { name, to, subject, text, html } in all() {
        fs::write(folder.join(format!("{name}.txt")), format!("To: {to}\nSubject: {subject}\n\n{text}"))
            .unwrap();
        fs::write(folder.join(format!("{name}.html")), html).unwrap();
        writeln!(list, "<li>{name}: <a href=\"{name}.html\">{subject}</a> (<a href=\"{name}.txt\">text</a>)")
            .unwrap();
    }
    fs::write(folder.join("index.html"), list + "</ul>\n").unwrap();
}
