// The account's own pages of bookings, as a browser without script uses them: forms are found on the pages, filled in, and sent.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { start } from "../support/harness.mjs";
import { formsOf, typed, words } from "../support/forms.mjs";
import { Browser, fault, went } from "../support/pages.mjs";
import { PASSWORD, person, proof } from "../support/people.mjs";

let service;
before(async () => {
  service = await start();
});
after(() => service.close());

const WEEK = "/api/user/busy/";
const HOURS = "/api/user/working_hours/";
const BOOK = "/api/event/suggest/";
const EVENTS = "/api/event/";
const OFFERS = "/api/user/offers/";
const PAGE = "/api/user/booking_page/";
const day = (n) => new Date(Date.now() + n * 86_400_000).toISOString().slice(0, 10);

let names = 0;
/// Somebody who can be booked by anybody, as whoever signs up for bookings.
async function bookable() {
  const username = `bookable${(names += 1)}`;
  const email = `${username}@test.ca`;
  const { status, json, text } = await service.ask("POST", "/api/user/sign_up/", { json: { username, email, password: PASSWORD } });
  assert.equal(status, 201, text);
  assert.equal((await service.ask("POST", `/accounts/verify/${proof(json.id)}/`)).status, 200);
  return { username, email, id: json.id };
}

/// A browser of somebody new, in which times are in UTC.
async function browser(who) {
  return Browser.of(service, who ?? (await person(service)));
}

/// Fills in the form of a page that is sent there, and presses its first button, or the one that is named.
async function submit(one, page, action, changes = {}, press) {
  const form = formsOf(page.text).find((form) => form.action === action);
  assert.ok(form, `a form to ${action}: ${formsOf(page.text).map(({ action }) => action)}`);
  const pressed = press && form.buttons.find(({ name, value }) => name === press[0] && (press[1] === undefined || value === press[1]));
  assert.ok(!press || pressed, `a button ${press}`);
  const fields = [...typed(form.fields, changes), ...(pressed ? [[pressed.name, pressed.value]] : [])];
  const body = new URLSearchParams(fields);
  const headers = { ...one.headers, Origin: "null", "Sec-Fetch-Site": "same-origin" };
  return one.take(await service.ask("POST", action, { body, headers }));
}

/// The part of a page between two texts.
const between = ({ text }, from, to) => text.slice(text.indexOf(from), text.indexOf(to, text.indexOf(from)));

