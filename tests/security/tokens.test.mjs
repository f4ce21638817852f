// Links and their tokens, end to end: each way to spoil one gets its status, and nothing else.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { KEY_1, KEY_2, ORIGIN, SLOTS, links, propose, start, until } from "../support/harness.mjs";
import { addContacts, createCalendar, date, named, slot } from "../support/calendars.mjs";
import { sign } from "../support/links.mjs";

let service, p, q, et, settled;
before(async () => {
  service = await start();
  p = await propose(service);
  q = await propose(service);
  et = (await links(service, p))["bea@example.org"];
  const parties = ["bea@example.org", { email: "cyd@example.org", optional: true }];
  await propose(service, { parties }, { dev: `id=${ID}` });
  const kept = { et: sign({ id: ID, party: 1 }), json: { slots: SLOTS.slice(0, 1) } };
  settled = (await service.ask("PATCH", `/${ID}/`, kept)).json;
  assert.equal(settled.state, "agreed");
  await until("the meeting", async () => (await service.ask("GET", `/meetings/${ID}/`, { as: "ob" })).status === 200);
  const [contact] = await addContacts(service, 1);
  await createCalendar(service, [contact.id], [slot(DAY, 540, 720)], {}, { as: "zo", dev: `id=${ID}` });
});
after(() => service.close());

const show = (token, id = p.id) => service.ask("GET", `/${id}/`, { et: token });
test("a good link is taken from query, body and header alike, and wins over other credentials", async () => {
  assert.equal((await show(et)).status, 200);
  assert.equal((await service.ask("PATCH", `/${p.id}/`, { json: { et, parties: ["x@y.z"] } })).status, 202);
  assert.equal((await service.ask("POST", `/${p.id}/notify/`, { body: new URLSearchParams({ et }) })).status, 400, "a form: known, but no lists");
  assert.equal((await service.ask("GET", `/${p.id}/`, { headers: { Authorization: `Link ${et}` } })).status, 200);
  assert.equal((await service.ask("DELETE", `/${p.id}/`, { as: "ob", et })).status, 403, "staff, but by a party's link");
  assert.equal((await service.ask("GET", `/${p.id}/`, { as: "ob", et: "x" })).status, 401, "a bad link is not made up for");
});

test("what the product signs is what the format says", async () => {
  const bytes = Buffer.from(et, "base64url");
  const expires = Number(bytes.readBigInt64BE(bytes.length - 40));
  assert.equal(sign({ id: p.id, party: 1, expires }), et);
  assert.equal((await show(sign({ id: p.id, party: 2 }))).status, 200);
});

/// Whoever follows a link of each purpose, by its token, gets 200 for a good one. All of them name the same: a proposal,
/// its meeting, a calendar and an account have one id here.
const ID = 11;
const DAY = date(20);
const RESPOND = `/schedules/calendars/${ID}/respond`;
const WAYS = {
  proposal: { code: 1, follow: (token) => show(token, ID) },
  meeting: { code: 2, follow: (token) => service.ask("GET", `/meetings/${ID}/`, { et: token }) },
  // Without any token the path is another.
  calendar: { code: 3, follow: (token) => service.ask("GET", `${RESPOND}/${token || "-"}/`), refusal: '{"error":"Invalid token"}' },
  verify: { code: 4, follow: (token) => service.ask("GET", `/accounts/verify/${token}/`) },
  unsubscribe: { code: 6, follow: (token) => service.ask("GET", `/unsubscribe/${token}/`) },
  feed: { code: 7, follow: (token) => service.ask("GET", `/feed/${token}.ics`) },
  "unsubscribe-meeting": { code: 8, follow: (token) => service.ask("GET", `/unsubscribe/${token}/`) },
  "unsubscribe-calendar": { code: 11, follow: (token) => service.ask("GET", `/unsubscribe/${token}/`) },
};
const INVALID = '{"detail":"Invalid link."}';
const token = (purpose, more) => sign({ id: ID, party: 1, purpose, code: WAYS[purpose].code, ...more });

