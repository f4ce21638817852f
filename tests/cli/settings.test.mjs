// Which server the client asks, as whom, and what it says when that fails: settings, signing in, exit codes, lost connections.
import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { client, home } from "../support/cli.mjs";
import { freePort, links, propose, start } from "../support/harness.mjs";

let service;
before(async () => {
  service = await start();
});
after(() => service.close());

/// A server of this test; `answer` is what it does with each request. Gives its `url`, and what it was `asked`.
async function played(answer) {
  const asked = [];
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (text) => (body += text));
    request.on("end", () => {
      asked.push({ method: request.method, url: request.url, headers: request.headers, body });
      answer(request, response, body, asked.length);
    });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  after(() => server.close());
  return { url: `http://127.0.0.1:${server.address().port}`, asked };
}

const list = (request, response) => response.setHeader("Content-Type", "application/json").end("[]");

test("whoever is not signed in is told how to do it", async () => {
  const { code, out, err } = await client(service)(["list"]);
  assert.deepEqual([code, out], [3, ""]);
  assert.match(err, /401 not signed in[\s\S]*whittle login/);
  const wrong = await client(service, { env: { WHITTLE_USER: "ob", WHITTLE_PASS: "wrong" } })(["list"]);
  assert.equal(wrong.code, 3);
  assert.match(wrong.err, /not accepted[\s\S]*whittle login/);
});

test("a refusal with --json is the server's answer as it is", async () => {
  const { code, json, err } = await client(service, { as: "ob" })(["show", "7", "--json"]);
  assert.deepEqual([code, json], [4, { detail: "Not found." }]);
  assert.match(err, /404 not found/);
});

test("a token is kept where its owner alone can read it, and ends with signing out", async () => {
  const folder = home();
  const ob = client(service, { folder });
  const file = join(folder, ".config/whittle/credentials.json");
  const signedIn = await ob(["login", "ob", "--stdin"], { input: "p\n" });
  assert.equal(signedIn.code, 0, signedIn.err);
  assert.match(signedIn.out, /Signed in to http:\/\/127\.0\.0\.1:\d+\/ as ob/);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.doesNotMatch(signedIn.out, new RegExp(Object.values(JSON.parse(readFileSync(file)).tokens)[0]));
  assert.equal((await ob(["list"])).code, 0);
  const token = Object.values(JSON.parse(readFileSync(file)).tokens)[0];
  assert.equal((await service.ask("GET", "/", { token })).status, 200);

  // A file that others can read is not used.
  chmodSync(file, 0o644);
  const open = await ob(["list"]);
  assert.equal(open.code, 2);
  assert.match(open.err, /chmod 600/);
  chmodSync(file, 0o600);

  // The token is for this server alone.
  const other = await played(list);
  assert.equal((await ob(["list", "--host", other.url])).code, 0);
  assert.equal(other.asked[0].headers.authorization, undefined);

  assert.match((await ob(["logout"])).out, /Signed out/);
  assert.equal((await service.ask("GET", "/", { token })).status, 401);
  assert.doesNotMatch(readFileSync(file, "utf8"), new RegExp(token));
  assert.equal((await ob(["list"])).code, 3);
  const wrong = await ob(["login", "ob", "--stdin"], { input: "wrong\n" });
  assert.equal(wrong.code, 3);
  assert.match((await ob(["logout"])).out, /Nobody was signed in/);
});

test("no password goes to a server in the open", async () => {
  const { code, err } = await client(service)(["login", "ob", "--stdin", "--host", "http://whittle.example.org"], { input: "p\n" });
  assert.equal(code, 2);
  assert.match(err, /not encrypted/);
});