test("hours are blocked and opened again by ticking them, and what is booked says why it cannot be", async () => {
  const one = await browser();
  const date = day(2);
  const page = await one.get(`${WEEK}?from=${date}`);
  assert.equal(page.status, 200);
  assert.equal([...page.text.matchAll(/<fieldset class="day"/g)].length, 7);
  assert.equal([...page.text.matchAll(/name="hour"/g)].length, 7 * 24);
  const block = (page, hours) => submit(one, page, "/api/user/block_slots/", { hour: hours.map((hour) => `${date} ${hour}`) });
  assert.deepEqual(went(await block(page, ["10", "15"]), one.jar), [303, `${WEEK}?from=${date}`, "hours-blocked"]);
  const blocked = await one.get(`${WEEK}?from=${date}`);
  assert.match(blocked.text, /Your blocked hours are saved\./);
  assert.deepEqual([...blocked.text.matchAll(/value="([^"]+)" checked/g)].map(([, value]) => value), [`${date} 10`, `${date} 15`]);
  assert.match(words(between(blocked, `id="d${date}"`, "</fieldset>")), /10:00 to 11:00 Blocked 15:00 to 16:00 Blocked/);
  // What is not ticked any more is open again, and what was not touched stays.
  assert.equal((await block(blocked, ["15", "16"])).status, 303);
  const slots = await service.ask("GET", `/api/user/get_available_slots/?date=${date}`, { headers: { Cookie: one.headers.Cookie } });
  assert.deepEqual(slots.json.response.blocked_slots, [15, 16]);
  // An hour that is booked meanwhile is named, and what was ticked is kept.
  const open = await one.get(`${WEEK}?from=${date}`);
  const other = await bookable();
  const { json } = await service.ask("POST", EVENTS, { as: other.username, password: PASSWORD, json: { title: "Talk", description: "", participants: [], time_slot: `${date} 12:00:00` } });
  assert.equal(json.response.title, "Talk");
  const booked = await submit(one, await one.get(BOOK), EVENTS, { title: "Own", time_slot: `${date} 12:00:00` });
  assert.equal(booked.status, 303, booked.text);
  const refused = await block(open, ["12", "15", "16"]);
  assert.equal(refused.status, 409);
  assert.match(words(refused.text), /You have a meeting at 12:00, so this hour cannot be blocked\./);
  assert.match(refused.text, new RegExp(`value="${date} 15" checked`));
  const shown = await one.get(`${WEEK}?from=${date}`);
  assert.match(between(shown, `id="d${date}"`, "</fieldset>"), /<span class="time cut [^"]*"><span><strong>12:00<\/strong><small>Own<\/small>/);
  assert.match(shown.text, /<p>12:00 to 13:00<\/p><\/div><a href="\/meetings\/\d+\/">Own<\/a>/);
});

test("a week has the days and hours of the account's zone", async () => {
  const who = await person(service);
  const one = await browser(who);
  const set = await service.ask("PATCH", "/accounts/me/", { as: who.username, password: PASSWORD, json: { timezone: "Asia/Kolkata" } });
  assert.equal(set.status, 200, set.text);
  const date = day(3);
  const blocked = await submit(one, await one.get(`${WEEK}?from=${date}`), "/api/user/block_slots/", { hour: [`${date} 00`] });
  assert.equal(blocked.status, 303);
  const { starts_at } = await service.db.prepare("select starts_at from busy where account = ?").bind(who.id).first();
  assert.equal(new Date(starts_at).toISOString(), `${day(2)}T18:30:00.000Z`);
  const page = await one.get(`${WEEK}?from=${date}`);
  assert.match(words(between(page, `id="d${date}"`, "</fieldset>")), /00:00 to 01:00 Blocked/);
  assert.match(words(page.text), /Asia\/Kolkata/);
});

test("a week begins with any day, and none with something else", async () => {
  const one = await browser();
  const page = await one.get(WEEK);
  const later = /href="(\/api\/user\/busy\/\?from=[^"]+)">Later/.exec(page.text)[1];
  assert.equal(later, `${WEEK}?from=${day(7)}`);
  // Days that are over have nothing to block.
  const past = await one.get(`${WEEK}?from=${day(-20)}`);
  assert.equal(past.status, 200);
  assert.doesNotMatch(past.text, /name="hour"|Block these hours/);
  const wrong = await one.get(`${WEEK}?from=tomorrow`);
  assert.equal(wrong.status, 400);
  assert.match(wrong.text, /Enter a date, such as/);
});

test("working hours are typed, copied, kept where one is wrong, and said in a sentence", async () => {
  const one = await browser();
  const empty = await one.get(HOURS);
  assert.match(words(empty.text), /Others can book you at any time, day and night/);
  assert.match(empty.text, /name="always" type="checkbox" value="true" checked/);
  const put = `${HOURS}?_method=PUT`;
  const hours = { always: [], "monday-from": ["09:00"], "monday-to": ["17:00"] };
  const copied = await submit(one, empty, put, hours, ["do", "copy"]);
  assert.equal(copied.status, 200);
  assert.match(words(copied.text), /Others can book you Monday to Friday 09:00 to 17:00, unless/);
  assert.deepEqual(JSON.parse((await service.ask("GET", HOURS, { headers: { Cookie: one.headers.Cookie } })).text).weekly, null, "nothing is saved yet");
  const wrong = await submit(one, copied, put, { "tuesday-to": ["08:00", ""], date: [day(30)] });
  assert.equal(wrong.status, 400);
  assert.deepEqual(fault(wrong, "r0-tuesday-from"), ["End time must be after start time.", true]);
  assert.match(wrong.text, new RegExp(`name="date" type="date" autocomplete="off" value="${day(30)}"`));
  assert.deepEqual(went(await submit(one, wrong, put, { "tuesday-to": ["12:00", ""] }), one.jar), [303, HOURS, "hours-saved"]);
  const saved = await one.get(HOURS);
  assert.match(words(saved.text), /Monday 09:00 to 17:00, Tuesday 09:00 to 12:00 and Wednesday to Friday 09:00 to 17:00/);
  const { json } = await service.ask("GET", HOURS, { headers: { Cookie: one.headers.Cookie } });
  assert.deepEqual(json.exceptions, [{ date: day(30), hours: [] }]);
  assert.deepEqual(json.weekly[1], { weekday: "tuesday", from: "09:00", to: "12:00" });
  // Until midnight is 00:00 in a field.
  await submit(one, saved, put, { "monday-to": ["00:00", ""] });
  assert.equal((await service.ask("GET", HOURS, { headers: { Cookie: one.headers.Cookie } })).json.weekly[0].to, "24:00");
  assert.match((await one.get(HOURS)).text, /id="r0-monday-to"[^>]* value="00:00"/);
});

