//! Request bodies about calendars, with the messages of the original and its document, in their order and shape
//! (spec/calendars.md).

use serde_json::{Map, Value, json};

use super::calendar_times::{parse_dated_slot, parse_stamped_slot};
use super::contact::{parse_groups, parse_id};
use super::fields::{
    list_error, message, missing, null, optional, parse_boolean, parse_instant, parse_line, parse_list,
    parse_optional_text, parse_zone, required, type_name,
};
use super::wall::{parse_fold, resolve};
use super::weekly::parse_weekly;
use super::{Body, FieldErrors};
use crate::calendar::limits::{
    MEETING_MINUTES, MOST_ANSWER_SLOTS, MOST_INVITEES, MOST_OWNER_SLOTS, STEP_MINUTES, is_within_reach,
    unsolvable,
};
use crate::calendar::{CalendarDescription, CalendarName, Edit, New, NewInvitee};
use crate::contact::Groups;
use crate::instant::Instant;
use crate::schedule::{Preference, PreferredSlot};
use crate::slot::Slot;
use crate::wall::WallTime;
use crate::zone::Zone;

/// The length of a meeting where none is given, in minutes (spec, part 0).
const DEFAULT_MEETING_MINUTES: u16 = 60;
/// The distance between starts where none is given, in minutes (spec, part 0).
const DEFAULT_STEP_MINUTES: u16 = 15;
/// What the original says of a slot without its members; the blank at the end is its own.
const SLOT_FORM: &str =
    "Invalid slot data. Must be in the form: 'date','start_time', 'end_time', 'preference_level' ";

/// What was found of a contact's id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FoundContact {
    /// A contact of the owner.
    Own(Box<NewInvitee>),
    /// A contact of somebody else.
    Foreign,
    /// There is none.
    Unknown,
}

/// The content of a new calendar, whose contacts are to be looked up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCalendar {
    /// See [`New::name`].
    pub name: CalendarName,
    /// See [`New::description`].
    pub description: CalendarDescription,
    /// See [`New::timezone`].
    pub timezone: Zone,
    /// See [`New::deadline`].
    pub deadline: Instant,
    /// See [`New::meeting_minutes`].
    pub meeting_minutes: u16,
    /// See [`New::step_minutes`].
    pub step_minutes: u16,
    /// See [`New::reminders`].
    pub reminders: bool,
    /// See [`New::slots`].
    pub slots: Vec<PreferredSlot>,
    /// The ids of the contacts, each once, 200 at most; at least one where no group is named. 0 stands for what cannot be an id.
    pub invitees: Vec<u64>,
    /// The groups whose contacts are invited as well.
    pub groups: Groups,
    /// What was left out or changed of weekly hours, a sentence for each.
    pub notes: Vec<String>,
}

impl NewCalendar {
    /// The content with its contacts.
    ///
    /// # Errors
    /// A contact that is unknown or somebody else's.
    pub fn with_contacts(self, find: impl Fn(u64) -> FoundContact) -> Result<New, FieldErrors> {
        let invitees = join("invitees", &self.invitees, find, "Invalid contact id.")?;
        Ok(New {
            name: self.name,
            description: self.description,
            timezone: self.timezone,
            deadline: self.deadline,
            meeting_minutes: self.meeting_minutes,
            step_minutes: self.step_minutes,
            reminders: self.reminders,
            slots: self.slots,
            invitees,
        })
    }
}

/// Changes of a calendar, whose new contacts are to be looked up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CalendarEdit {
    /// All but the new invitees.
    pub edit: Edit,
    /// The ids of the contacts that are to be invited as well, each once. 0 stands for what cannot be an id.
    pub add_invitees: Vec<u64>,
    /// The groups whose contacts are to be invited as well, as far as they are not invited yet.
    pub groups: Groups,
}

impl CalendarEdit {
    /// The changes with their contacts.
    ///
    /// # Errors
    /// A contact that is unknown or somebody else's.
    pub fn with_contacts(self, find: impl Fn(u64) -> FoundContact) -> Result<Edit, FieldErrors> {
        let foreign = "You do not have permission to add this contact.";
        let add_invitees = join("add_invitees", &self.add_invitees, find, foreign)?;
        Ok(Edit { add_invitees, ..self.edit })
    }
}

