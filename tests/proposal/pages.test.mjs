// The pages of proposals by their forms, without a browser: what each does, what it says where it is refused, and as whom.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { meetingLink, partyLink } from "../support/agree.mjs";
import { formsOf } from "../support/forms.mjs";
import { propose, start, until } from "../support/harness.mjs";
import { sign } from "../support/links.mjs";
import { Browser } from "../support/pages.mjs";
import { mails } from "../support/post.mjs";
import { Reader } from "../support/reader.mjs";
import { BEA, CYD, DAN, WEEK, invite, settle, slot } from "../support/world.mjs";

let service;
before(async () => {
  service = await start();
  await settle(service);
});
after(() => service.close());

const value = ({ begin, duration }) => `${begin}|${duration}`;
const make = (more = {}) => propose(service, { title: "Kick-off", timezone: "Europe/Berlin", visibility: "names", parties: [BEA, CYD, DAN], slots: WEEK, ...more }, { as: "ana" });
const shown = async (id) => (await service.ask("GET", `/${id}/`, { as: "ana" })).json;
const acts = async (id) => (await service.ask("GET", `/${id}/log/`, { as: "ana" })).json.entries.map(({ data }) => data.act).filter((act) => act !== "view");

async function bea(p, dev) {
  const reader = await Reader.open(service, `/${p.id}/?et=${partyLink(p.id, 1)}`, dev);
  await reader.page(`/${p.id}/`);
  return reader;
}
const ana = (path) => Reader.signedIn(service, "ana", path);

test("a mailed link moves its token to a cookie of this proposal, and a GET does nothing but that", async () => {
  const p = await make();
  for (const path of [`/${p.id}/`, `/${p.id}/log/`]) {
    const { status, headers } = await service.ask("GET", `${path}?et=${partyLink(p.id, 1)}&show=parts`, { headers: { Accept: "text/html" } });
    assert.deepEqual([status, headers.get("location")], [303, `${path}?show=parts`]);
    const [cookie] = headers.getSetCookie();
    assert.match(cookie, new RegExp(`^link=[\\w.-]+; Path=/${p.id}; Max-Age=\\d+; HttpOnly; SameSite=Lax$`));
  }
  assert.deepEqual(await acts(p.id), ["create"]);
  for (const bad of ["x", partyLink(p.id + 1, 1), sign({ id: p.id, party: 1, purpose: "meeting", code: 2 })]) {
    const { status, headers } = await service.ask("GET", `/${p.id}/?et=${bad}`, { headers: { Accept: "text/html" } });
    assert.deepEqual([status, headers.getSetCookie()], [401, []], "what is not authentic is not kept");
  }
});

test("what is ticked is kept, and the page says so; what was removed is struck through with who and when", async () => {
  const p = await make();
  const reader = await bea(p);
  assert.match(reader.words, /Ana Lee proposes 7 times\./);
  assert.match(reader.words, /answering as Bea Marini/);
  const done = await reader.press("Keep the ticked times", { keep: WEEK.slice(0, 4).map(value), note: "Late is hard" });
  assert.deepEqual([done.status, done.headers.get("location")], [303, `/${p.id}/`]);
  await reader.page(`/${p.id}/`);
  assert.match(reader.words, /Your answer is saved\..*You kept 4 of 7 times/);
  assert.match(reader.words, /Removed by Bea Marini, \w{3} \d+ \w{3} \d\d:\d\d/);
  assert.equal(reader.jar.notice, undefined, "the notice is said once");
  const { slots, answers } = await shown(p.id);
  assert.deepEqual([slots.map(value), answers[0].state, answers[0].note], [WEEK.slice(0, 4).map(value), "kept", "Late is hard"]);
  assert.match((await reader.page(`/${p.id}/log/`)) && reader.words, /Bea Marini removed .*4 of 7 times are left\. Note: “Late is hard”/);
});