test("people are named, their free hours are shown, one is booked, and it stands in the list", async () => {
  const [one, other] = [await browser(), await bookable()];
  const page = await one.get(BOOK);
  const look = await submit(one, page, EVENTS, { people: other.email, title: "Kick-off", from: day(2) }, ["do", "look"]);
  assert.equal(look.status, 200);
  assert.match(look.text, /The best hours/);
  const hour = formsOf(look.text)[0].buttons.find(({ name, value }) => name === "time_slot" && value.startsWith(day(3)));
  const booked = await submit(one, look, EVENTS, {}, ["time_slot", hour.value]);
  const [status, path, notice] = went(booked, one.jar);
  assert.deepEqual([status, notice], [303, "booked"]);
  const meeting = await one.get(path);
  assert.match(meeting.text, /<h1>Kick-off<\/h1>/);
  const list = await one.get(EVENTS);
  assert.match(list.text, new RegExp(`<a href="${path}"><strong>Kick-off</strong></a>`));
  assert.match(words(list.text), new RegExp(other.email));
  // The page of an event is that of its meeting.
  const id = /\d+/.exec(path)[0];
  assert.deepEqual(went(await one.get(`${EVENTS}${id}/`), one.jar).slice(0, 2), [303, path]);
});

test("a clash is explained on the form, with what was typed, and an hour instead is one button away", async () => {
  const [one, other] = [await browser(), await bookable()];
  const taken = `${day(2)} 10:00:00`;
  const { status } = await service.ask("POST", EVENTS, { as: other.username, password: PASSWORD, json: { title: "Secret talk", description: "", participants: [], time_slot: taken } });
  assert.equal(status, 201);
  const page = await one.get(`${BOOK}?participants=${other.email}&time_slot=${encodeURIComponent(taken)}`);
  const clash = await submit(one, page, EVENTS, { title: "Budget", description: "Figures & <more>" }, ["time_slot", taken]);
  assert.equal(clash.status, 409);
  assert.match(words(clash.text), new RegExp(`${other.email} has something else at that time\\.`));
  assert.doesNotMatch(clash.text, /Secret talk|err_message/);
  const form = formsOf(clash.text).find(({ action }) => action === EVENTS);
  assert.equal(Object.fromEntries(form.fields).title, "Budget");
  assert.equal(Object.fromEntries(form.fields).description, "Figures & <more>");
  const instead = [...between(clash, 'id="dalternatives"', "</fieldset>").matchAll(/name="time_slot" value="([^"]+)"/g)].map(([, value]) => value);
  assert.equal(instead.length, 3);
  assert.ok(!instead.includes(taken));
  assert.equal((await submit(one, clash, EVENTS, {}, ["time_slot", instead[0]])).status, 303);
});

