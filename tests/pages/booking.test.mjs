// The guest's booking in a real browser: from the booking page to a time that is held, confirmed by the mailed link, moved and
// cancelled, with each of the ways to use a page. And what a guest never learns: what the owner is busy with.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { agree } from "../support/agree.mjs";
import { browse } from "../support/browser.mjs";
import { CALENDAR, upload } from "../support/busy.mjs";
import { TALK, elsewhere, booked, guest, hold, linkTo, makeBookings, meeting, publish, starts } from "../support/booking_page.mjs";
import { start, until } from "../support/harness.mjs";
import { HANDS, person } from "../support/hands.mjs";
import { weight } from "../support/look.mjs";
import { settle, slot } from "../support/world.mjs";

/// What a page, its style and its script may weigh together when a guest opens it first.
const FIRST_VIEW = 80 * 1024;

let service, browser, page;
before(async () => {
  service = await start();
  browser = await browse(service);
  await settle(service);
  page = await publish(service);
});
beforeEach(() => elsewhere(service));
after(() => browser?.close());

const said = (v) => v.page.locator("main").innerText();
const link = (v, name) => v.page.locator("main").getByRole("link", { name });
const times = (v) => v.page.locator("ul.starts a");

for (const [n, way] of Object.keys(HANDS).entries()) {
  test(`from the booking page to a booking that is moved and cancelled ${way}`, { timeout: 240_000 }, async () => {
    const who = guest(`Gil Guest ${n + 1}`);
    const gil = await person(browser, way);
    await gil.open(page.path);
    await gil.look("guest: the booking page");
    await gil.press(link(gil, TALK.title));
    await gil.look("guest: free times");
    await gil.press(gil.page.locator("table.days a").nth(n));
    await gil.look("guest: free times of a day");
    assert.equal(await gil.page.locator('table.days a[aria-current="date"]').count(), 1);
    const chosen = times(gil).nth(1);
    const begin = await chosen.locator("time").getAttribute("datetime");
    await gil.press(chosen);
    await gil.look("guest: the form");
    await gil.write("name", who.name);
    await gil.write("email", who.email);
    await gil.write("answer-1", "A new roof");
    await gil.press(/Hold this time for me/);
    await gil.look("guest: held");
    assert.match(await said(gil), new RegExp(`A mail is on its way to ${who.email}`));

    await gil.openMail(who.email);
    assert.match(gil.page.url(), /\/meetings\/\d+\/$/, "the token is not in the address any more");
    await gil.look("guest: to be confirmed");
    const id = { meeting: Number(/meetings\/(\d+)/.exec(gil.page.url())[1]) };
    assert.equal((await meeting(service, id)).status, "held");
    await gil.press(/Confirm this booking/);
    await gil.look("guest: confirmed");
    assert.match(await said(gil), /You are booked with Ana’s office\./);
    const view = await meeting(service, id);
    assert.deepEqual([view.status, Date.parse(view.begin)], ["confirmed", Date.parse(begin)]);
    const file = await gil.download(gil.page.getByRole("link", { name: "Calendar file" }));
    assert.match(file.text, /SUMMARY:A first talk/);

    await gil.press(link(gil, "Move it to another time"));
    await gil.look("guest: other times");
    const other = times(gil).last();
    const later = await other.locator("time").getAttribute("datetime");
    await gil.press(other);
    await gil.look("guest: move?");
    await gil.press(/Move the booking to this time/);
    await gil.look("guest: moved");
    assert.equal(Date.parse((await meeting(service, id)).begin), Date.parse(later));

    await gil.unfold("Cancel this booking");
    await gil.press(/Cancel my booking/);
    await gil.look("guest: cancelled");
    assert.equal((await meeting(service, id)).status, "cancelled");
    await gil.press(link(gil, "Choose another time"));
    assert.equal(new URL(gil.page.url()).pathname, `${page.path}talk/`);
    await gil.leave();
  });
}

