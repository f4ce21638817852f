// What the organiser can change beside the times: title, location, description, time zone. Where they show, who may change
// them, and that the meeting of an agreed proposal has them.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { SLOTS, ledger, links, propose, start, until } from "../support/harness.mjs";
import { agree, answer, mails as mailsOfMeeting, meeting, meetingLink, part, partyLink, read, recipients } from "../support/agree.mjs";
import { verify } from "../support/ledger.mjs";
import { arrived, form, mails } from "../support/post.mjs";

let service;
before(async () => {
  service = await start();
});
after(() => service.close());

const ask = (...args) => service.ask(...args);
const patch = (id, json, options = { as: "ob" }) => ask("PATCH", `/${id}/`, { json, ...options });
const show = async (id) => (await ask("GET", `/${id}/`, { as: "ob" })).json;
const BROWSER = { headers: { Accept: "text/html" } };
const LOCATION = "Room 5, 2nd floor; ask \\ring <b>twice</b>";
const DESCRIPTION = 'Agenda, all of it;\n\n1. "Plans" \\ lunch\n2. <b>R&D</b>\nEND:VEVENT';
const PLACE = { location: LOCATION, description: DESCRIPTION };
const SPOKEN = "https://meet.example.org/a;b,c?d=" + "é".repeat(100);
const of = ({ location, description }) => ({ location, description });

test("a proposal has an empty location and description where none is given", async () => {
  const p = await propose(service);
  assert.deepEqual(of(p), { location: "", description: "" });
  const [created] = verify(await ledger(service, p.id));
  assert.deepEqual(Object.keys(created.commitments), ["p1", "p2", "terms", "title"], "the log says nothing of what is not said");
  const page = await ask("GET", `/${p.id}/`, { as: "ob", ...BROWSER });
  assert.doesNotMatch(page.text, /Where:/);
  await links(service, p);
  const [mail] = await arrived(service, p.id, { kind: "invitation" });
  assert.doesNotMatch(mail.text, /Where:|^>/m);
});

test("location and description are trimmed, shown, committed in the log and listed", async () => {
  const p = await propose(service, { location: ` ${LOCATION} `, description: `\r\n${DESCRIPTION.replaceAll("\n", "\r\n")}\n` });
  assert.deepEqual(of(p), PLACE);
  assert.deepEqual(of(await show(p.id)), PLACE);
  const listed = (await ask("GET", "/", { as: "ob" })).json.find(({ id }) => id === p.id);
  assert.deepEqual(of(listed), PLACE);
  const text = await ledger(service, p.id);
  const [created] = verify(text);
  assert.deepEqual(Object.keys(created.commitments), ["description", "location", "p1", "p2", "terms", "title"]);
  const opened = text.split("\n").filter(Boolean).map(JSON.parse).flatMap(({ opening }) => opening ?? []);
  for (const field of ["location", "description"]) {
    assert.equal(opened.find((one) => one.field === field).value, PLACE[field]);
  }
});

test("whoever may see no addresses reads the details in the log all the same", async () => {
  const p = await propose(service, { ...PLACE, visibility: "names" });
  assert.equal((await patch(p.id, { location: "elsewhere", timezone: "Asia/Kathmandu" })).status, 202);
  const { text } = await ask("GET", `/${p.id}/log/?format=jsonl`, { et: partyLink(p.id, 1) });
  verify(text);
  const opened = text.split("\n").filter(Boolean).map(JSON.parse).flatMap(({ opening }) => opening ?? []);
  assert.deepEqual(opened.map(({ field }) => field), ["description", "location", "terms", "title", "location", "timezone"]);
});

test("a page shows the description's line breaks and no markup of it", async () => {
  const p = await propose(service, PLACE);
  const { text } = await ask("GET", `/${p.id}/`, { as: "ob", ...BROWSER });
  assert.ok(text.includes("<dt>Where</dt><dd>Room 5, 2nd floor; ask \\ring &#60;b&#62;twice&#60;/b&#62;</dd>"), text);
  assert.ok(text.includes("<dd>Agenda, all of it;<br><br>1. &#34;Plans&#34; \\ lunch<br>2. &#60;b&#62;R&#38;D&#60;/b&#62;<br>END:VEVENT</dd>"), text);
});