test("an answer that leaves one time or none asks first", async () => {
  const p = await make();
  const reader = await bea(p);
  await reader.press("Keep the ticked times", { keep: [value(WEEK[2])], note: "x" });
  assert.deepEqual([reader.html.status, await acts(p.id)], [200, ["create"]]);
  assert.match(reader.words, /Keep only one time\?/);
  await reader.press("Keep only this time");
  assert.deepEqual([(await shown(p.id)).slots.map(value), (await shown(p.id)).answers[0].note], [[value(WEEK[2])], "x"]);
  const q = await make();
  const other = await bea(q);
  await other.press("None of these", { keep: WEEK.map(value) });
  assert.deepEqual([other.html.status, await acts(q.id)], [200, ["create"]]);
  await other.press("None of the times suits me", { note: "I am away" });
  assert.equal((await shown(q.id)).state, "exhausted");
});

test("a part of a time is kept by from and to, in the zone that the page showed", async () => {
  const long = slot(1, 8, 180);
  const p = await make({ slots: [long, WEEK[0]] });
  const reader = await bea(p, "timezone=Asia/Kolkata");
  assert.match(reader.words, /Times are shown in Asia\/Kolkata, which is a guess from your network/);
  assert.match(reader.words, /13:30 to 16:30 .*in Europe\/Berlin/);
  await reader.press("I can only do part of a time", { keep: [value(long)] });
  const wrong = await reader.press("Keep the ticked times", { [`from ${value(long)}`]: "09:00", [`to ${value(long)}`]: "10:00", sure: "yes" });
  assert.equal(wrong.status, 400);
  assert.match(reader.words, /From 09:00 to 10:00 does not lie within this time\./);
  await reader.press("Keep the ticked times", { [`from ${value(long)}`]: "14:00", [`to ${value(long)}`]: "15:15", sure: "yes" });
  const begin = long.begin.replace("T08:00", "T08:30");
  assert.deepEqual((await shown(p.id)).slots, [{ begin, duration: "01:15:00" }]);
  await reader.page(`/${p.id}/`);
  assert.match(reader.words, /Shortened by Bea Marini; it was 13:30 to 16:30/);
});

test("buttons that only change the page save nothing and keep the ticks", async () => {
  const p = await make();
  const reader = await bea(p);
  const boxes = () => formsOf(reader.html.text).flatMap(({ fields }) => fields).filter(([name]) => name === "keep").length;
  await reader.press("Untick all");
  assert.equal(boxes(), 0);
  await reader.press("Tick all");
  assert.equal(boxes(), WEEK.length);
  await reader.press("Show in this time zone", { zone: "Asia/Tokyo", keep: [value(WEEK[0])], note: "kept too" });
  assert.equal(boxes(), 1);
  assert.match(reader.html.text, /value="kept too"/);
  assert.match(reader.words, /Times are shown in Asia\/Tokyo\./);
  await reader.page(`/${p.id}/`);
  assert.match(reader.words, /Times are shown in Asia\/Tokyo\./, "the choice is remembered");
  assert.deepEqual(await acts(p.id), ["create"]);
});

test("what others removed meanwhile is told, nothing is saved, and the ticks stay", async () => {
  const p = await make();
  const reader = await bea(p);
  await service.ask("PATCH", `/${p.id}/`, { et: partyLink(p.id, 2), json: { slots: WEEK.slice(0, 5) } });
  const refused = await reader.press("Keep the ticked times", { keep: WEEK.slice(2, 6).map(value), note: "still here" });
  assert.equal(refused.status, 409);
  assert.match(reader.words, /Somebody else answered while you had this page open: .*: removed by Cyd Park/);
  assert.match(reader.html.text, /value="still here"/);
  assert.equal((await shown(p.id)).answers[0].kept, null);
  const kept = formsOf(reader.html.text).flatMap(({ fields }) => fields).filter(([name]) => name === "keep").map(([, value]) => value);
  assert.deepEqual(kept, WEEK.slice(2, 5).map(value));
  await reader.press("Keep the ticked times");
  assert.deepEqual((await shown(p.id)).slots.map(value), kept);
});

