// What tests of the page on which a proposal is composed share: a person with a browser's requests, and what makes a whole proposal.
import assert from "node:assert/strict";
import { until } from "./harness.mjs";
import { formOf, typed, words } from "./forms.mjs";
import { mails } from "./post.mjs";
import { session } from "./sessions.mjs";

/// What an account's browser does: it reads pages, types into them and presses their buttons.
export async function person(service, username) {
  const { sessionid, csrftoken } = await session(service, username);
  const headers = { Accept: "text/html", Cookie: `sessionid=${sessionid}; csrftoken=${csrftoken}`, Origin: "null", "Sec-Fetch-Site": "same-origin" };
  const send = (path, fields, more = {}) => service.ask("POST", path, { body: new URLSearchParams(fields), headers: { ...headers, ...more } });
  const page = (answer) => ({
    ...answer,
    words: words(answer.text),
    location: answer.headers.get("location"),
    /// What stands in a field.
    field: (name) => formOf(answer.text).fields.filter(([field]) => field === name).map(([, value]) => value),
    /// Types into the form and presses a button.
    async press(button, changes = {}) {
      const form = formOf(answer.text);
      const { name, action } = form.buttons.find(({ value }) => value === button) ?? assert.fail(`a button ${button}: ${answer.status} ${words(answer.text)}`);
      return page(await send(action, [...typed(form.fields, changes), [name, button]]));
    },
    /// What the form would send, for requests at the same moment.
    form: (changes = {}) => typed(formOf(answer.text).fields, changes),
  });
  return {
    headers,
    send: async (path, fields, more) => page(await send(path, fields, more)),
    open: async (path = "/new/", dev) => page(await service.ask("GET", path, { headers, dev })),
  };
}

/// Two times in a far year, typed into rows.
export const ROWS = { "t0-date": "2031-01-07", "t0-clock": "10:00", "t0-minutes": "45", "t1-date": "2031-01-08", "t1-clock": "23:30", "t1-minutes": "60" };
let people = 0;
/// What makes a whole proposal: to people that no other test asks.
export function whole(changes = {}) {
  const n = (people += 1);
  return {
    addresses: [`ana${n}@example.org`, `bea${n}@example.org`],
    fields: { title: `Kick-off ${n}`, name: "Ob Server", people: `"Lee, Ana" <ana${n}@example.org>\nbea${n}@example.org`, zone: "Europe/Berlin", ...ROWS, ...changes },
  };
}
export const proposals = async (service) => (await service.db.prepare("select count(*) as n from proposals").first()).n;
/// A proposal as its maker sees it by the API.
export const shown = async (service, location, as = "ob") => (await service.ask("GET", location, { as })).json;
/// The first mails of a proposal, once there are so many.
export const invited = (service, id, count) =>
  until(`${count} mails about ${id}`, async () => {
    const found = await mails(service, id);
    return found.length >= count && found;
  });
