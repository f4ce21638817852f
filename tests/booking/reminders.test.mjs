// Reminders a day before a meeting, with the clock moved by the test: to both sides, once, of the meeting as it is.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { addContacts, answered, chosen, createCalendar, date, finalize, named, slot } from "../support/calendars.mjs";
import { agree, mails, meetingLink } from "../support/agree.mjs";
import { confirmed, guest, held, publish } from "../support/guests.mjs";
import { between, start, until } from "../support/harness.mjs";
import { DAY, HOUR } from "../support/post.mjs";
import { person } from "../support/people.mjs";

let service;
before(async () => {
  service = await start();
});
after(() => service.close());

const at = (name) => `${name}@example.org`;
/// Somebody who comes and goes, so that the clock of the meeting has something to send: what was due before is sent by then.
const FENCE = { email: at("fence"), optional: true };
const begins = (days) => new Date(Math.ceil(Date.now() / HOUR) * HOUR + days * DAY).toISOString().replace(".000", "");

/// A meeting of `ob` with bea, cyd and the fence, so many days from now.
async function meet(days, more = {}) {
  const slots = [{ begin: begins(days), duration: "01:00:00" }];
  // The clock of its shard may still be where another test has moved it.
  const p = await agree(service, { parties: [at("bea"), { email: at("cyd"), name: "Cyd" }, FENCE], slots, ...more }, { dev: "offset=0", ...more.options });
  await mails(service, p.id);
  return p;
}

/// Moves the clock of a meeting's mail by so many milliseconds and waits until what is due then is sent.
async function pass(p, offset) {
  const link = meetingLink(p.id, 3);
  for (const act of ["decline", "accept"]) {
    const { status, text } = await service.ask("POST", `/meetings/${p.id}/${act}/`, { et: link, dev: `offset=${Math.round(offset)}` });
    assert.equal(status, 202, text);
    await mails(service, p.id);
  }
}

/// An id in the shard of another, so that the same clock sends the mails of both.
const beside = (id) => 16 * (10 ** 10 + Math.floor(Math.random() * 10 ** 9)) + (id % 16);

/// Moves the clock of a meeting's shard by so many milliseconds and waits until what is due then is sent: there is another in it.
async function passBeside(id, offset) {
  const other = await meet(25, { options: { dev: `offset=0; id=${beside(id)}` } });
  assert.equal(other.id % 16, id % 16);
  await pass(other, offset);
}

const isReminder = (mail) => /^Coming up on /.test(mail.subject);
/// Whom the reminders of a meeting went to, but the fence.
const reminded = async (id) =>
  (await mails(service, id)).filter((mail) => isReminder(mail) && mail.to[0] !== FENCE.email).map((mail) => mail.to[0]).sort();
const act = async (id, method, path, options) => {
  const { status, text } = await service.ask(method, `/meetings/${id}/${path}`, options);
  assert.ok(status < 300, text);
};

test("a day before it begins both sides are reminded, once; but not who has declined or wants no mail", async () => {
  const p = await meet(10, { title: "Review", location: "Room 5" });
  const until = Date.parse(p.slots[0].begin) - Date.now();
  assert.deepEqual(await reminded(p.id), []);
  await pass(p, until - DAY - 5 * 60_000);
  assert.deepEqual(await reminded(p.id), [], "not before");
  await pass(p, until - DAY + 60_000);
  const both = [at("bea"), at("cyd"), "ob@localhost"];
  assert.deepEqual(await reminded(p.id), both);
  await pass(p, until - HOUR);
  await pass(p, until + DAY);
  assert.deepEqual(await reminded(p.id), both, "once");

  const mail = (await mails(service, p.id)).find((one) => isReminder(one) && one.to[0] === at("bea"));
  assert.match(mail.text, /^Coming up on \w{3} \d+ \w{3}: Review\n\nThis is a reminder: “Review” begins soon\.\n/);
  assert.match(mail.text, /^Where: Room 5$/m);
  assert.equal(mail.attachments, undefined, "nothing changes in a calendar");
  const et = /\?et=(\S+)$/m.exec(mail.text)[1];
  assert.equal((await service.ask("GET", `/meetings/${p.id}/`, { et })).json.you, "p1", "the link is the recipient's own");

  const q = await meet(11);
  await act(q.id, "POST", "decline/", { et: meetingLink(q.id, 1) });
  await mails(service, q.id);
  const [invitation] = (await mails(service, q.id)).filter((one) => one.to[0] === at("cyd"));
  const wayOut = new URL(/^<(\S+)>$/.exec(invitation.headers["List-Unsubscribe"])[1]).pathname;
  assert.equal((await service.ask("POST", wayOut)).status, 200);
  await pass(q, Date.parse(q.slots[0].begin) - Date.now() - HOUR);
  assert.deepEqual(await reminded(q.id), ["ob@localhost"]);
});