test("the first view of a month weighs less than 80 KB", async (t) => {
  const { status, headers, text } = await service.ask("GET", `${page.path}talk/?zone=Asia/Kolkata`, { headers: { Accept: "text/html" } });
  assert.equal(status, 200);
  assert.match(headers.get("content-type"), /html/);
  const { gzipSync } = await import("node:zlib");
  const parts = await weight(service, { html: text, bytes: gzipSync(text).length });
  // The files of the script stand in the page as well, and so do those that it loads first.
  for (const [, path] of text.matchAll(/<script[^>]* src="([^"]+)"/g)) parts[path] ??= gzipSync((await service.ask("GET", path)).text).length;
  const sum = Object.values(parts).reduce((all, one) => all + one, 0);
  t.diagnostic(`a guest's first view of a month: ${sum} bytes in ${Object.keys(parts).length} requests (${Object.entries(parts).map(([name, bytes]) => `${name} ${bytes}`).join(", ")})`);
  assert.ok(sum < FIRST_VIEW, `${sum} bytes`);
});

test("with script the zone of the device is one press away", async () => {
  const gil = await browser.visitor({ zone: "Asia/Tokyo" });
  await gil.open(`${page.path}talk/?zone=Europe/Berlin`);
  await gil.page.context().clearCookies();
  await gil.open(`${page.path}talk/`);
  const before = await times(gil).first().locator("time").getAttribute("datetime");
  await gil.press(/Use my device’s zone, Asia\/Tokyo/);
  assert.match(await said(gil), /Times are shown in Asia\/Tokyo\./);
  assert.match(await said(gil), /in Europe\/Berlin/);
  assert.ok(before);
  await gil.look("guest: free times in another zone");
  await gil.leave();
});

test("what a guest sees of a booking in each of its states", { timeout: 120_000 }, async () => {
  const some = await makeBookings(service, page);
  const ana = await browser.visitor({ javaScript: false });
  await ana.signIn("ana");
  for (const [state, booking] of Object.entries(some)) {
    const gil = await browser.visitor({ javaScript: false });
    await gil.open(linkTo(booking));
    await gil.look(`guest: ${state}`);
    await gil.leave();
    await ana.open(`/meetings/${booking.meeting}/`);
    await ana.look(`a guest's booking, its owner: ${state}`);
  }
  await ana.leave();
});

/// What nobody but Ana may learn.
const SECRETS = ["Merger", "Zed", "Quince", "Dentist", "Operation", "ana@localhost", "Ana Lee", "Berta"];