for (const [purpose, { follow, refusal = INVALID }] of Object.entries(WAYS)) {
  test(`every single bit flipped is 401, and so is every shortening: ${purpose}`, async () => {
    const good = token(purpose);
    assert.equal((await follow(good)).status, 200);
    const bytes = Buffer.from(good, "base64url");
    const spoiled = [];
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const flipped = Buffer.from(bytes);
      flipped[bit >> 3] ^= 1 << (bit & 7);
      spoiled.push(flipped.toString("base64url"));
    }
    for (let length = 0; length < good.length; length++) spoiled.push(good.slice(0, length));
    const bodies = new Set();
    for (let n = 0; n < spoiled.length; n += 20) {
      const answers = await Promise.all(spoiled.slice(n, n + 20).map(follow));
      for (const { status, text } of answers) {
        assert.equal(status, 401);
        bodies.add(text);
      }
    }
    console.log(`${bytes.length * 8} bits flipped, ${good.length} shortenings: all 401`);
    assert.deepEqual([...bodies], [refusal], "no hint which");
  });
}

/// Every route that a link opens, by the purpose that opens it.
const ROUTES = {
  proposal: [
    ["GET", `/${ID}/`],
    ["PATCH", `/${ID}/`, { title: "x" }],
    ["DELETE", `/${ID}/`],
    ["POST", `/${ID}/notify/`, { parties: [], slots: [] }],
    ["POST", `/${ID}/revoke/`],
    ["GET", `/${ID}/log/`],
    ["POST", `/${ID}/resend/`],
    ["DELETE", `/${ID}/parties/p2/`],
    ["PUT", `/${ID}/parties/p2/`, { email: "new@example.org" }],
    ["PATCH", `/${ID}/parties/p2/`, { optional: true }],
    ["POST", `/${ID}/parties/p2/link/`],
    ["POST", `/${ID}/fix/`, { slot: SLOTS[0] }],
    ["POST", `/${ID}/round/`, { slots: SLOTS }],
    ["GET", `/${ID}/calendar.ics`],
  ],
  meeting: [
    ["GET", `/meetings/${ID}/`],
    ["PATCH", `/meetings/${ID}/`, { duration: 60 }],
    ["DELETE", `/meetings/${ID}/`],
    ["POST", `/meetings/${ID}/decline/`],
    ["POST", `/meetings/${ID}/accept/`],
  ],
  calendar: [
    ["GET", `${RESPOND}/:token/`],
    ["POST", `${RESPOND}/:token/`, { availability: [named(DAY, 540, 600)] }],
    ["PUT", `${RESPOND}/:token/`, { availability: [named(DAY, 540, 600)] }],
    ["POST", `${RESPOND.replace("respond", "resend")}/`],
    ["POST", `${RESPOND.replace("respond", "forget")}/`],
  ],
  verify: [
    ["GET", "/accounts/verify/:token/"],
    ["POST", "/accounts/verify/:token/"],
  ],
  feed: [["GET", "/feed/:token.ics"]],
  unsubscribe: [
    ["GET", "/unsubscribe/:token/"],
    ["POST", "/unsubscribe/:token/"],
  ],
  // No link opens these.
  none: [
    ["GET", "/"],
    ["POST", "/", { parties: ["a@b.c"], slots: SLOTS }],
    ["GET", "/feed/"],
    ["POST", "/feed/"],
  ],
};
const opens = { ...Object.fromEntries(Object.keys(WAYS).map((p) => [p, p])), "unsubscribe-meeting": "unsubscribe", "unsubscribe-calendar": "unsubscribe" };

/// Sends a token where a route has it: in its path, or as a link's.
function bring(token, [method, path, json]) {
  const inPath = path.includes(":token");
  return service.ask(method, path.replace(":token", token), { json, ...(inPath ? {} : { et: token }) });
}

