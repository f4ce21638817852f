// The pages of contacts, as a browser without script uses them: list, search, groups, adding, changing, removing, and an
// import that shows what would happen before anything is stored.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { start } from "../support/harness.mjs";
import { Browser, fault, value, went } from "../support/pages.mjs";
import { person } from "../support/people.mjs";

let service;
before(async () => {
  service = await start();
});
after(() => service.close());

const PATH = "/schedules/contacts/";
const BEA = { first_Name: "Bea", last_Name: "Berg", email: "bea@pages.example", groups: "Team; Choir" };
const browser = async () => Browser.of(service, await person(service));
/// The addresses that are stored, as the API lists them.
const stored = async (one) =>
  (await service.ask("GET", PATH, { headers: { Cookie: one.headers.Cookie } })).json.map(({ email }) => email);
const names = ({ text }) => [...text.matchAll(/<p><strong>([^<]*)<\/strong><\/p>\s*<p class="soft">/g)].map(([, name]) => name);
const edits = ({ text }) => [...text.matchAll(/href="([^"]*[?&;]edit=\d+[^"]*)"/g)].map(([, way]) => way.replaceAll("&#38;", "&"));

test("an empty list says how to begin; a contact is added with a line, or refused beside the field", async () => {
  const one = await browser();
  assert.match((await one.get(PATH)).text, /Nobody is here yet\. Add the people you meet/);
  const wrong = await one.post(PATH, { ...BEA, email: "bea", last_Name: "" });
  assert.equal(wrong.status, 400);
  assert.deepEqual(fault(wrong, "email"), ["This is not an email address. It looks like name@example.org.", true]);
  assert.deepEqual(fault(wrong, "last_Name"), ["Please fill this in.", true]);
  assert.deepEqual([value(wrong, "first_Name"), value(wrong, "email"), value(wrong, "groups")], ["Bea", "bea", "Team; Choir"]);
  assert.deepEqual(went(await one.post(PATH, BEA), one.jar), [303, PATH, "contact-added"]);
  const list = await one.get(PATH);
  assert.match(list.text, /The contact is added\./);
  assert.deepEqual(names(list), ["Bea Berg"]);
  const twice = await one.post(PATH, BEA);
  assert.deepEqual([twice.status, fault(twice, "email")], [400, ["You have a contact with this address already.", true]]);
  const forged = await one.post(PATH, { ...BEA, email: "eve@pages.example", csrfmiddlewaretoken: "k1.00" });
  assert.equal(forged.status, 403);
  assert.deepEqual(await stored(one), [BEA.email]);
});

test("a search and a group narrow the list, and keep their place through a change", async () => {
  const one = await browser();
  for (const contact of [BEA, { first_Name: "Cy", last_Name: "Dot", email: "cy@pages.example", groups: "team" }, { first_Name: "Di", last_Name: "Elm", email: "di@pages.example", groups: "" }]) {
    assert.equal((await one.post(PATH, contact)).status, 303);
  }
  assert.deepEqual(names(await one.get(`${PATH}?search=berg`)), ["Bea Berg"]);
  assert.deepEqual(names(await one.get(`${PATH}?group=Team&search=`)), ["Bea Berg", "Cy Dot"]);
  assert.match((await one.get(`${PATH}?search=nobody`)).text, /No contact fits\./);
  const groups = await one.get(`${PATH}groups/`);
  assert.match(groups.text, /href="\/schedules\/contacts\/\?group=Choir">Choir<\/a><\/div><span class="soft">1 contact</);

  const [way] = edits(await one.get(`${PATH}?group=Team&search=cy`));
  const page = await one.get(way);
  assert.deepEqual([value(page, "first_Name"), value(page, "groups")], ["Cy", "team"]);
  const id = /name="contact_id" value="(\d+)"/.exec(page.text)[1];
  const [change, remove] = [...page.text.matchAll(/action="([^"]+_method=(?:PATCH|DELETE)[^"]*)"/g)].map(([, action]) => action.replaceAll("&#38;", "&"));
  const wrong = await one.post(change, { contact_id: id, first_Name: "Cyd", last_Name: "Dot", email: BEA.email, groups: "" });
  assert.deepEqual([wrong.status, fault(wrong, "email"), value(wrong, "first_Name")], [400, ["You have a contact with this address already.", true], "Cyd"]);
  const done = await one.post(change, { contact_id: id, first_Name: "Cyd", last_Name: "Dot", email: "cyd@pages.example", groups: "" });
  assert.deepEqual(went(done, one.jar), [303, `${PATH}?search=cy&group=Team`, "contact-changed"]);
  assert.deepEqual(await stored(one), [BEA.email, "cyd@pages.example", "di@pages.example"]);
  assert.deepEqual(names(await one.get(`${PATH}?group=Team`)), ["Bea Berg"], "out of the group");
  assert.equal(went(await one.post(remove, { contact_id: id }), one.jar)[2], "contact-removed");
  assert.deepEqual(await stored(one), [BEA.email, "di@pages.example"]);

  const other = await browser();
  const theirs = await other.get(way);
  assert.equal(theirs.status, 404, "nobody sees another's");
  assert.equal((await other.post(remove, { contact_id: id })).status, 404);
});