test("mails to parties tell the location, and quote the description", async () => {
  const p = await propose(service, { ...PLACE, description: `${DESCRIPTION}\nhttp://127.0.0.1:8787/1/?et=forged` });
  await links(service, p, ["bea@example.org"]);
  await links(service, p, ["bea@example.org"]);
  for (const kind of ["invitation", "update"]) {
    const [mail] = await arrived(service, p.id, { kind, to: "bea@example.org" });
    assert.ok(mail.text.includes(`\nWhere: ${LOCATION}\n`), mail.text);
    assert.ok(mail.text.includes(`\n${DESCRIPTION.split("\n").map((line) => `> ${line}`).join("\n")}\n> http`), mail.text);
    assert.equal(mail.text.match(/^\S+\?et=/gm).length, 1, "one line alone is a link");
    assert.ok(mail.html.includes("<br>2. &#60;b&#62;R&#38;D&#60;/b&#62;<br>") && !mail.html.includes("<b>"), mail.html);
  }
});

test("each change is an entry of its own and raises the version; the same value is no change", async () => {
  const p = await propose(service, { timezone: "UTC" });
  const change = { ...PLACE, timezone: "Asia/Kathmandu", title: "other" };
  const changed = await patch(p.id, change);
  assert.equal(changed.status, 202, changed.text);
  assert.deepEqual([changed.json.version, of(changed.json), changed.json.timezone], [5, PLACE, "Asia/Kathmandu"]);
  assert.deepEqual(changed.json.slots, p.slots, "the instants stay");
  const same = await patch(p.id, change);
  assert.deepEqual([same.status, same.json.version], [202, 5]);
  const emptied = await patch(p.id, { location: "", description: " \n" });
  assert.deepEqual([emptied.json.version, of(emptied.json)], [7, { location: "", description: "" }]);
  // A form has no other way to say so.
  assert.equal((await ask("PATCH", `/${p.id}/`, { as: "ob", ...form({ location: "", description: "a\r\nb" }) })).json.description, "a\nb");
  const stale = await patch(p.id, { location: "late" }, { as: "ob", headers: { "If-Match": '"7"' } });
  assert.deepEqual([stale.status, stale.json.location], [412, ""]);
  const { entries } = (await ask("GET", `/${p.id}/log/`, { as: "ob" })).json;
  const told = entries.map(({ data }) => data).filter(({ act }) => !["create", "view"].includes(act));
  assert.deepEqual(told, [
    { act: "title", via: "basic", title: "other" },
    { act: "location", via: "basic", location: LOCATION },
    { act: "description", via: "basic", description: DESCRIPTION },
    { act: "timezone", via: "basic", timezone: "Asia/Kathmandu" },
    { act: "location", via: "basic", location: "" },
    { act: "description", via: "basic", description: "" },
    { act: "description", via: "basic", description: "a\nb" },
  ]);
  const log = verify(await ledger(service, p.id)).filter(({ act }) => act in change);
  assert.deepEqual(log.map(({ act, commitments }) => [act, Object.keys(commitments)]), told.map(({ act }) => [act, [act]]));
});

test("a correction of the time zone changes what mails tell, and no instant", async () => {
  const p = await propose(service, { timezone: "UTC" });
  assert.equal((await patch(p.id, { timezone: "Asia/Kathmandu" })).status, 202);
  await links(service, p, ["bea@example.org"]);
  const [mail] = await arrived(service, p.id, { kind: "invitation" });
  assert.match(mail.text, /Asia\/Kathmandu \(UTC\+05:45\)/);
  const page = await ask("GET", `/${p.id}/`, { as: "ob", ...BROWSER });
  assert.match(page.text, /<option selected>Asia\/Kathmandu<\/option>.*Another time zone moves nothing/s);
});