test("by the cookie of a link nothing is done that was not shown to be meant, nor for somebody else", async () => {
  const p = await make();
  const reader = await bea(p);
  const other = await Reader.open(service, `/${p.id}/?et=${partyLink(p.id, 2)}`);
  await other.page(`/${p.id}/`);
  const fields = [["as", "p1"], ["keep", value(WEEK[0])], ["keep", value(WEEK[1])], ["do", "keep"]];
  const path = `/${p.id}/?_method=PATCH`;
  const token = (html) => /name="csrfmiddlewaretoken" value="([^"]+)"/.exec(html.text)[1];
  for (const [what, wanted, sent, more] of [
    ["no token", 403, fields],
    // The page was made for somebody else, and says so.
    ["another's token", 409, [...fields, ["csrfmiddlewaretoken", token(other.html)]]],
    ["the token, from another site", 403, [...fields, ["csrfmiddlewaretoken", token(reader.html)]], { Origin: "https://evil.example", "Sec-Fetch-Site": "cross-site" }],
  ]) {
    const headers = { ...reader.headers, Origin: "null", "Sec-Fetch-Site": "same-origin", ...more };
    const { status } = await service.ask("POST", path, { body: new URLSearchParams(sent), headers });
    assert.equal(status, wanted, what);
  }
  // The browser has opened another link since the page was shown.
  reader.jar.link = other.jar.link;
  const stale = await reader.send(path, [...fields, ["csrfmiddlewaretoken", token(other.html)]]);
  assert.equal(stale.status, 409);
  assert.deepEqual(await acts(p.id), ["create"], "nothing was done");
});

test("a session counts before a link where it has any standing, and the link where it has none", async () => {
  const p = await make();
  const reader = await ana(`/${p.id}/`);
  Object.assign(reader.jar, (await Reader.open(service, `/${p.id}/?et=${partyLink(p.id, 1)}`)).jar);
  await reader.page(`/${p.id}/`);
  assert.match(reader.words, /You are signed in as/);
  const stranger = new Reader(service);
  Object.assign(stranger.jar, (await Browser.of(service, { username: "nia" }, "p")).jar, (await Reader.open(service, `/${p.id}/?et=${partyLink(p.id, 1)}`)).jar);
  await stranger.page(`/${p.id}/`);
  assert.match(stranger.words, /answering as Bea Marini/);
  await stranger.press("Keep the ticked times", { keep: WEEK.slice(1).map(value) });
  const { entries } = (await service.ask("GET", `/${p.id}/log/`, { as: "ana" })).json;
  assert.equal(entries.find(({ data }) => data.act === "answer").data.via, "link");
});

test("an expired link offers a new one, by one button", async () => {
  const p = await make();
  await invite(service, p);
  const reader = await Reader.open(service, `/${p.id}/?et=${sign({ id: p.id, party: 1, expires: 1_600_000_000 })}`);
  assert.equal(reader.opened.status, 303);
  assert.equal((await reader.page(`/${p.id}/`)).status, 401);
  assert.match(reader.words, /This link has expired/);
  assert.equal((await reader.press("Send me a new link")).status, 303);
  await until("the new link", async () => (await mails(service, p.id, { to: BEA.email })).length === 2);
});

test("a browser forgets its link when it is told to", async () => {
  const p = await make();
  const reader = await bea(p);
  await reader.press("Forget this link in this browser");
  assert.deepEqual([reader.html.status, reader.jar.link], [303, undefined]);
  assert.equal((await reader.page(`/${p.id}/`)).status, 401);
});

test("the page of a meeting says as whom one reads it, and its link can be forgotten, too", async () => {
  const p = await make({ parties: [BEA], slots: [slot(2, 10, 60)] });
  await service.ask("PATCH", `/${p.id}/`, { et: partyLink(p.id, 1), json: { slots: [slot(2, 10, 60)] } });
  await until("the meeting", async () => (await service.ask("GET", `/meetings/${p.id}/`, { as: "ana" })).status === 200);
  const reader = await Reader.open(service, `/meetings/${p.id}/?et=${meetingLink(p.id, 1)}`);
  await reader.page(`/meetings/${p.id}/`);
  assert.match(reader.words, /You are answering as Bea Marini\. Not you\?/);
  await reader.press("Forget this link in this browser");
  assert.deepEqual([reader.html.status, reader.jar.link], [303, undefined]);
  assert.equal((await reader.page(`/meetings/${p.id}/`)).status, 401);
  const organiser = await Reader.signedIn(service, "ana", `/meetings/${p.id}/`);
  assert.match(organiser.words, /You are signed in as Ana Lee\. Not you\?/);
});

