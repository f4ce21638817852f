// The pages of guests, as a browser without script uses them: the booking page, its free times, the form, what became of a booking, and
// what its owner sees of it.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { formsOf, typed, words } from "../support/forms.mjs";
import { TALK, elsewhere, VISIT, booked, confirm, guest, hold, lapse, linkTo, makeBookings, meeting, publish, starts } from "../support/booking_page.mjs";
import { start, until } from "../support/harness.mjs";
import { Browser } from "../support/pages.mjs";
import { stranger } from "../support/people.mjs";
import { settle } from "../support/world.mjs";

let service, page;
before(async () => {
  service = await start();
  await settle(service);
  page = await publish(service);
});
beforeEach(() => elsewhere(service));
after(() => service.close());

const browser = () => new Browser(service);
const signedIn = (username) => Browser.of(service, { username }, "p");
/// The addresses that a page leads to, of those that are `like` it.
const links = (html, like) => [...html.matchAll(/href="([^"]+)"/g)].map(([, href]) => href.replaceAll("&#38;", "&").replaceAll("&amp;", "&")).filter((href) => like.test(href));
const times = (html) => links(html, /[?&]start=/);
const days = (html) => [...html.matchAll(/aria-label="([^"]+): (one free time|\d+ free times)"/g)].map(([, day, count]) => [day, count]);
/// Sends the form of a page that is sent to this path, with what is typed.
async function send(v, html, action, fields = {}) {
  const form = formsOf(html).find((one) => one.action.startsWith(action) && one.buttons.length);
  assert.ok(form, `a form to ${action} in: ${words(html)}`);
  return v.post(form.action, Object.fromEntries(typed(form.fields, fields)));
}
/// Follows an answer that leads on.
async function follow(v, answer) {
  assert.equal(answer.status, 303, words(answer.text));
  return v.get(answer.headers.get("location"));
}
/// Opens the guest's link.
const open = async (v, booking) => follow(v, await v.get(linkTo(booking)));

