// Under `names` no party learns another's address, nor the creator's: two whole lives, everything that each party gets by
// link and by account (answers, pages, headers, mails, calendar parts, logs, exports), scanned.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { SLOTS, start, tokenOf, until } from "../support/harness.mjs";
import { DAY, HOUR, KIND_NAMES, WEBHOOK_SECRET, arrived, bounced, event, form, mails, sent, wayOut } from "../support/post.mjs";

let service;
before(async () => {
  service = await start({ secrets: { MAIL_WEBHOOK_SECRET: WEBHOOK_SECRET } });
});
after(() => service.close());

/// The mailboxes say nothing that the names say, so that a part of an address is found as well.
const at = (name) => `zq.${name}@secret.example`;
const SERVICE = "whittle@localhost";
const SLOT_TIMES = SLOTS.concat({ begin: "2030-01-10T09:00:00Z", duration: "01:00:00" });

/// Folded lines as one, of calendars as such and within JSON.
const unfolded = (text) => text.replace(/\r\n[ \t]/g, "").replace(/\\r\\n[ \t]/g, "");

/// Everything a text may hide: folded, escaped, encoded.
function readings(text) {
  const found = [unfolded(text)];
  for (let depth = 0, last = found; depth < 2; depth++) {
    const decoded = last.flatMap((one) => [
      one.replace(/%([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(parseInt(hex, 16))),
      one.replace(/&#(x?)([0-9a-f]+);/gi, (_, x, n) => String.fromCodePoint(parseInt(n, x ? 16 : 10))).replaceAll("&commat;", "@"),
      one.replace(/\\u([0-9a-f]{4})/gi, (_, hex) => String.fromCharCode(parseInt(hex, 16))),
      one.replace(/=\r?\n/g, "").replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16))),
      ...(one.match(/[A-Za-z0-9+/_-]{16,}={0,2}/g) ?? []).map((run) => Buffer.from(run, "base64").toString("latin1")),
    ]);
    last = [...new Set(decoded.map(unfolded))].filter((one) => !found.includes(one));
    found.push(...last);
  }
  return found;
}

/// The addresses in a text, and mailboxes without their domain.
function addresses(text) {
  const found = new Set();
  for (const reading of readings(text)) {
    for (const [address] of reading.matchAll(/[\w.+-]+@[\w-]+(?:\.[\w-]+)*/g)) found.add(address.toLowerCase());
    for (const [mailbox] of reading.matchAll(/zq\.[a-z]+(?![a-z@])/gi)) found.add(mailbox.toLowerCase());
  }
  return found;
}

/// What in a text is not for its reader's eyes.
const leaks = (text, own) =>
  [...addresses(text)].filter((found) => ![own, own.split("@")[0], SERVICE].includes(found) && /zq\.|@secret|@localhost/.test(found));

test("the scan finds an address that is planted, in whatever form", () => {
  const calendar = `BEGIN:VEVENT\r\nORGANIZER;CN="Olivia with quite some more of a name":mailto:zq.b\r\n ea@secret.example\r\nEND:VEVENT\r\n`;
  const planted = {
    "in JSON": '{"answers":[{"email":"zq.bea@secret.example"}]}',
    "in another case": "ZQ.Bea@Secret.Example",
    "escaped in JSON": '{"email":"zq.bea\\u0040secret.example"}',
    "in a header": "reply-to: Bea <zq.bea@secret.example>",
    "in a page": "<li>zq.bea&#64;secret.example</li>",
    "in a page's link": '<a href="mailto:zq.bea%40secret.example">',
    "in a calendar, folded": calendar,
    "in a calendar, as JSON": JSON.stringify({ content: calendar }),
    "in an attachment": JSON.stringify({ attachments: [{ content: Buffer.from(calendar).toString("base64") }] }),
    "quoted printable": "zq.bea=40secret.example",
    "in an export": '{"opening":{"field":"p1","value":{"email":"zq.bea@secret.example"}}}',
    "its mailbox alone": "See you, zq.bea!",
    "the creator's": '{"effector":"ob@localhost"}',
  };
  for (const [what, text] of Object.entries(planted)) assert.equal(leaks(text, at("cyd")).length > 0, true, what);
  assert.deepEqual(leaks(Object.values(planted).slice(0, 10).join("\n"), at("bea")), [], "but it is for its owner's eyes");
  assert.deepEqual(leaks(`${SERVICE} proposal-7@whittle`, at("bea")), []);
});

