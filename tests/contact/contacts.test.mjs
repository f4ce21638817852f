// Contacts, as the document has them: every request, answer and message of its sections; then groups, search and pages.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { ask, start } from "../support/harness.mjs";

const PATH = "/schedules/contacts/";
const JOHN = { first_Name: "John", last_Name: "Smith", email: "johnsmith@aol.com" };
const JOSH = { first_Name: "Josh", last_Name: "Cano", email: "joshcano@gmail.com" };

let service;
before(async () => {
  service = await start();
});
after(() => service.close());
beforeEach(() => service.db.prepare("delete from contacts").run());

const send = (method, json, { as = "zo", query = "", ...more } = {}) => service.ask(method, PATH + query, { as, json, ...more });
const get = (query = "", as = "zo") => send("GET", undefined, { as, query });
const told = ({ status, json }) => [status, json];

/// Adds a contact; gives its id.
async function added(contact = JOHN, as = "zo") {
  const { status, json, text } = await send("POST", contact, { as });
  assert.equal(status, 201, text);
  return json.id;
}

/// A contact that nobody has.
const nobody = (n, more) => ({ first_Name: `F${n}`, last_Name: `L${n}`, email: `n${n}@example.org`, ...more });
const required = ["This field is required."];

// See all contacts

test("GET lists the contacts of the caller, with an id beside the documented fields", async () => {
  assert.deepEqual(told(await get()), [200, []]);
  const ids = [await added(JOHN), await added(JOSH)];
  const { status, json } = await get();
  assert.equal(status, 200);
  assert.deepEqual(json, [
    { id: ids[0], ...JOHN, groups: [] },
    { id: ids[1], ...JOSH, groups: [] },
  ]);
});

test("without an account, or by a link, every act is 401", async () => {
  const id = await added();
  const acts = [
    ["GET", "", undefined],
    ["POST", "", JOSH],
    ["PATCH", "", { contact_id: id, ...JOSH }],
    ["PUT", "", { contact_id: id, ...JOSH }],
    ["DELETE", "", { contact_id: id }],
    ["GET", "groups/", undefined],
    ["GET", "export/", undefined],
    ["POST", "import/", { csv: "first_Name,last_Name,email\nA,B,a@b.c" }],
  ];
  for (const [method, path, json] of acts) {
    const { status, json: body, headers } = await service.ask(method, PATH + path, { json });
    assert.deepEqual([status, body], [401, { detail: "Authentication credentials were not provided." }], `${method} ${path}`);
    assert.match(headers.get("www-authenticate"), /^Basic /);
    assert.equal((await service.ask(method, PATH + path, { json, as: "zo", password: "q" })).status, 401);
    assert.equal((await service.ask(method, PATH + path, { json, et: "x" })).status, 401);
  }
  assert.deepEqual((await get()).json, [{ id, ...JOHN, groups: [] }]);
});

// Add contacts

test("POST adds a contact: 201 with what was sent, and its id", async () => {
  const { status, json } = await send("POST", JOHN);
  assert.equal(status, 201);
  assert.deepEqual(json, { id: json.id, ...JOHN, groups: [] });
  assert.ok(Number.isSafeInteger(json.id) && json.id > 0);
});

test("POST by a form is as good, and a Token as good as a password", async () => {
  const { json } = await service.ask("POST", "/api-token-auth/", { json: { username: "zo", password: "p" } });
  const headers = { "Content-Type": "application/x-www-form-urlencoded" };
  const body = new URLSearchParams({ ...JOHN, groups: "Team; Friends" }).toString();
  const made = await service.ask("POST", PATH, { token: json.token, headers, body });
  assert.deepEqual(told(made), [201, { id: made.json.id, ...JOHN, groups: ["Friends", "Team"] }]);
});