test("what is no location, description or time zone is refused field by field, and changes nothing", async () => {
  const p = await propose(service, PLACE);
  const notified = await agree(service, PLACE);
  await meeting(service, notified.id);
  const before = [await show(p.id), await meeting(service, notified.id)];
  const line = ["Control characters, line breaks and bidirectional overrides are not allowed."];
  const lines = ["Control characters and bidirectional overrides are not allowed."];
  const long = (most) => [`Ensure this field has no more than ${most} characters.`];
  const faults = [
    ...["a\tb", "a\u0000b", "a\u007fb", "a\u2028b", "a\u202eb", "a\u2066b"].map((bad) => [{ location: bad, description: bad }, { location: line, description: lines }]),
    ...["a\nb", "a\r\nb", "a\rb"].map((bad) => [{ location: bad }, { location: line }]),
    [{ location: "ä".repeat(256), description: "ä".repeat(2001) }, { location: long(255), description: long(2000) }],
    [{ location: ["a"], description: { a: 1 } }, { location: ["Not a valid string."], description: ["Not a valid string."] }],
    [{ location: true, description: false }, { location: ["Not a valid string."], description: ["Not a valid string."] }],
    ...[PLACE, { timezone: 0 }].map((given) => Object.keys(given)).map((fields) => [
      Object.fromEntries(fields.map((field) => [field, null])),
      Object.fromEntries(fields.map((field) => [field, ["This field may not be null."]])),
    ]),
    [{ timezone: "Mars/Olympus", description: "good" }, { timezone: ["Not a time zone of the IANA database."] }],
    [{ timezone: "" }, { timezone: ["Not a time zone of the IANA database."] }],
  ];
  for (const [body, fault] of faults) {
    const requests = [["PATCH", `/${p.id}/`, body], ["PATCH", `/meetings/${notified.id}/`, body]];
    // On creation null is the account's time zone.
    if (body.timezone !== null) requests.push(["POST", "/", { ...body, parties: ["a@b.c"], slots: SLOTS }]);
    for (const [method, path, json] of requests) {
      const { status, json: told } = await ask(method, path, { as: "ob", json });
      assert.deepEqual([status, told], [400, fault], `${method} ${path} ${JSON.stringify(body)}`);
    }
  }
  assert.deepEqual([await show(p.id), await meeting(service, notified.id)], before);
});

test("parties may not change a detail, with or without an answer, and nothing is changed", async () => {
  const p = await propose(service, { ...PLACE, parties: ["zo@localhost", "bea@example.org"] });
  for (const change of [{ location: "mine" }, { description: "" }, { timezone: "Europe/Berlin" }, { location: LOCATION, slots: p.slots }]) {
    for (const options of [{ as: "zo" }, { et: partyLink(p.id, 2) }]) {
      assert.equal((await patch(p.id, change, options)).status, 403, JSON.stringify(change));
    }
  }
  const now = await show(p.id);
  assert.deepEqual([of(now), now.version, now.timezone], [PLACE, 1, p.timezone]);
});

test("a next round inherits the details that it is not given", async () => {
  const p = await propose(service, { ...PLACE, timezone: "Europe/Berlin" });
  assert.equal((await answer(service, p.id, "p1", [])).json.state, "exhausted");
  const round = (json) => ask("POST", `/${p.id}/round/`, { as: "ob", json: { slots: SLOTS, ...json } });
  assert.deepEqual((await round({ location: "a\nb" })).status, 400);
  const { status, json } = await round({ location: "", timezone: "UTC" });
  assert.deepEqual([status, json.title, of(json), json.timezone], [201, p.title, { ...PLACE, location: "" }, "UTC"]);
});

test("the calendar part, the meeting and its page have the location and the description", async () => {
  const p = await agree(service, { ...PLACE, location: SPOKEN });
  const m = await meeting(service, p.id);
  assert.deepEqual(of(m), { location: SPOKEN, description: DESCRIPTION });
  const sent = await mailsOfMeeting(service, p.id);
  const { text: download } = await ask("GET", `/${p.id}/calendar.ics`, { as: "ob" });
  for (const { events } of read(download, ...sent.map(part))) {
    assert.deepEqual(of(events[0]), { location: SPOKEN, description: DESCRIPTION });
  }
  const unfolded = download.replaceAll("\r\n ", "");
  assert.ok(unfolded.includes(`\r\nLOCATION:https://meet.example.org/a\\;b\\,c?d=${"é".repeat(100)}\r\n`), unfolded);
  assert.ok(unfolded.includes('\r\nDESCRIPTION:Agenda\\, all of it\\;\\n\\n1. "Plans" \\\\ lunch\\n2. <b>R&D</b>\\nEND:VEVENT\r\n'), unfolded);
  for (const mail of sent) assert.ok(mail.text.includes(`\nWhere: ${SPOKEN}\n`) && mail.text.includes("\n> END:VEVENT\n"), mail.text);
  const page = await ask("GET", `/meetings/${p.id}/`, { as: "ob", ...BROWSER });
  assert.ok(page.text.includes("2. &#60;b&#62;R&#38;D&#60;/b&#62;<br>END:VEVENT</dd>"), page.text);
});

