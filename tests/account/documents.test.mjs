// The two documents' sections on accounts and contacts: each request and answer as it is printed there, ids and tokens
// apart, and each message. Where the project decides otherwise (spec/calendars.md, part 0) it says so here.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ORIGIN, start } from "../support/harness.mjs";
import { cookies } from "../support/sessions.mjs";

let service;
before(async () => {
  service = await start();
});
after(() => service.close());

const json = { "Content-Type": "application/json" };
/// Sends a body as it is printed.
const send = (method, path, body, headers = {}) => service.ask(method, path, { body, headers: { ...(body && json), ...headers } });
const told = ({ status, json }) => [status, json];

/// An answer is the printed one: the same members with the same values, but for those of `apart`, each of which has to look
/// as it says. What we tell beside the document is named in `beside`.
function printed(answer, text, apart = {}, beside = []) {
  assert.match(answer.headers.get("content-type"), /^application\/json/);
  same(answer.json, JSON.parse(text), apart, beside);
}

function same(got, wanted, apart, beside) {
  assert.deepEqual(Object.keys(got).filter((key) => !beside.includes(key)).sort(), Object.keys(wanted).sort());
  for (const [key, value] of Object.entries(wanted)) {
    if (apart[key]) assert.match(String(got[key]), apart[key], key);
    else if (typeof value === "object") same(got[key], value, apart, []);
    else assert.equal(got[key], value, key);
  }
}

const ID = /^[1-9]\d{0,15}$/;

// The bookings' document: "CalenderService"

const TEST10 = `{
    "username": "test10",
    "email": "test10@test.com",
    "password": "Test@123"
}`;

test("bookings: sign-up, login, and either authentication, as printed", async () => {
  const made = await send("POST", "/api/user/sign_up/", TEST10);
  assert.equal(made.status, 201);
  printed(made, `{
    "id": 4,
    "username": "test10",
    "email": "test10@test.com"
}`, { id: ID });

  const entered = await send("POST", "/api/user/login/", `{
    "username": "test10",
    "password": "Test@123"
}`);
  assert.equal(entered.status, 200);
  printed(entered, `{
    "is_authenticated": true,
    "user": {
        "id": 4,
        "username": "test10",
        "email": "test10@test.com"
    },
    "auth_token": "89a5e9c7dd1b22169d1cc5f122540b300af7eddb"
}`, { id: ID, auth_token: /^[0-9a-f]{40}$/ });
  assert.equal(entered.json.user.id, made.json.id);

  // "All the APIs (except for user signup and login) ... are allowed only for authenticated users only."
  assert.equal((await send("GET", "/api/user/get_detail/")).status, 401);
  // "Authorization: Token <auth_token received from login response>"
  const Authorization = `Token ${entered.json.auth_token}`;
  assert.deepEqual((await send("GET", "/api/user/get_detail/", undefined, { Authorization })).json, entered.json);
  // "along with the sessioned in the Cookie, CSRF token must be added": "csrf token to be taken from cookie after successful
  // login happens".
  const got = cookies(entered);
  const Cookie = `sessionid=${got.sessionid}; csrftoken=${got.csrftoken}`;
  const by = (more) => send("PATCH", "/accounts/me/", `{"mail": "all"}`, { Cookie, Origin: ORIGIN, ...more });
  assert.equal((await by({ "X-CSRFToken": got.csrftoken })).status, 200);
  assert.equal((await by({})).status, 403);
  assert.deepEqual((await send("GET", "/api/user/get_detail/", undefined, { Cookie })).json.user, entered.json.user);
});

test("bookings: what its sign-up and login refuse", async () => {
  assert.deepEqual(told(await send("POST", "/api/user/sign_up/", TEST10)), [400, { username: ["A user with that username already exists."] }]);
  const wrong = await send("POST", "/api/user/login/", `{"username": "test10", "password": "Test@124"}`);
  assert.deepEqual(told(wrong), [401, { err_message: "Credentials were not correct" }]);
});

// The calendars' document: "P2: Back end implementation"

const SIGN_UP = `{
  "email": "hello@test.ca",
  "username": "username",
  "first_name": "John",
  "last_name": "Smith",
"password": "password",
"password2": "password"
}`;
/// The document's password is a placeholder, and too common (spec/calendars.md, part 0).
const SIGN_UP_GOOD = SIGN_UP.replaceAll(`: "password"`, `: "Test@123"`);
const NAME_AND_PASSWORD = `{
  "username": "username",
  "password": "password"
}`;

test("calendars: sign up, as printed, and each of its errors under its key", async () => {
  const sign = (text) => send("POST", "/accounts/signup/", text);
  assert.deepEqual(told(await sign(SIGN_UP)), [400, { password: ["This password is too common."] }]);
  const made = await sign(SIGN_UP_GOOD);
  assert.equal(made.status, 201);
  printed(made, `{
  "id": 1,
  "username": "username",
  "email": "hello@test.ca",
  "first_name": "John",
  "last_name": "Smith"
}`, { id: ID });

  // "Field Required": in the framework's words.
  const required = ["This field is required."];
  for (const field of ["email", "username", "first_name", "last_name", "password", "password2"]) {
    const { [field]: _, ...rest } = { ...JSON.parse(SIGN_UP_GOOD), username: "other" };
    const faults = { [field]: required };
    // Whoever types it once has not typed it twice.
    if (field === "password") faults.password2 = ["Passwords must match."];
    assert.deepEqual(told(await sign(JSON.stringify(rest))), [400, faults], field);
  }
  for (const [more, faults] of [
    [{ password: "Test@12", password2: "Test@12" }, { password: ["Password must be at least 8 characters long."] }],
    [{ password2: "Test@124" }, { password2: ["Passwords must match."] }],
    [{ username: "username" }, { username: ["Username already taken."] }],
  ]) {
    const sent = { ...JSON.parse(SIGN_UP_GOOD), username: "other", ...more };
    assert.deepEqual(told(await sign(JSON.stringify(sent))), [400, faults]);
  }
});