test("POST tells all faults of all fields", async () => {
  assert.deepEqual(told(await send("POST", {})), [400, { first_Name: required, last_Name: required, email: required }]);
  const blank = ["This field may not be blank."];
  const nothing = ["This field may not be null."];
  const many = ["Ensure this field has no more than 150 characters."];
  const noText = ["Not a valid string."];
  for (const [field, sent, fault] of [
    ["first_Name", undefined, required],
    ["last_Name", undefined, required],
    ["email", undefined, required],
    ["first_Name", "", blank],
    ["last_Name", "  ", blank],
    ["email", "", blank],
    ["first_Name", null, nothing],
    ["email", null, nothing],
    ["last_Name", ["x"], noText],
    ["first_Name", true, noText],
    ["first_Name", {}, noText],
    ["first_Name", "x".repeat(151), many],
    ["last_Name", "x".repeat(151), many],
    ["email", "johnsmith", ["Enter a valid email address."]],
    ["email", 5, ["Enter a valid email address."]],
    ["email", ["a@b.c"], ["Enter a valid email address."]],
    ["email", "John <johnsmith@aol.com>", ["Enter a valid email address."]],
    ["email", `${"x".repeat(250)}@b.c`, ["Enter a valid email address."]],
    ["first_Name", "a\nb", ["Control characters, line breaks and bidirectional overrides are not allowed."]],
  ]) {
    const { status, json } = await send("POST", { ...JOHN, [field]: sent });
    assert.deepEqual([status, json], [400, { [field]: fault }], `${field}: ${JSON.stringify(sent)}`);
  }
  assert.deepEqual((await get()).json, []);
  await added({ ...JOHN, first_Name: "é".repeat(150) });
});

test("an address is one contact's, however it is spelled, and somebody else's may have it too", async () => {
  await added();
  const taken = [400, { email: ["A contact with this email already exists."] }];
  assert.deepEqual(told(await send("POST", JOHN)), taken);
  assert.deepEqual(told(await send("POST", { ...JOSH, email: " JohnSmith@AOL.com " })), taken);
  assert.equal((await get()).json.length, 1);
  await added(JOHN, "st");
});

test("of many who add one address at once, one succeeds", async () => {
  const tries = Array.from({ length: 12 }, (_, n) => send("POST", { ...JOHN, first_Name: `J${n}`, email: n % 2 ? JOHN.email : "JOHNSMITH@aol.com" }));
  const answers = await Promise.all(tries);
  const good = answers.filter(({ status }) => status === 201);
  assert.equal(good.length, 1);
  for (const answer of answers.filter((one) => one !== good[0])) {
    assert.deepEqual(told(answer), [400, { email: ["A contact with this email already exists."] }]);
  }
  assert.deepEqual((await get()).json, [good[0].json]);
});

test("an account has 5000 contacts at most", async () => {
  await service.db
    .prepare(
      `with recursive n(i) as (select 1 union all select i + 1 from n where i < 4999)
       insert into contacts select i, (select id from accounts where username = 'zo'), 'F', 'L', 'n' || i || '@example.org',
         'n' || i || '@example.org', 'f', 'l', 'n' || i || '@example.org', '[]', 0, 0 from n`,
    )
    .run();
  const two = Array.from({ length: 4 }, (_, n) => send("POST", { ...JOHN, email: `more${n}@example.org` }));
  const statuses = (await Promise.all(two)).map(({ status }) => status);
  assert.deepEqual(statuses.sort(), [201, 400, 400, 400]);
  assert.deepEqual(told(await send("POST", JOHN)), [400, { non_field_errors: ["An account has 5000 contacts at most."] }]);
  await added(JOHN, "st");
});

// Delete contact

test("DELETE takes the id in the body and answers 204 without one", async () => {
  const id = await added();
  await added(JOSH);
  const { status, text, headers } = await send("DELETE", { contact_id: id });
  assert.deepEqual([status, text, headers.get("content-type")], [204, "", null]);
  assert.deepEqual((await get()).json.map(({ email }) => email), [JOSH.email]);
  assert.deepEqual(told(await send("DELETE", { contact_id: id })), [404, { detail: "Not found." }]);
});

test("DELETE tells somebody else's contact from one that is not there", async () => {
  const id = await added(JOHN, "st");
  const answer = await send("DELETE", { contact_id: id });
  assert.deepEqual([answer.status, answer.text], [403, '"Invalid contact"']);
  assert.equal((await send("DELETE", { contact_id: id }, { as: "ob" })).status, 403, "staff neither");
  assert.deepEqual(told(await send("DELETE", { contact_id: id === 1 ? 2 : id - 1 })), [404, { detail: "Not found." }]);
  assert.deepEqual(told(await send("DELETE", {})), [400, { contact_id: required }]);
  assert.deepEqual(told(await send("DELETE")), [400, { contact_id: required }]);
  assert.equal((await get("", "st")).json.length, 1);
});

// Update contact

test("PATCH changes what is sent, answers with the contact, and PUT does the same", async () => {
  const contact_id = await added(JOSH);
  assert.deepEqual(told(await send("PATCH", { contact_id, ...JOHN })), [200, { contact_id, ...JOHN, groups: [] }]);
  const one = { contact_id, last_Name: "Smythe" };
  assert.deepEqual(told(await send("PATCH", one)), [200, { contact_id, ...JOHN, last_Name: "Smythe", groups: [] }]);
  const put = await send("PUT", { contact_id: String(contact_id), email: "JohnSmith@aol.com" });
  const wanted = { ...JOHN, last_Name: "Smythe", email: "JohnSmith@aol.com", groups: [] };
  assert.deepEqual(told(put), [200, { contact_id, ...wanted }]);
  assert.deepEqual((await get()).json, [{ id: contact_id, ...wanted }]);
});

