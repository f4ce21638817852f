// The pages of an account, as a browser without script uses them: what is done leads on with a line that says so, what is
// refused comes again with what was typed and what is wrong beside it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ORIGIN, start } from "../support/harness.mjs";
import { sign } from "../support/links.mjs";
import { PASSWORD, mailed, person, row, stranger } from "../support/people.mjs";
import { Browser, fault, value, went } from "../support/pages.mjs";
import { cookies } from "../support/sessions.mjs";

let service;
before(async () => {
  service = await start();
});
after(() => service.close());

const stored = () => service.db.prepare("select * from accounts where username = ?").bind(NEW.username).first();
const NEW = { first_name: "Ana", last_name: "Lee", email: "ana@pages.example", username: "ana-pages", password: PASSWORD, password2: PASSWORD };

test("signing up signs in and says what to do next; the mailed link confirms by its button", async () => {
  const browser = new Browser(service);
  const wrong = await browser.post("/accounts/signup/", { ...NEW, email: "ana <i>", password2: "other" });
  assert.equal(wrong.status, 400);
  assert.deepEqual(fault(wrong, "email"), ["This is not an email address. It looks like name@example.org.", true]);
  assert.deepEqual(fault(wrong, "password2"), ["The two passwords are not the same. Type both again.", true]);
  assert.deepEqual([value(wrong, "username"), value(wrong, "email"), value(wrong, "password")], [NEW.username, "ana &#60;i&#62;", ""]);
  assert.ok(!wrong.text.includes(PASSWORD), "no password is shown again");

  const done = await browser.post("/accounts/signup/", NEW);
  assert.deepEqual(went(done, browser.jar), [303, "/accounts/me/", "signed-up"]);
  const page = await browser.get("/accounts/me/");
  assert.match(page.text, /role="status">Your account is ready, and you are signed in\./);
  assert.match(page.text, /We have sent a link to ana@pages\.example\./);
  assert.match(page.text, /<a href="\/outbox\/">/, "in development the mail is there");
  assert.equal(browser.jar.notice, undefined, "the line is shown once");
  assert.doesNotMatch((await browser.get("/accounts/me/")).text, /Your account is ready/);
  const again = await new Browser(service).post("/accounts/signup/", NEW);
  assert.deepEqual([again.status, fault(again, "username")], [400, ["Somebody has this name already. Choose another one.", true]]);

  const mail = await mailed(service, NEW.email, "verify");
  const link = new URL(/https?:\/\/\S+\/accounts\/verify\/\S+/.exec(mail.text)[0]).pathname;
  const asked = await browser.get(link);
  assert.match(asked.text, /ana@pages\.example/);
  assert.equal((await stored()).verified, 0, "reading does nothing");
  const resent = await browser.post("/accounts/verify/");
  assert.deepEqual(went(resent, browser.jar), [303, "/accounts/me/", "proof-sent"]);
  assert.deepEqual(went(await browser.post(link), browser.jar), [303, "/accounts/me/", "address-confirmed"]);
  assert.equal((await stored()).verified, 1);
  assert.doesNotMatch((await browser.get("/accounts/me/")).text, /We have sent a link/);
  const elsewhere = new Browser(service);
  assert.deepEqual(went(await elsewhere.post(link), elsewhere.jar), [303, "/api-auth/login/", "address-confirmed"]);
});

test("a page that was wanted is where signing up and in lead, and no other site", async () => {
  const fields = (name) => ({ ...NEW, username: name, email: `${name}@pages.example` });
  const wanted = await new Browser(service).post("/accounts/signup/?next=/schedules/contacts/", fields("next-one"));
  assert.equal(wanted.headers.get("location"), "/schedules/contacts/");
  const other = await new Browser(service).post("/accounts/signup/?next=//evil.example", fields("next-two"));
  assert.equal(other.headers.get("location"), "/accounts/me/");
});

test("a session that has ended shows the form to sign in, which leads back", async () => {
  const browser = await Browser.of(service, await person(service));
  await service.db.prepare("delete from sessions").run();
  const read = await browser.get("/accounts/sessions/");
  assert.equal(read.status, 401);
  assert.match(read.text, /Your session has ended\. Sign in to go on where you were\./);
  assert.match(read.text, /action="\/api-auth\/login\/\?next=%2Faccounts%2Fsessions%2F"/);
  const sent = await browser.post("/accounts/me/?_method=PATCH", { first_name: "Lost" });
  assert.equal(sent.status, 401);
  assert.match(sent.text, /nothing was saved/);
  assert.match(sent.text, /next=%2Faccounts%2Fme%2F/);
  const fresh = await new Browser(service).get("/accounts/me/");
  assert.match(fresh.text, /This page belongs to an account\./);
});