test("flags come before the environment, this before the file, and this before a token", async () => {
  const folder = home();
  const server = await played(list);
  const env = (more) => ({ WHITTLE_HOST: "", ...more });
  const who = async (args, variables) => {
    const { code, err } = await client({ url: "" }, { folder, env: env(variables) })(["list", ...args]);
    assert.equal(code, 0, err);
    const { authorization, cookie } = server.asked.at(-1).headers;
    return authorization?.startsWith("Basic") ? Buffer.from(authorization.slice(6), "base64").toString() : (authorization ?? cookie);
  };
  mkdirSync(join(folder, ".config/whittle"), { recursive: true });
  const file = join(folder, ".config/whittle/config.toml");
  const { port } = new URL(server.url);
  writeFileSync(file, `host = "127.0.0.1"\nport = ${port}\nuser = "file"\npass = "f"\n`);
  assert.equal(await who([], {}), "file:f");
  // The names of the original's script are read, and its own come before them.
  assert.equal(await who([], { user: "plain", pass: "a" }), "plain:a");
  assert.equal(await who([], { user: "plain", WHITTLE_USER: "own", pass: "a" }), "own:a");
  assert.equal(await who([], { token: "t0" }), "Token t0");
  assert.equal(await who(["--user", "flag", "--pass", "b"], { token: "t0" }), "flag:b");
  assert.equal(await who([], { token: "a.b.c" }), "Bearer a.b.c");
  assert.equal(await who([], { session: "abc" }), "sessionid=abc");
  assert.equal(await who(["--et", "l1"], { token: "t0" }), "Link l1");
  writeFileSync(file, `host = "127.0.0.1"\nport = ${port}\n`);
  writeFileSync(join(folder, ".config/whittle/credentials.json"), JSON.stringify({ tokens: { [`${server.url}/`]: "kept" } }), { mode: 0o600 });
  assert.equal(await who([], {}), "Token kept");
  // A port of the environment does not belong to the address that a flag gives whole.
  const before = server.asked.length;
  assert.equal(await who(["--host", server.url], { port: "9" }), "Token kept");
  assert.equal(await who(["--host", "127.0.0.1"], { port }), "Token kept");
  assert.equal(server.asked.length, before + 2);
  writeFileSync(file, "hots = 1\n");
  const wrong = await client({ url: "" }, { folder, env: env({}) })(["list"]);
  assert.equal(wrong.code, 2);
  assert.match(wrong.err, /`hots` is no setting; there are host, port/);
});

test("a session of a browser proves where it comes from", async () => {
  const server = await played(list);
  const { code } = await client(server, { env: { WHITTLE_SESSION: "sessionid=s; csrftoken=c" } })(["account", "change", "--first", "x"]);
  assert.equal(code, 0);
  const [{ headers }] = server.asked;
  assert.deepEqual([headers.cookie, headers["x-csrftoken"], headers.origin], ["sessionid=s; csrftoken=c", "c", server.url]);
});

test("a link says where it leads, and nothing of one's own goes there", async () => {
  const proposal = await propose(service);
  const { "bea@example.org": et } = await links(service, proposal, ["bea@example.org"]);
  const elsewhere = await played((request, response) => response.setHeader("Content-Type", "application/json").end("{}"));
  const ob = client(service, { as: "ob" });
  assert.equal((await ob(["show", `${elsewhere.url}/7/?et=abc`])).code, 0);
  assert.equal(elsewhere.asked[0].headers.authorization, "Link abc");
  assert.equal(elsewhere.asked[0].url, "/7/");
  const plain = await ob(["show", `${elsewhere.url}/7/`]);
  assert.equal(plain.code, 2);
  assert.match(plain.err, /--host/);
  assert.equal(elsewhere.asked.length, 1);
  assert.equal((await client({ url: "http://127.0.0.1:9" })(["show", `${service.url}/${proposal.id}/?et=${et}`])).code, 0);
  for (const odd of ["x", "007", "https://", "ftp://x/7/"]) assert.equal((await ob(["show", odd])).code, 2, odd);
});

test("a request whose answer was lost is done once", async () => {
  // The service does it, and the connection is cut before the answer.
  let lost = 0;
  const between = await played(async (request, response, body, number) => {
    const { host, ...headers } = request.headers;
    const answer = await fetch(service.url + request.url, { method: request.method, headers, body });
    const text = await answer.text();
    if (number <= 2) {
      lost++;
      return request.socket.destroy();
    }
    response.writeHead(answer.status, { "Content-Type": "application/json" }).end(text);
  });
  const before = (await service.ask("GET", "/", { as: "zo" })).json.length;
  const { code, json, err } = await client(between, { as: "zo" })(["create", "a@example.org", "--slot", "2030-01-07T09:00Z 1h", "--json"]);
  assert.equal(code, 0, err);
  assert.equal(lost, 2);
  assert.equal(new Set(between.asked.map(({ headers }) => headers["idempotency-key"])).size, 1);
  const { json: all } = await service.ask("GET", "/", { as: "zo" });
  assert.equal(all.length, before + 1);
  assert.equal(all[0].id, json.id);
});