test("whoever declines after all, and comes again, is reminded as it is then", async () => {
  const p = await meet(9);
  for (const word of ["decline", "accept"]) await act(p.id, "POST", `${word}/`, { et: meetingLink(p.id, 1) });
  await act(p.id, "POST", "decline/", { et: meetingLink(p.id, 2) });
  await pass(p, Date.parse(p.slots[0].begin) - Date.now() - HOUR);
  assert.deepEqual(await reminded(p.id), [at("bea"), "ob@localhost"]);
});

test("nobody is reminded of what is cancelled, nor of what begins within a day", async () => {
  const p = await meet(8);
  await act(p.id, "DELETE", "", { as: "ob" });
  await mails(service, p.id);
  const stored = (id) => service.db.prepare("select remind_at, starts_at from meetings where id = ?").bind(id).first();
  assert.equal((await stored(p.id)).remind_at, null);
  await passBeside(p.id, Date.parse(p.slots[0].begin) - Date.now() - HOUR);
  assert.deepEqual(await reminded(p.id), []);

  const soon = await meet(0.5);
  assert.equal((await stored(soon.id)).remind_at, null);
  await pass(soon, 2 * HOUR);
  assert.deepEqual(await reminded(soon.id), []);
});

test("a meeting that is moved reminds of its new time, once, in its new words", async () => {
  const p = await meet(7);
  await act(p.id, "PATCH", "", { as: "ob", json: { begin: begins(9), title: "Later" } });
  const earlier = Date.parse(begins(7)) - Date.now();
  await pass(p, earlier - HOUR);
  assert.deepEqual(await reminded(p.id), [], "not of the old one");
  await pass(p, earlier + 2 * DAY - HOUR);
  assert.deepEqual(await reminded(p.id), [at("bea"), at("cyd"), "ob@localhost"]);
  assert.match((await mails(service, p.id)).find(isReminder).subject, /: Later$/);
  // Moved again after the reminder: the new time is reminded of as well.
  await act(p.id, "PATCH", "", { as: "ob", json: { begin: begins(15) }, dev: `offset=${earlier + 2 * DAY - HOUR}` });
  await pass(p, earlier + 8 * DAY - HOUR);
  assert.equal((await reminded(p.id)).length, 6);
});

test("an organiser who wants no such mail gets none, and the others do", async () => {
  const who = await person(service);
  const caller = { as: who.username, password: "Test@123" };
  const level = (mail) => service.ask("PATCH", "/accounts/me/", { ...caller, json: { mail } });
  assert.equal((await level("none")).status, 200);
  const p = await meet(6, { options: caller });
  await pass(p, Date.parse(p.slots[0].begin) - Date.now() - HOUR);
  assert.deepEqual(await reminded(p.id), [at("bea"), at("cyd")]);
  // The same where the organiser is one of those who come.
  const parties = [at("bea"), who.email, FENCE];
  const q = await meet(6, { options: caller, parties });
  await pass(q, Date.parse(q.slots[0].begin) - Date.now() - HOUR);
  assert.deepEqual(await reminded(q.id), [at("bea")]);
  assert.equal((await level("decisions")).status, 200);
  const r = await meet(6, { options: caller, parties });
  await pass(r, Date.parse(r.slots[0].begin) - Date.now() - HOUR);
  assert.deepEqual(await reminded(r.id), [at("bea"), who.email].sort());
});

