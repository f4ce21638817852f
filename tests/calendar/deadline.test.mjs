// What time itself causes in a calendar, with the clock moved by the test: reminders, the deadline and its summary.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { start, until } from "../support/harness.mjs";
import { addContacts, answered, at, calendarLink, calendarMails, confirm, createCalendar, date, hours, mailsArrived, named, respond, respondToken, slot } from "../support/calendars.mjs";

let service;
before(async () => {
  service = await start();
});
after(() => service.close());

const HOUR = 3_600_000;
const DAY = date(20);
const OWN = [slot(DAY, 540, 720)];
const OWNER = "zo@localhost";

/// Waits until nothing is left to be sent, and no task to be run, by a calendar itself.
const settled = (id) =>
  until(`the calendar ${id} to be done`, () => {
    const [{ n }] = service.rows(id, "select (select count(*) from outbox where status = 'due') + (select count(*) from tasks) as n");
    return n === 0;
  });

/// Moves the calendar's clock and has its alarm run: the mail to a fence, an invitee who asks for a new link then, comes after all
/// that was due.
async function pass(id, offset) {
  const dev = `offset=${offset}`;
  const before = (await calendarMails(service, id, { to: fenceOf[id].email })).length;
  const { status, text } = await service.ask("POST", at(id, "resend/"), { dev, et: undefined, json: { token: calendarLink(id, fenceOf[id].number) } });
  assert.equal(status, 202, text);
  await mailsArrived(service, id, { to: fenceOf[id].email }, before + 1);
  await settled(id);
}
const fenceOf = {};

/// A calendar with so many invitees whose deadline is in so many hours, and one more who has answered and is the fence.
async function made(count, deadline, more) {
  const people = await addContacts(service, count + 1);
  const { id } = await createCalendar(service, people.map((one) => one.id), OWN, { deadline: hours(deadline), ...more });
  fenceOf[id] = { email: people[count].email, number: count + 1 };
  for (const { email } of people) await mailsArrived(service, id, { to: email });
  return { id, people: people.slice(0, count) };
}

const reminders = async (id) => (await calendarMails(service, id, { subject: "Meeting Reminder" })).map((mail) => mail.to[0]).sort();

