// The log's page verifies the log in the browser and finds the receipts of mails in it; nothing that is pasted leaves the browser.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { browse, lastMail } from "../support/browser.mjs";
import { start } from "../support/harness.mjs";
import { BEA, WEEK, askForWeek, linkTo, settle } from "../support/world.mjs";
import { partyLink } from "../support/agree.mjs";

let service, browser, asked, other;
before(async () => {
  service = await start();
  browser = await browse(service);
  await settle(service);
  asked = await ask("Kick-off");
  other = await ask("Budget review");
  const { status } = await service.ask("PATCH", `/${asked.id}/`, { et: partyLink(asked.id, 1), json: { slots: WEEK.slice(0, 4), note: "Nur früh – 朝だけ" } });
  assert.equal(status, 202);
});
after(() => browser?.close());

const ask = (title, more) => askForWeek(service, title, more);

const LOG = "**/log/?format=jsonl";
const part = (v, name) => v.page.locator(`[data-part=${name}]`);
/// What the page says when `button` is pressed, once it has found out.
async function said(v, button, verdict) {
  await v.toggle(part(v, button));
  const place = part(v, verdict);
  await place.filter({ hasText: /\.$/ }).waitFor();
  return { text: await place.innerText(), role: await place.getAttribute("role") };
}
const check = (v) => said(v, "check", "checked");
async function compare(v, pasted) {
  await part(v, "mail").fill(pasted);
  return said(v, "compare", "compared");
}
const openLog = async (v, p = asked) => {
  await v.open(linkTo(p, 2, "log/"));
  await v.page.locator("[data-enhance=proof][data-ready]").waitFor();
};

for (const [how, options] of Object.entries({ "with a mouse": {}, "by touch at 320 px": { width: 320 } })) {
  test(`a log is checked in the browser ${how}`, async () => {
    const v = await browser.visitor(options);
    await openLog(v);
    const { text, role } = await check(v);
    assert.match(text, /^Checked here, in your browser: all \d+ entries .* The code on this page is that of the last entry\. Whether it was so when a mail came, the receipt of that mail tells\.$/);
    assert.equal(role, "status");
  });
}

test("the buttons are reached and pressed by keys, and what they say is read out", async () => {
  const v = await browser.visitor();
  await openLog(v);
  await v.tabTo(part(v, "check"));
  await v.page.keyboard.press("Enter");
  await v.page.getByRole("status").filter({ hasText: "Checked here" }).waitFor();
  await v.tabTo(part(v, "mail"));
  await v.page.keyboard.type("Receipt: none");
  await v.tabTo(part(v, "compare"));
  await v.page.keyboard.press("Space");
  await v.page.getByRole("alert").filter({ hasText: "There is no receipt" }).waitFor();
});

test("entries that came after the page are told of", async () => {
  const v = await browser.visitor();
  await openLog(v);
  await service.ask("PATCH", `/${asked.id}/`, { as: "ana", json: { title: "Kick-off, again" } });
  assert.match((await check(v)).text, /The code on this page is that of entry \d+\. One entry has come since: load the page again/);
});

test("a log that was tampered with is refused, with the entry and the reason", async () => {
  const v = await browser.visitor();
  await openLog(v);
  const good = (await service.ask("GET", `/${asked.id}/log/?format=jsonl`, { as: "ana" })).text;
  const answered = good.split("\n").findIndex((line) => line.includes('"act":"answer"'));
  const seq = JSON.parse(good.split("\n")[answered]).entry.seq;
  const line = (n, change) => good.split("\n").map((text, at) => (at === n ? change(text) : text)).join("\n");
  let served;
  await v.page.route(LOG, (route) => route.fulfill({ status: 200, contentType: "application/jsonl", body: served }));
  for (const [tampered, reason] of [
    [line(answered, (text) => text.replace('"via":"link"', '"via":"basic"')), `Entry ${seq + 1} does not follow on the one before it`],
    [line(answered + 1, (text) => text.replace("Nur", "Nie")), `A text of entry ${seq} is not the one that was recorded with it`],
    [line(answered, (text) => text.replace('"kind"', ' "kind"')), `Line ${answered + 1}, after entry ${seq - 1}, is not written as a log is written`],
    [good.split("\n").toSpliced(answered, 2).join("\n"), `Entry ${seq} does not follow on the one before it`],
    [good.split("\n").toSpliced(-2, 1).join("\n"), "Its end is missing"],
    [good.split("\n").toSpliced(2, 0, good.split("\n")[0]).join("\n"), "Line 3, after entry 1, may not stand where it stands"],
    [good.replace(`"proposal":${asked.id}`, `"proposal":${other.id}`), "Entry 1 does not begin the log of this proposal"],
    ["", "It has no entries"],
    [Buffer.from(good).fill(0xff, 40, 41), "Line 1, before the first entry, is not written"],
  ]) {
    served = tampered;
    const { text, role } = await check(v);
    assert.ok(text.startsWith("This log does not hold.") && text.includes(reason), `${text}\n${reason}`);
    assert.equal(role, "alert");
  }
  served = (await service.ask("GET", `/${other.id}/log/?format=jsonl`, { as: "ana" })).text;
  assert.match((await check(v)).text, /^This is the log of another proposal\./);
  // A log that ends before what the page shows is sound in itself.
  const lines = good.trimEnd().split("\n");
  const [first] = lines.filter((text) => text.startsWith('{"entry"')).slice(1);
  const one = lines.slice(0, lines.indexOf(first));
  served = [...one, JSON.stringify({ head: { entries: 1, hash: JSON.parse(first).entry.prev } }), ""].join("\n");
  assert.deepEqual(await check(v), { text: "The code on this page belongs to none of the entries, so page and log do not tell the same. Load the page again; if this stays so, do not rely on it, and compare the receipts of your mails.", role: "alert" });
  served = good;
  assert.equal((await check(v)).role, "status", "the log itself is good");
});