test("a long list has pages", async () => {
  const one = await browser();
  const lines = Array.from({ length: 60 }, (_, n) => `A${n},B,a${n}@pages.example`);
  assert.equal((await one.post(`${PATH}import/`, { csv: `first_name,last_name,email\n${lines.join("\n")}` })).status, 303);
  const first = await one.get(PATH);
  assert.equal(names(first).length, 50);
  const next = /<a class="button quiet" href="([^"]+)">Next page/.exec(first.text)[1].replaceAll("&#38;", "&");
  const second = await one.get(next);
  assert.equal(names(second).length, 10);
  assert.match(second.text, />First page</);
  assert.doesNotMatch(second.text, />Next page</);
});

test("an import of a chosen file: a preview that stores nothing, and then all of it without choosing it again", async () => {
  const one = await browser();
  assert.equal((await one.post(PATH, BEA)).status, 303);
  const text = "first_name,last_name,email,groups\r\nBea,Berg,bea@pages.example,Team;Choir\r\nBob,\"O, Neil\",bob@pages.example,Team\r\n";
  const preview = await one.post(`${PATH}import/?preview=true`, { csv: new File([text], "people.csv", { type: "text/csv" }), text: "" });
  assert.equal(preview.status, 200);
  assert.match(preview.text, /1 person will be added\./);
  assert.match(preview.text, /1 contact is there already, just like this\./);
  assert.match(preview.text, /Line 3 <strong>bob@pages\.example<\/strong><\/p><\/div><span class="badge yes">added</);
  assert.deepEqual(await stored(one), [BEA.email], "nothing is stored yet");
  const carried = /<input type="hidden" name="csv" value="([^"]*)"/s.exec(preview.text)[1].replaceAll("&#34;", '"');
  assert.deepEqual(went(await one.post(`${PATH}import/`, { csv: carried }), one.jar), [303, PATH, "contacts-imported"]);
  assert.deepEqual(names(await one.get(PATH)), ["Bea Berg", "Bob O, Neil"]);
  const nothing = await one.post(`${PATH}import/?preview=true`, { text });
  assert.match(nothing.text, /There is nothing to import/);
});

test("an import with a wrong line says which and why, and keeps the text to be corrected", async () => {
  const one = await browser();
  const text = "first_name,last_name,email\nBob,Neil,bob@pages.example\nCy,,cy\nDi,Elm,BOB@pages.example";
  for (const [path, status] of [[`${PATH}import/?preview=true`, 200], [`${PATH}import/`, 400]]) {
    const page = await one.post(path, { text });
    assert.equal(page.status, status);
    assert.match(page.text, /2 lines are wrong\./);
    assert.match(page.text, /Line 3 <strong><\/strong>.*?Email address: This is not an email address\..*?Last name: Please fill this in\./s);
    assert.match(page.text, /Line 4 .*?Email address: This address is in line 2 already\./s);
    assert.match(page.text, /<textarea id="csv"[^>]*>\nfirst_name,last_name,email\nBob,Neil/);
    assert.doesNotMatch(page.text, /type="hidden" name="csv"/, "there is no button to import it");
  }
  assert.deepEqual(await stored(one), []);
  const unreadable = await one.post(`${PATH}import/?preview=true`, { text: "name,email\nBob,bob@pages.example" });
  assert.equal(unreadable.status, 400);
  assert.match(unreadable.text, /aria-describedby="csv-hint csv-fault" aria-invalid="true"/);
  assert.match(unreadable.text, /<span class="fault" id="csv-fault">/);
});
