// What whoever runs the service relies on: log lines, deadlines, health, the mail binding.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { ROOT, SLOTS, links, propose, start, tokenOf, until } from "../support/harness.mjs";

test("a request leaves one log line with its route's name, and no path, address or token", async () => {
  const service = await start();
  try {
    const p = await propose(service, { title: "Secret lunch" });
    const et = (await links(service, p))["bea@example.org"];
    service.server.clearLogs();
    const asked = [
      ["GET", `/${p.id}/`, { et }, "show", 200],
      ["PATCH", `/${p.id}/`, { et, json: { slots: SLOTS } }, "narrow", 202],
      ["GET", "/", { as: "ob" }, "list", 200],
      ["POST", "/api-token-auth/", { json: { username: "ob", password: "wrong" } }, "token-auth", 400],
      ["GET", `/nowhere/${et}`, {}, "none", 404],
      ["GET", `/${p.id}/`, { et: "x" }, "show", 401],
    ];
    for (const [method, path, options] of asked) await service.ask(method, path, options);
    const lines = await until("the lines", () => {
      const found = service.server.getLogs().map((log) => log.message).filter((line) => line.startsWith("{"));
      return found.length >= asked.length && found;
    });
    assert.equal(lines.length, asked.length);
    lines.map((line) => JSON.parse(line)).forEach((line, n) => {
      assert.deepEqual(Object.keys(line).sort(), ["fault", "method", "ms", "request", "route", "status"]);
      assert.match(line.request, /^[0-9a-f]{16}$/);
      assert.deepEqual([line.method, line.route, line.status, line.fault], [asked[n][0], asked[n][3], asked[n][4], null]);
    });
    const all = service.server.getLogs().map((log) => log.message).join("\n");
    for (const secret of [et, String(p.id), "@", "Secret lunch", "wrong", "/nowhere"]) assert.ok(!all.includes(secret), secret);
  } finally {
    await service.close();
  }
});

test("an object that does not answer is 503 with Retry-After, and it goes on for others", async () => {
  const service = await start();
  try {
    const p = await propose(service);
    const cut = service.ask("PATCH", `/${p.id}/`, { as: "ob", json: { slots: SLOTS.slice(1) }, dev: "failpoint=before_commit" });
    await until("the failpoint", () => service.server.getLogs().some((log) => log.message.includes("before_commit")));
    assert.equal((await service.ask("GET", `/${p.id}/`, { as: "ob" })).json.slots.length, 3);
    const { status, headers, json } = await cut;
    assert.deepEqual([status, headers.get("retry-after"), Object.keys(json)], [503, "2", ["detail"]]);
    assert.equal((await service.ask("PATCH", `/${p.id}/`, { as: "ob", json: { slots: SLOTS.slice(1) } })).status, 202);
  } finally {
    await service.close();
  }
});

test("mail goes over the service binding MAIL where there is one", async () => {
  const service = await start({
    more: [{ config: { name: "mailer", main: "tests/support/fixtures/mailer.mjs", compatibility_date: "2026-11-01" } }],
    bindingOverrides: { MAIL: "mailer" },
  });
  try {
    const p = await propose(service);
    const notify = { as: "ob", json: { parties: ["bea@example.org"], slots: SLOTS } };
    assert.equal((await service.ask("POST", `/${p.id}/notify/`, notify)).status, 202);
    const kept = await until("the mail", async () => {
      const found = await (await service.server.getWorker("mailer").fetch("/")).json();
      return found.length && found;
    });
    assert.equal(kept.length, 1);
    const [{ pathname, key, message }] = kept;
    assert.equal(pathname, "/emails");
    assert.match(key, /^[0-9a-f]{32}-k1$/);
    assert.deepEqual([message.to, message.reply_to], [["bea@example.org"], "ob@localhost"]);
    assert.equal((await service.ask("GET", `/${p.id}/`, { et: tokenOf(message) })).status, 200);
  } finally {
    await service.close();
  }
});

test("an account made by the script comes in at a deployment, with its password alone", async () => {
  // First of all, for it may have to be compiled.
  const sql = execFileSync("scripts/account.sh", ["o'hara", "Ohara@Example.org", "--staff"], {
    cwd: ROOT,
    input: "correct horse\n",
    encoding: "utf8",
  });
  const service = await start({ vars: { DEV: "" } });
  try {
    await service.db.prepare(sql).run();
    assert.equal((await service.ask("GET", "/", { as: "o'hara", password: "correct horse" })).status, 200);
    assert.equal((await service.ask("GET", "/", { as: "o'hara", password: "correct horse " })).status, 401);
    const row = await service.db.prepare("select address_key, verified, staff, demo from accounts where username = ?").bind("o'hara").first();
    assert.deepEqual(row, { address_key: "ohara@example.org", verified: 1, staff: 1, demo: 0 });
  } finally {
    await service.close();
  }
});

test("health says what fails: a directory without its tables", async () => {
  const service = await start();
  try {
    assert.equal((await service.ask("GET", "/healthz")).status, 200);
    await service.db.prepare("alter table accounts rename to gone").run();
    const { status, json, headers } = await service.ask("GET", "/healthz");
    assert.deepEqual([status, json.status, json.checks.database, json.checks.object], [503, "failing", "failing", "ok"]);
    assert.equal(headers.get("retry-after"), "30");
    const list = await service.ask("GET", "/", { as: "ob" });
    assert.deepEqual([list.status, list.headers.get("retry-after")], [503, "2"]);
    assert.doesNotMatch(list.text, /D1|SQLITE|accounts/, "the platform's words are for our log");
  } finally {
    await service.close();
  }
});
