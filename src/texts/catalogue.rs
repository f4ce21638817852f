//! The catalogues, read once for each isolate.

use fluent_bundle::{FluentArgs, FluentBundle, FluentResource};
use unic_langid::LanguageIdentifier;

use super::Language;

/// The files of the English catalogue. Each holds the texts of one part of the service.
pub(super) const ENGLISH: &[&str] = &[
    include_str!("../../texts/en/common.ftl"),
    include_str!("../../texts/en/mail.ftl"),
    include_str!("../../texts/en/mail-account.ftl"),
    include_str!("../../texts/en/mail-meeting.ftl"),
    include_str!("../../texts/en/mail-calendar.ftl"),
    include_str!("../../texts/en/time.ftl"),
    include_str!("../../texts/en/meeting.ftl"),
    include_str!("../../texts/en/admin.ftl"),
    include_str!("../../texts/en/home.ftl"),
    include_str!("../../texts/en/proposal.ftl"),
    include_str!("../../texts/en/organiser.ftl"),
    include_str!("../../texts/en/calendar-answer.ftl"),
    include_str!("../../texts/en/errors.ftl"),
    include_str!("../../texts/en/account.ftl"),
    include_str!("../../texts/en/busy.ftl"),
    include_str!("../../texts/en/booking.ftl"),
    include_str!("../../texts/en/contact.ftl"),
    include_str!("../../texts/en/unsubscribe.ftl"),
    include_str!("../../texts/en/service.ftl"),
    include_str!("../../texts/en/new.ftl"),
    include_str!("../../texts/en/calendar-suggest.ftl"),
    include_str!("../../texts/en/calendar.ftl"),
    include_str!("../../texts/en/guest.ftl"),
];

type Bundle = FluentBundle<FluentResource>;

thread_local! {
    static BUNDLE: Bundle = read(Language::English, ENGLISH);
}

/// Reads a catalogue. What is faulty in it is left out; a test holds that nothing is.
fn read(language: Language, files: &[&str]) -> Bundle {
    let tag: LanguageIdentifier = language.tag().parse().unwrap_or_default();
    let mut bundle = FluentBundle::new(vec![tag]);
    // The marks around values would be copied with addresses and times.
    bundle.set_use_isolating(false);
    for file in files {
        let (Ok(resource) | Err((resource, _))) = FluentResource::try_new((*file).to_owned());
        bundle.add_resource_overriding(resource);
    }
    bundle
}

/// A text with its values in place; none where the catalogue does not have it.
pub(super) fn format(language: Language, key: &str, values: &FluentArgs<'_>) -> Option<String> {
    let Language::English = language;
    BUNDLE.with(|bundle| {
        let pattern = bundle.get_message(key)?.value()?;
        Some(bundle.format_pattern(pattern, Some(values), &mut Vec::new()).into_owned())
    })
}
