// Journey 2 of the specification: somebody is asked when they can, opens the mailed link, marks times, and changes them; with each of
// the ways to use a page. And the page in all its states.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ROWS, TIMES, as, askWhen, day, edit, linkTo, mine, own, stored } from "../support/availability.mjs";
import { browse } from "../support/browser.mjs";
import { answered, at, calendarLink, chosen, respond } from "../support/calendars.mjs";
import { start, until } from "../support/harness.mjs";
import { HANDS, person } from "../support/hands.mjs";
import { BEA, CYD, settle } from "../support/world.mjs";

let service, browser;
before(async () => {
  service = await start();
  browser = await browse(service);
  await settle(service);
});
after(() => browser?.close());

const row = (v, begin) => v.page.locator("li[data-slot]", { has: v.page.locator(`time[datetime="${begin}"]`) });
const choice = (v, begin, level) => row(v, begin).locator(`input[value="${level}"]`);
/// The button of the form that does this.
const act = (v, what) => v.page.locator(`button[name="do"][value="${what}"]:visible`);
const bulk = (v, level, n) => v.page.locator(`button[name="bulk"][value="${level} ${day(n)}"]`);
const said = (v) => v.page.locator("main").innerText();
/// What is chosen, a character a row.
const picture = (v) => v.page.locator("form.rating").evaluate((form) => [...form.querySelectorAll("li[data-slot]")].map((item) => item.querySelector("input:checked")?.value.replace("keep", "~") ?? "?").join(""));
const without = (options = {}) => browser.visitor({ javaScript: false, ...options });

for (const [n, way] of Object.keys(HANDS).entries()) {
  test(`from the mailed link to an answer that is changed ${way}`, { timeout: 120_000 }, async () => {
    const name = `Interview ${n + 1}`;
    const c = await askWhen(service, name);
    const bea = await person(browser, way);
    await bea.openMail(BEA.email, new RegExp(`Meeting[^]*${name}|${name}`));
    assert.equal(new URL(bea.page.url()).pathname, at(c.id, "respond/"), "the token is not in the address any more");
    await bea.look("availability: a first look");
    const first = await said(bea);
    for (const words of [name, "Ana Lee", "2 people", "1 hour", "About the second phase.", "Answer by", "answering as Bea Marini (bea@example.org)"]) assert.ok(first.includes(words), `${words}: ${first}`);
    assert.equal(await picture(bea), "0000000000000", "one begins with nothing");
    for (const [begin, level] of [[ROWS[0], 3], [ROWS[1], 3], [ROWS[4], 1], [ROWS[5], 2], [ROWS[6], 2], [ROWS[12], 3]]) await bea.toggle(choice(bea, begin, level));
    await bea.press(act(bea, "keep"));
    await bea.look("availability: sent");
    assert.match(await said(bea), /Your times are sent\./);
    assert.match(await said(bea), /You marked 3 hours on 2 days\. You can change this until Friday \d/);
    assert.match(await said(bea), /Ana Lee chooses a time for each person once the answers are in/);
    const sent = [as(0, 9, 10, 3), as(0, 14, 14.5, 1), as(0, 14.5, 15.5, 2), as(3, 9.5, 10, 3)];
    assert.deepEqual(await stored(service, c), sent);
    assert.equal(await picture(bea), "3300122000003", "a later look shows the answer");

    await bea.toggle(choice(bea, ROWS[12], 0));
    await bea.toggle(choice(bea, ROWS[4], 2));
    await bea.press(act(bea, "keep"));
    assert.match(await said(bea), /Your times are sent\./);
    assert.deepEqual(await stored(service, c), [as(0, 9, 10, 3), as(0, 14, 15.5, 2)]);
    assert.equal(await stored(service, c, 2), undefined, "nobody else's answer has changed");

    // "Not you?" forgets the link in this browser.
    await bea.unfold("Not you?");
    await bea.press(/Forget this link/);
    assert.match(await said(bea), /has forgotten the link/);
    assert.equal((await bea.open(at(c.id, "respond/"))).status, 401);
    await bea.look("availability: no link");
    await bea.leave();
  });
}

