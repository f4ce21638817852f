// What all tests of pages rely on: Chromium opens what is mailed, and a fault of a page does not pass the looks.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { browse } from "../support/browser.mjs";
import { ORIGIN, start } from "../support/harness.mjs";

let service, browser;
before(async () => {
  service = await start();
  browser = await browse(service);
});
after(() => browser?.close());

const POLICY = "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
const page = ({ head = "", body = "", h1 = "<h1>Times</h1>", lang = 'lang="en"', main = "main" }) =>
  `<!doctype html><html ${lang}><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Times</title>${head}</head>` +
  `<body><${main}>${h1}${body}</${main}></body></html>`;
/// An address that only these tests have; whatever is answered there is what the test says.
const state = (html, policy = POLICY) => ({
  url: `${ORIGIN}/planted/`,
  status: 200,
  headers: { "content-type": "text/html; charset=utf-8", "content-security-policy": policy },
  html,
});

const FAULTS = {
  "a script": [page({ body: "<script>1</script>" }), /a script/],
  "a style in an element": [page({ body: '<p style="color: red">Hello</p>' }), /a style in an element/],
  "a policy that allows styles in the page": [page({}), /policy/, POLICY.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")],
  "no language": [page({ lang: "" }), /no language/],
  "no main heading": [page({ h1: "" }), /0 main headings/],
  "no main landmark": [page({ main: "div" }), /0 main landmarks/],
  "a heading that is left out": [page({ body: "<h3>People</h3>" }), /level 3 after 1/],
  "a field without a label": [page({ body: '<form><input name="title"><button>Save the title</button></form>' }), /label/],
  "a button that is too low": [page({ body: "<button>Keep these 4 times</button>" }), /px high/],
  "a raw time": [page({ body: "<p>It expires 2026-12-21T11:44:43Z</p>" }), /it says/],
  "a word of the code": [page({ body: "<p>3 slots are left</p>" }), /it says/],
  "an id twice": [page({ body: '<p id="a">1</p><p id="a">2</p>' }), /twice/],
  "what is wider than a phone": [page({ body: '<hr width="900">' }), /scrolls sideways/],
  "a long word": [page({ body: `<p>${"Donaudampfschifffahrt".repeat(20)}</p>` }), /scrolls sideways/],
  "a picture without a text": [page({ body: '<img src="/logo.svg" width="20" height="20">' }), /image-alt/],
  "contrast that is too low": [page({ body: '<table><tr><td bgcolor="#ffffff"><font color="#bbbbbb">Removed by Bea</font></td></tr></table>' }), /color-contrast/],
};

for (const [what, [html, complaint, policy]] of Object.entries(FAULTS)) {
  test(`the looks find ${what}`, async () => {
    await assert.rejects(browser.look(what, state(html, policy)), complaint);
  });
}

test("the looks let a good page pass", async () => {
  await browser.look("good", state(page({ body: "<p>Bea and Cyd still have to answer, by Friday 18:00 your time.</p>" })));
});

test("a browser signs in by the form, and what it opens beside the origin is noted", async () => {
  const bea = await browser.visitor({ javaScript: false });
  await bea.signIn("ob");
  assert.ok((await bea.context.cookies()).some(({ name }) => name === "sessionid"));
  assert.deepEqual(bea.problems, []);
  const lost = await browser.visitor();
  await lost.page.goto("http://elsewhere.example/").catch(() => {});
  assert.match(lost.problems.splice(0).join("\n"), /asks http:\/\/elsewhere\.example/);
});