test("of a calendar's meeting both are reminded", async () => {
  const day = date(5);
  const [contact] = await addContacts(service, 1);
  const calendar = await createCalendar(service, [contact.id], [slot(day, 540, 720)], { meeting_duration: 60 }, { as: "zo", dev: "offset=0" });
  await answered(service, calendar.id, 1, [named(day, 540, 720)]);
  const { status, text } = await finalize(service, calendar.id, [chosen(contact.id, day, 540, 600)]);
  assert.ok(status < 300, text);
  const row = () => service.db.prepare("select * from meetings where source = 'calendar' and source_id = ? and status = 'confirmed'").bind(calendar.id).first();
  const meeting = await until("the meeting", row);
  assert.equal(meeting.remind_at, meeting.starts_at - DAY);
  // A change that is none has the clock look, at the time that is given.
  const { id, title } = meeting;
  const look = (time) => act(id, "PATCH", "", { as: "zo", json: { title }, dev: `offset=${time - Date.now()}` });
  await look(meeting.starts_at - HOUR);
  const found = await until("the reminders", async () => {
    const some = (await service.outbox()).filter((mail) => isReminder(mail) && mail.text.includes(`/meetings/${id}/`));
    return some.length >= 2 && some;
  });
  assert.deepEqual(found.map((mail) => mail.to[0]).sort(), [contact.email, "zo@localhost"].sort());
});

test("of what a guest has booked and of an event both sides are reminded, and of what no guest has confirmed nobody", async () => {
  const page = await publish(service, "zo", { notice: 0 }, { title: "The office" });
  const begin = begins(12);
  const later = (hours) => new Date(Date.parse(begin) + hours * HOUR).toISOString();
  const gus = guest({ zone: "Asia/Tokyo" });
  const booking = await confirmed(service, page, begin, gus, { dev: "offset=0" });
  const unconfirmed = await held(service, page, later(2), guest(), { dev: "offset=0" });
  const json = { title: "Review", description: "", participants: ["zo@localhost"], time_slot: later(4).slice(0, 19).replace("T", " ") };
  const { status, json: made, text } = await service.ask("POST", "/api/event/", { as: "ob", json });
  assert.equal(status, 201, text);
  const event = made.response.id;
  const offset = Date.parse(begin) - Date.now() - HOUR;
  for (const id of [booking.meeting, unconfirmed.meeting, event]) await passBeside(id, offset);
  // Of what is no proposal's the outbox alone is asked.
  const sent = async (id) => (await service.outbox()).filter((mail) => isReminder(mail) && mail.text.includes(`/meetings/${id}/`));
  const [toGuest, ...others] = (await sent(booking.meeting)).sort((a) => (a.to[0] === gus.email ? -1 : 1));
  assert.deepEqual([toGuest.to[0], others.map(({ to }) => to[0])], [gus.email, ["zo@localhost"]]);
  assert.match(toGuest.text, /Asia\/Tokyo/, "the guest reads times in the own zone");
  assert.doesNotMatch(JSON.stringify(toGuest), /zo@localhost/);
  assert.deepEqual(await sent(unconfirmed.meeting), []);
  assert.deepEqual((await sent(event)).map(({ to }) => to[0]).sort(), ["ob@localhost", "zo@localhost"]);
});

test("a clock that comes when a meeting has begun reminds nobody of it", async () => {
  const p = await meet(3);
  await pass(p, Date.parse(p.slots[0].begin) - Date.now() + 60_000);
  assert.deepEqual(await reminded(p.id), []);
});

