// A page that is open shows what others do, and takes nothing away from who is at work on it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { browse } from "../support/browser.mjs";
import { start, until } from "../support/harness.mjs";
import { axe } from "../support/look.mjs";
import { BEA, CYD, WEEK, askForWeek, linkTo, settle } from "../support/world.mjs";
import { partyLink } from "../support/agree.mjs";

let service, browser;
before(async () => {
  service = await start();
  browser = await browse(service);
  await settle(service);
});
after(() => browser?.close());

const ask = (title, more) => askForWeek(service, title, more);
/// Somebody who has the page of a proposal open, with a socket that has told its version.
async function opened(p, party, path = "", options = {}) {
  const v = await browser.visitor(options);
  const heard = socketOf(v);
  await v.open(linkTo(p, party, path));
  await heard;
  return v;
}
/// Waits until a page has heard from its socket.
const socketOf = (v) =>
  new Promise((resolve) => v.page.on("websocket", (socket) => socket.on("framereceived", () => resolve(socket))));
const sockets = (v) => {
  const all = [];
  v.page.on("websocket", (socket) => all.push(socket));
  return all;
};
const row = (v, { begin }) => v.page.locator("li[data-slot]", { has: v.page.locator(`time[datetime="${begin}"]`) });
const box = (v, slot) => row(v, slot).getByRole("checkbox");
const keep = async ({ id }, party, slots, more = {}) => {
  const { status, text } = await service.ask("PATCH", `/${id}/`, { et: partyLink(id, party), json: { slots, ...more } });
  assert.equal(status, 202, text);
};
const without = (...gone) => WEEK.filter((_, n) => !gone.includes(n));
const shown = async ({ id }) => (await service.ask("GET", `/${id}/`, { as: "ana" })).json;
const version = (v) => v.page.locator("[data-enhance=live]").getAttribute("data-version").then(Number);
/// Waits until a page is as new as the proposal.
const upToDate = async (v, p) => {
  const wanted = (await shown(p)).version;
  await until(`version ${wanted}`, async () => (await version(v)) >= wanted);
};
const said = (v) => v.page.locator("[data-enhance=live] [data-part=said]");
const news = (v) => v.page.locator("[data-enhance=live] [data-part=news]");

test("a cut shows in another browser within a second, and says by whom", async (t) => {
  const p = await ask("Two browsers");
  const [bea, cyd] = [await opened(p, 1), await opened(p, 2)];
  await box(bea, WEEK[1]).click();
  // When the other page shows it, by the clock that both browsers share.
  const seen = cyd.page.evaluate(
    (begin) => new Promise((resolve) => {
      const look = () => (document.querySelector(`li.just-cut time[datetime="${begin}"]`) ? resolve(Date.now()) : requestAnimationFrame(look));
      look();
    }),
    WEEK[1].begin,
  );
  const sent = bea.page.evaluate(() => new Promise((resolve) => document.addEventListener("submit", () => resolve(Date.now()), { capture: true })));
  await bea.page.locator(".foot button[value=keep]").click();
  const took = (await seen) - (await sent);
  t.diagnostic(`a cut shows in the other browser ${took} ms after its form is sent`);
  assert.ok(took < 5_000, `${took} ms`);
  assert.deepEqual(await axe(cyd.page, "a time that was just cut"), []);
  assert.equal(await box(cyd, WEEK[1]).count(), 0);
  assert.match(await row(cyd, WEEK[1]).innerText(), /Removed by Bea Marini/);
  assert.match(await said(cyd).textContent(), /^Bea Marini removed \w+ \d+ \w+ \d{4}, \d\d:\d\d to \d\d:\d\d\.$/);
  assert.match(await cyd.page.locator("[data-live=lead]").innerText(), /6/);
  assert.match(await cyd.page.locator("[data-live=recent]").innerText(), /Bea Marini/);
  await bea.page.getByText("Saved at").waitFor();
  await upToDate(bea, p);
  assert.equal(await bea.page.locator(".just-cut").count(), 0, "what she saves herself is no news to her");
  assert.equal(await said(bea).textContent(), "");
  for (const one of [bea, cyd]) await one.leave();
});

