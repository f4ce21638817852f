// The document's whole flow by HTTP alone: somebody signs up, adds contacts, asks them, they answer by the links in their mails, and
// the calendar is finalised; everybody reads the invitation for the calendar.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ORIGIN, start, until } from "../support/harness.mjs";
import { part, read } from "../support/agree.mjs";
import { instantOf } from "../support/brute.mjs";
import { PASSWORD, mailed, path } from "../support/people.mjs";
import { asChosen, at, calendarMails, date, mailsArrived, named, respondToken, slot } from "../support/calendars.mjs";

let service;
before(async () => {
  service = await start();
});
after(() => service.close());

const ZONE = "America/Toronto";
const EMAIL = "hello@test.ca";
const PEOPLE = [
  { first_Name: "Jane", last_Name: "Doe", email: "janedoe@gmail.com" },
  { first_Name: "James", last_Name: "Smith", email: "jsmith@aol.com" },
  { first_Name: "Josh", last_Name: "Cano", email: "joshcano@gmail.com" },
];

/// Asks, with a status that is expected; gives the answer.
async function ask(expected, method, where, options) {
  const answer = await service.ask(method, where, options);
  assert.equal(answer.status, expected, `${method} ${where}: ${answer.text}`);
  return answer;
}

test("from sign-up to meetings that are in everybody's calendar", async () => {
  // Sign up, verify the address by the mail, log in.
  const account = { email: EMAIL, username: "username", first_name: "John", last_name: "Smith", password: PASSWORD, password2: PASSWORD };
  const { json: signed } = await ask(201, "POST", "/accounts/signup/", { json: account });
  assert.deepEqual(signed, { id: signed.id, username: "username", email: EMAIL, first_name: "John", last_name: "Smith" });
  await ask(200, "POST", path(await mailed(service, EMAIL, "verify")));
  const { json: tokens } = await ask(200, "POST", "/accounts/login/", { json: { username: "username", password: PASSWORD } });
  assert.deepEqual(Object.keys(tokens).sort(), ["access", "refresh"]);
  const owner = { headers: { Authorization: `Bearer ${tokens.access}` } };
  const home = async () => {
    const { json } = await ask(200, "GET", "/schedules/home/", owner);
    return { finalized_meetings: json.finalized_meetings, unfinalized_meetings: json.unfinalized_meetings };
  };
  assert.deepEqual(await home(), { finalized_meetings: [], unfinalized_meetings: [] });

  // Contacts.
  const ids = [];
  for (const contact of PEOPLE) ids.push((await ask(201, "POST", "/schedules/contacts/", { ...owner, json: contact })).json.id);
  const { json: contacts } = await ask(200, "GET", "/schedules/contacts/", owner);
  assert.deepEqual(contacts.map(({ email }) => email).sort(), PEOPLE.map(({ email }) => email).sort());

  // The calendar.
  const [day, next] = [date(12), date(13)];
  const deadline = `${date(8)}T12:00:00`;
  const { json: calendar } = await ask(201, "POST", "/schedules/calendars/create/", {
    ...owner,
    json: {
      name: "CSC309 Phase 2",
      description: "Interview session after P2 submission",
      deadline,
      timezone: ZONE,
      invitees: ids,
      available_slots: [slot(day, 780, 900, 3), slot(next, 600, 720, 1)],
    },
  });
  const { id } = calendar;
  const deadlineUtc = new Date(instantOf(deadline, ZONE)).toISOString().replace(".000Z", "Z");
  const { name, description, deadline: told, invitees, finalized } = calendar;
  assert.deepEqual({ name, description, told, invitees, finalized }, {
    name: "CSC309 Phase 2",
    description: "Interview session after P2 submission",
    told: deadlineUtc,
    invitees: ids,
    finalized: false,
  });
  const open = { id, name, description, deadline: deadlineUtc };
  const { unfinalized_meetings: [listed] } = await home();
  for (const [key, value] of Object.entries(open)) assert.deepEqual(listed[key], value, key);

  // Each is asked by mail, with a link of its own.
  const links = [];
  for (const { first_Name, last_Name, email } of PEOPLE) {
    const [mail] = await mailsArrived(service, id, { to: email });
    assert.equal(mail.subject, "Meeting invitation");
    assert.match(mail.text, new RegExp(`^Dear ${first_Name} ${last_Name},$`, "m"));
    for (const words of ["John Smith", name, description]) assert.ok(mail.text.includes(words), words);
    const token = respondToken(mail);
    assert.ok(mail.text.includes(`${ORIGIN}/schedules/calendars/${id}/respond/${token}/`), mail.text);
    links.push(at(id, `respond/${token}/`));
  }
  assert.equal(new Set(links).size, 3);

  // What an invitee sees: names, the owner's time, and nobody's address.
  const { json: seen, text } = await ask(200, "GET", links[1]);
  assert.equal(seen.calendar_id, id);
  assert.deepEqual([seen.name, seen.description, seen.deadline], [name, description, deadlineUtc]);
  assert.deepEqual(seen.owner, { id: signed.id, first_name: "John", last_name: "Smith" });
  assert.deepEqual(seen.invitees, PEOPLE.map(({ first_Name, last_Name }, n) => ({ id: ids[n], first_name: first_Name, last_name: last_Name })));
  assert.deepEqual(seen.owner_availability, [
    { date: day, start_time: "13:00:00", end_time: "15:00:00", preference: 3 },
    { date: next, start_time: "10:00:00", end_time: "12:00:00", preference: 1 },
  ]);
  for (const { email } of PEOPLE) assert.ok(!text.includes(email), email);
  assert.ok(!text.includes(EMAIL));

  // They answer. The third is reminded first.
  const success = { success_message: "Availability submitted successfully." };
  const answers = [
    [named(day, 780, 900, 3)],
    [named(day, 780, 840, 2), named(next, 600, 660, 3)],
    [named(day, 840, 900, 1)],
  ];
  for (const n of [0, 1]) assert.deepEqual((await ask(200, "POST", links[n], { json: { availability: answers[n] } })).json, success);
  const { json: waiting } = await ask(200, "GET", at(id, "confirm/"), owner);
  assert.deepEqual([waiting.suggested_schedules, waiting.analysis], [[], null]);
  assert.deepEqual(waiting.unanswered, [{ id: ids[2], first_name: "Josh", last_name: "Cano" }]);
  const { json: reminded } = await ask(200, "GET", `/schedules/calendars/remind/${id}/${ids[2]}/`, owner);
  assert.deepEqual(reminded, { message: "Reminder email successfully sent to Josh Cano" });
  const [reminder] = await mailsArrived(service, id, { to: PEOPLE[2].email, subject: "Meeting Reminder" });
  const again = at(id, `respond/${respondToken(reminder)}/`);
  assert.deepEqual((await ask(200, "POST", again, { json: { availability: answers[2] } })).json, success);
  assert.deepEqual((await ask(400, "POST", links[2], { json: { availability: answers[2] } })).json, { error: "Already responded" });
  assert.deepEqual((await ask(200, "PUT", links[2], { json: { availability: answers[2] } })).json, success);

  // The owner sees who has answered what.
  const { json: details } = await ask(200, "GET", at(id, "details/"), owner);
  assert.deepEqual(Object.keys(details), ["Calendar", "Owner_availability", "Invitee_availability"]);
  assert.deepEqual(details.Invitee_availability.map(({ contact, status }) => [contact.email, status]), PEOPLE.map(({ email }) => [email, true]));
  assert.deepEqual(details.Invitee_availability[0].slots, [{ date: day, start_time: "13:00:00", end_time: "15:00:00", preference_level: 3 }]);

  // The best schedule: Jane and Josh on the first day, James on the second, where all are placed.
  const { json: confirm } = await ask(200, "GET", at(id, "confirm/"), owner);
  const [best] = confirm.suggested_schedules;
  const person = (n) => ({ id: ids[n], first_name: PEOPLE[n].first_Name, last_name: PEOPLE[n].last_Name });
  const meeting = (n, on, from, to) => ({ ...person(n), start_time: `${on}T${from}:00`, end_time: `${on}T${to}:00` });
  assert.deepEqual(best, [meeting(0, day, "13:00", "14:00"), meeting(2, day, "14:00", "15:00"), meeting(1, next, "10:00", "11:00")]);
  assert.equal(confirm.analysis.optimal, true);
  assert.match(confirm.analysis.words[0], /^All 3 people are placed\. The preferences add up to 14 of 18\. /);

  // Finalise, once.
  const { json: done } = await ask(200, "POST", at(id, "confirm/"), { ...owner, json: { finalized_schedule: asChosen(best) } });
  const made = done.meetings.map(({ meeting_id, ...rest }) => rest);
  assert.deepEqual(made, best.map((one) => ({ ...one, email: PEOPLE[ids.indexOf(one.id)].email })));
  const over = { error: "Calendar is already finalized" };
  assert.deepEqual((await ask(404, "POST", at(id, "confirm/"), { ...owner, json: { finalized_schedule: asChosen(best) } })).json, over);
  assert.deepEqual((await ask(404, "GET", at(id, "confirm/"), owner)).json, over);
  assert.deepEqual((await ask(400, "PUT", links[0], { json: { availability: answers[0] } })).json, over);

  const after = await until("the meetings on the homepage", async () => {
    const found = await home();
    return found.finalized_meetings.length === 3 && found;
  });
  assert.deepEqual(after.unfinalized_meetings, []);
  for (const { id: meeting, name: title, start_time, end_time } of after.finalized_meetings) {
    const { id: contact, ...times } = done.meetings.find(({ meeting_id }) => meeting_id === meeting);
    assert.ok(contact);
    assert.deepEqual([title, start_time, end_time], [name, times.start_time, times.end_time]);
  }

  // Everybody reads the invitation: the title is the subject, and the part is for the right time.
  const seconds = (naive) => instantOf(naive, ZONE) / 1000;
  for (const one of best) {
    const { email } = PEOPLE[ids.indexOf(one.id)];
    const [mail] = await until(`the invitation of ${email}`, async () => {
      const found = (await service.outbox()).filter((mail) => mail.to[0] === email && mail.attachments?.length);
      return found.length && found;
    });
    assert.equal(mail.subject, name);
    assert.match(mail.text, /Meeting Scheduled/);
    const [{ method, events: [event] }] = read(part(mail));
    assert.deepEqual([method, event.summary, event.begin, event.end], ["REQUEST", name, seconds(one.start_time), seconds(one.end_time)]);
    assert.equal(event.organiser.address, EMAIL);
    assert.ok(event.attendees.some(({ address }) => address === email));
  }
  const own = await until("the owner's invitations", async () => {
    const found = (await service.outbox()).filter((mail) => mail.to[0] === EMAIL && mail.attachments?.length);
    return found.length >= 3 && found;
  });
  const begins = own.map((mail) => read(part(mail))[0].events[0].begin).sort();
  assert.deepEqual(begins, best.map(({ start_time }) => seconds(start_time)).sort());

  // What each invitee sees now is its own meeting.
  const { json: scheduled } = await ask(200, "GET", links[0]);
  assert.equal(scheduled.meeting.start_time, best[0].start_time);

  // The file of the calendar has all of them.
  const { text: file } = await ask(200, "GET", at(id, "calendar.ics"), owner);
  assert.deepEqual(read(file)[0].events.map(({ begin }) => begin).sort(), begins);

  // Nobody got more mail than this: two of mail about being asked where somebody was reminded, and the invitation.
  const about = await calendarMails(service, id, {});
  const subjects = (to) => about.filter((mail) => mail.to[0] === to).map(({ subject }) => subject);
  assert.deepEqual(subjects(PEOPLE[0].email).filter((subject) => subject === "Meeting invitation"), ["Meeting invitation"]);
  assert.deepEqual(subjects(PEOPLE[2].email).slice(0, 2), ["Meeting invitation", "Meeting Reminder"]);
});