test("buttons mark a day, or all days, and save nothing; a zone is chosen with what is marked", async () => {
  const c = await askWhen(service, "In bulk");
  const v = await without();
  await v.open(linkTo(c, 1));
  await v.press(bulk(v, 3, 0));
  assert.equal(await picture(v), "3333333000000");
  await v.toggle(choice(v, ROWS[1], 1));
  await v.press(bulk(v, 0, 0));
  assert.equal(await picture(v), "0000000000000");
  await v.press(act(v, "all"));
  assert.equal(await picture(v), "3333333333333");
  await v.press(bulk(v, 0, 1));
  await v.toggle(choice(v, ROWS[1], 1));
  await v.page.locator(".zone summary").click();
  await v.page.locator("[name=zone]").selectOption("Asia/Tokyo");
  await v.press(act(v, "zone"));
  await v.look("availability: in another zone");
  assert.equal(await picture(v), "3133333000033");
  assert.match(await row(v, ROWS[4]).innerText(), /^23:00 to 23:30\s+14:00 to 14:30 in UTC/);
  assert.match(await said(v), /Saturday [^,]*, 01:00, Asia\/Tokyo \(UTC\+09:00\)\s+Friday [^,]*, 16:00, UTC/, "the deadline in both zones");
  assert.match(await row(v, ROWS[4]).getByRole("radiogroup").getAttribute("aria-label"), /^Monday \d+ \w+ \d{4}, 23:00 to 23:30$/);
  // A day of Tokyo ends while Monday goes on in UTC.
  await v.press(v.page.locator("fieldset.day", { has: v.page.locator(`time[datetime="${ROWS[6]}"]`) }).locator("button[value^='0 ']"));
  assert.equal(await picture(v), "3133330000033");
  await v.press(act(v, "clear"));
  assert.equal(await picture(v), "0000000000000");
  assert.equal(await stored(service, c), undefined);
  await v.leave();
});

test("who cannot at any of the times says so, after being asked", async () => {
  const c = await askWhen(service, "None of them");
  const v = await without();
  await v.open(linkTo(c, 1));
  await v.toggle(choice(v, ROWS[2], 2));
  await v.press(act(v, "none"));
  await v.look("availability: none?");
  assert.equal(await stored(service, c), undefined, "nothing is sent before the answer to that");
  await v.press(/Go back/);
  assert.equal(await picture(v), "0020000000000", "what was marked is there again");
  await v.press(act(v, "none"));
  await v.press(act(v, "none"));
  await v.look("availability: none");
  assert.match(await said(v), /you cannot at any of these times/);
  assert.deepEqual(await stored(service, c), []);
  // To send nothing marked is the same, and asked about as well.
  const w = await without();
  await w.open(linkTo(c, 2));
  await w.press(act(w, "keep"));
  assert.match(await said(w), /You cannot at any of these times\?/);
  await w.press(act(w, "none"));
  assert.deepEqual(await stored(service, c, 2), []);
  for (const one of [v, w]) await one.leave();
});

test("times that are too short for a meeting are sent only when that is meant", async () => {
  const c = await askWhen(service, "Too short");
  const v = await without();
  await v.open(linkTo(c, 1));
  for (const n of [0, 2, 7]) await v.toggle(choice(v, ROWS[n], 3));
  await v.press(act(v, "keep"));
  await v.look("availability: too short");
  assert.match(await said(v), /takes 1 hour in one piece/);
  assert.equal(await stored(service, c), undefined);
  await v.press(/Go back/);
  assert.equal(await picture(v), "3030000300000");
  await v.press(act(v, "keep"));
  await v.press(/Send them all the same/);
  assert.deepEqual(await stored(service, c), [as(0, 9, 9.5, 3), as(0, 10, 10.5, 3), as(1, 9, 9.5, 3)]);
  await v.toggle(choice(v, ROWS[1], 1));
  await v.press(act(v, "keep"));
  assert.match(await said(v), /Your times are sent/, "half an hour that joins them is enough");
  await v.leave();
});

