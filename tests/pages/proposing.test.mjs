// Journey 3 of the specification: from the landing page to the calendar file, as the organiser, without JavaScript, by keyboard
// alone, and by touch on a phone of 320 px.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { read, span } from "../support/agree.mjs";
import { browse } from "../support/browser.mjs";
import { ORIGIN, start } from "../support/harness.mjs";
import { HANDS, person } from "../support/hands.mjs";
import { sign } from "../support/links.mjs";
import { settle, slot } from "../support/world.mjs";

let service, browser;
before(async () => {
  service = await start();
  browser = await browse(service);
  await settle(service);
});
after(() => browser?.close());

/// The button of the form that does this.
const act = (v, what) => v.page.locator(`main button[name="do"][value="${what}"]:visible`).last();
const said = (v) => v.page.locator("main").innerText();
/// Times of next week but one, as they are typed: in winter Berlin is an hour ahead of UTC, in summer two.
const TIMES = [slot(1, 9), slot(3, 13)];
const berlin = (begin, options) => new Intl.DateTimeFormat("sv-SE", { timeZone: "Europe/Berlin", ...options }).format(new Date(begin));

for (const [n, way] of Object.keys(HANDS).entries()) {
  test(`from the landing page to the calendar file ${way}`, { timeout: 180_000 }, async () => {
    const title = `Summer plan ${n + 1}`;
    const ana = await person(browser, way);
    await ana.open("/");
    await ana.look("journey: the landing page");
    await ana.press(ana.page.locator("header").getByRole("link", { name: "Sign in" }));
    await ana.write("username", "ana");
    await ana.write("password", "p");
    await ana.press(ana.page.locator("main form button").first());
    await ana.look("journey: home");
    await ana.press(ana.page.locator("header nav a").first());
    assert.equal(new URL(ana.page.url()).pathname, "/new/");
    await ana.look("journey: a new proposal");

    await ana.write("title", title);
    await ana.write("people", "Bea Marini <bea@example.org>, cyd@example.org");
    for (const [row, { begin }] of TIMES.entries()) {
      await ana.write(`t${row}-date`, berlin(begin, { dateStyle: "short" }));
      await ana.write(`t${row}-clock`, berlin(begin, { timeStyle: "short" }));
      await ana.write(`t${row}-minutes`, "45");
    }
    await ana.press(act(ana, "preview"));
    await ana.look("journey: the preview");
    const preview = await said(ana);
    for (const words of [title, "Bea Marini", "cyd@example.org", berlin(TIMES[0].begin, { timeStyle: "short" })]) assert.ok(preview.includes(words), `${words} in: ${preview}`);
    assert.equal((await service.outbox()).some(({ subject }) => subject.includes(title)), false, "nothing is sent by a preview");
    await ana.press(act(ana, "send"));
    await ana.look("journey: sent");

    const { pathname } = new URL(ana.page.url());
    const proposal = async () => (await service.ask("GET", pathname, { as: "ana" })).json;
    const p = await proposal();
    assert.deepEqual([p.title, p.slots, p.parties], [title, TIMES, ["ana@localhost", "bea@example.org", "cyd@example.org"]]);
    for (const party of p.answers.filter(({ kept }) => kept === null).map(({ party }) => Number(party.slice(1)))) {
      const { status } = await service.ask("PATCH", pathname, { et: sign({ id: p.id, party }), json: { slots: TIMES } });
      assert.equal(status, 202);
    }
    await ana.open(pathname);
    await ana.look("journey: everybody has answered");
    await ana.toggle(ana.page.locator('main input[type="radio"][name="slot"]').nth(1));
    await ana.press(ana.page.locator(`main form[action$="/fix/"] button`));
    await ana.look("journey: fixed");
    assert.deepEqual([(await proposal()).state, (await proposal()).slots], ["agreed", [TIMES[1]]]);

    const file = await ana.download(ana.page.getByRole("link", { name: /Calendar file/ }));
    const [{ events }] = read(file.text);
    assert.deepEqual(events.map(({ summary, begin, end }) => ({ summary, begin, end })), [{ summary: title, ...span(TIMES[1]) }]);
    await ana.leave();
  });
}

test("many times come of a series, and over thirty create nothing", async () => {
  const ana = await browser.visitor({ javaScript: false });
  await ana.signIn("ana");
  await ana.open("/new/");
  const set = async (fields) => {
    for (const [name, value] of Object.entries(fields)) await ana.page.locator(`[name="${name}"]`).fill(value);
  };
  const unfold = () => ana.page.locator("#series").evaluate((details) => (details.open = true));
  await unfold();
  for (const day of [2, 4]) await ana.page.locator(`[name="series-day"][value="${day}"]`).check();
  await set({ title: "Interviews", people: "bea@example.org", "series-from": "09:00", "series-to": "17:00", "series-minutes": "45", "series-every": "60", "series-first-day": berlin(slot(0, 9).begin, { dateStyle: "short" }), "series-weeks": "1" });
  await ana.press(act(ana, "series"));
  await ana.look("a series of times");
  assert.match(await said(ana), /16 times/);
  await set({ "series-weeks": "3" });
  await ana.press(act(ana, "series"));
  await ana.look("a series of too many times");
  assert.match(await said(ana), /48/);
  await ana.press(act(ana, "use"));
  await ana.press(act(ana, "preview"));
  await ana.look("too many times");
  assert.ok(ana.page.url().startsWith(`${ORIGIN}/new/`));
  const { results } = await service.db.prepare("select title from proposals where title = 'Interviews'").all();
  assert.deepEqual(results, [], "nothing is created");
});

test("a time that the clocks leave out is refused with its neighbours, and of one that comes twice one is chosen", async () => {
  const ana = await browser.visitor({ javaScript: false });
  await ana.signIn("ana");
  await ana.open("/new/");
  const set = async (fields) => {
    for (const [name, value] of Object.entries(fields)) await ana.page.locator(`[name="${name}"]`).fill(value);
  };
  await set({ title: "Night shift", people: "bea@example.org", "t0-date": "2031-03-30", "t0-clock": "02:30", "t0-minutes": "30", "t1-date": "2031-10-26", "t1-clock": "02:30", "t1-minutes": "30" });
  await ana.press(act(ana, "preview"));
  await ana.look("a time that does not exist, and one that comes twice");
  const words = await said(ana);
  assert.match(words, /01:59.*03:00/s, "both neighbours are named");
  await set({ "t0-clock": "03:30" });
  await ana.page.locator('[name="t1-fold"][value="1"]').check();
  await ana.press(act(ana, "preview"));
  await ana.press(act(ana, "create"));
  const { json } = await service.ask("GET", new URL(ana.page.url()).pathname, { as: "ana" });
  assert.deepEqual(json.slots.map(({ begin }) => begin), ["2031-03-30T01:30:00Z", "2031-10-26T01:30:00Z"]);
});
