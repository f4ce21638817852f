// Journey 4 of the specification: the owner composes one-to-ones, sees who has answered, chooses a schedule, changes it by hand, and
// has the meetings in the calendar; with each of the ways to use a page.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { read } from "../support/agree.mjs";
import { browse } from "../support/browser.mjs";
import { answered, at, calendarMails, mailsArrived, named } from "../support/calendars.mjs";
import { cell, drag } from "../support/grid.mjs";
import { HANDS, person } from "../support/hands.mjs";
import { start, until } from "../support/harness.mjs";
import { settle, slot } from "../support/world.mjs";

let service, browser;
before(async () => {
  service = await start();
  browser = await browse(service);
  await settle(service);
});
after(() => browser?.close());

/// A day of the week after next, from 0 for Monday.
const day = (n) => slot(n, 0).begin.slice(0, 10);
/// The button of a form that does this, as far as it is seen.
const act = (v, what) => v.page.locator(`main button[name="do"][value="${what}"]:visible`).last();
const said = (v) => v.page.locator("main").innerText();
const details = async (id, as = "ana") => (await service.ask("GET", at(id, "details/"), { as })).json;
const idOf = (v) => Number(/calendars\/(\d+)\//.exec(v.page.url())[1]);
/// The owner's whole time of a day, in Berlin. Whatever is finalised takes its day: each test that finalises has one of its own.
const whole = (n, level = 3) => named(day(n), 9 * 60, 12 * 60, level);
/// A day that is never taken.
const FREE = 8;

/// Chooses an option of a select by its place, as this visitor's hands do it.
async function pick(v, way, select, value) {
  if (way !== "by keyboard alone") return select.selectOption(value);
  await v.tabTo(select);
  for (let n = 0; n < 40 && (await select.inputValue()) !== value; n++) await v.page.keyboard.press("ArrowUp");
  for (let n = 0; n < 40 && (await select.inputValue()) !== value; n++) await v.page.keyboard.press("ArrowDown");
  assert.equal(await select.inputValue(), value);
}

/// Whether the script of this way runs.
const enhanced = (way) => ["by mouse", "by keyboard alone", "by touch at 320 px"].includes(way);

for (const [n, way] of Object.keys(HANDS).entries()) {
  test(`from an empty list to meetings in the calendar ${way}`, { timeout: 240_000 }, async () => {
    const name = `Thesis talks ${n + 1}`;
    const when = n + 1;
    const ana = await person(browser, way);
    await ana.open("/");
    await ana.press(ana.page.locator("header").getByRole("link", { name: "Sign in" }));
    await ana.write("username", "ana");
    await ana.write("password", "p");
    await ana.press(ana.page.locator("main form button").first());
    await ana.press(ana.page.locator("header").getByRole("link", { name: "One-to-ones" }));
    await ana.look("journey 4: the list");
    await ana.press(ana.page.locator("main").getByRole("link", { name: "Start one-to-ones" }));
    await ana.look("journey 4: compose");

    await ana.write("name", name);
    await ana.write("description", "Please bring your drafts.");
    for (const contact of ["Bea Marini", "Cyd Park"]) await ana.toggle(ana.page.getByRole("checkbox", { name: contact }));
    await ana.write("people", "Fay Okoro <fay@example.org>");
    await ana.write("t0-date", day(when));
    await ana.write("t0-clock", "09:00");
    await ana.write("t0-to", "12:00");
    await ana.write("deadline-date", day(-3));
    await ana.press(act(ana, "preview"));
    await ana.look("journey 4: preview");
    const preview = await said(ana);
    for (const words of [name, "Bea Marini", "Cyd Park", "Fay Okoro", "room for 3 meetings", "09:00 to 12:00", "respond"]) {
      if (words !== "respond") assert.ok(preview.includes(words), `${words} in: ${preview}`);
    }
    assert.equal((await service.outbox()).some(({ text }) => text.includes(name)), false, "nothing is sent by a preview");
    await ana.press(act(ana, "send"));
    await ana.look("journey 4: sent");
    assert.match(await said(ana), /3 people are invited/);

    const id = idOf(ana);
    const made = await details(id);
    assert.deepEqual([made.Calendar.name, made.Calendar.invitees.length, made.Calendar.meeting_minutes, made.Calendar.timezone], [name, 3, 60, "Europe/Berlin"]);
    assert.deepEqual(made.Owner_availability.slots.map(({ date, start_time, end_time, preference_level }) => [date, start_time, end_time, preference_level]), [[day(when), "09:00:00", "12:00:00", 3]]);
    await mailsArrived(service, id, {}, 3);
    assert.deepEqual((await calendarMails(service, id)).flatMap(({ to }) => to).sort(), ["bea@example.org", "cyd@example.org", "fay@example.org"]);

    for (const number of [1, 2, 3]) await answered(service, id, number, [whole(when, number)]);
    await ana.open(at(id, "details/"));
    await ana.look("journey 4: everybody has answered");
    assert.match(await said(ana), /Everybody has answered\./);
    assert.match(await said(ana), /Best: \w+ \d+ \w+, 09:00\. All 3 can\./);
    await ana.press(ana.page.getByRole("link", { name: "See the schedules" }));
    await ana.look("journey 4: schedules");
    assert.match(await said(ana), /No schedule is better: this is proven\./);

    const contacts = made.Calendar.invitees;
    const [first, second] = contacts.map((contact) => ana.page.locator(`[name="begin-${contact}"]`));
    const [one, other] = [await first.inputValue(), await second.inputValue()];
    assert.ok(one && other && one !== other, "everybody has a time of its own");
    if (enhanced(way)) await ana.page.locator(".adjust[data-ready]").waitFor();
    // Two at the same time do not fit, and it is said beside the names.
    await pick(ana, way, second, one);
    if (!enhanced(way)) await ana.press(act(ana, "check"));
    const fault = ana.page.locator(`#faults-${contacts[1]} .fault`);
    await fault.waitFor();
    assert.match(await fault.innerText(), /overlaps/);
    await ana.look("journey 4: a conflict");
    await pick(ana, way, ana.page.locator(`[name="begin-${contacts[0]}"]`), other);
    if (!enhanced(way)) await ana.press(act(ana, "check"));
    await fault.waitFor({ state: "detached" });
    await ana.press(act(ana, "finalize"));
    await ana.look("journey 4: sure");
    assert.match(await said(ana), /3 meetings will be made/);
    assert.equal((await details(id)).Calendar.finalized, false, "nothing is done before it is asked about");
    await ana.press(act(ana, "finalize"));
    await ana.look("journey 4: finalised");

    assert.equal((await details(id)).Calendar.finalized, true);
    const { json: meetings } = await service.ask("GET", at(id, "meetings/"), { as: "ana" });
    assert.equal(meetings.length, 3);
    const begins = meetings.map(({ start_time }) => start_time).sort();
    assert.equal(new Set(begins).size, 3);
    const file = await ana.download(ana.page.getByRole("link", { name: "Calendar file with all meetings" }));
    assert.deepEqual(read(file.text)[0].events.map(({ summary }) => summary), [name, name, name]);
    await ana.press(ana.page.getByRole("link", { name: /Move or cancel: Bea Marini/ }));
    assert.match(ana.page.url(), /\/meetings\/\d+\/$/);
    await ana.open("/schedules/home/");
    assert.match(await said(ana), new RegExp(`Agreed[^]*${name}`));
    await ana.leave();
  });
}

/// A calendar of Ana's with Bea and Cyd; gives its id.
async function make(name, more = {}, n = FREE) {
  const { json: contacts } = await service.ask("GET", "/schedules/contacts/", { as: "ana" });
  const ids = ["bea@example.org", "cyd@example.org"].map((address) => contacts.find(({ email }) => email === address).id);
  const available_slots = [{ date: day(n), start_time: "09:00:00", end_time: "12:00:00", preference_level: 3 }];
  const json = { name, description: "", deadline: slot(-3, 16).begin, timezone: "Europe/Berlin", invitees: ids, available_slots, ...more };
  const { status, json: made, text } = await service.ask("POST", "/schedules/calendars/create/", { as: "ana", json });
  assert.equal(status, 201, text);
  return { id: made.id, ids };
}
async function visit(path, options = { javaScript: false }) {
  const v = await browser.visitor(options);
  await v.signIn("ana");
  await v.open(path);
  return v;
}

test("a plan is checked by a button until the script that checks it has come", async () => {
  const { id } = await make("Slow line");
  await answered(service, id, 1, [whole(FREE)]);
  const v = await visit("/schedules/home/", {});
  const line = await v.hold("**/static/plan.*.js");
  await v.open(at(id, "confirm/"));
  await line.asked;
  const check = v.page.getByRole("button", { name: "Check", exact: true });
  assert.ok(await check.isVisible());
  line.come();
  await check.waitFor({ state: "hidden" });
  await v.leave();
});

test("the same preview makes one calendar, however often it is sent", async () => {
  const v = await visit("/schedules/calendars/compose/");
  const set = async (fields) => {
    for (const [field, value] of Object.entries(fields)) await v.page.locator(`[name="${field}"]`).fill(value);
  };
  await set({ name: "Sent twice", people: "Bea Marini <bea@example.org>", "t0-date": day(2), "t0-clock": "09:00", "t0-to": "10:00", "deadline-date": day(-3) });
  await v.press(act(v, "preview"));
  // Somebody presses twice: the same form is sent by another window, too.
  const [, before] = await v.page.evaluate(async () => {
    const form = document.querySelector('form[action$="/create/"]');
    const body = new URLSearchParams([...new FormData(form), ["do", "send"]]);
    const { url } = await fetch(form.action, { method: "POST", body, headers: { Accept: "text/html" } });
    return /calendars\/(\d+)\/details/.exec(url);
  });
  const id = Number(before);
  await mailsArrived(service, id, {}, 1);
  await v.press(act(v, "send"));
  assert.equal(idOf(v), id);
  const { results } = await service.db.prepare("select id from calendars where name = 'Sent twice'").all();
  assert.equal(results.length, 1);
  assert.equal((await calendarMails(service, id, { to: "bea@example.org" })).length, 1);
  await v.leave();
});

test("what is wrong is said at the field, and what was typed stays", async () => {
  const v = await visit("/schedules/calendars/compose/");
  const set = async (fields) => {
    for (const [field, value] of Object.entries(fields)) await v.page.locator(`[name="${field}"]`).fill(value);
  };
  await set({ people: "cyd@example.org, new@example.org", minutes: "4", "t0-date": day(2), "t0-clock": "10:00", "t0-to": "09:00", "deadline-date": "2020-01-01" });
  // The browser's own rules hold some of it back; the server says all of it.
  await v.page.locator("form.compose").evaluate((form) => (form.noValidate = true));
  await v.press(act(v, "preview"));
  await v.look("compose, refused");
  assert.equal(v.answer().status, 400);
  const words = await said(v);
  for (const fault of ["Say what the meetings are about", "first and the last name beside new@example.org", "from 5 to 480 minutes", "The end must be later", "This time has passed"]) {
    assert.ok(words.includes(fault), `${fault} in: ${words}`);
  }
  assert.equal(words.includes("beside cyd@example.org"), false, "a contact is known by the address");
  assert.equal(await v.page.locator('[name="t0-to"]').inputValue(), "09:00");
  assert.equal(await v.page.locator('[name="people"]').inputValue(), "cyd@example.org, new@example.org");
  await v.leave();
});

test("hours of every week become times, and too little room is pointed out", async () => {
  const v = await visit("/schedules/calendars/compose/");
  for (const n of [2, 4]) await v.page.locator(`[name="series-day"][value="${n}"]`).check();
  await v.page.locator('[name="series-first-day"]').fill(day(0));
  await v.page.locator('[name="series-last-day"]').fill(day(11));
  await v.page.locator('[name="series-to"]').fill("09:30");
  await v.press(act(v, "series"));
  await v.look("compose, hours of every week");
  assert.match(await said(v), /That makes 4 times\./);
  await v.page.locator('[name="series-level"]').selectOption("2");
  await v.press(act(v, "use"));
  const times = await v.page.locator('[name="time"]').evaluateAll((inputs) => inputs.map(({ value }) => value));
  assert.deepEqual(times, [1, 3, 8, 10].map((n) => `${day(n)}T09:00 30 - 2`));
  await v.page.locator('[name="level"]').first().selectOption("1");
  for (const [field, value] of Object.entries({ name: "No room", people: "Bea Marini <bea@example.org>", "deadline-date": day(5) })) await v.page.locator(`[name="${field}"]`).fill(value);
  await v.press(act(v, "preview"));
  await v.look("preview, with warnings");
  const words = await said(v);
  assert.match(words, /room for no meeting of 60 minutes, and you invite one person/);
  assert.match(words, /2 of your times begin before the deadline/);
  assert.match(words, /09:00 to 09:30 \(1, if need be\)/);
  await v.leave();
});

test("an owner reminds, gives more time, changes times without losing answers, invites and takes off the list", async () => {
  const { id, ids } = await make("Office hours");
  await answered(service, id, 1, [whole(FREE)]);
  const v = await visit(at(id, "details/"));
  await v.look("a calendar, one has answered");
  assert.match(await said(v), /Cyd Park still has to answer, by/);
  const unfold = (words) => v.page.locator("summary", { hasText: words }).first().evaluate((summary) => (summary.parentElement.open = true));
  await unfold("Answer and options: Bea Marini");
  assert.match(await said(v), /09:00 to 12:00 \(3\)/, "the answer can be read");
  await v.press(v.page.getByRole("button", { name: /Send a reminder: Cyd Park/ }));
  assert.match(await said(v), /on its way/);
  await mailsArrived(service, id, { to: "cyd@example.org", subject: /Reminder/ });

  const form = (what) => v.page.locator("form").filter({ has: v.page.locator(`[name="do"][value="${what}"]`) });
  await unfold("Name, description, deadline");
  await form("details").locator('[name="deadline-date"]').fill(day(0));
  await v.press(form("details").locator("button"));
  assert.match((await details(id)).Calendar.deadline, new RegExp(`^${day(0)}T1[67]:`));

  await unfold("Your times");
  await form("times").locator('[name="keep"]').first().uncheck();
  for (const [field, value] of Object.entries({ "t0-date": day(FREE), "t0-clock": "10:00", "t0-to": "13:00" })) await form("times").locator(`[name="${field}"]`).fill(value);
  await form("times").locator('[name="t0-level"]').selectOption("1");
  await v.press(form("times").locator("button"));
  const after = await details(id);
  assert.deepEqual(after.Owner_availability.slots.map(({ start_time, end_time, preference_level }) => [start_time, end_time, preference_level]), [["10:00:00", "13:00:00", 1]]);
  assert.equal(after.Invitee_availability[0].status, true, "the answer is kept");
  assert.match(await said(v), /Was asked again about the times that you have added since/);

  await unfold("Invite more people");
  await form("people").locator('[name="people"]').fill("Gus Lind <gus@example.org>");
  await v.press(form("people").locator("button"));
  await mailsArrived(service, id, { to: "gus@example.org" });
  await unfold("Options: Cyd Park");
  await v.press(form("remove").nth(1).locator("button"));
  assert.deepEqual((await details(id)).Calendar.invitees.includes(ids[1]), false);
  await v.look("a calendar after changes");
  const log = await visit(at(id, "log/"));
  await log.look("the log of a calendar");
  const words = await said(log);
  for (const sentence of ["Ana Lee invited 2 people.", "Bea Marini answered. 1 of 2 have answered.", "Cyd Park was reminded.", "Ana Lee changed the times: one added, one taken back.", "Ana Lee invited Gus Lind.", "Ana Lee took Cyd Park off the list."]) {
    assert.ok(words.includes(sentence), `${sentence} in: ${words}`);
  }
  await v.open(at(id, "details/"));
  await unfold("Close these one-to-ones");
  await v.press(v.page.locator("form[action$='?_method=DELETE'] button"));
  assert.match(await said(v), /closed/);
  await Promise.all([v, log].map((one) => one.leave()));
});

test("a mail's or a bookmark's GET reminds nobody, and its page has the button", async () => {
  const { id, ids } = await make("Bookmarked");
  await mailsArrived(service, id, {}, 2);
  const v = await visit(`/schedules/calendars/remind/${id}/${ids[0]}/`);
  await v.look("remind by GET");
  assert.equal((await calendarMails(service, id, { subject: /Reminder/ })).length, 0);
  await v.press(v.page.getByRole("button", { name: "Send a reminder" }));
  await mailsArrived(service, id, { to: "bea@example.org", subject: /Reminder/ });
  await v.leave();
});

test("an answer shows on the open page, and who can when is counted for whom one chooses", async () => {
  const { id } = await make("Live");
  const v = await visit(at(id, "details/"), {});
  await v.page.locator(".live[data-ready]").waitFor({ state: "attached" });
  await answered(service, id, 1, [whole(FREE)]);
  const state = v.page.locator('[data-live="i1 state"]');
  await until("the answer is shown", async () => /Has answered/.test(await state.innerText()));
  await answered(service, id, 2, [named(day(FREE), 9 * 60, 10 * 60, 2)]);
  await until("everybody is counted", async () => /Everybody has answered/.test(await said(v)));
  const at9 = v.page.locator("td[data-when]").first();
  await until("the table is there", async () => (await at9.innerText()) === "2");
  await v.page.locator("[data-enhance=heat][data-ready]").waitFor();
  assert.equal(await at9.getAttribute("class"), "heat-5 everybody");
  await at9.hover();
  assert.match(await v.page.locator(".heat-said").innerText(), /09:00: 2 of 2 can\. Can: Bea Marini \(3\), Cyd Park \(2\)\./);
  await v.page.locator(".chip", { hasText: "Cyd Park" }).click();
  assert.equal(await at9.innerText(), "1");
  await v.page.locator("td[data-when]").nth(2).hover();
  assert.match(await v.page.locator(".heat-said").innerText(), /10:00: 1 of 1 can\./);
  // By keys: one cell is a stop, arrows go on.
  await at9.focus();
  await v.page.keyboard.press("ArrowDown");
  assert.match(await v.page.locator(".heat-said").innerText(), /09:30/);
  await v.leave();
});

test("a week is painted with preferences", { timeout: 120_000 }, async () => {
  const v = await visit("/schedules/calendars/compose/", {});
  const row = (hour) => Math.floor(hour * 2);
  await v.page.getByRole("button", { name: "Paint a week" }).click();
  await v.page.locator("time-grid table").waitFor();
  await v.page.locator("#paint-day").fill("2027-01-11");
  await v.page.locator("#paint-day").dispatchEvent("change");
  const paint = async (level, column, first, last) => {
    await v.page.locator("time-grid").getByRole("button", { name: `${level},`, exact: false }).first().click();
    await cell(v, column, row((first + last) / 2)).evaluate((td) => td.scrollIntoView({ block: "center" }));
    await drag(v, [column, row(first)], [column, row(last)]);
  };
  await paint(3, 1, 9, 11.5);
  await paint(1, 1, 10.5, 11.5);
  const values = () => v.page.locator('[name="keep"]').evaluateAll((boxes) => boxes.filter(({ checked }) => checked).map(({ value }) => value));
  assert.deepEqual(await values(), ["2027-01-12T09:00 90 - 3", "2027-01-12T10:30 90 - 1"]);
  assert.match(await v.page.locator(".runs").innerText(), /09:00 to 10:30[^]*3, best[^]*10:30 to 12:00[^]*1, if need be/);
  await v.look("painting with preferences");
  await v.page.getByRole("button", { name: "Done with painting" }).click();
  await v.page.locator('[name="level"]').nth(1).selectOption("2");
  await v.page.getByRole("button", { name: "Paint a week" }).click();
  await v.page.getByRole("button", { name: "Done with painting" }).click();
  await v.press(act(v, "preview"));
  const times = await v.page.locator('[name="time"]').evaluateAll((inputs) => inputs.map(({ value }) => value));
  assert.deepEqual(times, ["2027-01-12T09:00 90 - 3", "2027-01-12T10:30 90 - 2"]);
  await v.leave();
});

test("not everybody fits: who competes with whom, what would help, and a schedule by hand all the same", async () => {
  const slots = [{ date: day(FREE), start_time: "09:00:00", end_time: "11:00:00", preference_level: 3 }];
  const { json: contacts } = await service.ask("GET", "/schedules/contacts/", { as: "ana" });
  const ids = ["bea@example.org", "cyd@example.org", "dan@example.org"].map((address) => contacts.find(({ email }) => email === address).id);
  const { id } = await make("Tight", { invitees: ids, available_slots: slots });
  for (const number of [1, 2, 3]) await answered(service, id, number, [named(day(FREE), 9 * 60, 11 * 60, 3)]);
  const v = await visit(at(id, "confirm/"));
  await v.look("schedules, not everybody fits");
  const words = await said(v);
  assert.match(words, /Of Bea Marini, Cyd Park and Dan Sørensen only 2 fit\./);
  assert.match(words, /With meetings of \d+ minutes, 3 people would have one\./);
  assert.match(words, /Alternative 2/);
  await v.press(v.page.getByRole("link", { name: /Use this one: Alternative 2/ }));
  assert.match(v.page.url(), /schedule=2/);
  // Somebody is put where there is no time for it: it is said at the row, and nothing is finalised.
  const without = await v.page.locator("select[name^=begin-]").evaluateAll((selects) => selects.find(({ value }) => !value).name.slice("begin-".length));
  await v.page.locator(`[name="begin-${without}"]`).selectOption("own");
  for (const [field, value] of Object.entries({ date: day(FREE), clock: "11:00", to: "11:30" })) await v.page.locator(`#own-${without}-${field}`).evaluate((input, text) => (input.value = text), value);
  await v.press(act(v, "finalize"));
  assert.equal(v.answer().status, 400);
  await v.look("schedules, one by hand that does not fit");
  assert.ok((await v.page.locator(`#faults-${without}`).innerText()).length > 10);
  assert.equal((await details(id)).Calendar.finalized, false);
  await v.leave();
});

test("finalising twice leads to what came of it", async () => {
  const { id } = await make("Twice", {}, 10);
  for (const number of [1, 2]) await answered(service, id, number, [whole(10)]);
  const [one, two] = [await visit(at(id, "confirm/")), await visit(at(id, "confirm/"))];
  for (const v of [one, two]) await v.press(act(v, "finalize"));
  await one.press(act(one, "finalize"));
  await two.press(act(two, "finalize"));
  assert.match(two.page.url(), /\/details\/$/);
  assert.match(await said(two), /2 meetings are made/);
  const { json } = await service.ask("GET", at(id, "meetings/"), { as: "ana" });
  assert.equal(json.length, 2);
  await two.open(at(id, "confirm/"));
  assert.match(two.page.url(), /\/details\/$/);
  await Promise.all([one, two].map((v) => v.leave()));
});

test("nobody else reads the owner's pages", async () => {
  const { id, ids } = await make("Private");
  const ben = await browser.visitor({ javaScript: false });
  await ben.signIn("ben");
  for (const path of [at(id, "details/"), at(id, "confirm/"), at(id, "log/"), `/schedules/calendars/remind/${id}/${ids[0]}/`, `/schedules/calendars/compose/?copy=${id}`]) {
    await ben.open(path);
    assert.ok([403, 404].includes(ben.answer().status), `${path}: ${ben.answer().status}`);
    assert.equal((await ben.text()).includes("Private"), false, path);
  }
  await ben.leave();
});

test("a copy asks the same people at new times", async () => {
  const { id, ids } = await make("Copied", { meeting_minutes: 30 });
  const v = await visit(at(id, "details/"));
  await v.press(v.page.getByRole("link", { name: "Copy these one-to-ones" }));
  await v.look("compose, a copy");
  assert.equal(await v.page.locator('[name="name"]').inputValue(), "Copied");
  assert.equal(await v.page.locator('[name="minutes"]').inputValue(), "30");
  for (const contact of ids) assert.equal(await v.page.locator(`[name="contact"][value="${contact}"]`).isChecked(), true);
  assert.equal(await v.page.locator('[name="time"]').count(), 0);
  await v.leave();
});