/// A proposal's life with everybody in it, and what each of them got.
class Life {
  got = [];
  /// Links' tokens by address, and accounts.
  et = {};
  statuses = new Set();

  constructor(creator, more = []) {
    this.creator = creator;
    this.parties = [
      { email: at("bea"), name: "Beatrice" },
      { email: at("cyd") },
      { email: at("dan"), name: "Daniel “the optional”", optional: true },
      { email: at("typo"), name: "Evelyn" },
      { email: at("fay") },
      { email: "st@localhost", name: "Stranger" },
      { email: at("gus"), name: "Gustav", optional: true },
      { email: at("hal"), optional: true },
      ...more,
    ];
  }

  async create(deadline) {
    const json = { title: "a quiet dinner", visibility: "names", timezone: "Europe/Berlin", parties: this.parties, slots: SLOT_TIMES, deadline };
    const { status, json: p, text } = await service.ask("POST", "/", { as: this.creator, json });
    assert.equal(status, 201, text);
    this.id = p.id;
    assert.ok(p.parties.includes(at("bea")), "the creator sees all");
  }

  /// The creator's, or whoever's acts; these are not scanned, for they see all.
  async organise(method, path, json, as = this.creator) {
    const answer = await service.ask(method, `/${this.id}/${path}`, { as, json, dev: this.dev });
    assert.ok(answer.status < 300, `${method} ${path}: ${answer.status} ${answer.text}`);
    return answer.json;
  }
  slots = async () => (await service.ask("GET", `/${this.id}/`, { as: this.creator })).json.slots;
  notify = async (parties, as) => this.organise("POST", "notify/", { parties, slots: await this.slots() }, as);

  /// A request of a party, by its link or its account, as JSON and as a page; what it gets is kept for the scan.
  async by(address, method, path, { json, headers = {}, whole = `/${this.id}/${path}` } = {}) {
    let answer;
    for (const accept of method === "GET" ? ["application/json", "text/html"] : ["application/json"]) {
      const who = address === "st@localhost" && !this.asLink ? { as: "st" } : { et: this.et[address] };
      answer = await service.ask(method, whole, { ...who, json, headers: { Accept: accept, ...headers } });
      this.keep(address, `${method} ${whole} ${accept}: ${answer.status}`, `${[...answer.headers].map((h) => h.join(": ")).join("\n")}\n\n${answer.text}`);
      this.statuses.add(answer.status);
    }
    return answer;
  }
  keep(address, what, text) {
    this.got.push({ address, what, text });
  }

  /// The newest link of each who was mailed.
  async links() {
    for (const mail of await mails(service, this.id)) {
      const et = /^\S+\/(\d+)\/\?et=(\S+)$/m.exec(mail.text);
      if (et && !mail.text.includes("/meetings/")) this.et[mail.to[0]] = et[2];
    }
  }

  /// Everybody looks at everything, and tries what it may not.
  async look(who) {
    for (const address of who) {
      for (const path of ["", "log/", "log/?format=jsonl", "calendar.ics"]) await this.by(address, "GET", path);
      await this.by(address, "PATCH", "", { json: { slots: [{ begin: "2031-01-01T00:00:00Z", duration: "1:00:00" }] } });
      await this.by(address, "PATCH", "", { json: { slots: [] }, headers: { "If-Match": '"999"' } });
      await this.by(address, "PATCH", "", { json: { title: "mine" } });
      await this.by(address, "POST", "notify/", { json: { parties: ["p99", "Nobody"], slots: [] } });
      await this.by(address, "POST", "fix/", { json: { slot: SLOTS[0] } });
      await this.by(address, "POST", "round/", { json: { slots: [] } });
      await this.by(address, "POST", "revoke/", { json: { party: address === at("cyd") ? "p1" : "p2" } });
      await this.by(address, "DELETE", "");
      await this.by(address, "DELETE", "parties/p2/");
      await this.by(address, "PUT", "parties/p2/", { json: { email: "nobody" } });
      await this.by(address, "PATCH", "parties/p2/", { json: { optional: true } });
      await this.by(address, "POST", "parties/p2/link/");
    }
    this.asLink = true;
    if (this.et["st@localhost"]) await this.by("st@localhost", "GET", "");
    this.asLink = false;
    await this.by("st@localhost", "GET", "", { whole: "/" });
    const feed = await this.by("st@localhost", "GET", "", { whole: "/feed/" });
    if (this.feed === undefined) this.feed = new URL(JSON.parse((await service.ask("GET", "/feed/", { as: "st" })).text).url).pathname;
    assert.equal(feed.status, 200);
    const { status, text } = await service.ask("GET", this.feed);
    assert.equal(status, 200);
    this.keep("st@localhost", "the feed", text);
  }