test("who is left out of the schedule is told, and whoever has not answered can be placed by the owner", async () => {
  const [zo] = [{ as: "zo" }];
  const people = [];
  for (const n of [1, 2, 3]) {
    const contact = { first_Name: `Lea${n}`, last_Name: "Ott", email: `lea${n}@example.org` };
    people.push((await ask(201, "POST", "/schedules/contacts/", { ...zo, json: contact })).json);
  }
  const day = date(12);
  const { json: { id } } = await ask(201, "POST", "/schedules/calendars/create/", {
    ...zo,
    json: { name: "Interviews", description: "", deadline: `${date(5)}T00:00:00`, invitees: people.map((one) => one.id), available_slots: [slot(day, 540, 660)] },
  });
  const [mail] = await mailsArrived(service, id, { to: "lea1@example.org" });
  await ask(200, "POST", at(id, `respond/${respondToken(mail)}/`), { json: { availability: [named(day, 540, 600)] } });
  // The second has not answered, and gets a time outside the owner's own.
  const schedule = asChosen([
    { id: people[0].id, start_time: `${day}T09:00:00`, end_time: `${day}T10:00:00` },
    { id: people[1].id, start_time: `${day}T12:00:00`, end_time: `${day}T12:30:00` },
  ]);
  const { json: dry } = await ask(200, "POST", at(id, "confirm/?dry_run=true"), { ...zo, json: { finalized_schedule: schedule } });
  assert.deepEqual([dry.valid, dry.warnings.map(({ code }) => code)], [true, ["unanswered", "outside_owner"]]);
  await ask(200, "POST", at(id, "confirm/"), { ...zo, json: { finalized_schedule: schedule } });
  const told = await mailsArrived(service, id, { to: "lea3@example.org" }, 2);
  assert.match(told[1].subject, /^No meeting is scheduled for you: Interviews$/);
});
