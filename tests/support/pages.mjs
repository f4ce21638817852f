// Pages as a browser without script uses them: it keeps cookies, and sends forms with the token that they carry.
import { PASSWORD } from "./people.mjs";
import { session } from "./sessions.mjs";

/// A browser: its cookies, and what it sends with a form of ours.
export class Browser {
  jar = {};
  constructor(service) {
    this.service = service;
  }
  take(answer) {
    for (const line of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
      if (/Max-Age=0/.test(line)) delete this.jar[name];
      else this.jar[name] = value;
    }
    return answer;
  }
  get headers() {
    const Cookie = Object.entries(this.jar).map((pair) => pair.join("=")).join("; ");
    return { Accept: "text/html", ...(Cookie && { Cookie }) };
  }
  async get(path) {
    return this.take(await this.service.ask("GET", path, { headers: this.headers }));
  }
  async post(path, fields = {}) {
    const sent = { ...(this.jar.csrftoken && { csrfmiddlewaretoken: this.jar.csrftoken }), ...fields };
    const body = Object.values(sent).some((value) => value instanceof Blob) ? new FormData() : new URLSearchParams();
    for (const [name, value] of Object.entries(sent)) body.append(name, value);
    const headers = { ...this.headers, Origin: "null", "Sec-Fetch-Site": "same-origin" };
    return this.take(await this.service.ask("POST", path, { body, headers }));
  }
  /// Who is signed in with it.
  static async of(service, who, password = PASSWORD) {
    const browser = new Browser(service);
    const { sessionid, csrftoken } = await session(service, who.username, password);
    Object.assign(browser.jar, { sessionid, csrftoken });
    return browser;
  }
}

/// Where a form led, and what the next page will say.
export const went = ({ status, headers }, jar) => [status, headers.get("location"), jar.notice];
/// What is said beside a field, and whether the field is tied to it.
export function fault({ text }, id) {
  const said = new RegExp(`<span class="fault" id="${id}-fault-1">([^<]*)<`).exec(text)?.[1];
  const tied = new RegExp(`id="${id}"[^>]*aria-invalid="true" aria-describedby="[^"]*${id}-fault-1`).test(text);
  return [said, tied];
}
/// What stands in a field.
export const value = ({ text }, id) => new RegExp(`<input id="${id}"[^>]* value="([^"]*)"`).exec(text)?.[1];