test("a token of one purpose opens no route of another, nor does one that mixes two", async () => {
  const wrong = [];
  for (const purpose of Object.keys(WAYS)) {
    for (const [kind, routes] of Object.entries(ROUTES).filter(([kind]) => kind !== opens[purpose])) {
      const others = Object.keys(WAYS).filter((name) => opens[name] === kind);
      const mixed = others.flatMap((other) => [
        token(purpose, { code: WAYS[other].code }),
        token(other, { code: WAYS[purpose].code }),
      ]);
      for (const bad of [token(purpose), ...mixed]) {
        for (const route of routes) {
          const { status, text } = await bring(bad, route);
          const hint = kind !== "none" && text !== (WAYS[kind].refusal ?? INVALID);
          if (status !== 401 || hint) wrong.push(`${purpose}: ${route[0]} ${route[1]}: ${status} ${text}`);
        }
      }
    }
  }
  assert.deepEqual(wrong, []);
  // Those to unsubscribe share a path, but not each other's key or code.
  const ways = ["unsubscribe", "unsubscribe-meeting", "unsubscribe-calendar"];
  for (const mixed of ways.flatMap((one) => ways.filter((other) => other !== one).map((other) => token(one, { code: WAYS[other].code })))) {
    for (const route of ROUTES.unsubscribe) assert.equal((await bring(mixed, route)).status, 401);
  }
  // Nothing has come of all that, and its own route takes each.
  assert.equal((await show(token("proposal"), ID)).json.version, settled.version);
  assert.deepEqual((await WAYS.meeting.follow(token("meeting"))).json.attendees.map((a) => a.partstat), ["accepted", "needs-action"]);
  for (const purpose of Object.keys(WAYS)) {
    for (const route of ROUTES[opens[purpose]].filter(([method]) => method === "GET")) {
      assert.equal((await bring(token(purpose), route)).status, 200, `${purpose}: ${route[1]}`);
    }
  }
});

test("a link whose time is over says so to its holder, a feed's does not", async () => {
  const expires = Math.floor(Date.now() / 1000) - 1;
  for (const [purpose, { follow, refusal = INVALID }] of Object.entries(WAYS)) {
    const { status, json } = await follow(token(purpose, { expires }));
    assert.deepEqual([status, json.detail], [401, purpose === "feed" ? "Invalid link." : "Token Expired"], purpose);
    assert.equal((await follow(token(purpose, { expires, key: KEY_2, keyId: "k1" }))).text, refusal);
  }
});

test("a feed's link is what the format says, and a new one voids those before", async () => {
  const address = async (method) => (await service.ask(method, "/feed/", { as: "st" })).json.url;
  const first = await address("GET");
  const tokenOfFeed = (generation) => token("feed", { party: 0, generation, expires: 7_258_118_400 });
  assert.equal(first, `${ORIGIN}/feed/${tokenOfFeed(0)}.ics`);
  assert.equal(await address("GET"), first, "asking changes nothing");
  assert.equal(await address("POST"), `${ORIGIN}/feed/${tokenOfFeed(1)}.ics`);
  assert.equal((await WAYS.feed.follow(tokenOfFeed(0))).status, 401);
  assert.equal((await WAYS.feed.follow(tokenOfFeed(1))).status, 200);
  assert.equal((await WAYS.feed.follow(tokenOfFeed(2))).status, 401, "a generation to come");
});

test("a token has one spelling", async () => {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const last = letters.indexOf(et.at(-1));
  // 59 bytes leave two bits over in the last letter: the other spellings of the same bytes.
  const respelled = [1, 2, 3].map((n) => et.slice(0, -1) + letters[last ^ n]);
  for (const token of respelled) assert.deepEqual(Buffer.from(token, "base64url"), Buffer.from(et, "base64url"), "a lax decoder would not tell");
  for (const token of [...respelled, `${et}=`, `${et}A`, ` ${et}`, `${et}\n`, et.toUpperCase(), et.replaceAll("-", "+").replaceAll("_", "/") + "=", `${et}%00`]) {
    assert.equal((await show(token)).status, 401, token);
  }
});

test("forged, of another proposal, purpose, party that is none: 401 without a hint", async () => {
  for (const [why, token] of [
    ["another key", sign({ id: p.id, party: 1, key: KEY_2, keyId: "k1" })],
    ["a key that is none of ours", sign({ id: p.id, party: 1, key: KEY_2 })],
    ["another purpose", sign({ id: p.id, party: 1, purpose: "meeting", code: 2 })],
    ["another purpose under this code", sign({ id: p.id, party: 1, purpose: "meeting", code: 1 })],
    ["another proposal", sign({ id: q.id, party: 1 })],
    ["no such party", sign({ id: p.id, party: 9 })],
    ["a generation to come", sign({ id: p.id, party: 1, generation: 1 })],
  ]) {
    const { status, json } = await show(token);
    assert.deepEqual([status, json], [401, { detail: "Invalid link." }], why);
  }
  assert.equal((await show(et, q.id)).status, 401);
});