test("the organiser invites, reminds, changes an address, takes people off, and changes details", async () => {
  const p = await make();
  const reader = await ana(`/${p.id}/`);
  assert.match(reader.words, /3 people have not been mailed yet/);
  await reader.press("Send 3 invitations");
  await until("the invitations", async () => (await mails(service, p.id)).length === 3);
  await reader.page(`/${p.id}/`);
  assert.match(reader.words, /The mail is on its way/);
  await reader.press("Send a reminder", {}, `/${p.id}/notify/`);
  await reader.page(`/${p.id}/`);
  const bad = await reader.press("Change the address", { email: "no address" }, `/${p.id}/parties/p2/?_method=PUT`);
  assert.equal(bad.status, 400);
  await reader.press("Change the address", { email: "cydney@example.org" }, `/${p.id}/parties/p2/?_method=PUT`);
  await reader.page(`/${p.id}/`);
  await reader.press("Take off the list", {}, `/${p.id}/parties/p3/?_method=DELETE`);
  assert.deepEqual((await shown(p.id)).parties, [BEA.email, "cydney@example.org"]);
  await reader.page(`/${p.id}/`);
  const gap = await reader.press("Save the changes", { title: "Kick off, again", deadline_date: "2031-03-30", deadline_time: "02:30" });
  assert.equal(gap.status, 400);
  assert.match(reader.words, /this time does not exist\. The nearest times are 01:59 and 03:00/);
  assert.match(reader.html.text, /value="Kick off, again"/);
  await reader.press("Save the changes", { deadline_time: "18:00", location: "Room 7" });
  const { title, location, deadline, slots } = await shown(p.id);
  assert.deepEqual([title, location, deadline, slots.length], ["Kick off, again", "Room 7", "2031-03-30T16:00:00Z", WEEK.length]);
});