fn join(
    field: &str,
    ids: &[u64],
    find: impl Fn(u64) -> FoundContact,
    foreign: &str,
) -> Result<Vec<NewInvitee>, FieldErrors> {
    let found = ids.iter().map(|id| match find(*id) {
        FoundContact::Own(invitee) => Ok(*invitee),
        FoundContact::Foreign => Err(FieldErrors::one(field, foreign)),
        FoundContact::Unknown => Err(FieldErrors::one(field, "Contact does not exist.")),
    });
    found.collect()
}

/// A meeting of a schedule that the owner has chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChosenMeeting {
    /// The id of the contact. 0 stands for what cannot be an id.
    pub contact: u64,
    /// When.
    pub slot: Slot,
}

/// Reads the body of `POST /schedules/calendars/create/`. Times without an offset are meant in its `timezone`, or else in
/// `default_zone`.
///
/// # Errors
/// All errors of all fields.
pub fn parse_new_calendar(
    body: &Body,
    default_zone: &Zone,
    now: Instant,
) -> Result<NewCalendar, FieldErrors> {
    let mut errors = FieldErrors::default();
    let name = errors.check("name", required(body, "name", parse_line));
    let description = errors.check("description", required(body, "description", parse_optional_text));
    let timezone = errors.check("timezone", optional(body, "timezone", parse_zone));
    let timezone = timezone.flatten().unwrap_or_else(|| default_zone.clone());
    let deadline = required(body, "deadline", |value| parse_deadline(body, value, &timezone, now));
    let deadline = errors.check("deadline", deadline);
    let groups = errors.check("groups", optional(body, "groups", parse_groups)).flatten().unwrap_or_default();
    let has_groups = groups.names().next().is_some();
    let invitees = match body.get("invitees") {
        None if has_groups => Ok(Vec::new()),
        _ => required(body, "invitees", |value| parse_invitees(value, has_groups)),
    };
    let invitees = errors.check("invitees", invitees);
    let mut minutes = |field: &str, [least, most]: [u16; 2], default: u16| {
        let value = optional(body, field, |value| parse_integer(value, least, most));
        errors.check(field, value).map(|value| value.unwrap_or(default))
    };
    let meeting_minutes = minutes("meeting_minutes", MEETING_MINUTES, DEFAULT_MEETING_MINUTES);
    let step_minutes = minutes("step_minutes", STEP_MINUTES, DEFAULT_STEP_MINUTES);
    let reminders = errors.check("reminders", optional(body, "reminders", parse_boolean));
    let (field, value) = either(body, "available_slots", "availability");
    let has_weekly = body.get("weekly").is_some_and(|weekly| !weekly.is_null());
    let slots = match value {
        None if has_weekly => Ok(Vec::new()),
        value => value.ok_or_else(missing).and_then(|value| parse_slots(value, &timezone, now)),
    };
    let slots = errors.check(field, slots);
    let weekly = parse_weekly(body, &timezone, now).unwrap_or_else(|wrong| {
        errors.merge(wrong);
        None
    });
    let (hours, notes) = weekly.map_or_else(Default::default, |weekly| (weekly.slots, weekly.notes));
    let slots = slots.map(|slots| [slots, hours].concat());
    if slots.as_ref().is_some_and(|slots| slots.len() > MOST_OWNER_SLOTS) {
        errors.add(field, &format!("Ensure this field has no more than {MOST_OWNER_SLOTS} elements."));
    }
    if let (Some(slots), Some(meeting), Some(step)) = (&slots, meeting_minutes, step_minutes)
        && let Some(why) = unsolvable(slots.iter().copied(), meeting, step)
    {
        errors.add(field, why);
    }
    errors.into_result()?;
    // Each value is present if there was no error.
    let new = || {
        Some(NewCalendar {
            name: name?,
            description: description?,
            timezone,
            deadline: deadline?,
            meeting_minutes: meeting_minutes?,
            step_minutes: step_minutes?,
            reminders: reminders?.unwrap_or(true),
            slots: slots?,
            invitees: invitees?,
            groups,
            notes,
        })
    };
    new().ok_or_else(FieldErrors::default)
}