test("an answer with edges of its own is kept where its rows are left alone", async () => {
  const c = await askWhen(service, "Own edges");
  await answered(service, c.id, 1, [mine(0, 8, 9 + 40 / 60), mine(0, 10, 10 + 10 / 60, 1), mine(0, 10 + 20 / 60, 11, 2), mine(2, 6, 7, 1)]);
  const v = await without();
  await v.open(linkTo(c, 1));
  await v.look("availability: edges of its own");
  assert.equal(await picture(v), "3~~2000000000");
  assert.match(await row(v, ROWS[2]).innerText(), /As you answered: 10:00 to 10:10 If need be, 10:20 to 10:30 Good/);
  assert.match(await said(v), /You marked 1 hour 30 minutes on one day/, "what lies outside does not count");
  await v.toggle(choice(v, ROWS[8], 3));
  await v.toggle(choice(v, ROWS[7], 3));
  await v.press(act(v, "keep"));
  const [rest, far] = [[as(0, 10, 10 + 10 / 60, 1), as(0, 10 + 20 / 60, 11, 2), as(1, 9, 10, 3)], as(2, 6, 7, 1)];
  assert.deepEqual(await stored(service, c), [as(0, 8, 9 + 40 / 60, 3), ...rest, far], "to the minute, and beyond the times that are asked for");
  await v.toggle(choice(v, ROWS[1], 0));
  await v.press(act(v, "keep"));
  assert.deepEqual(await stored(service, c), [as(0, 8, 9.5, 3), ...rest, far], "a row that is marked anew changes that row");
  await v.leave();
});

test("where the owner changes the times meanwhile, what is marked stays and is sent once it was looked at", async () => {
  const c = await askWhen(service, "Meanwhile");
  const v = await without();
  await v.open(linkTo(c, 1));
  for (const n of [0, 1, 11, 12]) await v.toggle(choice(v, ROWS[n], 2));
  const { json } = await service.ask("GET", at(c.id, "details/"), { as: "ana" });
  const gone = json.Owner_availability.slots.find(({ date }) => date === day(3)).id;
  await edit(service, c, { remove_availabilities: [gone], add_availabilities: [own(2, 9, 9.5)] });
  await v.press(act(v, "keep"));
  await v.look("availability: changed meanwhile");
  assert.equal(v.answer().status, 409);
  const text = await said(v);
  assert.match(text, /Ana Lee has changed the times while you had this page open/);
  assert.match(text, /New: Wednesday/);
  assert.match(text, /Not offered any more: Thursday \d+ \w+ \d+, 09:00 to 09:30/);
  assert.equal(await stored(service, c), undefined);
  assert.equal(await picture(v), "220000000000");
  assert.equal(await v.page.locator(".is-new").count(), 1);
  await v.press(act(v, "keep"));
  assert.deepEqual(await stored(service, c), [as(0, 9, 10, 2)]);
  await v.leave();
});

test("two windows of one person do not overwrite each other unseen", async () => {
  const c = await askWhen(service, "Two windows");
  const v = await without();
  await v.open(linkTo(c, 1));
  for (const n of [0, 1]) await v.toggle(choice(v, ROWS[n], 2));
  await answered(service, c.id, 1, [mine(1, 9, 11, 3)]);
  await v.press(act(v, "keep"));
  await v.look("availability: answered in another window");
  assert.equal(v.answer().status, 409);
  assert.match(await said(v), /You have answered in another window meanwhile/);
  assert.deepEqual(await stored(service, c), [as(1, 9, 11, 3)]);
  assert.equal(await picture(v), "2200000000000", "what is marked here stays");
  await v.press(act(v, "keep"));
  assert.deepEqual(await stored(service, c), [as(0, 9, 10, 2)]);
  await v.leave();
});

test("what was added since the answer is new, until it is answered", async () => {
  const c = await askWhen(service, "Added");
  await answered(service, c.id, 1, [mine(0, 9, 10)]);
  await edit(service, c, { add_availabilities: [own(4, 9, 10)] });
  const v = await without();
  await v.open(linkTo(c, 1));
  assert.match(await said(v), /Ana Lee has added times since you answered/);
  assert.match(await v.page.locator(".is-new").first().innerText(), /09:00 to 09:30\s+new/);
  assert.equal(await v.page.locator(".is-new").count(), 2);
  await v.press(act(v, "keep"));
  assert.equal(await v.page.locator(".is-new").count(), 0);
  assert.deepEqual(await stored(service, c), [as(0, 9, 10, 3)]);
  await v.leave();
});

test("an answer that comes too late is told, and its times are not lost in silence", async () => {
  const c = await askWhen(service, "Too late");
  const v = await without();
  await v.open(linkTo(c, 1));
  for (const n of [0, 1]) await v.toggle(choice(v, ROWS[n], 2));
  await v.context.setExtraHTTPHeaders({ "Whittle-Dev": `offset=${14 * 86_400_000}` });
  await v.press(act(v, "keep"));
  await v.look("availability: too late");
  assert.equal(v.answer().status, 409);
  assert.match(await said(v), /What you just marked was not sent: it came too late/);
  assert.match(await said(v), /The deadline has passed, and you have not answered/);
  assert.equal(await v.page.locator("form.rating").count(), 0);
  await v.leave();
});

