// The life of an account in a browser: signing up, proving the address, importing contacts, signing out, forgetting the password,
// leaving.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { browse } from "../support/browser.mjs";
import { LONG, start, until } from "../support/harness.mjs";
import { HANDS, person } from "../support/hands.mjs";

let service, browser;
before(async () => {
  service = await start();
  browser = await browse(service);
});
after(() => browser?.close());

/// Without JavaScript always, in the other ways in the long form.
const WAYS = Object.keys(HANDS).slice(0, LONG ? 3 : 1);
const account = (username) => service.db.prepare("select verified, leaving from accounts where username = ?").bind(username).first();

for (const [n, way] of WAYS.entries()) {
  test(`an account from its first page to its last ${way}`, { timeout: 180_000 }, async () => {
    const username = `fay${"abc"[n]}`;
    const email = `${username}@example.org`;
    const fay = await person(browser, way);
    const form = (v = fay) => v.page.locator("main form button").first();
    const signedIn = async () => (await fay.context.cookies()).some(({ name, value }) => /sessionid$/.test(name) && value);

    await fay.open("/accounts/signup/");
    for (const [name, text] of Object.entries({ first_name: "Fay", last_name: "Ray", username, email, password: "correct horse", password2: "correct horse" })) {
      if (await fay.page.locator(`main [name="${name}"]`).count()) await fay.write(name, text);
    }
    await fay.press(form());
    await fay.look("account: signed up");
    assert.equal((await account(username)).verified, 0);
    if (!(await signedIn())) await fay.signIn(username, "correct horse");

    await fay.openMail(email);
    await fay.look("account: is this your address?");
    await fay.press(form());
    await fay.look("account: it is");
    assert.equal((await account(username)).verified, 1, "the address is proven by the button, not by the link");

    await fay.open("/schedules/contacts/");
    await fay.look("account: no contacts yet");
    await fay.unfold(await fay.page.locator("#import > summary").innerText());
    await fay.page.locator("#import textarea").fill("first_name,last_name,email,groups\nBea,Marini,bea@example.org,Board\nCyd,Park,cyd@example.org,");
    await fay.press(fay.page.locator("#import button"));
    await fay.look("account: what the import does");
    const contacts = async () => (await service.ask("GET", "/schedules/contacts/", { as: username, password: "correct horse" })).json;
    assert.deepEqual(await contacts(), [], "a preview imports nothing");
    await fay.press(form());
    await fay.look("account: imported");
    assert.equal((await contacts()).length, 2);

    await fay.open("/api-auth/logout/");
    await fay.press(form());
    await fay.look("account: signed out");
    assert.equal(await signedIn(), false);

    await fay.open("/accounts/password/reset/");
    await fay.write("email", email);
    await fay.press(form());
    await fay.look("account: a link to reset is sent");
    await until("the mail to reset", async () => (await service.outbox()).some(({ to, subject }) => to[0] === email && /password/i.test(subject)));
    await fay.openMail(email, /password/i);
    for (const name of ["new_password", "password", "password2"]) {
      if (await fay.page.locator(`main [name="${name}"]`).count()) await fay.write(name, "battery staple");
    }
    await fay.press(form());
    await fay.look("account: the password is reset");
    await fay.signIn(username, "battery staple");

    await fay.open("/accounts/me/");
    const leaving = fay.page.locator('main form[action*="_method=DELETE"]');
    await fay.unfold(await fay.page.locator('details:has(form[action*="_method=DELETE"]) summary').innerText());
    await fay.write("password", "battery staple", leaving);
    await fay.press(leaving.locator("button"));
    await fay.look("account: left");
    await until("the account to be gone", async () => !(await account(username)));
    assert.equal(await signedIn(), false);
  });
}