test("calendars: log in, as printed, and its error", async () => {
  const wrong = await send("POST", "/accounts/login/", NAME_AND_PASSWORD);
  assert.deepEqual(told(wrong), [401, { detail: "No active account found with the given credentials" }]);
  const good = await send("POST", "/accounts/login/", NAME_AND_PASSWORD.replace(`: "password"`, `: "Test@123"`));
  assert.equal(good.status, 200);
  const token = /^[\w-]+\.[\w-]+\.[\w-]+$/;
  printed(good, `{
  "refresh": "token",
  "access": "token"
}`, { refresh: token, access: token });
});

const CONTACTS = "/schedules/contacts/";
const JOHN = `{
  "first_Name": "John",
  "last_Name": "Smith",
  "email": "johnsmith@aol.com"
}`;
const JOSH = `{
    "first_Name": "Josh",
    "last_Name": "Cano",
    "email": "joshcano@gmail.com"
  }`;
const BESIDE = ["id", "groups"];

/// The document's header, `{"Authorization": "Bearer <token>"}`, of who signs in.
async function bearer(username, password = "p") {
  const { json: pair } = await send("POST", "/accounts/login/", JSON.stringify({ username, password }));
  return { Authorization: `Bearer ${pair.access}` };
}

test("calendars: contacts are added, seen, updated and deleted, as printed", async () => {
  const mine = await bearer("username", "Test@123");
  const contact = (method, body) => send(method, CONTACTS, body, mine);
  // "201 CREATED"
  const added = await contact("POST", JOHN);
  assert.equal(added.status, 201);
  printed(added, JOHN, {}, BESIDE);
  const second = await contact("POST", JOSH);
  printed(second, JOSH, {}, BESIDE);

  const list = await contact("GET");
  assert.deepEqual([list.status, list.json.length], [200, 2]);
  for (const [n, wanted] of [JOHN, JOSH].entries()) printed({ ...list, json: list.json[n] }, wanted, {}, BESIDE);

  const { id } = second.json;
  const update = (rest) => `{
    "contact_id": ${id},
    ${rest}
}`;
  // John's address is another contact's already: the example's with one letter more.
  const names = `"first_Name": "John",
    "last_Name": "Smith",
    "email": "johnsmith@aol.com"`;
  assert.deepEqual(told(await contact("PATCH", update(names))), [400, { email: ["A contact with this email already exists."] }]);
  const wanted = update(names.replace("johnsmith", "johnsmithe"));
  const changed = await contact("PATCH", wanted);
  assert.equal(changed.status, 200);
  printed(changed, wanted, {}, ["groups"]);

  // "204 No content": so it has none, not even the printed ["Contact deleted successfully."].
  const deleted = await contact("DELETE", `{
  "contact_id": ${id}
}`);
  assert.deepEqual([deleted.status, deleted.text], [204, ""]);
  assert.deepEqual((await contact("GET")).json.map(({ email }) => email), ["johnsmith@aol.com"]);
});

test("calendars: each error of the contacts' sections", async () => {
  const [mine, theirs] = [await bearer("username", "Test@123"), await bearer("zo")];
  const contact = (method, body, headers = mine) => send(method, CONTACTS, JSON.stringify(body), headers);
  const id = (await send("GET", CONTACTS, undefined, mine)).json[0].id;
  const foreign = (await send("POST", CONTACTS, JOSH, theirs)).json.id;

  // "401 Unauthorized: User is not authenticated"
  for (const [method, body] of [["GET", undefined], ["POST", {}], ["DELETE", { contact_id: id }], ["PATCH", { contact_id: id }]]) {
    assert.deepEqual(told(await contact(method, body, {})), [401, { detail: "Authentication credentials were not provided." }], method);
  }
  // "This field is required", "A contact with this email already exists.", "Enter a valid email address."
  const required = ["This field is required."];
  assert.deepEqual(told(await contact("POST", {})), [400, { first_Name: required, last_Name: required, email: required }]);
  assert.deepEqual(told(await contact("POST", JSON.parse(JOHN))), [400, { email: ["A contact with this email already exists."] }]);
  const none = { ...JSON.parse(JOSH), email: "joshcano" };
  assert.deepEqual(told(await contact("POST", none)), [400, { email: ["Enter a valid email address."] }]);
  for (const method of ["DELETE", "PATCH"]) {
    // "403 Forbidden: Contact does not belong to the user": "Invalid contact"
    const other = await contact(method, { ...JSON.parse(JOSH), contact_id: foreign });
    assert.deepEqual([other.status, other.text], [403, '"Invalid contact"'], method);
    // "404 Not found: Contact does not exist in database": "detail": "Not found."
    assert.deepEqual(told(await contact(method, { ...JSON.parse(JOSH), contact_id: 7 })), [404, { detail: "Not found." }], method);
  }
  // Here without a full stop.
  assert.deepEqual(told(await contact("PATCH", { contact_id: id, email: "x" })), [400, { email: ["Enter a valid email address"] }]);
  assert.deepEqual(told(await contact("PATCH", { contact_id: id })), [400, { non_field_errors: ["No input."] }]);
  const many = ["Ensure this field has no more than 150 characters."];
  for (const field of ["first_Name", "last_Name"]) {
    assert.deepEqual(told(await contact("PATCH", { contact_id: id, [field]: "x".repeat(151) })), [400, { [field]: many }]);
  }
  assert.equal((await send("GET", CONTACTS, undefined, theirs)).json.length, 1);
});