test("an expired link says so to its holder, a forged expired one does not", async () => {
  const expires = Math.floor(Date.now() / 1000) - 1;
  const { status, json } = await show(sign({ id: p.id, party: 1, expires }));
  assert.deepEqual([status, json], [401, { detail: "Token Expired", expires: new Date(expires * 1000).toISOString().replace(".000", "") }]);
  assert.deepEqual((await show(sign({ id: p.id, party: 1, expires, key: KEY_2, keyId: "k1" }))).json, { detail: "Invalid link." });
  assert.deepEqual((await show(sign({ id: q.id, party: 1, expires }))).json, { detail: "Invalid link." });
});

test("a link grants its proposal to its party and nothing more", async () => {
  for (const [method, path, options, status] of [
    ["GET", "/", { et }, 401],
    ["POST", "/", { et, json: { parties: ["a@b.c"], slots: SLOTS } }, 401],
    ["GET", `/${q.id}/`, { et }, 401],
    ["GET", `/${q.id}/log/`, { et }, 401],
    ["DELETE", `/${p.id}/`, { et }, 403],
    ["PATCH", `/${p.id}/`, { et, json: { title: "mine" } }, 403],
    ["POST", `/${p.id}/revoke/`, { et, json: { party: "p2" } }, 403],
    ["GET", `/${p.id}/log/`, { et }, 200],
  ]) {
    assert.equal((await service.ask(method, path, options)).status, status, `${method} ${path}`);
  }
});

test("revoking voids a party's links for good, and a new mail brings a new one", async () => {
  const r = await propose(service);
  const all = await links(service, r);
  const [bea, cyd] = [all["bea@example.org"], all["cyd@example.org"]];
  assert.equal((await service.ask("POST", `/${r.id}/revoke/`, { et: bea })).status, 202, "one's own");
  assert.equal((await show(bea, r.id)).status, 401);
  assert.equal((await service.ask("POST", `/${r.id}/revoke/`, { as: "ob", json: { party: "cyd@example.org" } })).status, 202);
  assert.equal((await show(cyd, r.id)).status, 401);
  assert.deepEqual((await service.ask("POST", `/${r.id}/revoke/`, { as: "ob", json: { party: "p7" } })).json, { party: ["Not in event."] });
  assert.equal((await service.ask("POST", `/${r.id}/revoke/`, { as: "ob", json: {} })).status, 400);
  assert.equal((await show(sign({ id: r.id, party: 1, generation: 1 }), r.id)).status, 200);
  const log = await service.ask("GET", `/${r.id}/log/`, { as: "ob" });
  assert.equal(log.json.entries.filter((e) => e.data.act === "revoke").length, 2);
});

test("a retired key still in the ring verifies; one that is no longer does not", async () => {
  const ring = async (keys, wanted) => {
    const other = await start({ secrets: { SECRET_KEYS: keys } });
    try {
      const r = await propose(other);
      const token = sign({ id: r.id, party: 1, key: KEY_1 });
      assert.equal((await other.ask("GET", `/${r.id}/`, { et: token })).status, wanted);
      assert.equal((await other.ask("GET", `/${r.id}/`, { et: (await links(other, r))["bea@example.org"] })).status, 200);
    } finally {
      await other.close();
    }
  };
  await ring(`${KEY_2},${KEY_1}`, 200);
  await ring(KEY_2, 401);
});

test("secrets that cannot be used fail closed", async () => {
  for (const SECRET_KEYS of ["", "k1", "k1:c2hvcnQ="]) {
    const broken = await start({ secrets: { SECRET_KEYS } });
    try {
      const health = await broken.ask("GET", "/healthz");
      assert.deepEqual([health.status, health.json.checks.secrets], [503, "failing"]);
      const shown = await broken.ask("GET", `/${p.id}/`, { et });
      assert.deepEqual([shown.status, shown.headers.get("retry-after")], [503, "2"]);
      assert.doesNotMatch(shown.text, /SECRET/);
    } finally {
      await broken.close();
    }
  }
});
