// What a calendar keeps of those who have to do with it: mail that waits, who wants none, whom it does not reach, sockets, links in a
// browser, and what becomes of it when its owner leaves.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ORIGIN, start, until } from "../support/harness.mjs";
import { addContacts, answered, at, calendarLink, calendarMails, chosen, createCalendar, date, finalize, mailsArrived, named, respond, respondToken, slot } from "../support/calendars.mjs";
import { PASSWORD, basic, person, row } from "../support/people.mjs";
import { WEBHOOK_SECRET, bounced, event, form, wayOut } from "../support/post.mjs";
import { cookies, session } from "../support/sessions.mjs";
import { connect } from "../support/sockets.mjs";

let service;
before(async () => {
  service = await start({ vars: { MAIL_WEBHOOK_SECRET: WEBHOOK_SECRET } });
});
after(() => service.close());

const day = date(20);
const own = [slot(day, 540, 720)];
const can = [named(day, 540, 720)];
async function asked(count = 1, caller = { as: "zo" }) {
  const contacts = await addContacts(service, count, caller);
  const { id } = await createCalendar(service, contacts.map((one) => one.id), own, {}, caller);
  return { id, contacts };
}
const details = async (id, caller = { as: "zo" }) => (await service.ask("GET", at(id, "details/"), caller)).json;
/// Waits until nothing of a calendar is on its way, but mail that waits for a verification.
const quiet = (id) =>
  until(`the calendar ${id} to be quiet`, () => ["select count(*) as n from outbox where status = 'due'", "select count(*) as n from tasks"].every((sql) => service.rows(id, sql)[0].n === 0));
const held = (id) => service.rows(id, "select status, account from outbox order by id");

test("mail that an account causes whose address is not verified waits until it is, the invitations to meetings as well", async () => {
  const un = { as: "un" };
  const { id, contacts: [first, second] } = await asked(2, un);
  assert.deepEqual(held(id), Array(2).fill({ status: "held", account: 10 }));
  await answered(service, id, 1, can);
  const done = await finalize(service, id, [chosen(first.id, day, 540, 600)], un);
  assert.equal(done.status, 200, done.text);
  await quiet(id);
  assert.deepEqual(await calendarMails(service, id), [], "nobody hears of it");
  await service.db.prepare("update accounts set verified = 1 where id = 10").run();
  try {
    await service.worker.scheduled({ cron: "*/5 * * * *" });
    const [meeting] = done.json.meetings;
    const got = await until("the invitations to the meeting", async () => {
      const mails = (await service.outbox()).filter((mail) => mail.attachments?.length && mail.text.includes(`/meetings/${meeting.meeting_id}/`));
      return mails.length === 2 && mails.map((mail) => mail.to[0]).sort();
    });
    assert.deepEqual(got, [first.email, "un@localhost"].sort());
    // Of the calendar itself everybody hears what still matters: who has no meeting, and no question that is over.
    const told = await mailsArrived(service, id, { to: second.email });
    assert.match(told.at(-1).subject, /^No meeting is scheduled for you/);
    assert.equal((await service.db.prepare("select holds_mail from calendars where id = ?").bind(id).first()).holds_mail, 0);
  } finally {
    await service.db.prepare("update accounts set verified = 0 where id = 10").run();
  }
});

test("who unsubscribes from a calendar gets no more of its mail, and can have it again", async () => {
  const { id, contacts: [one] } = await asked();
  const [mail] = await mailsArrived(service, id, { to: one.email });
  const leave = (scope) => service.ask("POST", wayOut(mail), form(scope ? { scope } : { "List-Unsubscribe": "One-Click" }));
  assert.deepEqual((await leave()).json, { detail: "You will get no more of this mail. Post the scope \"none\" to get it again.", scope: "proposal" });
  const remind = () => service.ask("POST", `/schedules/calendars/remind/${id}/${one.id}/`, { as: "zo" });
  const { status, json } = await remind();
  assert.deepEqual([status, json], [409, { detail: "This contact gets no mail about this calendar." }]);
  assert.equal((await leave("none")).status, 200);
  assert.equal((await remind()).status, 200);
  await mailsArrived(service, id, { to: one.email, subject: "Meeting Reminder" });
});

test("an address that mail does not reach is shown to the owner, and gets no more", async () => {
  const { id, contacts: [one] } = await asked();
  await mailsArrived(service, id, { to: one.email });
  const { status } = await service.ask("POST", "/mail/events", event(bounced(one.email)));
  assert.equal(status, 204);
  assert.deepEqual((await details(id)).Invitee_availability.map(({ mail }) => mail), ["bounced"]);
  assert.equal((await service.ask("POST", `/schedules/calendars/remind/${id}/${one.id}/`, { as: "zo" })).status, 409);
});