/// Reads the body of `PUT /schedules/calendars/{id}/details/`. Times without an offset are meant in the calendar's `zone`.
///
/// # Errors
/// All errors of all fields, or that there is none of the fields.
pub fn parse_calendar_edit(body: &Body, zone: &Zone, now: Instant) -> Result<CalendarEdit, FieldErrors> {
    const FIELDS: [&str; 9] = [
        "name",
        "description",
        "deadline",
        "reminders",
        "add_invitees",
        "groups",
        "remove_invitees",
        "add_availabilities",
        "remove_availabilities",
    ];
    if !FIELDS.iter().any(|field| body.contains_key(*field)) {
        return Err(FieldErrors::one("non_field_errors", "No input."));
    }
    let mut errors = FieldErrors::default();
    let mut edit = Edit::default();
    let given = |field: &str| body.get(field);
    edit.name = given("name").and_then(|value| errors.check("name", parse_line(value)));
    edit.description =
        given("description").and_then(|value| errors.check("description", parse_optional_text(value)));
    edit.deadline =
        given("deadline").and_then(|value| errors.check("deadline", parse_deadline(body, value, zone, now)));
    edit.reminders = given("reminders").and_then(|value| errors.check("reminders", parse_boolean(value)));
    let mut ids =
        |field: &str| given(field).and_then(|value| errors.check(field, parse_contacts(value, true)));
    let add_invitees = ids("add_invitees").unwrap_or_default();
    edit.remove_invitees = ids("remove_invitees").unwrap_or_default();
    let groups = given("groups").and_then(|value| errors.check("groups", parse_groups(value)));
    edit.add_slots = given("add_availabilities")
        .and_then(|value| errors.check("add_availabilities", parse_slots(value, zone, now)))
        .unwrap_or_default();
    edit.remove_slots = given("remove_availabilities")
        .and_then(|value| errors.check("remove_availabilities", parse_slot_ids(value)))
        .unwrap_or_default();
    errors.into_result()?;
    Ok(CalendarEdit { edit, add_invitees, groups: groups.unwrap_or_default() })
}

/// Reads the body of `POST /schedules/calendars/{id}/respond/{token}/`. Times without an offset are meant in the calendar's `zone`.
///
/// # Errors
/// The errors of `availability`.
pub fn parse_answer(body: &Body, zone: &Zone) -> Result<Vec<PreferredSlot>, FieldErrors> {
    let (field, value) = either(body, "availability", "available_slots");
    let mut errors = FieldErrors::default();
    let parse = |value| parse_list(value, MOST_ANSWER_SLOTS, &json!({}), |v| parse_answered_slot(v, zone));
    let slots = errors.check(field, value.ok_or_else(missing).and_then(parse));
    errors.into_result()?;
    slots.ok_or_else(FieldErrors::default)
}

/// Reads the body of `POST /schedules/calendars/{id}/confirm/`: at least one meeting. Times without an offset are meant in the
/// calendar's `zone`. The faults of the schedule itself are told by the calendar.
///
/// # Errors
/// What is wrong with the first item that is wrong, in the original's shapes: `{"error": "..."}`, or the fields of the item.
pub fn parse_finalized_schedule(body: &Body, zone: &Zone) -> Result<Vec<ChosenMeeting>, FieldErrors> {
    const FIELD: &str = "finalized_schedule";
    let items = match body.get(FIELD) {
        None | Some(Value::Null) => return Err(error("Missing Fields")),
        Some(Value::Array(items)) if items.is_empty() => {
            return Err(FieldErrors::one(FIELD, "This list may not be empty."));
        }
        Some(Value::Array(items)) if items.len() > MOST_INVITEES => {
            let why = format!("Ensure this field has no more than {MOST_INVITEES} elements.");
            return Err(FieldErrors::one(FIELD, &why));
        }
        Some(Value::Array(items)) => items,
        Some(other) => return Err(FieldErrors::one(FIELD, &not_a_list(other))),
    };
    items.iter().map(|item| parse_chosen_meeting(item, zone)).collect()
}