test("the organiser fixes a time that is left, and everybody finds it in a calendar and can decline", async () => {
  const p = await make({ parties: [BEA, CYD] });
  for (const party of [1, 2]) await service.ask("PATCH", `/${p.id}/`, { et: partyLink(p.id, party), json: { slots: WEEK.slice(0, 2) } });
  const reader = await ana(`/${p.id}/`);
  assert.match(reader.words, /2 times suit all/);
  await reader.press("Fix this time", { slot: value(WEEK[1]) });
  assert.equal((await shown(p.id)).state, "agreed");
  const guest = await until("the meeting", async () => {
    const guest = await bea(p);
    return /You said that you will be there/.test(guest.words) && guest;
  });
  const file = await guest.get(`/${p.id}/calendar.ics`);
  assert.match(file.text, /BEGIN:VCALENDAR/);
  assert.match(guest.html.text, /href="https:\/\/calendar\.google\.com\/calendar\/render\?[^"]*"/);
  assert.ok(!/et=|token/.test(guest.html.text.match(/href="https:[^"]*"/g).join()), "no token leaves by a link");
  await guest.press("I cannot come");
  await guest.page(`/${p.id}/`);
  assert.match(guest.words, /You said that you cannot come/);
  await guest.press("I will be there");
  const { attendees } = (await service.ask("GET", `/meetings/${p.id}/`, { as: "ana" })).json;
  assert.equal(attendees[0].partstat, "accepted");
});

test("the next round asks again, and the page of the round before leads there", async () => {
  const p = await make({ parties: [BEA, CYD] });
  const guest = await bea(p);
  const reader = await ana(`/new/?again=${p.id}`);
  const people = formsOf(reader.html.text).flatMap(({ fields }) => fields).find(([name]) => name === "people")[1];
  assert.match(people, /Bea Marini.*bea@example\.org/);
  await reader.press("Preview", { people: `${people}\neli@example.org`, "t0-date": "2031-01-07", "t0-clock": "10:00", "t0-minutes": "45" });
  const made = await reader.press("Create and send");
  const [, id] = /^\/(\d+)\/$/.exec(made.headers.get("location"));
  assert.notEqual(Number(id), p.id);
  const [before, next] = [await shown(p.id), await shown(Number(id))];
  assert.deepEqual([before.state, before.successor, next.predecessor], ["exhausted", Number(id), p.id]);
  assert.deepEqual(next.answers.map(({ email }) => email).filter((email) => email !== "ana@localhost").sort(), [BEA.email, CYD.email, "eli@example.org"].sort());
  await guest.page(`/${p.id}/`);
  assert.match(guest.words, /has asked again, with other times/);
  assert.equal((await guest.press("Go to the new times")).headers.get("location"), `/${id}/`);
  await guest.page(`/${id}/`);
  assert.match(guest.words, /answering as Bea Marini/);
  // Whoever was left out, or whose links were made void there, is not let in by the old link.
  const party = next.answers.find(({ email }) => email === BEA.email).party;
  await service.ask("POST", `/${id}/revoke/`, { as: "ana", json: { party } });
  const again = await bea(p);
  assert.equal((await again.press("Go to the new times")).status, 409);
});

test("closing tells everybody, and the page is gone while the log stays", async () => {
  const p = await make();
  const guest = await bea(p);
  const reader = await ana(`/${p.id}/`);
  assert.equal((await reader.press("Close it for good")).headers.get("location"), "/");
  assert.equal((await guest.page(`/${p.id}/`)).status, 410);
  assert.match(guest.words, /Kick-off This proposal is closed\./);
  assert.equal((await guest.page(`/${p.id}/log/`)).status, 200);
  assert.match(guest.words, /closed the proposal/);
});

test("a meeting is moved and cancelled by its page, and a time that clocks skip is refused", async () => {
  const p = await make({ parties: [BEA], slots: [slot(2, 10, 60)] });
  await service.ask("PATCH", `/${p.id}/`, { et: partyLink(p.id, 1), json: { slots: [slot(2, 10, 60)] } });
  await until("the meeting", async () => (await service.ask("GET", `/meetings/${p.id}/`, { as: "ana" })).status === 200);
  const reader = await ana(`/meetings/${p.id}/`);
  const gap = await reader.press("Save the changes", { date: "2031-03-30", time: "02:30", title: "Moved" });
  assert.equal(gap.status, 400);
  assert.match(reader.words, /does not exist/);
  assert.match(reader.html.text, /value="Moved"/);
  await reader.press("Save the changes", { date: "2031-03-30", time: "09:30", minutes: "30" });
  const moved = (await service.ask("GET", `/meetings/${p.id}/`, { as: "ana" })).json;
  assert.deepEqual([moved.title, moved.begin, moved.duration], ["Moved", "2031-03-30T07:30:00Z", "00:30:00"]);
  await reader.page(`/meetings/${p.id}/`);
  await reader.press("Cancel it for good");
  assert.equal((await service.ask("GET", `/meetings/${p.id}/`, { as: "ana" })).json.status, "cancelled");
});

test("a stranger finds what this is, and a demo that stores nothing", async () => {
  const stranger = new Reader(service);
  await stranger.page("/");
  assert.equal(stranger.html.status, 200);
  assert.match(stranger.words, /Find a time that suits everybody/);
  const count = async () => (await service.db.prepare("select count(*) as n from proposals").first()).n;
  const before = await count();
  await stranger.page("/demo/");
  await stranger.press("Keep the ticked times", { keep: [] });
  assert.equal(stranger.html.status, 200);
  assert.match(stranger.words, /you kept 0 of 5 times/);
  assert.equal(await count(), before);
});

test("home says what needs one, what waits, and what is agreed, each with its count", async () => {
  const asked = await make({ title: "For Nia", parties: [{ email: "nia@localhost" }, BEA] });
  const reader = new Reader(service);
  Object.assign(reader.jar, (await Browser.of(service, { username: "nia" }, "p")).jar);
  await reader.page("/");
  assert.match(reader.words, /Needs you 1 For Nia 7 times are offered\. Which can you make\? Answer/);
  await service.ask("PATCH", `/${asked.id}/`, { as: "nia", json: { slots: WEEK.slice(0, 3) } });
  await reader.page("/");
  assert.match(reader.words, /Needs you Nothing waits for you\. Waiting for others 1 For Nia One person still has to answer\. 3 times are left\./);
  await service.ask("PATCH", `/${asked.id}/`, { et: partyLink(asked.id, 2), json: { slots: WEEK.slice(0, 1) } });
  await until("the meeting", async () => /Agreed 1 For Nia/.test((await reader.page("/")) && reader.words));
});