test("PATCH tells somebody else's contact from one that is not there, before it judges the rest", async () => {
  const contact_id = await added(JOHN, "st");
  for (const method of ["PATCH", "PUT"]) {
    for (const more of [{ first_Name: "X" }, {}, { email: "none" }]) {
      for (const as of ["zo", "ob"]) {
        const { status, text } = await send(method, { contact_id, ...more }, { as });
        assert.deepEqual([status, text], [403, '"Invalid contact"']);
      }
      const other = await send(method, { contact_id: 7, ...more });
      assert.deepEqual(told(other), [404, { detail: "Not found." }]);
    }
  }
  assert.deepEqual((await get("", "st")).json, [{ id: contact_id, ...JOHN, groups: [] }]);
});

test("PATCH refuses a wrong body in the document's words", async () => {
  const contact_id = await added();
  const many = ["Ensure this field has no more than 150 characters."];
  for (const [sent, fault] of [
    [{ contact_id }, { non_field_errors: ["No input."] }],
    [{ contact_id, nick: "x" }, { non_field_errors: ["No input."] }],
    [{ contact_id, email: "johnsmith" }, { email: ["Enter a valid email address"] }],
    [{ contact_id, email: 5 }, { email: ["Enter a valid email address"] }],
    [{ contact_id, first_Name: "x".repeat(151), last_Name: "x".repeat(151) }, { first_Name: many, last_Name: many }],
    [{ contact_id, first_Name: "" }, { first_Name: ["This field may not be blank."] }],
    [{ contact_id, last_Name: null }, { last_Name: ["This field may not be null."] }],
    [{ contact_id, email: null }, { email: ["This field may not be null."] }],
    [{ ...JOSH }, { contact_id: required }],
    [{ ...JOSH, contact_id: null }, { contact_id: ["This field may not be null."] }],
    [{ ...JOSH, contact_id: "x" }, { contact_id: ["A valid integer is required."] }],
    [{ ...JOSH, contact_id: true }, { contact_id: ["A valid integer is required."] }],
    [{ ...JOSH, contact_id: 1.5 }, { contact_id: ["A valid integer is required."] }],
  ]) {
    assert.deepEqual(told(await send("PATCH", sent)), [400, fault], JSON.stringify(sent));
  }
  for (const contact_id of [0, -1, 2 ** 53, 1e300]) {
    const { status } = await send("PATCH", { ...JOSH, contact_id });
    assert.ok(contact_id === 1e300 ? status === 400 : status === 404, `${contact_id}: ${status}`);
  }
  assert.deepEqual((await get()).json, [{ id: contact_id, ...JOHN, groups: [] }]);
});

test("PATCH to an address that another contact has is 400 and changes nothing; its own in other letters is fine", async () => {
  await added();
  const contact_id = await added({ ...JOSH, groups: ["Team"] });
  const sent = { contact_id, first_Name: "X", groups: [], email: "JOHNSMITH@aol.com" };
  assert.deepEqual(told(await send("PATCH", sent)), [400, { email: ["A contact with this email already exists."] }]);
  assert.deepEqual((await get()).json[1], { id: contact_id, ...JOSH, groups: ["Team"] });
  assert.equal((await send("PATCH", { contact_id, email: "JoshCano@gmail.com" })).status, 200);
});

test("of many who change to one address at once, one succeeds", async () => {
  const ids = [];
  for (let n = 0; n < 6; n++) ids.push(await added(nobody(n)));
  const answers = await Promise.all(ids.map((contact_id) => send("PATCH", { contact_id, email: "one@example.org" })));
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 400, 400, 400, 400, 400]);
});

// Owners

test("nobody sees another's contacts, staff neither, and they go with the account", async () => {
  const { results } = await service.db.prepare("select * from accounts where username = 'st'").all();
  const row = { ...results[0], id: 77, username: "leaving", address: "leaving@localhost", address_key: "leaving@localhost" };
  const names = Object.keys(row);
  const insert = `insert into accounts (${names.join()}) values (${names.map(() => "?").join()})`;
  await service.db.prepare(insert).bind(...Object.values(row)).run();
  const mine = await added();
  await added({ ...JOSH, groups: ["Secret"] }, "leaving");
  for (const as of ["zo", "ob", "un"]) {
    for (const query of ["", "?search=josh", "?group=secret", "export/", "groups/"]) {
      assert.doesNotMatch((await get(query, as)).text, /Josh|Secret/, `${as} ${query}`);
    }
  }
  await service.db.prepare("delete from accounts where id = 77").run();
  const { results: left } = await service.db.prepare("select id from contacts").all();
  assert.deepEqual(left, [{ id: mine }]);
});

