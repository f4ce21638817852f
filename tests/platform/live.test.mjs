// Sockets that tell a page of a new version: who gets one, what comes by it, and when it ends.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { partyLink } from "../support/agree.mjs";
import { ORIGIN, SLOTS, propose, start, until } from "../support/harness.mjs";
import { sign } from "../support/links.mjs";
import { session } from "../support/sessions.mjs";
import { connect } from "../support/sockets.mjs";

const MINUTE = 60_000;
/// As the Worker closes whoever has no standing any more, and what is to be opened anew.
const [REFUSED, RENEW] = [1008, 4000];

let service;
before(async () => {
  service = await start();
});
after(() => service.close());

const live = (id, options) => connect(service, `/${id}/live/`, options);
const byLink = (id, party, more = {}) => live(id, { et: partyLink(id, party), ...more });
/// A change that raises the version; gives the version after it.
async function change(id, title = `Title ${Math.random()}`) {
  const { status, json, text } = await service.ask("PATCH", `/${id}/`, { as: "ob", json: { title } });
  assert.equal(status, 202, text);
  return String(json.version);
}
const keep = (id, party, slots) => service.ask("PATCH", `/${id}/`, { et: partyLink(id, party), json: { slots } });
/// Moves the clock of an object.
const at = (id, offset) => service.ask("GET", `/${id}/log/`, { as: "ob", dev: `offset=${offset}` });
const views = async (id) => (await service.ask("GET", `/${id}/log/`, { as: "ob" })).json.entries.filter(({ data }) => data.act === "view").length;
const page = (id, query, options) => service.ask("GET", `/${id}/${query}`, { ...options, headers: { Accept: "text/html", ...options.headers } });

test("a socket tells the version once it is open and after each change, and nothing else", async () => {
  const { id, version } = await propose(service);
  const sockets = [await byLink(id, 1), await byLink(id, 2), await live(id, { headers: { Authorization: `Basic ${btoa("ob:p")}` } })];
  for (const socket of sockets) {
    assert.equal(socket.status, 101, socket.text);
    await socket.hears(String(version));
  }
  await service.ask("GET", `/${id}/`, { et: partyLink(id, 2) });
  const after = (await keep(id, 1, SLOTS.slice(1))).json.version;
  const last = await change(id);
  for (const socket of sockets) {
    const heard = await socket.hears(last);
    assert.deepEqual(heard, [String(version), String(after), last], "looking is no change");
    socket.cut();
  }
});

test("whoever opens a page may have a socket for it, by cookie as well", async () => {
  const { id } = await propose(service);
  const { headers } = await session(service, "ob");
  assert.equal((await live(id, { headers: { Cookie: headers.Cookie } })).status, 101, "a session");
  assert.equal((await live(id, { headers: { Cookie: `link=${partyLink(id, 1)}` } })).status, 101, "an opened link");
  assert.equal((await live(id, { headers: { Authorization: `Link ${partyLink(id, 1)}` } })).status, 101, "a link in a header");
});

test("a socket needs our own Origin", async () => {
  const { id } = await propose(service);
  const et = partyLink(id, 1);
  const port = new URL(ORIGIN).port;
  for (const origin of [null, "https://evil.example", "null", `http://127.0.0.1:${Number(port) + 1}`, `${ORIGIN}.evil.example`, `https://127.0.0.1.evil.example:${port}`]) {
    for (const more of [{}, { plain: true }]) {
      const refused = await live(id, { et, origin, ...more });
      assert.equal(refused.status, 403, `${origin}: ${refused.text}`);
      assert.match(refused.text, /CSRF Failed/);
    }
  }
  assert.equal((await live(id, { et, origin: `http://localhost:${port}` })).status, 101, "in development, loopback by another name");
});