test("ticks, the note and the focus stay as they are while times go, and what is saved loses nothing", async () => {
  const p = await ask("At work");
  const bea = await opened(p, 1);
  await box(bea, WEEK[0]).click();
  await box(bea, WEEK[3]).click();
  const note = bea.page.locator("[name=note]");
  await note.pressSequentially("Mondays ");
  await keep(p, 2, without(3, 4));
  await row(bea, WEEK[4]).and(bea.page.locator(".just-cut")).waitFor();
  await upToDate(bea, p);
  assert.equal(await note.evaluate((field) => field === document.activeElement), true, "the focus is where it was");
  await bea.page.keyboard.type("are full.");
  assert.equal(await note.inputValue(), "Mondays are full.");
  assert.equal(await box(bea, WEEK[0]).isChecked(), false, "a time that was unticked stays unticked");
  assert.equal(await box(bea, WEEK[1]).isChecked(), true);
  assert.equal(await box(bea, WEEK[3]).count(), 0, "what is gone is gone, ticked or not");
  await bea.page.locator(".foot button[value=keep]").click();
  await bea.page.getByText("Saved at").waitFor();
  const left = (await shown(p)).slots.map(({ begin }) => begin);
  assert.deepEqual(left, without(0, 3, 4).map(({ begin }) => begin), "the cuts of both");
  await bea.leave();
});

test("the focus stays with a time that is cut under it", async () => {
  const p = await ask("Under the hands");
  const bea = await opened(p, 1);
  await box(bea, WEEK[2]).focus();
  await keep(p, 2, without(2));
  await row(bea, WEEK[2]).and(bea.page.locator(".just-cut")).waitFor();
  assert.equal(await row(bea, WEEK[2]).evaluate((item) => item === document.activeElement), true);
  await bea.page.keyboard.press("Tab");
  assert.equal(await box(bea, WEEK[3]).evaluate((item) => item === document.activeElement), true, "and goes on from there");
  await bea.leave();
});

test("a time that is made shorter takes the place of the longer one, unticked if that was", async () => {
  const p = await ask("Shorter", { min_duration: "00:15:00" });
  const bea = await opened(p, 1);
  await box(bea, WEEK[1]).click();
  const shorter = WEEK.map((slot, n) => (n === 0 || n === 1 ? { ...slot, duration: "00:30:00" } : slot));
  await keep(p, 2, shorter);
  await upToDate(bea, p);
  assert.equal(await bea.page.locator("li[data-slot]").count(), 7);
  assert.match(await row(bea, WEEK[0]).innerText(), /Cyd Park/);
  assert.deepEqual([await box(bea, WEEK[0]).isChecked(), await box(bea, WEEK[1]).isChecked()], [true, false]);
  assert.match(await said(bea).textContent(), /Cyd Park/);
  await bea.leave();
});

test("times that stand under the days of another zone are found there", async () => {
  const p = await ask("Another zone");
  const bea = await opened(p, 1, "", { zone: "Asia/Tokyo" });
  await bea.page.locator("[data-zone-offer] button").click();
  const days = await bea.page.locator(".day legend").allInnerTexts();
  await box(bea, WEEK[1]).click();
  await keep(p, 2, without(5));
  await row(bea, WEEK[5]).and(bea.page.locator(".just-cut")).waitFor();
  await upToDate(bea, p);
  assert.deepEqual(await bea.page.locator(".day legend").allInnerTexts(), days);
  const at = new Date(WEEK[5].begin).toLocaleTimeString("en-GB", { timeZone: "Asia/Tokyo", hour: "2-digit", minute: "2-digit" });
  assert.match(await row(bea, WEEK[5]).innerText(), new RegExp(`^${at}`));
  assert.match(await said(bea).textContent(), new RegExp(at));
  assert.equal(await box(bea, WEEK[1]).isChecked(), false);
  await bea.leave();
});

test("agreed while typing: nothing is taken away, and the page comes when it is asked for", async () => {
  const p = await ask("Agreed meanwhile", { parties: [{ ...BEA, optional: true }, CYD] });
  const bea = await opened(p, 1);
  const note = bea.page.locator("[name=note]");
  await note.fill("Mondays are full");
  await keep(p, 2, [WEEK[0]]);
  await news(bea).waitFor();
  assert.deepEqual(await axe(bea.page, "agreed while typing"), []);
  assert.match(await news(bea).innerText(), /changed since you opened it.*\S/);
  assert.equal(await note.inputValue(), "Mondays are full");
  assert.equal(await box(bea, WEEK[1]).count(), 1, "the form is as it was");
  await news(bea).getByRole("button", { name: "Show it" }).click();
  await bea.page.locator(".time.agreed").waitFor();
  assert.equal(await bea.page.locator("form.answer").count(), 0);
  assert.equal(new URL(bea.page.url()).search, "");
  await bea.leave();
});