test("of many meetings that are due at once each is reminded of", async () => {
  const first = await meet(6);
  const all = [first];
  for (let n = 0; n < 6; n++) all.push(await meet(6, { options: { dev: `offset=0; id=${beside(first.id)}` } }));
  await pass(first, Date.parse(first.slots[0].begin) - Date.now() - HOUR);
  for (const { id } of all) assert.equal((await reminded(id)).length, 3, String(id));
});

test("what changes while its reminders are written is reminded of as it is then, once", async () => {
  const p = await meet(5, { title: "Before" });
  const offset = Date.parse(p.slots[0].begin) - Date.now() - HOUR;
  await between(service, "remind_at = null", () => pass(p, offset), () => act(p.id, "PATCH", "", { as: "ob", json: { title: "After" } }));
  await pass(p, offset);
  const reminders = (await mails(service, p.id)).filter((mail) => isReminder(mail) && mail.to[0] !== FENCE.email);
  assert.deepEqual(reminders.map(({ to, subject }) => `${to} ${/: (.*)/.exec(subject)[1]}`).sort(), [at("bea"), at("cyd"), "ob@localhost"].map((to) => `${to} After`));
});

test("what is cancelled, moved or begun while its reminder waits to be sent reminds nobody, and who has declined is not reminded", async () => {
  let isDown = true;
  const taken = [];
  const realFetch = globalThis.fetch;
  globalThis.fetch = async (url, init) => {
    if (!String(url).startsWith("http://mail.test")) return realFetch(url, init);
    if (!isDown) taken.push(JSON.parse(await new Response(init.body).text()));
    return new Response("{}", { status: isDown ? 503 : 200 });
  };
  const other = await start({ vars: { MAIL_API_URL: "http://mail.test", MAIL_FROM: "Whittle <w@x.y>" }, secrets: { MAIL_API_KEY: "secret" } });
  try {
    const slots = [{ begin: begins(4), duration: "01:00:00" }];
    const all = [];
    // Each is of another shard, whose clock is moved for it alone.
    for (const [n, title] of ["Off", "Later", "Without Bea", "Begun"].entries()) all.push((await agree(other, { title, parties: [at("bea")], slots }, { dev: `id=${beside(n)}` })).id);
    const [off, later, without, begun] = all;
    const ask = async (id, method, path, before, options = { as: "ob" }) => {
      const { status, text } = await other.ask(method, `/meetings/${id}/${path}`, { ...options, dev: `offset=${Date.parse(slots[0].begin) - Date.now() - before}` });
      assert.ok(status < 300, text);
    };
    // A change that is none has the clock look.
    const look = (id, before) => ask(id, "PATCH", "", before, { as: "ob", json: { location: "" } });
    for (const id of all) await look(id, 3 * HOUR);
    const waiting = async () => (await other.db.prepare("select body ->> 'template' as kind, error from outbox where status <> 'dead'").all()).results;
    const isTried = ({ kind, error }) => kind === "reminder" && error !== null;
    await until("the reminders to be tried", async () => (await waiting()).filter(isTried).length === 8, 60);
    await ask(off, "DELETE", "", 2 * HOUR);
    await ask(later, "PATCH", "", 2 * HOUR, { as: "ob", json: { begin: begins(14) } });
    await ask(without, "POST", "decline/", 2 * HOUR, { et: meetingLink(without, 1) });
    await look(begun, -HOUR / 2);
    isDown = false;
    // Some hours later whatever was postponed is due.
    await ask(off, "DELETE", "", HOUR / 2);
    for (const id of [later, without]) await look(id, HOUR / 2);
    await look(begun, -2 * HOUR);
    await until("an empty outbox", async () => (await waiting()).length === 0, 60);
    assert.ok(taken.some(({ text }) => text.startsWith("Off is cancelled")), "the cancellation is sent");
    const reminders = taken.filter(isReminder).map(({ to, subject }) => `${to} ${subject}`);
    assert.equal(reminders.length, 1, reminders.join("; "));
    assert.match(reminders[0], /^ob@localhost .*: Without Bea$/);
  } finally {
    globalThis.fetch = realFetch;
    await other.close();
  }
});
