// What an answer depends on beside its route: who may be asked for name and password, what a browser reads, from where one
// click comes, and which key a session's token is of.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { KEY_1, KEY_2, ORIGIN, propose, start } from "../support/harness.mjs";
import { sign } from "../support/links.mjs";
import { cookies, meant } from "../support/sessions.mjs";

let service;
before(async () => {
  service = await start({ secrets: { SECRET_KEYS: `${KEY_2},${KEY_1}` } });
});
after(() => service.close());

test("name and password are asked for only where they would have been taken", async () => {
  const wrong = { username: "ob", password: "wrong" };
  const challenge = async (method, path, json) => {
    const { status, headers } = await service.ask(method, path, { json });
    assert.equal(status, 401, path);
    return headers.get("www-authenticate");
  };
  for (const path of ["/", "/accounts/me/", "/schedules/contacts/"]) assert.match(await challenge("GET", path), /^Basic /, path);
  for (const path of ["/accounts/login/", "/api/user/login/"]) assert.equal(await challenge("POST", path, wrong), null, path);
  assert.equal(await challenge("POST", "/accounts/token/refresh/", { refresh: "x" }), null);
  for (const path of ["/accounts/verify/x/", "/accounts/password/reset/x/", "/unsubscribe/x/", "/feed/x.ics"]) {
    assert.equal(await challenge("GET", path), null, path);
  }
});

test("whoever prefers text of any kind gets a page", async () => {
  for (const Accept of ["text/*", "text/*, */*;q=0.1", "text/html", "application/json;q=0.5, text/*"]) {
    const { status, headers } = await service.ask("GET", "/", { as: "ob", headers: { Accept } });
    assert.deepEqual([status, headers.get("content-type")], [200, "text/html; charset=utf-8"], Accept);
  }
  for (const Accept of ["*/*", "application/json, text/*;q=0.9", "text/*;q=0.5, application/*"]) {
    assert.equal((await service.ask("GET", "/", { as: "ob", headers: { Accept } })).headers.get("content-type"), "application/json", Accept);
  }
});

test("one click unsubscribes, from whatever page shows the mail", async () => {
  const { id } = await propose(service);
  const path = `/unsubscribe/${sign({ purpose: "unsubscribe", code: 6, id, party: 1 })}/`;
  for (const headers of [
    { Origin: "https://mail.example" },
    { Origin: "null" },
    { Origin: "https://mail.example", "Sec-Fetch-Site": "cross-site" },
    { "Sec-Fetch-Site": "same-site" },
  ]) {
    const body = new URLSearchParams({ "List-Unsubscribe": "One-Click" });
    assert.equal((await service.ask("POST", path, { body, headers })).status, 200, JSON.stringify(headers));
  }
  const elsewhere = await service.ask("POST", "/feed/", { as: "ob", headers: { Origin: "https://mail.example" } });
  assert.equal(elsewhere.status, 403, "nothing else does");
});

test("a session's token of an older key is made anew, and acts", async () => {
  const own = cookies(await service.ask("POST", "/api/user/login/", { json: { username: "zo", password: "p" } }));
  assert.match(own.csrftoken, /^k2\./);
  const old = `k1.${"0".repeat(64)}`;
  const show = (headers) => service.ask("GET", "/accounts/me/", { headers });
  const renewed = await show({ Cookie: `sessionid=${own.sessionid}; csrftoken=${old}` });
  assert.deepEqual(renewed.headers.getSetCookie(), [`csrftoken=${own.csrftoken}; Path=/; Max-Age=7776000; SameSite=Lax`]);
  const anew = meant({ sessionid: own.sessionid, csrftoken: cookies(renewed).csrftoken });
  assert.equal((await service.ask("PATCH", "/accounts/me/", { json: { mail: "all" }, headers: anew })).status, 200);
  for (const headers of [
    { Cookie: `sessionid=${own.sessionid}; csrftoken=${own.csrftoken}` },
    { Cookie: `sessionid=${own.sessionid}` },
    { Cookie: `sessionid=${"0".repeat(64)}; csrftoken=${old}` },
    { Cookie: `sessionid=${own.sessionid}; csrftoken=${old}`, Authorization: `Basic ${btoa("ob:p")}` },
  ]) {
    assert.deepEqual((await show(headers)).headers.getSetCookie(), [], JSON.stringify(headers));
  }
});

test("a session without Origin is told what to send, and that does", async () => {
  const own = cookies(await service.ask("POST", "/api/user/login/", { json: { username: "zo", password: "p" } }));
  const Cookie = `sessionid=${own.sessionid}; csrftoken=${own.csrftoken}`;
  const refused = await service.ask("POST", "/feed/", { headers: { Cookie } });
  assert.equal(refused.status, 403);
  const [, origin, cookie, header] = /send `Origin: (\S+)`, and the cookie `(\w+)` as `([\w-]+)`/.exec(refused.json.detail);
  assert.equal(origin, ORIGIN);
  assert.equal((await service.ask("POST", "/feed/", { headers: { Cookie, Origin: origin, [header]: own[cookie] } })).status, 200);
});
