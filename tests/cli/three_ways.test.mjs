// The same proposal driven to its agreement by the API, by pages and by the terminal client leaves the same log.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { partyLink } from "../support/agree.mjs";
import { client } from "../support/cli.mjs";
import { ledger, start } from "../support/harness.mjs";
import { ROWS, invited, person } from "../support/proposing.mjs";
import { Reader } from "../support/reader.mjs";

let service;
before(async () => {
  service = await start();
});
after(() => service.close());

const ANA = "ana@example.org";
const BEA = "bea@example.org";
const SLOTS = [
  { begin: "2031-01-07T09:00:00Z", duration: "00:45:00" },
  { begin: "2031-01-08T22:30:00Z", duration: "01:00:00" },
];
const PARTIES = [{ email: "ob@localhost", name: "Ob Server" }, { email: ANA, name: "Lee, Ana" }, BEA];
const MORE = { title: "Kick-off", timezone: "Europe/Berlin", visibility: "names" };

/// What each way is: it makes the proposal and asks people, then each of two answers by the link of the own mail.
const WAYS = {
  async api() {
    const made = await service.ask("POST", "/", { as: "ob", json: { ...MORE, parties: PARTIES, slots: SLOTS } });
    assert.equal(made.status, 201, made.text);
    const { id, slots } = made.json;
    const asked = await service.ask("POST", `/${id}/notify/`, { as: "ob", json: { parties: [ANA, BEA], slots } });
    assert.equal(asked.status, 202, asked.text);
    const answer = async (party, slots) => {
      const et = partyLink(id, party);
      await service.ask("GET", `/${id}/`, { et });
      const answered = await service.ask("PATCH", `/${id}/`, { et, json: { slots } });
      assert.equal(answered.status, 202, answered.text);
    };
    await answer(2, SLOTS);
    await answer(3, SLOTS.slice(0, 1));
    return id;
  },
  async pages() {
    const ob = await person(service, "ob");
    const fields = { title: "Kick-off", name: "Ob Server", people: `"Lee, Ana" <${ANA}>\n${BEA}`, zone: "Europe/Berlin", ...ROWS };
    const sent = await (await (await ob.open()).press("preview", fields)).press("send");
    assert.equal(sent.status, 303, sent.words);
    const id = Number(/(\d+)\/$/.exec(sent.location)[1]);
    const answer = async (party, slots, ...then) => {
      const reader = await Reader.open(service, `/${id}/?et=${partyLink(id, party)}`);
      await reader.page(`/${id}/`);
      await reader.press("Keep the ticked times", { keep: slots.map(({ begin, duration }) => `${begin}|${duration}`) });
      for (const button of then) await reader.press(button);
      assert.ok(reader.html.status < 400, reader.words);
    };
    await answer(2, SLOTS);
    await answer(3, SLOTS.slice(0, 1), "Keep only this time");
    return id;
  },
  async whittle() {
    const done = async (whittle, ...args) => {
      const { code, json, err } = await whittle([...args, "--json"]);
      assert.equal(code, 0, `${args.join(" ")}: ${err}`);
      return json;
    };
    const ob = client(service, { as: "ob" });
    // What is typed is wall time of this client's zone.
    const slots = ["--slot", "2031-01-07T10:00 45m", "--slot", "2031-01-08T23:30 1h"];
    const { title, timezone, visibility } = MORE;
    const { id } = await done(ob, "create", ...slots, "--title", title, "--timezone", timezone, "--visibility", visibility, "--body", JSON.stringify({ parties: PARTIES }));
    await done(ob, "notify", String(id), ANA, BEA);
    const answer = async (party, ...keep) => {
      const link = `${service.url}/${id}/?et=${partyLink(id, party)}`;
      await done(client(service), "show", link);
      await done(client(service), "patch", link, ...keep);
    };
    await answer(2, "--keep", "1,2");
    await answer(3, "--keep", "1");
    return id;
  },
};

/// What is the same whichever way it came: no times, ids, hashes, salted commitments, ways, and nobody's looking.
function compared(value) {
  const VOLATILE = new Set(["id", "at", "time", "when", "seq", "sequence", "prev", "hash", "salt", "head", "via", "event", "proposal"]);
  if (Array.isArray(value)) return value.map(compared);
  if (value === null || typeof value !== "object") return /^[0-9a-f]{64}$/.test(value) ? "(hash)" : value;
  return Object.fromEntries(Object.entries(value).filter(([name]) => !VOLATILE.has(name)).map(([name, inner]) => [name, compared(inner)]));
}

test("a proposal: the three logs are equal", async () => {
  const logs = {};
  const ledgers = {};
  const made = {};
  for (const [way, run] of Object.entries(WAYS)) {
    const id = await run();
    await invited(service, id, 2);
    const { json } = await service.ask("GET", `/${id}/log/`, { as: "ob" });
    logs[way] = compared(json.entries.filter(({ occurrence }) => occurrence !== "VIEW"));
    const lines = (await ledger(service, id)).trim().split("\n").map((line) => JSON.parse(line));
    ledgers[way] = compared(lines.filter(({ entry }) => entry?.kind !== "VIEW"));
    const shown = (await service.ask("GET", `/${id}/`, { as: "ob" })).json;
    made[way] = [shown.title, shown.state, shown.timezone, shown.visibility, shown.slots, shown.answers];
    assert.equal(shown.state, "agreed", way);
  }
  assert.equal(logs.api.length, 6, "create, two notified, two answers, the agreement");
  for (const way of ["pages", "whittle"]) {
    assert.deepEqual(made[way], made.api, way);
    assert.deepEqual(logs[way], logs.api, way);
    assert.deepEqual(ledgers[way], ledgers.api, way);
  }
});
