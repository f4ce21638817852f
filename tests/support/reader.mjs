// People who use pages without a browser: they open a page and press its buttons.
import assert from "node:assert/strict";
import { formsOf, typed, unescaped, words } from "./forms.mjs";
import { Browser } from "./pages.mjs";

/// Somebody who reads pages by a mailed link or signed in, and sends their forms by what their buttons say.
export class Reader extends Browser {
  /// Signs in, and opens a page.
  static async signedIn(service, username, path) {
    const reader = new Reader(service);
    const { jar } = await Browser.of(service, { username }, "p");
    Object.assign(reader.jar, jar);
    await reader.page(path);
    return reader;
  }
  static async open(service, path, dev) {
    const reader = new Reader(service);
    reader.dev = dev;
    reader.opened = await reader.get(path);
    return reader;
  }
  async get(path) {
    return this.take(await this.service.ask("GET", path, { headers: this.headers, dev: this.dev }));
  }
  async page(path) {
    this.html = await this.get(path);
    return this.html;
  }
  /// Presses a button of the page that is shown: the one with this text, in a form that goes to `action` where that is given.
  async press(button, changes = {}, action) {
    const named = (form) => new RegExp(`<button[^>]*>${button}</button>`).test(form.html) && (!action || form.action === action);
    const forms = [...this.html.text.matchAll(/<form\b.*?<\/form>/gs)].map(([html]) => ({ html, ...formsOf(html)[0] }));
    const form = forms.find(named) ?? assert.fail(`no button ${button}: ${words(this.html.text)}`);
    const [, tag] = new RegExp(`<button([^>]*)>${button}</button>`).exec(form.html);
    const own = [/name="([^"]*)"/.exec(tag)?.[1], /value="([^"]*)"/.exec(tag)?.[1]];
    this.html = await this.send(unescaped(form.action), [...typed(form.fields, changes), ...(own[0] ? [own] : [])]);
    return this.html;
  }
  async send(path, fields) {
    const headers = { ...this.headers, Origin: "null", "Sec-Fetch-Site": "same-origin" };
    return this.take(await this.service.ask("POST", path, { body: new URLSearchParams(fields), headers, dev: this.dev }));
  }
  get words() {
    return words(this.html.text);
  }
}