test("strangers, other proposals' links, void and expired links get no socket", async () => {
  const { id } = await propose(service);
  const other = await propose(service);
  const gone = await propose(service);
  assert.equal((await service.ask("DELETE", `/${gone.id}/`, { as: "ob" })).status, 204);
  await service.ask("POST", `/${other.id}/revoke/`, { as: "ob", json: { party: "p1" } });
  const basic = (name) => ({ headers: { Authorization: `Basic ${btoa(`${name}:p`)}` } });
  for (const [what, wanted, of, options] of [
    ["nobody", 401, id, {}],
    ["a stranger", 403, id, basic("st")],
    ["a link of another proposal", 401, id, { et: partyLink(other.id, 2) }],
    ["a link that is forged", 401, id, { et: sign({ id, party: 1, key: `k1:${btoa("0".repeat(32))}` }) }],
    ["a link that has expired", 401, id, { et: sign({ id, party: 1, expires: Math.floor(Date.now() / 1000) - 1 }) }],
    ["a link that is void", 401, other.id, { et: partyLink(other.id, 1) }],
    ["no such proposal", 404, id + 1, basic("ob")],
    ["a closed proposal", 410, gone.id, { et: partyLink(gone.id, 1) }],
  ]) {
    const refused = await live(of, options);
    assert.equal(refused.status, wanted, `${what}: ${refused.text}`);
    assert.equal((await live(of, { ...options, plain: true })).status, wanted, `${what}, not as a socket`);
  }
});

test("what is no request for a socket is told so, after all that concerns who asks", async () => {
  const { id } = await propose(service);
  const plain = await byLink(id, 1, { plain: true });
  // The header `Upgrade` that belongs to it is the platform's own business: workerd takes it out.
  assert.equal(plain.status, 426);
  assert.match(JSON.parse(plain.text).detail, /WebSocket/);
  assert.equal((await byLink(id, 1, { headers: { Upgrade: "h2c" } })).status, 426);
  assert.equal((await byLink(id, 1, { plain: true, method: "HEAD" })).status, 426);
  const browser = await byLink(id, 1, { plain: true, headers: { Accept: "text/html" } });
  assert.match(browser.text, /<h1>/, "a browser that goes there sees a page");
});

test("standing is judged again after each change: who has none any more loses the socket at once", async () => {
  const { id } = await propose(service, { parties: ["bea@example.org", "cyd@example.org", "dan@example.org", "eve@example.org"] });
  const [bea, cyd, dan, eve] = await Promise.all([1, 2, 3, 4].map((party) => byLink(id, party)));
  assert.equal((await service.ask("POST", `/${id}/revoke/`, { as: "ob", json: { party: "p1" } })).status, 202);
  assert.equal(await bea.ends(), REFUSED, "a void link");
  assert.equal((await service.ask("DELETE", `/${id}/parties/p2/`, { as: "ob" })).status, 204);
  assert.equal(await cyd.ends(), REFUSED, "withdrawn");
  assert.equal((await service.ask("PUT", `/${id}/parties/p3/`, { as: "ob", json: { email: "new@example.org" } })).status, 202);
  assert.equal(await dan.ends(), REFUSED, "replaced");
  const last = await change(id);
  await eve.hears(last);
  for (const socket of [bea, cyd, dan]) assert.ok(!socket.texts.includes(last), "nothing comes after that");
  assert.equal((await byLink(id, 1)).status, 401, "and no other one is had");
  assert.equal((await service.ask("DELETE", `/${id}/`, { as: "ob" })).status, 204);
  assert.equal(await eve.ends(), REFUSED, "closed");
});

test("a session's socket is closed after ten minutes, a link's when the link expires", async () => {
  const { id } = await propose(service);
  const { headers } = await session(service, "ob");
  const hour = Math.floor(Date.now() / 1000) + 3600;
  const et = sign({ id, party: 1, expires: hour });
  const account = await live(id, { headers: { Cookie: headers.Cookie } });
  const token = await live(id, { headers: { Authorization: `Basic ${btoa("ob:p")}` } });
  const both = await live(id, { headers: { Cookie: `${headers.Cookie}; link=${partyLink(id, 2)}` } });
  const link = await live(id, { et });
  await at(id, 9 * MINUTE);
  const first = await change(id);
  for (const socket of [account, token, both, link]) await socket.hears(first);
  await at(id, 10 * MINUTE + 1000);
  for (const socket of [account, token, both]) assert.equal(await socket.ends(), RENEW);
  const second = await change(id);
  await link.hears(second);
  assert.equal((await live(id, { headers: { Cookie: headers.Cookie } })).status, 101, "it can be opened anew");
  await at(id, 60 * MINUTE + 1000);
  assert.equal(await link.ends(), RENEW);
  await at(id, 0);
});