test("what is wrong is said beside its field, and nothing is booked", async () => {
  const [one, other] = [await browser(), await bookable()];
  const page = await one.get(BOOK);
  const nobody = await submit(one, page, EVENTS, { people: "nobody@example.org", title: "T" }, ["do", "look"]);
  assert.equal(nobody.status, 400);
  assert.deepEqual(fault(nobody, "people"), ["Nobody who can be booked has the address nobody@example.org.", true]);
  const unread = await submit(one, page, EVENTS, { people: "bea at home", title: "T" }, ["do", "look"]);
  assert.match(fault(unread, "people")[0], /could not be read as a person/);
  const untitled = await submit(one, page, EVENTS, { people: other.email, time_slot: `${day(2)} 10:00:00` });
  assert.equal(untitled.status, 400);
  assert.deepEqual(fault(untitled, "title"), ["Please fill this in.", true]);
  const past = await submit(one, page, EVENTS, { title: "T", time_slot: `${day(-2)} 10:00:00` });
  assert.match(words(past.text), /This time has passed/);
  assert.match((await one.get(EVENTS)).text, /Nothing is booked/);
});

test("somebody's free hours lead to the page on which they are booked", async () => {
  const [one, other] = [await browser(), await bookable()];
  const page = await one.get(`/api/user/get_available_slots/?user=${other.email}&date=${day(2)}`);
  assert.equal(page.status, 200);
  const hrefs = [...page.text.matchAll(/<a class="time [^"]*" href="([^"]+)"/g)].map(([, href]) => href.replaceAll("&#38;", "&"));
  const hours = hrefs.map((href) => new URL(href, "http://a").searchParams.get("time_slot"));
  assert.deepEqual([hours[0], hours[23], new Set(hours).size], [`${day(2)} 00:00:00`, `${day(2)} 23:00:00`, 7 * 24], "each hour leads to itself");
  const today = await one.get(`/api/user/get_available_slots/?user=${other.email}&date=${day(0)}`);
  const first = decodeURIComponent(/time_slot=([^"&]+)/.exec(today.text)[1].replaceAll("+", " "));
  assert.ok(Date.parse(`${first.replace(" ", "T")}Z`) > Date.now(), `${first} has not passed`);
  const [href] = hrefs;
  assert.match(href, new RegExp(`^${BOOK.replace("?", "\\?")}\\?participants=${encodeURIComponent(other.email).replace(/\./g, "\\.")}`));
  assert.match((await one.get(href)).text, /The hour you chose/);
  const busy = await one.get(`/api/user/freebusy/?user=${other.email}`);
  assert.match(words(busy.text), /Free all day\./);
  const unknown = await one.get("/api/user/get_available_slots/?user=nobody@example.org");
  assert.equal(unknown.status, 400);
  assert.deepEqual(fault(unknown, "user"), ["Nobody who can be booked has the address nobody@example.org.", true]);
});

test("a booking page is published with a kind of meeting, changed, paused and withdrawn", async () => {
  const one = await browser();
  const none = await one.get(PAGE);
  assert.match(none.text, /The page is not published/);
  const put = `${PAGE}?_method=PUT`;
  const wrong = await submit(one, none, put, { name: "x", title: "Ana Lee" });
  assert.equal(wrong.status, 400);
  assert.equal(fault(wrong, "name")[1], true);
  assert.match(wrong.text, /name="title"[^>]* value="Ana Lee"/);
  const name = `ana-${Date.now()}`;
  assert.deepEqual(went(await submit(one, wrong, put, { name }), one.jar), [303, PAGE, "page-published"]);
  const settings = await one.get(PAGE);
  assert.match(settings.text, new RegExp(`value="[^"]*/book/${name}/" readonly`));
  assert.match(settings.text, /<svg [^>]*class="qr"/);
  const offers = await one.get(OFFERS);
  const refused = await submit(one, offers, OFFERS, { title: "Talk", minutes: "3" });
  assert.equal(refused.status, 400);
  assert.equal(fault(refused, "minutes")[1], true);
  assert.match(refused.text, /name="title"[^>]* value="Talk"/);
  const added = await submit(one, refused, OFFERS, { minutes: "45", slug: "talk", questions: "What about?\n\nWhere?", approval: "true" });
  assert.deepEqual(went(added, one.jar), [303, OFFERS, "kind-added"]);
  const { json } = await service.ask("GET", `${OFFERS}talk/`, { headers: { Cookie: one.headers.Cookie } });
  assert.deepEqual([json.minutes, json.questions, json.approval, json.daily_cap], [45, ["What about?", "Where?"], true, null]);
  const edit = await one.get(`${OFFERS}talk/`);
  assert.match(edit.text, /name="approval" type="checkbox" value="true" checked/);
  const change = `${OFFERS}talk/?_method=PATCH`;
  assert.deepEqual(went(await submit(one, edit, change, { title: "Long talk", daily_cap: "2" }), one.jar).slice(0, 2), [303, `${OFFERS}talk/`]);
  const capped = await one.get(`${OFFERS}talk/`);
  assert.match(capped.text, /name="daily_cap"[^>]* value="2"/);
  await submit(one, capped, change, { daily_cap: "" });
  const uncapped = await service.ask("GET", `${OFFERS}talk/`, { headers: { Cookie: one.headers.Cookie } });
  assert.deepEqual([uncapped.json.daily_cap, uncapped.json.title], [null, "Long talk"], "an empty field takes the limit away");
  const list = await one.get(OFFERS);
  assert.match(list.text, /<strong>Long talk<\/strong>/);
  await submit(one, list, change);
  const paused = await one.get(OFFERS);
  assert.match(paused.text, /class="badge ">Paused</);
  await submit(one, paused, change);
  assert.doesNotMatch((await one.get(OFFERS)).text, /class="badge ">Paused</);
  const code = await one.get(`${OFFERS}talk/qr.svg`);
  assert.deepEqual([code.status, code.headers.get("content-type")], [200, "image/svg+xml"]);
  assert.deepEqual(went(await submit(one, await one.get(`${OFFERS}talk/`), `${OFFERS}talk/?_method=DELETE`), one.jar), [303, OFFERS, "kind-removed"]);
  assert.equal((await one.get(`${OFFERS}talk/`)).status, 404);
  assert.deepEqual(went(await submit(one, await one.get(PAGE), `${PAGE}?_method=DELETE`), one.jar), [303, PAGE, "page-withdrawn"]);
  assert.match((await one.get(PAGE)).text, /The page is not published/);
});

test("whoever takes part in an event changes its people, and has it take place after all", async () => {
  const [one, other, third] = [await browser(), await bookable(), await bookable()];
  const booked = await submit(one, await one.get(BOOK), EVENTS, { people: other.email, title: "Lunch", time_slot: `${day(4)} 12:00:00` });
  const path = booked.headers.get("location");
  const change = `/api/event/${/\d+/.exec(path)[0]}/?_method=PATCH`;
  const page = await one.get(path);
  const people = Object.fromEntries(formsOf(page.text).find(({ action }) => action === change).fields).people;
  assert.match(people, new RegExp(other.email));
  const wrong = await submit(one, page, change, { people: `${people}\nnobody@example.org` });
  assert.equal(wrong.status, 400);
  assert.match(wrong.text, /Nobody who can be booked has the address nobody@example\.org\./);
  assert.deepEqual(went(await submit(one, page, change, { people: `${people}\n${third.email}` }), one.jar), [303, path, "meeting-changed"]);
  assert.match(words((await one.get(path)).text), new RegExp(third.email));
  const cancelled = await submit(one, await one.get(path), `${path}?_method=DELETE`);
  assert.equal(cancelled.status, 303);
  assert.deepEqual(went(await submit(one, await one.get(path), change), one.jar), [303, path, "meeting-changed"]);
  assert.doesNotMatch((await one.get(path)).text, /This meeting was cancelled/);
});

test("whoever is not signed in is led to sign in, and a form of another site does nothing", async () => {
  const nobody = new Browser(service);
  for (const path of [WEEK, HOURS, BOOK, EVENTS, OFFERS, PAGE, "/api/user/busy/subscriptions/", "/api/user/get_available_slots/"]) {
    const page = await nobody.get(path);
    assert.equal(page.status, 401, path);
    assert.match(page.text, /name="password"/);
  }
  const one = await browser();
  for (const path of [EVENTS, "/api/user/block_slots/", OFFERS, `${PAGE}?_method=PUT`, `${HOURS}?_method=PUT`]) {
    const forged = await one.post(path, { csrfmiddlewaretoken: "k1.00", title: "T" });
    assert.equal(forged.status, 403, path);
  }
});