test("a socket tells owner and invitees the version after each change, and closes for who is removed", async () => {
  const { id, contacts: [one] } = await asked(2);
  const live = (more) => connect(service, at(id, "live/"), more);
  const { headers } = await session(service, "zo");
  const sockets = [
    await live({ headers: { Cookie: headers.Cookie } }),
    await live({ headers: { Cookie: `link=${calendarLink(id, 1)}` } }),
    await live({ headers: { Cookie: `link=${calendarLink(id, 2)}` } }),
  ];
  for (const socket of sockets) assert.equal(socket.status, 101, socket.text);
  const { Calendar: { version } } = await details(id);
  for (const socket of sockets) await socket.hears(String(version));
  await answered(service, id, 2, can);
  for (const socket of sockets) await socket.hears(String(version + 1));
  const removed = await service.ask("PUT", at(id, "details/"), { as: "zo", json: { remove_invitees: [one.id] } });
  assert.equal(removed.status, 200, removed.text);
  assert.equal(await sockets[1].ends(), 1008, "a removed invitee's link opens nothing any more");
  for (const n of [0, 2]) await sockets[n].hears(String(removed.json.Calendar.version));
  assert.equal((await live({ headers: { Cookie: `link=${calendarLink(id, 1)}` } })).status, 401);
  for (const socket of sockets) socket.cut();
  // A stranger gets none.
  const strange = await session(service, "st");
  assert.equal((await live({ headers: { Cookie: strange.headers.Cookie } })).status, 404);
});

const html = { Accept: "text/html" };
test("in a browser the token of a link moves to a cookie for this calendar, and a session beside it says nothing", async () => {
  const { id } = await asked(2);
  const token = calendarLink(id, 1);
  const { headers: zo } = await session(service, "zo");
  const opened = await service.ask("GET", at(id, `respond/${token}/`), { headers: { ...html, Cookie: zo.Cookie } });
  assert.deepEqual([opened.status, opened.headers.get("location")], [303, at(id, "respond/")]);
  const [line] = opened.headers.getSetCookie();
  assert.match(line, new RegExp(`^link=${token}; Path=/schedules/calendars/${id}; Max-Age=\\d+; HttpOnly; SameSite=Lax$`));
  const { link } = cookies(opened);
  const page = await service.ask("GET", at(id, "respond/"), { headers: { ...html, Cookie: `link=${link}; ${zo.Cookie}` } });
  assert.equal(page.status, 200);
  assert.ok(!page.text.includes(token), "the page has no token");
  // The link's own page answers for the invitee, whoever is signed in.
  const { json } = await service.ask("GET", at(id, "respond/"), { headers: { Cookie: `link=${link}; ${zo.Cookie}` } });
  assert.equal(json.calendar_id, id);
  assert.equal((await service.ask("GET", at(id, "respond/"), { headers: { Cookie: zo.Cookie } })).status, 401);
  // By cookie an act must show that it was meant.
  const post = (more) => service.ask("POST", at(id, "respond/"), { headers: { Cookie: `link=${link}`, ...more }, json: { availability: can } });
  assert.deepEqual([(await post({})).status, (await post({ Origin: ORIGIN })).status], [403, 403]);
  const csrf = /name="csrfmiddlewaretoken" value="([^"]+)"/.exec(page.text)?.[1];
  assert.equal((await post({ Origin: ORIGIN, "X-CSRFToken": csrf })).status, 200);
  const forgot = await service.ask("POST", at(id, "forget/"), { headers: { Cookie: `link=${link}`, Origin: ORIGIN, "X-CSRFToken": csrf } });
  assert.equal(forgot.status, 303);
  assert.ok(forgot.headers.getSetCookie().some((one) => one.startsWith(`link=; Path=/schedules/calendars/${id}; Max-Age=0`)));
});