test("agreed while nothing is unsaved: the page is there at once", async () => {
  const p = await ask("Agreed at once", { parties: [{ ...BEA, optional: true }, CYD] });
  const bea = await opened(p, 1);
  await keep(p, 2, [WEEK[0]]);
  await bea.page.locator(".time.agreed").waitFor();
  await bea.leave();
});

test("a party whose link is revoked hears so, and its page asks no more", async () => {
  const p = await ask("Revoked");
  const bea = await browser.visitor();
  const all = sockets(bea);
  await bea.open(linkTo(p, 1));
  await until("a socket", () => all.length === 1);
  await bea.page.locator("[name=note]").fill("Typing");
  const closed = new Promise((resolve) => all[0].on("close", resolve));
  assert.equal((await service.ask("POST", `/${p.id}/revoke/`, { as: "ana", json: { party: "p1" } })).status, 202);
  await closed;
  await news(bea).waitFor();
  assert.equal(await bea.page.locator("[name=note]").inputValue(), "Typing");
  // Whoever comes back to a page has it opened anew, where it may be.
  await bea.page.evaluate(() => window.dispatchEvent(new Event("online")));
  await keep(p, 2, without(1));
  assert.equal(all.length, 1, "it does not come back");
  assert.equal(await box(bea, WEEK[1]).count(), 1, "and it shows nothing new");
  // The browser says of the page that was refused that it was.
  bea.problems.length = 0;
  await bea.leave();
});

test("a socket that breaks off is opened anew, and what was missed is shown", async () => {
  const p = await ask("Broken");
  const bea = await browser.visitor();
  let tries = 0;
  let cut;
  await bea.page.routeWebSocket(/\/live\/$/, (socket) => {
    tries++;
    const server = socket.connectToServer();
    server.onMessage((message) => {
      socket.send(message);
      cut = () => {
        server.close();
        socket.close({ code: 1012 });
      };
    });
  });
  await bea.open(linkTo(p, 1));
  await until("a socket", () => cut);
  cut();
  await keep(p, 2, without(6));
  await row(bea, WEEK[6]).and(bea.page.locator(".just-cut")).waitFor();
  assert.equal(tries, 2);
  await bea.leave();
});

test("the organiser's page shows who answers, and leaves an open form alone", async () => {
  const p = await ask("Organised");
  const ana = await browser.visitor();
  await ana.signIn("ana");
  const heard = socketOf(ana);
  await ana.open(`/${p.id}/`);
  await heard;
  const acts = ana.page.locator("li[data-live=p1] details");
  await acts.locator("summary").click();
  await keep(p, 1, without(1, 2), { note: "Only the afternoons." });
  await upToDate(ana, p);
  assert.match(await ana.page.locator("[data-live='p1 state']").innerText(), /5/);
  assert.match(await ana.page.locator("[data-live='p1 name']").innerText(), /Only the afternoons/);
  assert.equal(await acts.getAttribute("open"), "", "what is open stays open");
  assert.equal(await ana.page.locator("[data-live=matrix] td.no").count(), 2);
  assert.match(await ana.page.locator("[data-live=lead]").innerText(), /Cyd Park/);
  assert.match(await ana.page.locator("[data-live=recent]").innerText(), /Bea Marini/);
  await keep(p, 2, [WEEK[0]]);
  await ana.page.locator(".time.agreed").waitFor();
  await ana.leave();
});

test("the log goes on while it is read", async () => {
  const p = await ask("Logged");
  const bea = await opened(p, 1, "log/");
  const before = await bea.page.locator(".log li").count();
  await keep(p, 2, without(1));
  await until("another sentence", async () => (await bea.page.locator(".log li").count()) > before);
  await bea.leave();
});

test("a page that is kept to go back to holds no socket", async () => {
  const p = await ask("Away");
  const bea = await browser.visitor();
  const all = sockets(bea);
  await bea.open(linkTo(p, 1));
  await until("a socket", () => all.length === 1);
  await until("the socket to be closed", async () => {
    await bea.page.evaluate(() => window.dispatchEvent(new Event("pagehide")));
    return all[0].isClosed();
  });
  await keep(p, 2, without(4));
  await bea.page.evaluate(() => window.dispatchEvent(new Event("pageshow")));
  await row(bea, WEEK[4]).and(bea.page.locator(".just-cut")).waitFor();
  assert.equal(all.length, 2);
  await bea.leave();
});