  /// Everybody looks at the meeting, by the link of its mail.
  async lookAtMeeting(who) {
    for (const mail of await mails(service, this.id)) {
      const [to] = mail.to;
      if (!who.includes(to) || !mail.text.includes("/meetings/")) continue;
      const proposal = this.et[to];
      this.et[to] = tokenOf(mail);
      await this.by(to, "GET", "", { whole: `/meetings/${this.id}/` });
      await this.by(to, "PATCH", "", { whole: `/meetings/${this.id}/`, json: { begin: "2031-01-01T00:00:00Z" } });
      await this.by(to, "DELETE", "", { whole: `/meetings/${this.id}/` });
      this.et[to] = proposal;
    }
  }
  async byMeetingLink(address, path) {
    const [mail] = await arrived(service, this.id, { to: address, kind: "agreed" });
    const proposal = this.et[address];
    this.et[address] = tokenOf(mail);
    const answer = await this.by(address, "POST", "", { whole: `/meetings/${this.id}/${path}` });
    this.et[address] = proposal;
    return answer;
  }

  /// All mail to parties, with all headers and parts, and its ways out.
  async mail(kinds) {
    await sent(service, this.id);
    await until("D1's outbox to be empty", async () => (await service.db.prepare("select count(*) as n from outbox").first()).n === 0);
    for (const mail of await mails(service, this.id)) {
      kinds.add(mail.kind);
      if (mail.to[0] === `${this.creator}@localhost`) continue;
      assert.equal(mail.reply_to, undefined, `${mail.kind}: no Reply-To`);
      this.keep(mail.to[0], `mail: ${mail.kind}`, JSON.stringify(mail));
      for (const { content } of mail.attachments ?? []) this.keep(mail.to[0], `calendar part: ${mail.kind}`, Buffer.from(content, "base64").toString());
      for (const accept of ["application/json", "text/html"]) {
        const { text } = await service.ask("GET", wayOut(mail), { headers: { Accept: accept } });
        this.keep(mail.to[0], `way out: ${mail.kind}`, text);
      }
    }
  }

  /// Nothing of it is another's.
  scan() {
    const found = this.got.flatMap(({ address, what, text }) => leaks(text, address).map((leak) => `${address} got ${leak}: ${what}`));
    assert.deepEqual([...new Set(found)], []);
    return this.got.length;
  }
}

const deadline = () => new Date(Date.now() + 100 * HOUR).toISOString();
const kinds = new Set();

