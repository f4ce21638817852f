// Journey 1 of the specification: from the mailed link to the calendar file, without JavaScript, by keyboard alone, and by touch
// on a phone of 320 px.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { read, span } from "../support/agree.mjs";
import { browse } from "../support/browser.mjs";
import { start, until } from "../support/harness.mjs";
import { HANDS, person } from "../support/hands.mjs";
import { sign } from "../support/links.mjs";
import { BEA, CYD, WEEK, askForWeek, settle } from "../support/world.mjs";

let service, browser;
before(async () => {
  service = await start();
  browser = await browse(service);
  await settle(service);
});
after(() => browser?.close());

const ask = (title, more) => askForWeek(service, title, more);
const shown = async ({ id }) => (await service.ask("GET", `/${id}/`, { as: "ana" })).json;
const box = (v, { begin }) => v.page.locator("label", { has: v.page.locator(`time[datetime="${begin}"]`) }).getByRole("checkbox");
/// The button of the form that does this.
const act = (v, what) => v.page.locator(`button[name="do"][value="${what}"]`);
const said = (v) => v.page.locator("main").innerText();

for (const [n, way] of Object.keys(HANDS).entries()) {
  test(`from the mailed link to the calendar file ${way}`, { timeout: 120_000 }, async () => {
    const title = `Kick-off ${n + 1}`;
    const p = await ask(title);

    const bea = await person(browser, way);
    await bea.openMail(BEA.email, new RegExp(title));
    assert.doesNotMatch(bea.page.url(), /et=/, "the token is not in the address any more");
    await bea.look("journey: a first look");
    assert.match(await said(bea), /Bea Marini/, "it says as whom one answers");
    for (const cut of [WEEK[1], WEEK[3]]) await bea.toggle(box(bea, cut));
    await bea.write("note", "Afternoons at the start of the week are full.");
    await bea.press(act(bea, "keep"));
    await bea.look("journey: kept five");
    assert.match(await said(bea), /Your answer is saved/);
    const left = (await shown(p)).slots.map(({ begin }) => begin);
    assert.deepEqual(left, WEEK.map(({ begin }) => begin).filter((_, n) => ![1, 3].includes(n)), "what was unticked is cut");
    assert.equal(await bea.page.locator(".cut").count(), 2, "cut times stay visible");

    const cyd = await person(browser, way);
    await cyd.openMail(CYD.email, new RegExp(title));
    assert.match(await said(cyd), /Removed by Bea Marini/);
    assert.equal(await box(cyd, WEEK[1]).count(), 0, "what is cut cannot be ticked");
    for (const cut of [WEEK[0], WEEK[2], WEEK[4], WEEK[5]]) await cyd.toggle(box(cyd, cut));
    await cyd.press(act(cyd, "keep"));
    await cyd.look("journey: is one time enough?");
    assert.equal((await shown(p)).slots.length, 5, "a save that leaves one time asks first");
    await cyd.press(act(cyd, "keep"));
    await cyd.look("journey: agreed");
    assert.equal((await shown(p)).state, "agreed");

    const file = await cyd.download(cyd.page.getByRole("link", { name: /Calendar file/ }));
    assert.match(file.name, /\.ics$/);
    const [{ events }] = read(file.text);
    const { begin, end } = span(WEEK[6]);
    assert.deepEqual([events.length, events[0].summary, events[0].begin, events[0].end], [1, title, begin, end]);
    for (const link of await cyd.page.getByRole("link", { name: /^Add to/ }).all()) {
      const address = await link.getAttribute("href");
      assert.match(decodeURIComponent(address.replaceAll("+", " ")), new RegExp(title));
      assert.doesNotMatch(address, /et=|AQ[EI][A-Za-z0-9_-]{20}/, "no token leaves with it");
    }

    await until("the agreement's mail", async () => (await service.outbox()).some((mail) => mail.to[0] === BEA.email && mail.attachments?.length && mail.text.includes(title)));
    await bea.openMail(BEA.email, new RegExp(title));
    await bea.look("journey: the meeting");
    const comes = async () => (await service.ask("GET", `/meetings/${p.id}/`, { as: "ana" })).json.attendees.find(({ email }) => email === BEA.email).partstat;
    await bea.press(/cannot come/i);
    assert.equal(await comes(), "declined");
    await bea.press(/will be there|I come/i);
    assert.equal(await comes(), "accepted");
    for (const one of [bea, cyd]) await one.leave();
  });
}