test("the end of a session's socket comes by the object's own alarm", async () => {
  const { id } = await propose(service);
  const due = async () => (await service.ask("GET", "/.counted/")).json.due[id];
  const { headers } = await session(service, "ob");
  const before = Date.now();
  assert.equal((await byLink(id, 1)).status, 101);
  assert.equal((await live(id, { headers: { Cookie: headers.Cookie } })).status, 101);
  const set = await until("the alarm", async () => {
    const alarm = await due();
    return alarm && alarm >= before + 9 * MINUTE && alarm;
  });
  assert.ok(set <= Date.now() + 10 * MINUTE, new Date(set).toISOString());
});

test("clients have nothing to say but ping, and whoever says more is cut off", async () => {
  const { id } = await propose(service);
  const [quiet, loud] = [await byLink(id, 1), await byLink(id, 2)];
  quiet.send("ping");
  await quiet.hears("pong");
  loud.send("tell me more");
  assert.equal(await loud.ends(), REFUSED);
  assert.equal(quiet.code, undefined);
  quiet.close();
  await quiet.ends();
});

test("nobody fills an object with sockets", async () => {
  const { id } = await propose(service);
  const sockets = [];
  for (let n = 0; n < 20; n++) sockets.push(await byLink(id, 1));
  assert.deepEqual(sockets.map(({ status }) => status), Array(20).fill(101));
  const refused = await byLink(id, 1);
  assert.deepEqual([refused.status, refused.headers["retry-after"]], [429, "60"]);
  assert.equal((await byLink(id, 2)).status, 101, "others have room");
  sockets[0].close();
  await sockets[0].ends();
  await until("room again", async () => (await byLink(id, 1)).status === 101);
});

test("a page that is brought up to date leaves no VIEW of who has looked before, and one of who has not", async () => {
  const { id } = await propose(service);
  const [bea, cyd] = [1, 2].map((party) => ({ headers: { Cookie: `link=${partyLink(id, party)}` } }));
  assert.equal((await page(id, "", bea)).status, 200);
  assert.equal(await views(id), 1);
  await change(id);
  for (const query of ["?show=live", "?show=parts&show=live", "log/?show=live"]) assert.equal((await page(id, query, bea)).status, 200);
  assert.equal(await views(id), 1, "what she has open is brought up to date");
  assert.equal((await page(id, "?show=live", cyd)).status, 200);
  assert.equal(await views(id), 2, "nobody reads in secret");
  assert.equal((await page(id, "", bea)).status, 200);
  assert.equal(await views(id), 3, "who opens the page looks");
  await change(id);
  assert.equal((await service.ask("GET", `/${id}/?show=live`, { et: partyLink(id, 1) })).status, 200);
  assert.equal(await views(id), 4, "to the API it means nothing");
});

test("the object hibernates with 200 idle sockets, and wakes for the next version", { timeout: 180_000 }, async () => {
  const { id } = await propose(service, { parties: Array.from({ length: 10 }, (_, n) => `p${n}@example.org`) });
  const parties = Array.from({ length: 10 }, (_, n) => n + 1);
  const sockets = [];
  for (const party of parties) for (let n = 0; n < 20; n++) sockets.push(await byLink(id, party));
  assert.deepEqual([...new Set(sockets.map(({ status }) => status))], [101]);
  await until("the alarms to have run", async () => (await service.ask("GET", "/.counted/")).json.quiet);
  const made = async () => (await service.ask("GET", "/.counted/")).json.made[id];
  const before = await made();
  // workerd evicts an object that nobody has asked for ten seconds. Asking is what shows that it was made again, so it is asked
  // more and more rarely.
  let pause = 5_000;
  for (let waited = 0; (await made()) === before; waited += pause, pause *= 1.5) {
    assert.ok(waited < 120_000, "the object is evicted while its sockets are open");
    await new Promise((resolve) => setTimeout(resolve, pause));
    await service.ask("GET", `/${id}/log/`, { as: "ob" });
  }
  assert.deepEqual([...new Set(sockets.map(({ code }) => code))], [undefined], "all sockets are still open");
  const version = await change(id);
  for (const socket of sockets) await socket.hears(version);
  console.log(`200 sockets stayed open while their object was evicted, and heard version ${version} from the next one`);
  for (const socket of sockets) socket.cut();
});