/// From its creation to a meeting that is cancelled. `staff` acts on it once, too.
async function whole(creator, more) {
  const life = new Life(creator, more);
  await life.create(deadline());
  const asked = life.parties.map((party) => party.email);
  const others = asked.filter((address) => address !== `${creator}@localhost`);
  await life.notify(others);
  for (const to of others) await arrived(service, life.id, { to });
  await life.links();
  const early = [at("bea"), at("cyd"), at("dan"), at("fay"), "st@localhost", at("gus"), at("hal")];
  await life.look(early);
  // An address that was wrong, and one that leaves after it has answered.
  await life.organise("PUT", "parties/p4/", { email: at("eve") });
  await life.by(at("typo"), "GET", "");
  await life.notify(["p4"]);
  await arrived(service, life.id, { to: at("eve") });
  await life.by(at("fay"), "PATCH", "", { json: { slots: SLOT_TIMES.slice(1), note: "Mondays are taken" } });
  await life.organise("DELETE", "parties/p5/");
  await life.by(at("fay"), "GET", "");
  const [gus] = await mails(service, life.id, { to: at("gus") });
  const out = await service.ask("POST", wayOut(gus), form({ scope: "proposal" }));
  life.keep(at("gus"), "opting out", out.text);
  assert.equal((await service.ask("POST", "/mail/events", event(bounced(at("hal"))))).status, 204);
  await life.links();
  const all = [at("bea"), at("cyd"), at("dan"), at("eve"), "st@localhost", at("gus"), at("hal")];
  await life.look(all);

  // Parties notify, by name and number, by link and by account; ask for a new link; void their own.
  const slots = await life.slots();
  for (const [address, parties] of [[at("bea"), ["p2", "Evelyn", "Stranger"]], ["st@localhost", ["p1", "p3"]]]) {
    const told = await life.by(address, "POST", "notify/", { json: { parties, slots } });
    assert.deepEqual([told.status, told.json.recipients, told.json.sender], [202, parties, address]);
  }
  assert.equal((await life.by(at("cyd"), "POST", "resend/", { json: {} })).status, 202);
  await arrived(service, life.id, { to: at("cyd"), kind: "link" });
  assert.equal((await life.by(at("dan"), "POST", "revoke/", { json: {} })).status, 202);
  await life.by(at("dan"), "GET", "");
  await life.notify(["p3"], "ob");
  await arrived(service, life.id, { to: at("dan"), kind: "update" }, 2);
  await life.links();
  if (creator !== "ob") await life.organise("PATCH", "", { title: "a quieter dinner" }, "ob");
  await life.look(all);

  // Reminders, then answers with notes, by link and by account.
  life.dev = `offset=${29 * HOUR}`;
  await life.organise("GET", "");
  for (const to of [at("bea"), at("cyd"), at("eve"), "st@localhost"]) await arrived(service, life.id, { to, kind: "reminder" });
  const answer = async (address, note, left) => {
    const now = await life.slots();
    const { status, text } = await life.by(address, "PATCH", "", { json: { slots: now.slice(-left), note } });
    assert.equal(status, 202, text);
  };
  await answer(at("bea"), "the later the better", 3);
  await answer(at("cyd"), "anything", 3);
  await answer("st@localhost", "not before the tenth", 2);
  await answer(at("dan"), "I may come", 1);
  life.dev = `offset=${30 * HOUR}`;
  await life.organise("GET", "");
  await arrived(service, life.id, { kind: "digest" });
  await answer(at("eve"), "fine", 2);
  await arrived(service, life.id, { kind: "answered" });
  await life.look(all);
  const shown = await life.organise("GET", "");
  assert.deepEqual(shown.parties, asked.map((a) => (a === at("typo") ? at("eve") : a)).filter((a) => a !== at("fay")), "the creator sees all");
  life.dev = `offset=${101 * HOUR}`;
  await life.organise("GET", "");
  await arrived(service, life.id, { kind: "deadline" });
  await life.by(at("bea"), "PATCH", "", { json: { slots: [] } });
  await life.organise("POST", "fix/", { slot: shown.slots[0] });
  const coming = [at("bea"), at("cyd"), at("dan"), at("eve"), "st@localhost"];
  for (const to of [...coming, `${creator}@localhost`]) await arrived(service, life.id, { to, kind: "agreed" });
  await life.look(all);
  await life.lookAtMeeting(coming);
  assert.equal((await life.byMeetingLink(at("bea"), "decline/")).status, 202);
  assert.equal((await life.by("st@localhost", "POST", "", { whole: `/meetings/${life.id}/decline/` })).status, 202);
  assert.equal((await life.byMeetingLink(at("bea"), "accept/")).status, 202);
  const meeting = (as) => service.ask("GET", `/meetings/${life.id}/`, { as });
  assert.ok((await meeting(creator)).text.includes(at("cyd")), "the organiser sees all");
  const begin = new Date(Math.ceil(Date.now() / HOUR) * HOUR + 20 * DAY);
  const move = await service.ask("PATCH", `/meetings/${life.id}/`, { as: creator, json: { begin: begin.toISOString().replace(".000", "") } });
  assert.equal(move.status, 202, move.text);
  for (const to of coming) await arrived(service, life.id, { to, kind: "moved" });
  await life.organise("PATCH", "", { title: "the quietest dinner" });
  for (const to of coming) await arrived(service, life.id, { to, kind: "details" });
  // The clock moves to an hour before it begins, by what one of them says then.
  const [mail] = await arrived(service, life.id, { to: at("dan"), kind: "agreed" });
  for (const act of ["decline", "accept"]) {
    const dev = `offset=${begin - Date.now() - HOUR}`;
    const { status, text } = await service.ask("POST", `/meetings/${life.id}/${act}/`, { et: tokenOf(mail), dev });
    assert.equal(status, 202, text);
  }
  for (const to of [at("bea"), at("cyd"), at("eve"), "st@localhost"]) await arrived(service, life.id, { to, kind: "soon" });
  await life.look(all);
  await life.lookAtMeeting(coming);
  await life.by("st@localhost", "GET", "", { whole: `/meetings/${life.id}/` });
  const log = (await service.ask("GET", `/${life.id}/log/`, { as: creator })).text;
  for (const address of [...coming, at("fay"), "ob@localhost"]) assert.ok(log.includes(address), `the creator's log has ${address}`);
  assert.ok((await service.ask("GET", `/${life.id}/log/?format=jsonl`, { as: creator })).text.includes(at("typo")), "and its export all");
  await life.organise("DELETE", "", undefined, "ob");
  for (const to of coming) await arrived(service, life.id, { to, kind: "cancelled" });
  await life.look(all);
  await life.lookAtMeeting(coming);
  await life.by("st@localhost", "GET", "", { whole: `/meetings/${life.id}/` });
  await life.mail(kinds);
  const [declined] = await mails(service, life.id, { kind: "declined" });
  assert.deepEqual(declined.to, [`${creator}@localhost`]);
  return life;
}