/// The error that the original tells without a field.
fn error(text: &str) -> FieldErrors {
    let mut errors = FieldErrors::default();
    errors.insert("error", json!(text));
    errors
}

fn parse_chosen_meeting(item: &Value, zone: &Zone) -> Result<ChosenMeeting, FieldErrors> {
    let Value::Object(members) = item else {
        let why = format!("Invalid data. Expected a dictionary, but got {}.", type_name(item));
        return Err(FieldErrors::one("non_field_errors", &why));
    };
    let mut errors = FieldErrors::default();
    let contact = errors.check("contact_id", required(members, "contact_id", parse_id));
    for field in ["start_time", "end_time"] {
        if !members.contains_key(field) {
            errors.insert(field, missing());
        }
    }
    errors.into_result()?;
    let is_blank =
        |value: &Value| value.is_null() || value.as_str().is_some_and(|text| text.trim().is_empty());
    if ["start_time", "end_time"].iter().any(|field| members.get(*field).is_some_and(is_blank)) {
        return Err(error("Availability not selected for a user"));
    }
    let mut errors = FieldErrors::default();
    let slot = errors.check("non_field_errors", parse_stamped_slot(members, zone));
    errors.into_result()?;
    let meeting = || Some(ChosenMeeting { contact: contact.flatten().unwrap_or(0), slot: slot? });
    meeting().ok_or_else(FieldErrors::default)
}

/// Reads a member by its name in the document's examples or, where that is missing, by its name in the prose.
fn either<'a, 'b>(
    body: &'a Map<String, Value>,
    name: &'b str,
    other: &'b str,
) -> (&'b str, Option<&'a Value>) {
    match (body.get(name), body.get(other)) {
        (None, Some(value)) => (other, Some(value)),
        (value, _) => (name, value),
    }
}

fn parse_deadline(body: &Body, value: &Value, zone: &Zone, now: Instant) -> Result<Instant, Value> {
    let wall = value.as_str().and_then(WallTime::parse);
    let deadline = match wall {
        Some(wall) => resolve(wall, zone, optional(body, "fold", parse_fold)?)?,
        None => parse_instant(value)?,
    };
    if deadline > now { Ok(deadline) } else { Err(message("Deadline cannot be in the past.")) }
}