test("a guest never learns a name, a title or a reason of what is busy", { timeout: 240_000 }, async () => {
  const heard = [];
  const busy = await starts(service, page, "talk", "zone=UTC");
  // Ana is busy by all that can make somebody busy: a meeting that was agreed, an event, a blocked hour, an import, another guest.
  const agreed = await agree(service, { title: "Merger with Zed & Quince", parties: [{ email: "zed@example.org", name: "Zed Quince" }, { email: "ana@localhost", name: "Ana Lee" }], slots: [slot(2, 9, 60)], description: "Operation", timezone: "Europe/Berlin" }, { as: "ana" });
  const calendar = CALENDAR.replace("BEGIN:VEVENT\r\n", "BEGIN:VEVENT\r\nSUMMARY:Dentist\r\n");
  assert.match(calendar, /Dentist/);
  await upload(service, calendar, { as: "ana" });
  const [, , day] = [...new Set(busy.map((one) => one.slice(0, 10)))];
  await service.ask("POST", "/api/user/block_slots/", { as: "ana", json: { date: day, blocked_slots: [9, 10] } });
  await service.ask("POST", "/api/event/", { as: "ana", json: { title: "Merger, part two", description: "Operation", participants: [], time_slot: `${day} 14:00:00` } });
  const berta = await booked(service, page, { who: guest("Berta Quince"), n: 3 });
  assert.ok(agreed.id);

  const gil = await browser.visitor();
  gil.context.on("response", (response) => heard.push(response.text().then((text) => [response.url(), text], () => undefined)));
  const json = async (path, options) => {
    const { text } = await service.ask("GET", path, options);
    heard.push(Promise.resolve([path, text]));
    return text;
  };
  const who = guest();
  for (const path of [page.path, `${page.path}talk/`, `${page.path}visit/`, `${page.path}talk/?from=${day}&days=3&zone=UTC`]) {
    await gil.open(path);
    await json(path);
  }
  // A time that is taken by each of them is asked for, and refused without a reason.
  const at = (clock) => `${utc(`${day} ${clock}`).replace(" ", "T")}Z`;
  for (const start of [berta.start, at("09:00:00"), at("14:00:00"), slot(2, 9).begin]) {
    await gil.open(`${page.path}talk/?start=${encodeURIComponent(start)}`);
    const { status, text } = await service.ask("POST", `${page.path}talk/`, { json: { start, ...who, answers: [], zone: "UTC" } });
    assert.ok([400, 409].includes(status), `${start}: ${status} ${text}`);
    heard.push(Promise.resolve([start, text]));
  }
  const mine = await hold(service, page, { who, n: 5 });
  await gil.open(mine.link);
  await gil.press(/Confirm this booking/);
  await gil.download(gil.page.getByRole("link", { name: "Calendar file" })).then(({ text }) => heard.push(Promise.resolve(["calendar.ics", text])));
  await gil.press(link(gil, "Move it to another time"));
  await gil.press(times(gil).last());
  await gil.press(/Move the booking to this time/);
  const et = new URL(mine.link, "http://a").searchParams.get("et");
  for (const path of ["", "times/", "calendar.ics"]) await json(`/meetings/${mine.meeting}/${path}`, { et });
  for (const start of [berta.start, slot(2, 9).begin]) {
    const { status, text } = await service.ask("PATCH", `/meetings/${mine.meeting}/`, { et, json: { begin: start } });
    assert.ok([400, 409].includes(status), `${status} ${text}`);
    heard.push(Promise.resolve(["PATCH", text]));
  }
  await service.ask("DELETE", `/meetings/${mine.meeting}/`, { as: "ana", json: { message: "Sorry." } });
  const mails = await until("the mails of the guest", async () => {
    const all = (await service.outbox()).filter(({ to }) => to.includes(who.email));
    return all.length >= 4 && all;
  });
  for (const mail of mails) {
    const parts = (mail.attachments ?? []).map(({ content }) => Buffer.from(content, "base64").toString().replace(/\r\n[ \t]/g, ""));
    heard.push(Promise.resolve([mail.subject, [JSON.stringify(mail.headers), mail.from, mail.subject, mail.text, mail.html, ...parts].join("\n")]));
  }
  const all = (await Promise.all(heard)).filter(Boolean);
  assert.ok(all.length > 25, `${all.length} texts`);
  const found = all.flatMap(([where, text]) => SECRETS.filter((secret) => text.includes(secret)).map((secret) => `${secret} in ${where}: ${text.slice(Math.max(0, text.indexOf(secret) - 60), text.indexOf(secret) + 60)}`));
  assert.deepEqual(found, []);
  await gil.leave();
});

test("what was just taken keeps what was typed, by keyboard as well", async () => {
  const gil = await person(browser, "by keyboard alone");
  const [at] = (await starts(service, page)).slice(8);
  await gil.open(`${page.path}talk/?start=${encodeURIComponent(at)}&zone=Europe/Berlin`);
  const who = guest("Kay Board");
  await gil.write("name", who.name);
  await gil.write("email", who.email);
  await gil.write("answer-1", "Two windows");
  await hold(service, page, { start: at });
  await gil.press(/Hold this time for me/);
  await gil.look("guest: just taken");
  assert.equal(gil.answer().status, 409);
  assert.equal(await gil.page.locator("[name=answer-1]").inputValue(), "Two windows");
  await gil.toggle(gil.page.locator("[name=start]").nth(1));
  await gil.press(/Hold this time for me/);
  assert.match(await said(gil), new RegExp(`A mail is on its way to ${who.email}`));
  await gil.leave();
});