test("a log that cannot be read is no proof of anything", async () => {
  const v = await browser.visitor();
  await openLog(v);
  await v.page.route(LOG, (route) => route.fulfill({ status: 503, contentType: "application/json", body: "{}" }));
  assert.deepEqual(await check(v), { text: "The log could not be read or checked just now. Try again in a moment.", role: "alert" });
  v.problems.splice(0);
});

test("the receipt of a mail is found, however it is copied, and the mail is sent to nobody", async () => {
  const v = await browser.visitor({ zone: "Europe/Berlin" });
  const mail = await lastMail(service, BEA.email, /Kick-off/);
  const [receipt] = /[0-9a-f]{64}/.exec(mail.text);
  await openLog(v);
  const log = (await service.ask("GET", `/${asked.id}/log/?format=jsonl`, { as: "ana" })).text.split("\n");
  const { seq } = JSON.parse(log.findLast((line) => line.startsWith('{"entry"') && log.some((next) => next.includes(`"prev":"${receipt}"`) && JSON.parse(next).entry.seq === JSON.parse(line).entry.seq + 1))).entry;

  const reader = await browser.browser.newPage();
  await reader.setContent(mail.html);
  const copied = await reader.locator("body").innerText();
  await reader.close();
  const sent = [];
  v.context.on("request", (request) => sent.push(request));
  const quoted = mail.text.split("\n").flatMap((line) => line.match(/.{1,40}/g) ?? [""]).map((line) => `> ${line}`).join("\n");
  for (const pasted of [mail.text, copied, quoted, receipt]) {
    const { text, role } = await compare(v, pasted);
    assert.match(text, new RegExp(`^Your mail’s receipt is entry ${seq}, of [A-Z][a-z]+day \\d+ [A-Z][a-z]+ \\d{4}, \\d\\d:\\d\\d: everything up to it is unchanged\\. \\d+ entries have come since\\.$`));
    assert.equal(role, "status");
  }
  const last = await v.page.locator("section code").innerText();
  assert.match((await compare(v, last)).text, /: everything up to it is unchanged, and nothing has come since\.$/);

  const { text: foreign } = await lastMail(service, BEA.email, /Budget review/);
  const code = /[0-9a-f]{64}/.exec(foreign)[0];
  assert.deepEqual(await compare(v, foreign), {
    text: `The receipt ${code.slice(0, 8)}…${code.slice(-8)} is not in this log. Either the mail is about another proposal, or what it stands for was altered or left out later.`,
    role: "alert",
  });
  assert.equal((await compare(v, `${mail.text}\n${foreign}`)).role, "alert", "one good receipt does not hide a bad one");
  assert.deepEqual([...new Set(sent.map((request) => `${request.method()} ${new URL(request.url()).pathname} ${request.postData()}`))].filter((line) => !line.startsWith("GET /static/")), [`GET /${asked.id}/log/ null`]);
});

test("the page with its verdicts is as the looks want it, in both themes and at both widths", async () => {
  const v = await browser.visitor();
  for (const bad of [false, true]) {
    await openLog(v);
    await check(v);
    if (bad) await compare(v, "0".repeat(64));
    await browser.look(`log, ${bad ? "a receipt that is not in it" : "checked"}`, { ...v.answer(), url: v.page.url(), html: await v.page.content() });
  }
});