test("a feed has the location and the description of what is agreed and of what is held open", async () => {
  const { url } = (await ask("GET", "/feed/", { as: "st" })).json;
  const agreed = await agree(service, { ...PLACE, parties: ["st@localhost"] });
  await meeting(service, agreed.id);
  await propose(service, { ...PLACE, location: "elsewhere", parties: ["st@localhost", "bea@example.org"], slots: SLOTS.slice(1, 2) });
  const [{ events }] = read((await ask("GET", new URL(url).pathname)).text);
  const told = events.map(({ status, location, description }) => [status, location, description]).sort();
  assert.deepEqual(told, [["CONFIRMED", LOCATION, DESCRIPTION], ["TENTATIVE", "elsewhere", DESCRIPTION]]);
});

test("new details of an agreed proposal become its meeting's, together and with one mail to each", async () => {
  const p = await agree(service);
  const change = { ...PLACE, title: "other", timezone: "Asia/Kathmandu" };
  assert.equal((await patch(p.id, change)).status, 202);
  const m = await until("the details", async () => {
    const now = await meeting(service, p.id);
    return now.version > 1 && now;
  });
  assert.deepEqual([m.title, of(m), m.timezone, m.sequence, m.version], ["other", PLACE, "Asia/Kathmandu", 1, 2]);
  assert.deepEqual([m.begin, m.duration, m.attendees.map(({ partstat }) => partstat)], [p.slots[0].begin, p.slots[0].duration, ["accepted", "accepted"]]);
  await mailsOfMeeting(service, p.id);
  const told = (await mails(service, p.id)).filter(({ kind }) => kind === "details");
  assert.deepEqual(recipients(told), ["bea@example.org", "cyd@example.org", "ob@localhost"]);
  for (const { method, events: [event] } of read(...told.map(part))) {
    assert.deepEqual([method, event.summary, of(event), event.sequence, event.uid], ["REQUEST", "other", PLACE, 1, m.uid]);
  }
});

test("PATCH of a meeting changes its details alone, and a later change of the proposal only what it changes", async () => {
  const p = await agree(service, PLACE);
  await meeting(service, p.id);
  const update = (json, options = { as: "ob" }) => ask("PATCH", `/meetings/${p.id}/`, { json, ...options });
  for (const options of [{ as: "st" }, { et: meetingLink(p.id, 1) }]) {
    assert.ok([403, 404].includes((await update({ location: "mine" }, options)).status));
  }
  const both = await update({ location: "Room 6", begin: "2030-02-01T10:00:00Z" });
  assert.deepEqual([both.status, both.json.location, both.json.sequence, both.json.version], [202, "Room 6", 1, 2], both.text);
  assert.ok(both.json.attendees.every(({ partstat }) => partstat === "needs-action"));
  const renamed = await update({ title: "Renamed", description: "" });
  assert.deepEqual([renamed.json.title, renamed.json.description, renamed.json.sequence], ["Renamed", "", 2]);
  assert.deepEqual((await update({ title: "Renamed", description: "" })).json.version, 3, "the same is no change");
  assert.equal((await update({ location: "late" }, { as: "ob", headers: { "If-Match": '"1"' } })).status, 412);
  assert.deepEqual([(await show(p.id)).title, of(await show(p.id))], [p.title, PLACE], "the proposal is what was agreed on");
  assert.equal((await patch(p.id, { description: "of the proposal" })).status, 202);
  const m = await until("the description", async () => {
    const now = await meeting(service, p.id);
    return now.description === "of the proposal" && now;
  });
  assert.deepEqual([m.title, m.location], ["Renamed", "Room 6"]);
  await mailsOfMeeting(service, p.id);
  const kinds = (await mails(service, p.id, { to: "bea@example.org" })).map(({ kind }) => kind);
  assert.deepEqual(kinds, ["agreed", "moved", "details", "details"]);
});