test("each state has its page", { timeout: 120_000 }, async () => {
  const some = [mine(0, 9, 10), mine(0, 14, 15.5, 2)];
  const late = await askWhen(service, "State late");
  await answered(service, late.id, 1, some);
  const passed = { "Whittle-Dev": `offset=${14 * 86_400_000}` };
  const finalized = await askWhen(service, "State finalized");
  await answered(service, finalized.id, 1, some);
  const choose = { finalized_schedule: [chosen(finalized.ids[0], day(0), 540, 600)] };
  assert.equal((await service.ask("POST", at(finalized.id, "confirm/"), { as: "ana", json: choose })).status, 200);
  const closed = await askWhen(service, "State closed");
  await service.ask("DELETE", at(closed.id), { as: "ana" });
  const removed = await askWhen(service, "State removed");
  await edit(service, removed, { remove_invitees: [removed.ids[0]] });
  const open = await askWhen(service, "State open");
  for (const [name, address, status, like, headers] of [
    ["late, answered", linkTo(late, 1), 200, /The deadline has passed, so answers are closed[^]*What you answered[^]*Monday[^]*09:00 to 10:00\s+Best[^]*14:00 to 15:30\s+Good/, passed],
    ["late, not answered", linkTo(late, 2), 200, /The deadline has passed, and you have not answered/, passed],
    ["finalized, with a meeting", linkTo(finalized, 1), 200, /Your meeting with Ana Lee is fixed\.[^]*in your mail[^]*Monday [^,]*, 09:00 to 10:00, UTC/],
    ["finalized, without", linkTo(finalized, 2), 200, /none was found for you/],
    ["closed", linkTo(closed, 1), 200, /Ana Lee has closed this/],
    ["removed", linkTo(removed, 1), 401, /This link opens nothing any more/],
    ["void", at(open.id, "respond/AQEC/"), 401, /This link opens nothing any more/],
    ["unknown", at(7_777_777_777, `respond/${calendarLink(open.id, 1)}/`), 404, /There is nothing here/],
    ["no link", at(open.id, "respond/"), 401, /Open the link in your mail/],
    ["expired", linkTo(open, 1, { expires: 1_577_836_800 }), 401, /This link has expired/],
  ]) {
    const v = await without();
    if (headers) await v.context.setExtraHTTPHeaders(headers);
    await v.open(address);
    assert.equal(v.answer().status, status, name);
    assert.match(await said(v), like, name);
    assert.equal(await v.page.locator("form.rating").count(), 0, name);
    await v.look(`availability: ${name}`);
    await v.leave();
  }
});

test("an expired link offers a new one by one button", async () => {
  const c = await askWhen(service, "Expired link");
  const mails = async () => (await service.outbox()).filter((mail) => mail.to[0] === BEA.email && mail.text.includes(`/calendars/${c.id}/`)).length;
  await until("the invitation", async () => (await mails()) === 1);
  const v = await without();
  await v.open(linkTo(c, 1, { expires: 1_577_836_800 }));
  await v.press(/Send me a new link/);
  assert.match(await said(v), /A new link is on its way/);
  await until("the new link", async () => (await mails()) === 2);
  await v.openMail(BEA.email, /Expired link/);
  assert.equal(v.answer().status, 200);
  assert.equal(await picture(v), "0000000000000");
  await v.leave();
});

test("a form acts for nobody but whom its page was shown to", async () => {
  const [c, other] = [await askWhen(service, "Whose"), await askWhen(service, "Whose else")];
  const v = await without();
  await v.open(linkTo(c, 1));
  for (const n of [0, 1]) await v.toggle(choice(v, ROWS[n], 3));
  // The same browser opens Cyd's link in another window.
  const page = await v.context.newPage();
  await page.goto(linkTo(c, 2));
  assert.match(await page.locator("main").innerText(), /answering as Cyd Park/);
  await v.press(act(v, "keep"));
  assert.equal(v.answer().status, 409);
  assert.deepEqual([await stored(service, c, 1), await stored(service, c, 2)], [undefined, undefined]);
  // A link opens its own calendar alone.
  assert.equal((await respond(service, other.id, calendarLink(c.id, 1), [mine(0, 9, 10)])).status, 401);
  await v.leave();
});
