//! Request bodies become commands. Every field is checked, and one answer reports the errors of all fields, in the shapes
//! and words of the original API (spec 1.3, 1.5, 1.7, 1.9).

mod account;
mod blocks;
mod busy;
mod calendar;
mod calendar_copy;
mod calendar_times;
mod contact;
mod event;
mod fields;
mod invited_groups;
mod meeting;
mod offer;
mod proposal;
mod staff;
mod wall;
mod weekly;
mod working_hours;

pub use account::{
    Dialect, parse_email, parse_new_password, parse_own_password, parse_password_change, parse_settings,
    parse_sign_up, parse_username,
};
pub use blocks::{parse_blocks, parse_date, parse_query_date};
pub use busy::{parse_body_flag, parse_busy_range, parse_calendar_text, parse_free_busy_range};
pub use calendar::{
    CalendarEdit, ChosenMeeting, FoundContact, NewCalendar, parse_answer, parse_calendar_edit,
    parse_finalized_schedule, parse_new_calendar,
};
pub use calendar_copy::{override_members, parse_shift};
pub use contact::{
    parse_contact_changes, parse_contact_id, parse_csv_text, parse_flag, parse_new_contact, parse_search,
};
pub use event::{EventBody, EventContext, event_addresses, event_time, parse_event, unknown_address};
pub use fields::FieldErrors;
pub use invited_groups::{invited_groups, join_groups};
pub use meeting::{parse_message, parse_update};
pub use offer::{
    BookingPage, Days, NewBooking, parse_days, parse_new_booking, parse_offer, parse_page, parse_start,
};
pub use proposal::{
    parse_narrowing, parse_new_proposal, parse_next_round, parse_notice, parse_optional_flag,
    parse_replacement, parse_revocation, parse_slot_choice,
};
pub use staff::{parse_account_act, parse_mail_retry, parse_release};
pub use weekly::{WeeklySlots, parse_weekly};
pub use working_hours::{check_hours_zone, parse_working_hours};

/// The body of a request: the members of a JSON object, or the fields of a form as JSON strings.
pub type Body = serde_json::Map<String, serde_json::Value>;