test("what was seen is what is changed", async () => {
  const proposal = await propose(service);
  const ob = client(service, { as: "ob" });
  const old = await ob(["patch", String(proposal.id), "--keep", "1", "--if-match", "99"]);
  assert.equal(old.code, 5);
  assert.match(old.err, /412 changed meanwhile/);
  // Somebody else's change comes between looking and keeping.
  const between = await played(async (request, response, body) => {
    const { host, ...headers } = request.headers;
    if (request.method === "PATCH") await service.ask("PATCH", `/${proposal.id}/`, { as: "ob", json: { slots: proposal.slots.slice(0, 2) } });
    const answer = await fetch(service.url + request.url, { method: request.method, headers, body: body || undefined });
    const etag = answer.headers.get("etag");
    response.writeHead(answer.status, { "Content-Type": "application/json", ...(etag && { ETag: etag }) }).end(await answer.text());
  });
  const late = await client(between, { as: "ob" })(["patch", String(proposal.id), "--keep", "1"]);
  assert.equal(late.code, 5);
  assert.match(late.err, /412/);
  assert.equal((await service.ask("GET", `/${proposal.id}/`, { as: "ob" })).json.slots.length, 2);
});

test("no server, no answer, another server: each is said, with an exit code of its own", async () => {
  const port = await freePort();
  const none = await client({ url: `http://127.0.0.1:${port}` })(["list"]);
  assert.equal(none.code, 7);
  assert.match(none.err, /no answer from http:\/\/127\.0\.0\.1/);
  const html = await played((request, response) => response.setHeader("Content-Type", "text/html").end("<h1>\u001b]0;x\u0007</h1>"));
  const other = await client(html)(["list"]);
  assert.equal(other.code, 7);
  assert.match(other.err, /not JSON/);
  assert.equal((await client(html)(["list", "--json"])).code, 7);
  for (const odd of [["--et", "\u00e9"], ["--if-match", "\u00e9"], ["--token", "a\nb"]]) {
    const { code, err } = await client(html)(["show", "7", ...odd]);
    assert.equal(code, 2, odd.join(" ") + err);
  }
  const silent = await played(() => {});
  const slow = await client(silent, { as: "ob" })(["list", "--timeout", "1"]);
  assert.equal(slow.code, 7);
  const odd = await played((request, response) => response.writeHead(400, { "Content-Type": "application/json" }).end(JSON.stringify({ title: ["\u001b[2Jgone\u202e"] })));
  const told = await client(odd)(["list"]);
  assert.match(told.err, /title: \ufffd\[2Jgone\ufffd/);
});

test("--print shows of an exchange what HTTPie would, and nothing secret", async () => {
  const { out } = await client(service, { as: "ob", env: { print: "HBhb" } })(["account", "change", "--first", "Ob", "--json"]);
  assert.match(out, /^PATCH \/accounts\/me\/\n\{"first_name":"Ob"\}\n200\n[\s\S]*etag|^PATCH[\s\S]*content-type: application\/json[\s\S]*"username":"ob"/);
  assert.doesNotMatch(out, /Basic/);
  const { out: nothing } = await client(service, { as: "ob", env: { print: "" } })(["list", "--print", "h"]);
  assert.match(nothing, /^200\n/);
  assert.doesNotMatch(nothing, /\[/);
});

test("the doctor says what is wrong and how to mend it", async () => {
  const folder = home();
  const ob = client(service, { as: "ob", folder });
  const well = await ob(["doctor"]);
  assert.equal(well.code, 0, well.out + well.err);
  assert.match(well.out, /ok +account: ob/);
  const findings = (await client(service, { folder })(["doctor", "--json"])).json;
  assert.deepEqual(findings.filter(({ ok }) => !ok).map(({ what }) => what), ["account"]);

  const failing = await played((request, response) => {
    const checks = { database: "ok", object: "ok", secrets: "failing", origin: "ok", mail: "ok" };
    response.setHeader("Date", new Date(Date.now() - 3_600_000).toUTCString()).setHeader("Content-Type", "application/json");
    if (request.url === "/healthz") response.writeHead(503).end(JSON.stringify({ status: "failing", checks }));
    else response.end(JSON.stringify({ info: { version: "9.9.9" } }));
  });
  const ill = await client(failing, { as: "ob", folder })(["doctor"]);
  assert.equal(ill.code, 1);
  assert.match(ill.out, /WRONG health: secrets is failing\n +\S[^\n]*SECRET_KEYS/);
  assert.match(ill.out, /WRONG clock: 3\d{3} seconds/);
  assert.match(ill.out, /WRONG version: the service has 9\.9\.9/);
  const gone = await client({ url: `http://127.0.0.1:${await freePort()}` }, { folder })(["doctor"]);
  assert.equal(gone.code, 1);
  assert.match(gone.out, /WRONG server: [\s\S]*make dev/);
  assert.equal(existsSync(join(folder, ".config/whittle")), false);
});