test("72 and 24 hours before the deadline those are reminded who have not answered, once each", async () => {
  const { id, people: [ana, ben] } = await made(2, 100);
  await answered(service, id, 3, []);
  await pass(id, 27.9 * HOUR);
  assert.deepEqual(await reminders(id), []);
  await pass(id, 28.1 * HOUR);
  assert.deepEqual(await reminders(id), [ana.email, ben.email].sort());
  await pass(id, 50 * HOUR);
  assert.equal((await reminders(id)).length, 2, "once");
  await answered(service, id, 2, [named(DAY, 540, 600)]);
  await pass(id, 76.1 * HOUR);
  assert.deepEqual(await reminders(id), [ana.email, ana.email, ben.email].sort());
  const [mail] = await calendarMails(service, id, { to: ana.email, subject: "Meeting Reminder" });
  assert.match(mail.text, /Don't forget to fill out your availability/);
  const { status } = await respond(service, id, respondToken(mail), [named(DAY, 540, 600)]);
  assert.equal(status, 200, "the link of the reminder works");
});

test("no one is reminded where the owner has switched the reminders off", async () => {
  const { id } = await made(1, 100, { reminders: false });
  await answered(service, id, 2, []);
  await pass(id, 30 * HOUR);
  assert.deepEqual(await reminders(id), []);
  const { status, text } = await service.ask("PUT", at(id, "details/"), { as: "zo", json: { reminders: true } });
  assert.equal(status, 200, text);
  await pass(id, 77 * HOUR);
  assert.equal((await reminders(id)).length, 1, "switched on again, the second one comes");
});

test("at the deadline the owner is told who answered, with the best schedule; answers are over, and suggestions are there", async () => {
  const { id, people: [ana, ben] } = await made(2, 50);
  await answered(service, id, 1, [named(DAY, 540, 660, 2), named(DAY, 600, 660, 3)]);
  await answered(service, id, 3, [named(DAY, 540, 600, 3)]);
  await pass(id, 51 * HOUR);
  const [mail] = await mailsArrived(service, id, { to: OWNER, subject: /^The deadline has passed: Interviews$/ });
  assert.match(mail.text, /2 of 3 people answered/);
  assert.ok(mail.text.includes(`${ben.first_Name} ${ben.last_Name}`));
  const order = mail.text.split("\n").filter((line) => /, (09|10):00 to /.test(line));
  assert.equal(order.length, 2, mail.text);
  assert.ok(order[1].includes(ana.first_Name), mail.text);
  assert.equal((await calendarMails(service, id, { to: OWNER, subject: /deadline/ })).length, 1);

  const late = await respond(service, id, calendarLink(id, 2), [named(DAY, 540, 600)]);
  assert.deepEqual([late.status, late.json], [400, { error: "Deadline has passed" }]);
  const change = await respond(service, id, calendarLink(id, 1), [named(DAY, 540, 600)], { method: "PUT" });
  assert.deepEqual([change.status, change.json], [400, { error: "Deadline has passed" }]);

  const { suggested_schedules, unanswered, analysis } = await confirm(service, id);
  assert.deepEqual(unanswered.map((one) => one.id), [ben.id]);
  assert.equal(suggested_schedules[0].length, 2);
  assert.deepEqual(analysis.problem.invitees.map((one) => one.id).length, 2);
  assert.equal(analysis.scores[0].people, 2);
});

test("when nobody has answered, the owner is offered what can be done, and a later deadline keeps the mailed links alive", async () => {
  const people = await addContacts(service, 2);
  const { id } = await createCalendar(service, people.map((one) => one.id), OWN, { deadline: hours(5) });
  const tokens = [];
  for (const { email } of people) tokens.push(respondToken((await mailsArrived(service, id, { to: email }))[0]));
  // Both look, and do not answer; the clock moves with the second.
  const { status } = await service.ask("GET", at(id, `respond/${tokens[0]}/`), { dev: `offset=${6 * HOUR}` });
  assert.equal(status, 200);
  const [mail] = await mailsArrived(service, id, { to: OWNER, subject: /^The deadline has passed: Interviews$/ });
  assert.match(mail.text, /None of the 2 people whom you asked answered/);
  assert.match(mail.text, /later deadline, remind them, or close/);
  const late = await respond(service, id, tokens[0], [named(DAY, 540, 600)]);
  assert.deepEqual([late.status, late.json], [400, { error: "Deadline has passed" }]);
  const { suggested_schedules, unanswered } = await confirm(service, id);
  assert.deepEqual([suggested_schedules, unanswered.length], [[], 2]);

  const extended = await service.ask("PUT", at(id, "details/"), { as: "zo", json: { deadline: hours(100) } });
  assert.equal(extended.status, 200, extended.text);
  for (const token of tokens) assert.equal((await respond(service, id, token, [named(DAY, 540, 660)])).status, 200);
  assert.equal((await confirm(service, id)).suggested_schedules[0].length, 2);

  // The second deadline has a summary of its own, though it was reached by others.
  const moved = await service.ask("GET", at(id, `respond/${tokens[0]}/`), { dev: `offset=${101 * HOUR}` });
  assert.equal(moved.status, 200);
  const both = await mailsArrived(service, id, { to: OWNER, subject: /^The deadline has passed: Interviews$/ }, 2);
  assert.match(both[1].text, /All 2 people whom you asked answered/);
});

test("a deadline that is moved ahead of the reminders makes them due anew, and not twice in a day", async () => {
  const { id, people: [ana] } = await made(1, 30);
  await answered(service, id, 2, []);
  await pass(id, 7 * HOUR);
  assert.deepEqual(await reminders(id), [ana.email], "23 hours before");
  const { status } = await service.ask("PUT", at(id, "details/"), { as: "zo", json: { deadline: hours(7 + 73) } });
  assert.equal(status, 200);
  await pass(id, 9 * HOUR);
  assert.deepEqual(await reminders(id), [ana.email], "the last one is not a day old");
});