// Search, groups, pages

test("search finds words in names and addresses, whatever their case, and takes no sign for a wildcard", async () => {
  for (const [first_Name, last_Name, email] of [
    ["John", "Smith", "js@aol.com"],
    ["Jörg", "Ångström", "JA@aol.com"],
    ["100%", "under_score", "pc@example.org"],
    ["back\\slash", "quo'te\"", "ÖQ@example.org"],
  ]) {
    await added({ first_Name, last_Name, email });
  }
  for (const [sought, wanted] of [
    ["JOHN", ["js@aol.com"]],
    ["smith john", ["js@aol.com"]],
    ["john s", ["js@aol.com"]],
    ["ohn smit", ["js@aol.com"]],
    ["AOL", ["js@aol.com", "JA@aol.com"]],
    ["jÖRG ångström", ["JA@aol.com"]],
    ["john ångström", []],
    ["ÖQ@example.org", ["ÖQ@example.org"]],
    ["%", ["pc@example.org"]],
    ["_", ["pc@example.org"]],
    ["*", []],
    ["\\", ["ÖQ@example.org"]],
    ["'", ["ÖQ@example.org"]],
    ['"', ["ÖQ@example.org"]],
    ["x".repeat(256), []],
    ["\0", []],
  ]) {
    const { status, json } = await get(`?search=${encodeURIComponent(sought)}`);
    assert.deepEqual([status, json?.map(({ email }) => email)], [200, wanted], sought);
  }
  assert.equal((await get("?search=")).json.length, 4);
  assert.equal((await get("?search=%20")).json.length, 4);
  assert.deepEqual(told(await get(`?search=${"x".repeat(257)}`)), [400, { search: ["Ensure this field has no more than 256 characters."] }]);
});

test("contacts are in groups, which are one however they are spelled, and are counted", async () => {
  const made = await send("POST", { ...JOHN, groups: ["team", "Friends", "TEAM", " Ähren "] });
  assert.deepEqual([made.status, made.json.groups], [201, ["Friends", "team", "Ähren"]]);
  const contact_id = await added({ ...JOSH, groups: ["Team"] });
  await added(nobody(1));
  await added({ ...JOSH, groups: ["Team"] }, "st");
  assert.deepEqual(told(await get("groups/")), [
    200,
    [
      { name: "Friends", contacts: 1 },
      { name: "Team", contacts: 2 },
      { name: "Ähren", contacts: 1 },
    ],
  ]);
  const emails = async (query) => (await get(query)).json.map(({ email }) => email);
  assert.deepEqual(await emails("?group=TEAM"), [JOHN.email, JOSH.email]);
  assert.deepEqual(await emails("?group=ähren"), [JOHN.email]);
  assert.deepEqual(await emails("?group=tea"), []);
  assert.deepEqual(await emails("?group=team&search=cano"), [JOSH.email]);
  const moved = await send("PATCH", { contact_id, groups: ["Work"] });
  assert.deepEqual(told(moved), [200, { contact_id, ...JOSH, groups: ["Work"] }]);
  assert.deepEqual((await send("PATCH", { contact_id, first_Name: "Jo" })).json.groups, ["Work"]);
  assert.deepEqual((await send("PATCH", { contact_id, groups: [] })).json.groups, []);
});

test("groups hold their limits, and each wrong name is told", async () => {
  const of = (groups) => send("POST", { ...JOHN, groups });
  for (const [sent, fault] of [
    [null, ["This field may not be null."]],
    [5, { non_field_errors: ['Expected a list of items but got type "int".'] }],
    [["good", "", 7, "a;b", null], [[], ["This field may not be blank."], [], ["A group's name has no semicolon."], ["This field may not be null."]]],
    [["x".repeat(61)], [["Ensure this field has no more than 60 characters."]]],
    [Array.from({ length: 21 }, (_, n) => `g${n}`), { non_field_errors: ["Ensure this field has no more than 20 elements."] }],
  ]) {
    assert.deepEqual(told(await of(sent)), [400, { groups: fault }], JSON.stringify(sent));
  }
  assert.equal((await of(Array.from({ length: 20 }, (_, n) => `g${n}`))).status, 201);
});