test("a booking page has what its owner has published, and is nobody's to find by searching", async () => {
  const v = browser();
  const shown = await v.get(page.path);
  assert.equal(shown.status, 200);
  const said = words(shown.text);
  for (const text of ["Ana’s office", "I am glad to hear from you.", TALK.title, "30 minutes", VISIT.title, "1 hour", "Room 5"]) assert.ok(said.includes(text), `${text}: ${said}`);
  assert.deepEqual(links(shown.text, /^\/book\//), [`${page.path}talk/`, `${page.path}visit/`]);
  assert.match(shown.text, /<meta name="robots" content="noindex">/);
  assert.deepEqual(v.jar, {}, "no cookie is set");
  for (const path of ["/book/nobody-here/", `${page.path}nothing/`, "/book/a/"]) assert.equal((await v.get(path)).status, 404, path);
});

test("a withdrawn page and a kind of meeting that is paused are not there", async () => {
  const other = await publish(service, { as: "ben", name: "ben-o", title: "Ben", offers: [TALK, VISIT] });
  const v = browser();
  assert.equal((await service.ask("PATCH", "/api/user/offers/talk/", { as: "ben", json: { paused: true } })).status, 200);
  const shown = await v.get(other.path);
  assert.deepEqual(links(shown.text, /^\/book\//), [`${other.path}visit/`]);
  assert.equal((await v.get(`${other.path}talk/`)).status, 404);
  assert.ok([200, 204].includes((await service.ask("DELETE", "/api/user/booking_page/", { as: "ben" })).status));
  const unknown = await v.get("/book/nobody-here/");
  for (const path of [other.path, `${other.path}visit/`]) {
    const gone = await v.get(path);
    assert.deepEqual([gone.status, words(gone.text)], [404, words(unknown.text)], path);
  }
});

test("days and times are plain links, in a zone that is a guess until it is chosen", async () => {
  const v = browser();
  const shown = await v.service.ask("GET", `${page.path}talk/`, { headers: v.headers, dev: "timezone=America/New_York" });
  assert.equal(shown.status, 200, shown.text);
  const said = words(shown.text);
  for (const text of ["Times are shown in America/New_York, which is a guess from your network.", "Ana’s office", "30 minutes", "Bring your notes.", "Video, the link follows", "You need no account."]) assert.ok(said.includes(text), `${text}: ${said}`);
  assert.match(said, /\d\d:\d\d in Europe\/Berlin/, "the owner's zone stands beside");
  const all = await starts(service, page, "talk", "zone=America/New_York");
  const first = all[0].slice(0, 10);
  assert.deepEqual(times(shown.text).map((href) => Date.parse(new URL(href, "http://a").searchParams.get("start"))), all.filter((one) => one.startsWith(first)).map((one) => Date.parse(one)));
  const counted = new Set(all.map((one) => one.slice(0, 10)));
  assert.equal(days(shown.text).length, counted.size, "each day that has a time, and no other");

  // A day is the guest's, where it begins before the owner's has ended as well.
  const far = await v.get(`${page.path}talk/?zone=Pacific/Auckland`);
  const there = await starts(service, page, "talk", "zone=Pacific/Auckland");
  const ofGuest = [...new Set(there.map((one) => one.slice(0, 10)))];
  const ofDay = await v.get(links(far.text, /day=/).find((href) => href.includes(`day=${ofGuest[1]}`)));
  assert.deepEqual(times(ofDay.text).map((href) => Date.parse(new URL(href, "http://a").searchParams.get("start"))), there.filter((one) => one.startsWith(ofGuest[1])).map((one) => Date.parse(one)));
  v.jar = {};

  // The zone is a form, and its links go on with what was chosen, whatever becomes of cookies.
  const [form] = formsOf(shown.text);
  const query = new URLSearchParams(typed(form.fields, { zone: "Asia/Tokyo" }));
  const tokyo = await v.get(`${form.action}?${query}`);
  assert.match(words(tokyo.text), /Times are shown in Asia\/Tokyo\./);
  v.jar = {};
  const [day] = links(tokyo.text, /day=/).slice(-1);
  const another = await v.get(day);
  assert.match(words(another.text), /Times are shown in Asia\/Tokyo\./);
  const [chosen] = times(another.text);
  v.jar = {};
  assert.match(words((await v.get(chosen)).text), /Asia\/Tokyo \(UTC\+09:00\)/);
});

test("one goes on to later days and back, and a month can be asked for", async () => {
  const v = browser();
  const first = await v.get(`${page.path}talk/?zone=Europe/Berlin`);
  const [later] = links(first.text, /from=/).filter((href) => !/day=/.test(href));
  const second = await v.get(later);
  assert.equal(second.status, 200);
  assert.notDeepEqual(days(second.text), days(first.text));
  const back = links(second.text, /from=/).filter((href) => !/day=/.test(href));
  assert.ok(back.length, words(second.text));
  const month = new Date(Date.now() + 20 * 86_400_000).toISOString().slice(0, 7);
  const shown = await v.get(`${page.path}talk/?month=${month}&zone=Europe/Berlin`);
  const all = await starts(service, page, "talk", `month=${month}&zone=Europe/Berlin`);
  assert.equal(days(shown.text).length, new Set(all.map((one) => one.slice(0, 10))).size);
  const ofMonth = links(shown.text, /day=/);
  assert.ok(ofMonth.length > 0 && ofMonth.every((href) => href.includes(`month=${month}&`)), "a month stays a month from day to day");
  for (const wrong of ["month=2026-13", "from=2026-02-30", "days=0", "days=32", "zone=Mars/Base"]) {
    const refused = await v.get(`${page.path}talk/?${wrong}`);
    assert.equal(refused.status, 400, wrong);
    assert.doesNotMatch(words(refused.text), /undefined|\{/);
  }
});

test("a day with two one o'clocks lists both with their offsets", async () => {
  // The first Sunday of the next November, on which New York puts its clocks back at two.
  const day = [0, 1].flatMap((n) => [1, 2, 3, 4, 5, 6, 7].map((of) => new Date(Date.UTC(new Date().getUTCFullYear() + n, 10, of, 12)))).find((date) => date.getUTCDay() === 0 && date > Date.now() + 2 * 86_400_000);
  const date = day.toISOString().slice(0, 10);
  const night = { slug: "night", title: "Night shift", minutes: 60, step: 60, notice: 0, horizon_days: 365 };
  const other = await publish(service, { as: "nia", name: "nia-novak", title: "Nia", offers: [night], weekly: [{ weekday: "sunday", from: "00:00", to: "04:00" }], timezone: "America/New_York" });
  const v = browser();
  const shown = await v.get(`${other.path}night/?from=${date}&days=1&zone=America/New_York`);
  const listed = [...shown.text.matchAll(/<time datetime="[^"]+">([^<]+)</g)].map(([, clock]) => clock);
  assert.deepEqual(listed, ["00:00", "01:00 (UTC-04:00)", "01:00 (UTC-05:00)", "02:00", "03:00"]);
  const [, , second] = times(shown.text);
  const form = await v.get(second);
  assert.match(words(form.text), /01:00 to 02:00, America\/New_York \(UTC-05:00\)/);
});

test("a time is held by the form, and the page says what happened, to which address, and until when", async () => {
  const v = browser();
  const listed = await v.get(`${page.path}talk/?zone=Europe/Berlin`);
  const form = await v.get(times(listed.text)[1]);
  const before = words(form.text);
  for (const text of ["The time is held for you for 30 minutes, and you get a mail with a link.", "What is it about?", "Ana’s office gets your name"]) assert.ok(before.includes(text), `${text}: ${before}`);
  const wrong = await send(v, form.text, `${page.path}talk/`, { name: "", email: "gil", "answer-1": "A <new> roof" });
  assert.equal(wrong.status, 400);
  assert.match(wrong.text, /id="name-fault-1">Please fill this in\./);
  assert.match(wrong.text, /id="email-fault-1">This is not an email address\./);
  assert.match(wrong.text, /value="A &#60;new&#62; roof"/, "what was typed stays");
  const who = guest();
  const held = await send(v, wrong.text, `${page.path}talk/`, { ...who, "answer-1": "A <new> roof" });
  assert.equal(held.status, 201, words(held.text));
  const said = words(held.text);
  const [chosen, until30] = [Date.parse(new URL(times(listed.text)[1], "http://a").searchParams.get("start")), Date.now() + 30 * 60_000];
  const berlin = (at) => new Date(at).toLocaleTimeString("en-GB", { timeZone: "Europe/Berlin", hour: "2-digit", minute: "2-digit" });
  assert.ok(said.includes(`${berlin(chosen)} to ${berlin(chosen + 30 * 60_000)}, Europe/Berlin`), said);
  assert.ok([-60_000, 0, 60_000].some((off) => said.includes(`, ${berlin(until30 + off)}, and not booked yet`)), said);
  assert.match(said, /The time is held for you until \w+ \d+ \w+ \d{4}, \d\d:\d\d, and not booked yet\./);
  assert.ok(said.includes(`A mail is on its way to ${who.email}.`), said);
  const week = await (await signedIn("ana")).get(`/api/user/busy/?from=${new Date(chosen).toISOString().slice(0, 10)}`);
  assert.match(words(week.text), new RegExp(`${berlin(chosen)} to ${berlin(chosen + 30 * 60_000)} ${TALK.title} \\(not confirmed yet\\)`), "its owner sees that it is not booked yet");
  const mail = await until("the mail", async () => (await service.outbox()).find(({ to }) => to.includes(who.email)));
  // The same form sent again is the same booking, and mails nothing.
  const again = await send(v, wrong.text, `${page.path}talk/`, { ...who, "answer-1": "A <new> roof" });
  assert.deepEqual([again.status, words(again.text)], [201, said]);
  const link = /\S+\/meetings\/\S+/.exec(mail.text)[0];
  const shown = await follow(v, await v.get(new URL(link).pathname + new URL(link).search));
  assert.match(words(shown.text), /This time is held for you until .* Confirm the booking, and it is yours\..*What is it about\? A <new> roof/);
  assert.equal((await service.outbox()).filter(({ to }) => to.includes(who.email)).length, 1);
});

test("who comes too late keeps what was typed, and takes one of the nearest times", async () => {
  const v = browser();
  const [, , at] = await starts(service, page);
  const form = await v.get(`${page.path}talk/?start=${encodeURIComponent(at)}&zone=Europe/Berlin`);
  await hold(service, page, { start: at });
  const who = guest("Late Guest");
  const late = await send(v, form.text, `${page.path}talk/`, { ...who, "answer-1": "Windows" });
  assert.equal(late.status, 409);
  const said = words(late.text);
  assert.match(said, /That time was just taken, so nothing is booked yet\. What you typed is still here\./);
  for (const text of ["Late Guest", who.email, "Windows"]) assert.ok(late.text.includes(`value="${text}"`), text);
  const offered = [...late.text.matchAll(/type="radio" name="start" value="([^"]+)"/g)].map(([, value]) => value);
  assert.equal(offered.length, 3);
  const free = (await starts(service, page)).map((one) => Date.parse(one));
  for (const one of offered) assert.ok(free.includes(Date.parse(one)), `${one} is free`);
  const held = await send(v, late.text, `${page.path}talk/`, { start: offered[1] });
  assert.equal(held.status, 201, words(held.text));
  // Whoever opens the time by its link later is told as well, and led on.
  const gone = await v.get(`${page.path}talk/?start=${encodeURIComponent(at)}`);
  assert.match(words(gone.text), /not free any more|just taken/);
  assert.ok(times(gone.text).length >= 3 || /type="radio"/.test(gone.text), words(gone.text));
});

test("a guest confirms by the mailed link, moves the booking, and cancels it", async () => {
  const v = browser();
  const booking = await hold(service, page);
  const held = await open(v, booking);
  assert.equal((await meeting(service, booking)).status, "held", "a look confirms nothing");
  const sure = await follow(v, await send(v, held.text, `/meetings/${booking.meeting}/confirm/`));
  const said = words(sure.text);
  for (const text of ["Your booking is made.", "You are booked with Ana’s office.", "Calendar file", "Move it to another time", "You can move or cancel it until"]) assert.ok(said.includes(text), `${text}: ${said}`);
  assert.doesNotMatch(sure.text, /Who comes|Move it, or change its details|ana@localhost|Ana Lee/);
  const file = await v.get(`/meetings/${booking.meeting}/calendar.ics`);
  assert.match(file.text, /BEGIN:VEVENT/);

  const others = await v.get(`/meetings/${booking.meeting}/times/`);
  assert.equal(others.status, 200, words(others.text));
  const [, , target] = times(others.text);
  const form = await v.get(target);
  assert.match(words(form.text), /Now it is at/);
  const moved = await follow(v, await send(v, form.text, `/meetings/${booking.meeting}/`));
  assert.equal(Date.parse((await meeting(service, booking)).begin), Date.parse(new URL(target, "http://a").searchParams.get("start")));
  const gone = await follow(v, await send(v, moved.text, `/meetings/${booking.meeting}/?_method=DELETE`));
  assert.match(words(gone.text), /This booking was cancelled\..*Choose another time/);
  assert.deepEqual(links(gone.text, /^\/book\//), [`${page.path}talk/`]);
  const noTimes = await v.get(`/meetings/${booking.meeting}/times/`);
  assert.deepEqual([noTimes.status, noTimes.headers.get("location")], [303, `/meetings/${booking.meeting}/`], "what is cancelled has no other times");
  assert.equal((await meeting(service, booking)).status, "cancelled");
});

test("a hold that has ended is confirmed if its time is free, else another time is offered", async () => {
  const v = browser();
  const [one, two] = [await hold(service, page, { n: 20 }), await hold(service, page, { n: 24 })];
  await lapse(service, one.meeting, two.meeting);
  await hold(service, page, { start: two.start });
  const late = await open(v, one);
  assert.match(words(late.text), /The booking was not confirmed in time/);
  const sure = await follow(v, await send(v, late.text, `/meetings/${one.meeting}/confirm/`));
  assert.match(words(sure.text), /You are booked with/);
  const w = browser();
  const tooLate = await send(w, (await open(w, two)).text, `/meetings/${two.meeting}/confirm/`);
  assert.equal(tooLate.status, 409);
  assert.match(words(tooLate.text), /Choose another time/);
  assert.doesNotMatch(words(tooLate.text), /\d{4}-\d\d-\d\dT/);
});

test("until the notice a booking can be moved and cancelled, and not any more after that", async () => {
  const v = browser();
  const booking = await booked(service, page, { n: 30 });
  const soon = Date.now() + 60 * 60_000;
  const shown = await open(v, booking);
  await service.db.batch([
    service.db.prepare("update bookings set notice = 100000 where meeting = ?").bind(booking.meeting),
  ]);
  assert.ok(soon);
  const after = await v.get(`/meetings/${booking.meeting}/`);
  assert.match(words(after.text), /It begins too soon to be moved or cancelled here/);
  assert.doesNotMatch(after.text, /_method=DELETE|\/times\//);
  const refused = await send(v, shown.text, `/meetings/${booking.meeting}/?_method=DELETE`);
  assert.equal(refused.status, 409);
  assert.equal((await meeting(service, booking)).status, "confirmed");
});

test("an owner who decides on each booking reads the answers, and says yes, or no with a message", async () => {
  const [guestV, ana] = [browser(), await signedIn("ana")];
  const some = await makeBookings(service, page);
  const asked = await open(guestV, some.asked);
  assert.match(words(asked.text), /You have asked for this time\. Ana’s office says yes or no by/);
  const owner = await ana.get(`/meetings/${some.asked.meeting}/`);
  const said = words(owner.text);
  assert.match(said, /Gil Guest asks for this time\. Say yes or no by/);
  assert.ok(said.includes(some.asked.email), said);
  const unconfirmed = await ana.get(`/meetings/${some.held.meeting}/`);
  assert.match(words(unconfirmed.text), /Gil Guest/);
  assert.doesNotMatch(unconfirmed.text, /\/approve\//, "the guest has to confirm first");
  const { timezone } = (await service.ask("GET", "/accounts/me/", { as: "ana" })).json;
  const clock = new Date(some.asked.start).toLocaleTimeString("en-GB", { timeZone: timezone, hour: "2-digit", minute: "2-digit" });
  const week = words((await ana.get("/api/user/busy/")).text);
  assert.match(week, new RegExp(`Waiting for your yes.*${VISIT.title} Gil Guest, \\w+ \\d+ \\w+ \\d+, ${clock} to `));
  const yes = await follow(ana, await send(ana, owner.text, `/meetings/${some.asked.meeting}/approve/`));
  assert.match(words(yes.text), /Gil Guest has booked this time with you\./);

  const talk = await ana.get(`/meetings/${some.firm.meeting}/`);
  assert.match(words(talk.text), /What is it about\? A new roof/);
  const message = "I have to travel that day.";
  const no = await follow(ana, await send(ana, talk.text, `/meetings/${some.firm.meeting}/?_method=DELETE`, { message }));
  assert.match(words(no.text), /This booking was cancelled/);
  await until("the message in the guest's mail", async () => (await service.outbox()).some(({ to, text }) => to.includes(some.firm.email) && text.includes(message)));
});

test("whoever is signed in books at once", async () => {
  const v = await signedIn("ben");
  const listed = await v.get(`${page.path}talk/?zone=Europe/Berlin`);
  const form = await v.get(times(listed.text)[0]);
  assert.match(words(form.text), /You book as Ben Okafor/);
  assert.doesNotMatch(form.text, /name="email"/);
  const done = await send(v, form.text, `${page.path}talk/`, { "answer-1": "A window" });
  const shown = await follow(v, done);
  assert.match(shown.headers.get("content-type"), /html/);
  assert.match(words(shown.text), /Your booking is made\..*You are booked with Ana’s office/);
  const view = await meeting(service, { meeting: /\/meetings\/(\d+)\//.exec(done.headers.get("location"))[1] });
  assert.deepEqual([view.status, view.attendees.length], ["confirmed", 1]);
});

test("whoever is signed in with an address that is not verified is a guest as any other", async () => {
  const who = await stranger(service);
  const v = await Browser.of(service, who);
  const listed = await v.get(`${page.path}talk/?zone=Europe/Berlin`);
  const form = await v.get(times(listed.text)[2]);
  assert.match(form.text, /name="email"/);
  assert.doesNotMatch(words(form.text), /You book as/);
  const held = await send(v, form.text, `${page.path}talk/`, { name: "Stray", email: who.email });
  assert.match(words(held.text), /and not booked yet\./);
});