test("an expired link offers a new one by one button", async () => {
  const p = await ask("Expired");
  const bea = await browser.visitor({ javaScript: false });
  await bea.open(`/${p.id}/?et=${sign({ id: p.id, party: 1, expires: 1_577_836_800 })}`);
  await bea.look("an expired link");
  const before = (await service.outbox()).length;
  await bea.press(bea.page.locator("main button").first());
  await bea.look("a new link is on its way");
  await until("the new link", async () => (await service.outbox()).length > before);
  await bea.openMail(BEA.email, /Expired/);
  assert.match(await said(bea), /Bea Marini/);
  assert.equal(bea.answer().status, 200);
});

test("a save that meets another's keeps the ticks and says what was cut", async () => {
  const p = await ask("Meanwhile");
  const bea = await browser.visitor({ javaScript: false });
  await bea.openMail(BEA.email, /Meanwhile/);
  await bea.toggle(box(bea, WEEK[0]));
  const cyd = await service.ask("PATCH", `/${p.id}/`, { et: sign({ id: p.id, party: 2 }), json: { slots: WEEK.filter((_, n) => n !== 2) } });
  assert.equal(cyd.status, 202);
  await bea.press(act(bea, "keep"));
  await bea.look("cut meanwhile");
  assert.ok([409, 412].includes(bea.answer().status));
  assert.match(await said(bea), /Cyd Park/);
  assert.equal(await box(bea, WEEK[0]).isChecked(), false, "an own tick is as it was left");
  assert.equal(await box(bea, WEEK[1]).isChecked(), true);
  assert.equal(await box(bea, WEEK[2]).count(), 0);
  assert.equal((await shown(p)).slots.length, 6, "nothing of Bea's is saved yet");
  await bea.press(act(bea, "keep"));
  assert.equal((await shown(p)).slots.length, 5);
});

test("a slot that is longer than needed is kept in part", async () => {
  const p = await ask("In part", { min_duration: "00:15:00" });
  const bea = await browser.visitor({ javaScript: false });
  await bea.openMail(BEA.email, /In part/);
  await bea.press(act(bea, "parts"));
  await bea.look("parts of times");
  await bea.open(`${new URL(bea.page.url()).pathname}?zone=UTC`);
  await bea.press(act(bea, "parts"));
  const from = bea.page.locator(`[name^="from "]`).first();
  const to = bea.page.locator(`[name^="to "]`).first();
  assert.deepEqual([await from.inputValue(), await to.inputValue()], ["09:00", "09:45"]);
  await from.fill("08:00");
  await bea.press(act(bea, "keep"));
  await bea.look("a part that does not lie within");
  assert.equal(bea.answer().status, 400);
  assert.equal(await from.inputValue(), "08:00", "what was typed is there again");
  await from.fill("09:15");
  await bea.press(act(bea, "keep"));
  const [first] = (await shown(p)).slots;
  assert.deepEqual(first, { begin: WEEK[0].begin.replace("09:00", "09:15"), duration: "00:30:00" });
});

test("none of these is asked twice, and a note goes with it", async () => {
  const p = await ask("None of them");
  const bea = await browser.visitor({ javaScript: false });
  await bea.openMail(BEA.email, /None of them/);
  await bea.press(act(bea, "none"));
  await bea.look("does none suit?");
  assert.equal((await shown(p)).slots.length, 7);
  await bea.page.locator("[name=note]").fill("The week after would suit.");
  await bea.press(act(bea, "keep"));
  await bea.look("none suits");
  assert.deepEqual([(await shown(p)).state, (await shown(p)).answers[0].kept], ["exhausted", 0]);
  assert.match((await service.ask("GET", `/${p.id}/log/`, { as: "ana" })).text, /The week after would suit/);
});