test("the list comes in pages of fifty, each contact once, in the order in which they were added", async () => {
  const all = Array.from({ length: 120 }, (_, n) => nobody(n, { groups: n % 2 ? ["odd & even"] : [] }));
  const csv = ["first_Name,last_Name,email,groups", ...all.map((c) => `${c.first_Name},${c.last_Name},${c.email},${c.groups}`)].join("\n");
  assert.equal((await service.ask("POST", `${PATH}import/`, { as: "zo", json: { csv } })).status, 200);
  await added(JOHN);
  const walk = async (query, removing = false) => {
    const pages = [];
    for (let path = PATH + query; path; ) {
      const { status, json, headers } = await service.ask("GET", path, { as: "zo" });
      assert.equal(status, 200);
      pages.push(json.map(({ email }) => email));
      if (removing) await send("DELETE", { contact_id: json.at(-1).id });
      const next = /^<http:\/\/127\.0\.0\.1:8787(\/schedules\/contacts\/\?[^>]+)>; rel="next"$/.exec(headers.get("link") ?? "");
      assert.equal(Boolean(next), headers.has("link"));
      path = next?.[1];
    }
    return pages;
  };
  const pages = await walk("");
  assert.deepEqual(pages.map((page) => page.length), [50, 50, 21]);
  assert.deepEqual(pages.flat(), [...all.map(({ email }) => email), JOHN.email]);
  // What is gone meanwhile disturbs nobody.
  const odd = await walk("?group=odd%20%26%20even&search=f", true);
  assert.deepEqual(odd.map((page) => page.length), [50, 10]);
  for (const bad of ["", "x", "5", "5.", "-1.2", "5.7.9"]) {
    assert.deepEqual(told(await get(`?after=${bad}`)), [400, { after: ["Not a place in this list."] }], bad);
  }
});

// Browsers, and what is not meant

test("a browser gets pages, without markup of anybody's and without JSON", async () => {
  await added({ ...JOHN, first_Name: "<i>John", groups: ["a & b"] });
  const headers = { Accept: "text/html,application/xhtml+xml,*/*;q=0.8" };
  const look = (method, path, json, as = "zo") => ask(service.url, method, path, { as, json, headers });
  const { headers: got, text } = await look("GET", PATH);
  assert.match(got.get("content-type"), /^text\/html/);
  assert.match(text, /<strong>&#60;i&#62;John Smith<\/strong><\/p>\s*<p class="soft">johnsmith@aol\.com<\/p>\s*<p><span class="badge">a &#38; b</);
  const { json } = await get("", "zo");
  const other = await look("DELETE", PATH, { contact_id: json[0].id }, "st");
  assert.equal(other.status, 403);
  assert.match(other.text, /This contact is not one of yours\./);
  assert.match((await look("GET", `${PATH}groups/`)).text, /a &#38; b/);
  assert.match((await look("GET", PATH, undefined, "st")).text, /Nobody is here yet/);
  for (const page of [text, other.text]) assert.doesNotMatch(page, /<i>|\{"|\["/);
});

test("odd input is refused in the project's words, and never a fault of ours", async () => {
  const raw = (body, type = "application/json", method = "POST") =>
    service.ask(method, PATH, { as: "zo", body, headers: { "Content-Type": type } });
  for (const method of ["POST", "PATCH", "PUT", "DELETE"]) {
    for (const [body, type, wanted] of [
      ["{", "application/json", 400],
      ["[]", "application/json", 400],
      ["null", "application/json", 400],
      ['{"contact_id": 1e999}', "application/json", 400],
      ["a,b", "text/csv", 415],
      ["x".repeat(65_537), "application/json", 413],
      ['{"first_Name": {"a": []}, "last_Name": [[]], "email": {}, "contact_id": []}', "application/json", 400],
    ]) {
      assert.equal((await raw(body, type, method)).status, wanted, `${method} ${body.slice(0, 40)}`);
    }
  }
  assert.equal((await service.ask("POST", `${PATH}groups/`, { as: "zo" })).status, 405);
  assert.equal((await service.ask("GET", `${PATH}import/`, { as: "zo" })).status, 405);
  assert.equal((await service.ask("GET", `${PATH}7/`, { as: "zo" })).status, 404);
  assert.equal((await service.ask("GET", "/schedules/", { as: "zo" })).status, 404);
  const foreign = { headers: { Origin: "https://evil.example" } };
  assert.equal((await send("POST", JOHN, foreign)).status, 403);
  assert.deepEqual((await get()).json, []);
});