test("a whole life of a creator who is one of them, with its meeting", async () => {
  const life = await whole("ob", [{ email: "ob@localhost", name: "Olivia" }]);
  const answers = life.scan();
  assert.ok([200, 202, 400, 401, 403, 404, 409, 410, 412].every((status) => life.statuses.has(status)), [...life.statuses].join());
  console.log(`a creator who is a party: ${answers} answers, mails and parts scanned`);
});

test("a whole life of a creator who is none of them, with staff that acts, and its meeting", async () => {
  // hal and gus start anew.
  await service.db.prepare("delete from suppressions").run();
  const life = await whole("zo");
  console.log(`a creator who is no party: ${life.scan()} answers, mails and parts scanned`);
});

test("one that is exhausted, its next round, and closing", async () => {
  await service.db.prepare("delete from suppressions").run();
  const life = new Life("zo", [{ email: "ob@localhost", name: "Olivia" }]);
  await life.create(deadline());
  const all = life.parties.map((party) => party.email);
  await life.notify(all);
  for (const to of all) await arrived(service, life.id, { to });
  await life.links();
  // Olivia is staff and one of them: by link she is a party like the others.
  await life.by("ob@localhost", "GET", "");
  await life.by("ob@localhost", "GET", "log/");
  await life.by(at("bea"), "PATCH", "", { json: { slots: SLOT_TIMES.slice(2), note: "earlier I cannot" } });
  await life.by("st@localhost", "PATCH", "", { json: { slots: SLOT_TIMES.slice(3) } });
  await life.by(at("cyd"), "PATCH", "", { json: { slots: [], note: "none of these" } });
  await arrived(service, life.id, { kind: "exhausted" });
  const [mail] = await mails(service, life.id, { kind: "exhausted" });
  assert.deepEqual(mail.to, ["zo@localhost"]);
  assert.ok(mail.text.includes(at("cyd")) && mail.text.includes("Beatrice"), "the creator is told who cut what");
  await life.look(all.slice(0, 8));
  const next = await life.organise("POST", "round/", { slots: SLOT_TIMES });
  assert.ok(next.parties.includes(at("cyd")));
  await life.look(all.slice(0, 8));
  await life.organise("DELETE", "");
  await life.look(all.slice(0, 8));
  await life.mail(kinds);

  const round = new Life("zo", [{ email: "ob@localhost", name: "Olivia" }]);
  round.id = next.id;
  await round.notify(all);
  for (const to of all) await arrived(service, round.id, { to });
  await round.links();
  await round.look(all.slice(0, 8));
  await round.by(at("bea"), "PATCH", "", { json: { slots: SLOT_TIMES.slice(2) } });
  // Closed while answers wait for their digest, by staff.
  await round.organise("DELETE", "", undefined, "ob");
  await arrived(service, round.id, { kind: "closed" });
  await round.look(all.slice(0, 8));
  await round.mail(kinds);
  console.log(`exhausted, with another round: ${life.scan() + round.scan()} answers, mails and parts scanned`);
});

test("every kind of mail was among what was scanned", () => {
  const ended = new Set([...kinds, "closed"]);
  assert.deepEqual([...ended].sort(), [...KIND_NAMES].sort());
});