test("settings: saved with a line, refused beside the field, and never without the page's token", async () => {
  const who = await person(service);
  const browser = await Browser.of(service, who);
  const page = await browser.get("/accounts/me/");
  assert.match(page.text, /<option selected>UTC<\/option>/);
  assert.ok((page.text.match(/<option>/g) ?? []).length > 300, "every zone can be chosen");
  const fields = { first_name: "Bo", last_name: "", timezone: "Asia/Tokyo", mail: "decisions", bookable_by: "contacts" };
  assert.deepEqual(went(await browser.post("/accounts/me/?_method=PATCH", fields), browser.jar), [303, "/accounts/me/", "settings-saved"]);
  const now = await row(service, who);
  assert.deepEqual([now.first_name, now.last_name, now.timezone, now.mail_level, now.bookable_by], ["Bo", "", "Asia/Tokyo", 1, "contacts"]);
  const saved = await browser.get("/accounts/me/");
  assert.match(saved.text, /Your settings are saved\./);
  assert.match(saved.text, /value="decisions" checked/);
  const wrong = await browser.post("/accounts/me/?_method=PATCH", { ...fields, first_name: "x".repeat(300), timezone: "Mars/Base" });
  assert.equal(wrong.status, 400);
  assert.match(fault(wrong, "first_name")[0], /^Use at most \d+ characters\.$/);
  assert.deepEqual(fault(wrong, "timezone")[0], "Choose a time zone from the list.");
  assert.equal(value(wrong, "first_name"), "x".repeat(300));
  assert.equal((await row(service, who)).timezone, "Asia/Tokyo");
  const forged = await browser.post("/accounts/me/?_method=PATCH", { ...fields, csrfmiddlewaretoken: "k1.00", first_name: "Eve" });
  assert.equal(forged.status, 403);
  assert.match(forged.text, /This page was open for too long/);
  assert.doesNotMatch(forged.text, /CSRF/);
  assert.equal((await row(service, who)).first_name, "Bo");
});

test("another address: asked for with the password, proven by its link, undone by the old one's", async () => {
  const who = await person(service);
  const browser = await Browser.of(service, who);
  const to = `new-${who.email}`;
  const wrong = await browser.post("/accounts/address/", { email: to, password: "not it" });
  assert.equal(wrong.status, 400);
  assert.deepEqual(fault(wrong, "address-password"), ["This is not your password. Please type it again.", true]);
  assert.equal(value(wrong, "email"), to);
  assert.match(wrong.text, /<details open>/, "the form that is wrong is unfolded");
  assert.ok(!wrong.text.includes("not it"));
  assert.deepEqual(went(await browser.post("/accounts/address/", { email: to, password: PASSWORD }), browser.jar), [303, "/accounts/me/", "address-asked"]);
  const path = (mail, name) => new URL(new RegExp(`https?://\\S+/accounts/${name}/\\S+`).exec(mail.text)[0]).pathname;
  const prove = path(await mailed(service, to, "move"), "address");
  assert.deepEqual(went(await browser.post(prove), browser.jar), [303, "/accounts/me/", "address-changed"]);
  assert.equal((await row(service, who)).address, to);
  const undo = path(await mailed(service, who.email, "left"), "address/undo");
  assert.match((await browser.get(undo)).text, new RegExp(who.email));
  assert.deepEqual(went(await browser.post(undo), browser.jar), [303, "/api-auth/login/", "address-kept"]);
  assert.equal((await row(service, who)).address, who.email);
});

test("the password: changed with the old one, or by a mailed link; then one signs in anew", async () => {
  const who = await person(service);
  const browser = await Browser.of(service, who);
  const wrong = await browser.post("/accounts/password/", { old_password: "not it", new_password: "Another@1", password2: "Another@1" });
  assert.deepEqual([wrong.status, fault(wrong, "old_password")], [400, ["This is not your password. Please type it again.", true]]);
  const short = await browser.post("/accounts/password/", { old_password: PASSWORD, new_password: "x", password2: "y" });
  assert.deepEqual(fault(short, "new_password"), ["Use at least 8 characters.", true]);
  assert.deepEqual(fault(short, "password2"), ["The two passwords are not the same. Type both again.", true]);
  const done = await browser.post("/accounts/password/", { old_password: PASSWORD, new_password: "Another@1", password2: "Another@1" });
  assert.deepEqual(went(done, browser.jar), [303, "/api-auth/login/", "password-changed"]);
  assert.equal(browser.jar.sessionid, undefined);

  for (const email of [who.email, "nobody@pages.example"]) {
    assert.deepEqual(went(await browser.post("/accounts/password/reset/", { email }), browser.jar), [303, "/accounts/password/reset/", "reset-asked"]);
  }
  const mail = await mailed(service, who.email, "reset");
  const link = new URL(/https?:\/\/\S+\/accounts\/password\/reset\/\S+/.exec(mail.text)[0]).pathname;
  const refused = await browser.post(link, { new_password: "password", password2: "password" });
  assert.deepEqual([refused.status, fault(refused, "new_password")[0]], [400, "This password is easy to guess, because many people use it. Choose another one."]);
  assert.deepEqual(went(await browser.post(link, { new_password: "Third@123", password2: "Third@123" }), browser.jar), [303, "/api-auth/login/", "password-changed"]);
  assert.deepEqual(went(await browser.post("/api-auth/login/", { username: who.username, password: "Third@123" }), browser.jar), [303, "/", "signed-in"]);
  const used = await browser.get(link);
  assert.equal(used.status, 200, "the form of a link is shown without asking whether it was used");
  const twice = await browser.post(link, { new_password: "Fourth@12", password2: "Fourth@12" });
  assert.equal(twice.status, 401);
  assert.match(twice.text, /<h1>This link does not work<\/h1>/);
  assert.match(twice.text, /<a class="button" href="\/accounts\/password\/reset\/">Get a new link/);
});