pub(super) fn parse_integer(value: &Value, least: u16, most: u16) -> Result<u16, Value> {
    let number = match value {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    let number = number.ok_or_else(|| message("A valid integer is required."))?;
    match u16::try_from(number) {
        Ok(number) if number < least => Err(at_least(least)),
        Ok(number) if number <= most => Ok(number),
        Err(_) if number < 0 => Err(at_least(least)),
        _ => Err(message(&format!("Ensure this value is less than or equal to {most}."))),
    }
}

fn at_least(least: u16) -> Value {
    message(&format!("Ensure this value is greater than or equal to {least}."))
}

fn not_a_list(value: &Value) -> String {
    format!("Expected a list of items but got type \"{}\".", type_name(value))
}

/// The items of a list, of which the errors as a whole are told as those of a field.
fn parse_items(value: &Value, most: usize) -> Result<&Vec<Value>, Value> {
    match value {
        Value::Null => Err(null()),
        Value::Array(items) if items.len() > most => {
            Err(message(&format!("Ensure this field has no more than {most} elements.")))
        }
        Value::Array(items) => Ok(items),
        other => Err(message(&not_a_list(other))),
    }
}

/// Reads the ids of those who are invited: none where groups are.
fn parse_invitees(value: &Value, may_be_empty: bool) -> Result<Vec<u64>, Value> {
    let ids = parse_contacts(value, may_be_empty)?;
    if ids.len() > MOST_INVITEES {
        return Err(message(&format!("Ensure this field has no more than {MOST_INVITEES} elements.")));
    }
    Ok(ids)
}

/// Reads ids of contacts; each counts once. What cannot be an id is no contact: 0 stands for it.
fn parse_contacts(value: &Value, may_be_empty: bool) -> Result<Vec<u64>, Value> {
    // Those to be removed may be any that were ever invited.
    let most = crate::calendar::limits::MOST_NUMBERS;
    let items = parse_items(value, if may_be_empty { most } else { MOST_INVITEES })?;
    if items.is_empty() && !may_be_empty {
        return Err(message("This list may not be empty."));
    }
    let mut ids = Vec::with_capacity(items.len());
    for item in items {
        let id = match item {
            Value::Number(_) | Value::String(_) => parse_id(item).ok(),
            _ => None,
        };
        let wrong_type =
            || message(&format!("Incorrect type. Expected pk value, received {}.", type_name(item)));
        let id = id.ok_or_else(wrong_type)?.unwrap_or(0);
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    Ok(ids)
}

/// Reads the ids of slots. One that no slot has is ignored later.
fn parse_slot_ids(value: &Value) -> Result<Vec<u32>, Value> {
    let items = parse_items(value, 10 * MOST_OWNER_SLOTS)?;
    let ids = items.iter().map(parse_id);
    let wrong = ids.clone().enumerate().filter_map(|(at, id)| Some((at.to_string(), id.err()?)));
    let wrong: Map<String, Value> = wrong.collect();
    if !wrong.is_empty() {
        return Err(Value::Object(wrong));
    }
    Ok(ids.filter_map(|id| u32::try_from(id.ok()??).ok()).collect())
}

/// Reads the owner's slots. The first that is wrong is told of.
fn parse_slots(value: &Value, zone: &Zone, now: Instant) -> Result<Vec<PreferredSlot>, Value> {
    let items = parse_items(value, MOST_OWNER_SLOTS)?;
    let not_an_object = items.iter().enumerate().filter(|(_, item)| !item.is_object());
    let not_an_object: Map<String, Value> = not_an_object
        .map(|(at, item)| {
            let why = format!("Expected a dictionary of items but got type \"{}\".", type_name(item));
            (at.to_string(), message(&why))
        })
        .collect();
    if !not_an_object.is_empty() {
        return Err(Value::Object(not_an_object));
    }
    items.iter().filter_map(Value::as_object).map(|members| parse_owner_slot(members, zone, now)).collect()
}

fn parse_owner_slot(members: &Map<String, Value>, zone: &Zone, now: Instant) -> Result<PreferredSlot, Value> {
    let (_, preference) = either(members, "preference_level", "preference");
    let is_whole = ["date", "start_time", "end_time"].iter().all(|field| members.contains_key(*field));
    let preference = preference.filter(|_| is_whole).ok_or_else(|| message(SLOT_FORM))?;
    let slot = parse_dated_slot(members, zone, now)?;
    if !is_within_reach(&slot, now) {
        return Err(message("Available date cannot be more than two years from now."));
    }
    let is_integer = preference.is_i64() || preference.is_u64();
    let level = preference.as_u64().and_then(|level| Preference::new(u8::try_from(level).ok()?));
    let preference = level.ok_or_else(|| {
        message(if is_integer {
            "Preference level must be either 1, 2, or 3 (3 being highest preference)."
        } else {
            "Preference level must be an integer."
        })
    })?;
    Ok(PreferredSlot { slot, preference })
}

fn parse_answered_slot(value: &Value, zone: &Zone) -> Result<PreferredSlot, Value> {
    let Value::Object(members) = value else {
        let why = format!("Invalid data. Expected a dictionary, but got {}.", type_name(value));
        return Err(list_error(&why));
    };
    let (field, preference) = either(members, "preference_level", "preference");
    let absent = ["start_time", "end_time"].into_iter().filter(|field| !members.contains_key(*field));
    let absent = absent.chain(preference.is_none().then_some(field));
    let absent: Map<String, Value> = absent.map(|field| (field.to_owned(), missing())).collect();
    if !absent.is_empty() {
        return Err(Value::Object(absent));
    }
    let slot = parse_stamped_slot(members, zone).map_err(|why| json!({ "non_field_errors": why }))?;
    let level = preference.and_then(Value::as_u64).and_then(|level| u8::try_from(level).ok());
    let preference = level.and_then(Preference::new);
    let preference = preference.ok_or_else(|| list_error("Invalid preference level."))?;
    Ok(PreferredSlot { slot, preference })
}