/// The rows of one's own week: the box of an hour.
const box = (v, value) => v.page.locator(`input[type=checkbox][value="${value}"]`);

for (const [n, way] of Object.keys(HANDS).entries()) {
  test(`journey 5: whoever has an account sees when others are free, books, is told of a clash, and blocks hours ${way}`, { timeout: 240_000 }, async () => {
    const date = slot(7 + n, 0).begin.slice(0, 10);
    await service.db.prepare("update accounts set bookable_by = 'anyone', timezone = 'Europe/Berlin' where username in ('ben', 'ana')").run();
    const ana = await person(browser, way);
    await ana.open("/api-auth/login/?next=/api/event/suggest/");
    await ana.write("username", "ana");
    await ana.write("password", "p");
    await ana.press(ana.page.locator("main form button").first());
    if (new URL(ana.page.url()).pathname !== "/api/event/suggest/") await ana.open("/api/event/suggest/");
    await ana.look("journey 5: book");
    await ana.write("people", "ben@localhost");
    await ana.write("title", `Site visit ${n + 1}`);
    await ana.write("from", date);
    await ana.press(/Show free hours/);
    await ana.look("journey 5: free hours");
    const hours = ana.page.locator(`button[name="time_slot"][value^="${date}"]:visible`);
    const chosen = await hours.last().getAttribute("value");
    // Somebody is faster.
    const faster = await service.ask("POST", "/api/event/", { as: "nia", json: { title: "Nia's talk", description: "", participants: ["ben@localhost"], time_slot: utc(chosen) } });
    assert.equal(faster.status, 201, faster.text);
    await ana.press(ana.page.locator(`button[name="time_slot"][value="${chosen}"]:visible`).last());
    await ana.look("journey 5: a clash");
    assert.equal(ana.answer().status, 409);
    assert.match(await said(ana), /ben@localhost has something else at that time/);
    assert.doesNotMatch(await said(ana), /Nia/, "whose it is stays unsaid");
    const free = ana.page.locator("button[name=time_slot]:visible").first();
    const instead = await free.getAttribute("value");
    assert.notEqual(instead, chosen);
    await ana.press(free);
    await ana.look("journey 5: booked");
    const id = Number(/\/meetings\/(\d+)\//.exec(ana.page.url())[1]);
    const { json: event } = await service.ask("GET", `/api/event/${id}/`, { as: "ana" });
    assert.deepEqual([event.title, event.time_slot, event.participants.sort()], [`Site visit ${n + 1}`, instead, ["ana@localhost", "ben@localhost"]]);

    await ana.open(`/api/user/busy/?from=${slot(14 + n, 0).begin.slice(0, 10)}`);
    await ana.look("journey 5: my week");
    const hour = ana.page.locator("input[type=checkbox]").nth(9);
    // One day is unfolded: with all of a week's hours, Tab would go a long way to the button.
    await hour.evaluate((one) => (one.closest("details").open = true));
    const value = await hour.getAttribute("value");
    await ana.toggle(hour);
    await ana.press(/Block these hours/);
    assert.match(await said(ana), /Your blocked hours are saved\./);
    assert.equal(await box(ana, value).isChecked(), true);
    await ana.leave();
  });
}

/// What UTC's clocks show when those of Berlin show this.
function utc(wall) {
  const at = new Date(`${wall.replace(" ", "T")}Z`);
  const there = new Date(`${at.toLocaleString("sv", { timeZone: "Europe/Berlin" }).replace(" ", "T")}Z`);
  return new Date(2 * at - there).toISOString().slice(0, 19).replace("T", " ");
}