test("a link says no more than what it is: expired it asks for another, and of another calendar it is none", async () => {
  const [{ id, contacts: [one] }, other] = [await asked(), await asked()];
  const expired = calendarLink(id, 1, { expires: Math.floor(Date.now() / 1000) - 60 });
  const late = await respond(service, id, expired, can);
  assert.deepEqual([late.status, late.json.detail], [401, "Token Expired"]);
  const invalid = { error: "Invalid token" };
  const forged = calendarLink(id, 1, { key: `k1:${btoa("0".repeat(32))}` });
  for (const token of [calendarLink(other.id, 1), calendarLink(id, 1, { generation: 1 }), calendarLink(id, 9), forged, "x"]) {
    const { status, json } = await respond(service, id, token, can);
    assert.deepEqual([status, json], [401, invalid], token);
  }
  const unknown = id === 7 ? 8 : 7;
  assert.equal((await respond(service, unknown, calendarLink(id, 1), can)).status, 404);
  assert.equal((await respond(service, unknown, calendarLink(unknown, 1), can)).status, 404);
  assert.equal((await respond(service, unknown, "x", can)).status, 401);
  const before = (await mailsArrived(service, id, { to: one.email })).length;
  for (const resend of [{ et: expired }, { json: { et: expired } }, { json: { token: expired } }]) {
    const { status, text } = await service.ask("POST", at(id, "resend/"), resend);
    assert.equal(status, 202, text);
  }
  const mails = await mailsArrived(service, id, { to: one.email }, before + 3);
  assert.equal((await respond(service, id, respondToken(mails.at(-1)), can)).status, 200);
  assert.equal((await service.ask("POST", at(id, "resend/"), { et: calendarLink(other.id, 1) })).status, 401);
  assert.equal((await service.ask("POST", at(id, "resend/"))).status, 401);
});

test("a reminder by following a link acts only with an Authorization header", async () => {
  const { id, contacts: [one] } = await asked();
  const { headers } = await session(service, "zo");
  const where = `/schedules/calendars/remind/${id}/${one.id}/`;
  const shown = await service.ask("GET", where, { headers: { Cookie: headers.Cookie } });
  assert.deepEqual([shown.status, shown.json], [200, { detail: "POST to send the reminder." }]);
  await quiet(id);
  assert.equal((await calendarMails(service, id, { subject: "Meeting Reminder" })).length, 0);
  const sent = await service.ask("GET", where, { as: "zo" });
  assert.deepEqual(sent.json, { message: `Reminder email successfully sent to ${one.first_Name} ${one.last_Name}` });
  await answered(service, id, 1, can);
  assert.deepEqual((await service.ask("GET", where, { as: "zo" })).json, { message: `${one.first_Name} ${one.last_Name} has already responded` });
});

test("an account takes its calendars along in its export; when it leaves, the open ones are closed and its meetings cancelled", async () => {
  const who = await person(service);
  const me = basic(who);
  const open = await asked(1, me);
  const done = await asked(1, me);
  await answered(service, done.id, 1, can);
  const finalized = await finalize(service, done.id, [chosen(done.contacts[0].id, day, 540, 600)], me);
  assert.equal(finalized.status, 200, finalized.text);
  await quiet(done.id);
  const { json } = await service.ask("GET", "/accounts/export/", me);
  assert.deepEqual(json.calendars.map(({ id, state, invited, answered, meetings }) => [id, state, invited, answered, meetings.length]), [[open.id, "open", 1, 0, 0], [done.id, "finalized", 1, 1, 1]]);
  assert.deepEqual(json.calendars[1].meetings.map(({ email }) => email), [done.contacts[0].email]);
  assert.equal((await service.ask("DELETE", "/accounts/me/", { ...me, json: { password: PASSWORD } })).status, 204);
  await until("the account to be gone", async () => !(await row(service, who)), 60);
  // A closed calendar's mail leads nowhere: it is known by its recipient alone.
  const told = await until("the end of the open one to be told", async () => {
    const mails = (await service.outbox()).filter((mail) => mail.to[0] === open.contacts[0].email);
    return mails.length === 2 && mails;
  });
  assert.match(told[0].subject, /closed|cancelled|called off|no answer/i);
  await until("the meeting to be cancelled", async () => {
    const meeting = await service.db.prepare("select status from meetings where source_id = ? and source = 'calendar'").bind(done.id).first();
    return meeting.status === "cancelled";
  });
  const { results } = await service.db.prepare("select name, description, scheduled, state from calendars where owner = ? order by created_at").bind(who.id).all();
  assert.deepEqual(results, ["closed", "finalized"].map((state) => ({ name: "", description: "", scheduled: "[]", state })));
  assert.equal((await service.db.prepare("select count(*) as n from calendar_invitees where calendar in (?, ?)").bind(open.id, done.id).first()).n, 0);
  assert.equal((await respond(service, open.id, calendarLink(open.id, 1), can)).status, 410);
});