test("a link that has expired says so, and where to get another", async () => {
  const old = { id: 2, party: 0, expires: 1_000_000_000 };
  for (const [path, purpose, code, way] of [
    ["/accounts/verify/", "verify", 4, "/accounts/me/"],
    ["/accounts/password/reset/", "reset", 5, "/accounts/password/reset/"],
    ["/accounts/address/", "address", 9, "/accounts/me/"],
    ["/accounts/address/undo/", "undo", 10, "/accounts/password/reset/"],
  ]) {
    const page = await new Browser(service).get(`${path}${sign({ purpose, code, ...old })}/`);
    assert.equal(page.status, 401, path);
    assert.match(page.text, /<h1>This link has expired<\/h1>/, path);
    assert.ok(page.text.includes(`<a class="button" href="${way}">`), path);
  }
});

test("where one is signed in: in words, ended one by one or all at once", async () => {
  const who = await person(service);
  const agent = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";
  const browser = await Browser.of(service, who);
  const other = await service.ask("POST", "/api/user/login/", { json: { username: who.username, password: PASSWORD }, headers: { "User-Agent": agent } });
  const page = await browser.get("/accounts/sessions/");
  assert.match(page.text, /<strong>Firefox on Linux<\/strong>/);
  assert.match(page.text, /<strong>Firefox on Linux, with a token<\/strong>/);
  assert.match(page.text, /Last used \w+day \d+ \w+ \d{4}, \d\d:\d\d/);
  assert.equal(page.text.match(/>this one</g).length, 1);
  const ways = [...page.text.matchAll(/action="(\/accounts\/sessions\/[0-9a-f]{16}\/\?_method=DELETE)"/g)].map(([, way]) => way);
  assert.ok(ways.length >= 2);
  assert.deepEqual(went(await browser.post(ways[0]), browser.jar), [303, "/accounts/sessions/", "sign-in-ended"]);
  assert.deepEqual(went(await browser.post("/accounts/sessions/?_method=DELETE"), browser.jar), [303, "/accounts/sessions/", "sign-ins-ended"]);
  assert.equal((await service.ask("GET", "/accounts/me/", { token: other.json.auth_token })).status, 401);
  assert.equal((await service.ask("GET", "/accounts/me/", { headers: { Cookie: `sessionid=${cookies(other).sessionid}` } })).status, 401);
  assert.equal((await browser.get("/accounts/me/")).status, 200, "this one stays");
});

test("leaving asks for the password, says what goes, and ends the session", async () => {
  const who = await person(service);
  const browser = await Browser.of(service, who);
  assert.match((await browser.get("/accounts/me/")).text, /Your open proposals are closed and your coming meetings are cancelled\./);
  const wrong = await browser.post("/accounts/me/?_method=DELETE", { password: "not it" });
  assert.deepEqual([wrong.status, fault(wrong, "leave-password")], [400, ["This is not your password. Please type it again.", true]]);
  assert.ok(await row(service, who));
  assert.deepEqual(went(await browser.post("/accounts/me/?_method=DELETE", { password: PASSWORD }), browser.jar), [303, "/", "account-left"]);
  assert.equal(browser.jar.sessionid, undefined);
  assert.equal(await row(service, who), null);
});

test("the calendar feed: its link, another one, and none before the address is confirmed", async () => {
  const browser = await Browser.of(service, await person(service));
  const link = (page) => /<input id="url"[^>]* value="([^"]+\.ics)"/.exec(page.text)?.[1];
  const before = link(await browser.get("/feed/"));
  assert.ok(before.startsWith(`${ORIGIN}/feed/`));
  assert.deepEqual(went(await browser.post("/feed/"), browser.jar), [303, "/feed/", "feed-renewed"]);
  assert.notEqual(link(await browser.get("/feed/")), before);
  assert.equal((await service.ask("GET", new URL(before).pathname)).status, 401);
  const unproven = await Browser.of(service, await stranger(service));
  const none = await unproven.get("/feed/");
  assert.deepEqual([none.status, link(none)], [403, undefined]);
  assert.match(none.text, /There is a link as soon as your email address is confirmed\./);
});

test("signing out asks by GET, ends the session by its button, and does no harm twice", async () => {
  const browser = await Browser.of(service, await person(service));
  const page = await browser.get("/api-auth/logout/");
  assert.match(page.text, /This browser forgets who you are\./);
  assert.deepEqual(went(await browser.post("/api-auth/logout/"), browser.jar), [303, "/", "signed-out"]);
  assert.match((await browser.get("/api-auth/logout/")).text, /Nobody is signed in here\./);
  assert.equal((await browser.post("/api-auth/logout/")).status, 303, "whoever is out is out");
});
