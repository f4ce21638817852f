// Who may do what is of no proposal, meeting, contact or account: every route times every kind of caller.
import { after, before, test } from "node:test";
import { SLOTS, propose } from "../support/harness.mjs";
import { sign } from "../support/links.mjs";
import { ACCOUNTS, BEA, LINKS, PARTIES, judge, linked, send, setUp, signedIn, table, whole, withMore } from "../support/matrix.mjs";

/// Accounts get their list and may propose, links open neither. Tokens in a path speak for themselves; here there is no secret
/// to tell the provider of mail by, nor one that a deployment could be moved with.
const SERVICE = `
                                    yes  nobody   unverified  account  cookie
GET    /                            200  login    yes         yes      yes
GET    /api/home/                   200  login    yes         yes      yes
POST   /                            201  login    yes         yes      csrf
GET    /new/                        200  login    yes         yes      yes
POST   /new/                        200  login    yes         yes      csrf
POST   /api-token-auth/             200  yes      yes         yes      yes
GET    /demo/                       200  yes      yes         yes      yes
POST   /demo/                       200  yes      yes         yes      yes
GET    /openapi                     200  yes      yes         yes      yes
GET    /docs/                       200  yes      yes         yes      yes
GET    /healthz                     200  yes      yes         yes      yes
GET    /outbox/                     200  yes      yes         yes      yes
GET    /feed/                       200  login    forbidden   yes      yes
POST   /feed/                       200  login    forbidden   yes      csrf
GET    /feed/{token}.ics            200  yes      yes         yes      yes
GET    /feed/{token}.ics (bad)      -    login    login       login    login
GET    /unsubscribe/{token}/        200  yes      yes         yes      yes
GET    /unsubscribe/{token}/ (bad)  -    login    login       login    login
POST   /unsubscribe/{token}/        200  yes      yes         yes      yes
POST   /unsubscribe/{token}/ (bad)  -    login    login       login    login
POST   /mail/events                 -    missing  missing     missing  missing
GET    /transfer/                       -    missing  missing     missing  missing
GET    /transfer/tables/{name}/         -    missing  missing     missing  missing
POST   /transfer/tables/{name}/         -    missing  missing     missing  missing
GET    /transfer/objects/{kind}/{id}/   -    missing  missing     missing  missing
PUT    /transfer/objects/{kind}/{id}/   -    missing  missing     missing  missing
`;

/// Where accounts are made, proven and signed in to: what else a request brings is not looked at.
const ENTRANCE = `
                                        yes  anybody
POST   /accounts/signup/                201  yes
POST   /api/user/sign_up/               201  yes
GET    /accounts/verify/{token}/        200  yes
GET    /accounts/verify/{token}/ (bad)  -    login
POST   /accounts/verify/{token}/        200  yes
POST   /accounts/verify/{token}/ (bad)  -    login
POST   /accounts/login/                 200  yes
POST   /accounts/token/refresh/         200  yes
POST   /accounts/logout/                204  yes
`;

/// Who signs up.
const NEW = { username: ":name", email: ":name@example.org", password: "correct horse" };
/// What each row sends; `:name` is one that nobody has, `:refresh` a token of a sign-in.
const REQUESTS = {
  "GET /": undefined,
  "GET /api/home/": undefined,
  "POST /": { parties: [BEA], slots: SLOTS },
  "GET /new/": undefined,
  "POST /new/": { title: "Lunch" },
  "POST /api-token-auth/": { username: "zo", password: "p" },
  "GET /demo/": undefined,
  "POST /demo/": undefined,
  "GET /openapi": undefined,
  "GET /docs/": undefined,
  "GET /healthz": undefined,
  "GET /outbox/": undefined,
  "GET /feed/": undefined,
  "POST /feed/": undefined,
  "GET /feed/{token}.ics": undefined,
  "GET /feed/{token}.ics (bad)": undefined,
  "GET /unsubscribe/{token}/": undefined,
  "GET /unsubscribe/{token}/ (bad)": undefined,
  "POST /unsubscribe/{token}/": undefined,
  "POST /unsubscribe/{token}/ (bad)": undefined,
  "POST /mail/events": { type: "email.delivered" },
  "GET /transfer/": undefined,
  "GET /transfer/tables/{name}/": undefined,
  "POST /transfer/tables/{name}/": [],
  "GET /transfer/objects/{kind}/{id}/": undefined,
  "PUT /transfer/objects/{kind}/{id}/": { schema: [], tables: [] },
  "POST /accounts/signup/": { ...NEW, first_name: "A", last_name: "B", password2: NEW.password },
  "POST /api/user/sign_up/": NEW,
  "GET /accounts/verify/{token}/": undefined,
  "GET /accounts/verify/{token}/ (bad)": undefined,
  "POST /accounts/verify/{token}/": undefined,
  "POST /accounts/verify/{token}/ (bad)": undefined,
  "POST /accounts/login/": { username: "fe", password: "p" },
  "POST /accounts/token/refresh/": { refresh: ":refresh" },
  "POST /accounts/logout/": { refresh: ":refresh" },
};

const CALLERS = withMore(ACCOUNTS, linked("proposal", 1, () => other), {
  "bad-link": { "meeting's link": (id) => ({ query: sign({ purpose: "meeting", code: 2, id, party: 1 }) }) },
});
const serviceCells = table(SERVICE, CALLERS, {
  nobody: ["nobody", ...LINKS],
  unverified: ["unverified", "creator-unverified"],
  account: ["stranger", "party", "creator", "creator-party", "staff"],
});
const entrance = table(ENTRANCE, CALLERS, { anybody: Object.keys(CALLERS) });

let service;
let tokens;
/// The proposal that links are of; another one like it; and one whose links to bea are void.
let own;
let other;
let revoked;
before(async () => {
  ({ service, tokens } = await setUp());
  const proposed = async () => (await propose(service, { parties: PARTIES }, { as: "cr" })).id;
  [own, other, revoked] = [await proposed(), await proposed(), await proposed()];
  await service.ask("POST", `/${revoked}/revoke/`, { as: "cr", json: { party: BEA } });
});
after(() => service.close());

/// The token of a path.
function token({ path, note }) {
  if (note === "bad") return "x";
  if (path.startsWith("/feed/")) return sign({ purpose: "feed", code: 7, id: 21, party: 0 });
  if (path.startsWith("/unsubscribe/")) return sign({ purpose: "unsubscribe", code: 6, id: own, party: 4 });
  return sign({ purpose: "verify", code: 4, id: 21, party: 0 });
}

let people = 0;
async function ask(cell) {
  const text = JSON.stringify(REQUESTS[cell.ask]);
  const refresh = text?.includes(":refresh") && (await signedIn(service, "fe")).refresh;
  const name = `new${++people}`;
  const members = text && JSON.parse(text.replaceAll(":name", name).replace(":refresh", refresh));
  const came = cell.come(cell.come(0, tokens).revoked ? revoked : own, tokens);
  return send(service, { ...cell, path: cell.path.replace("{token}", token(cell)), members }, came);
}

test("no cell is missing: every route of the service, every kind of caller", () => {
  const asks = Object.keys(REQUESTS);
  const entries = asks.indexOf("POST /accounts/signup/");
  whole([serviceCells], asks.slice(0, entries));
  whole([entrance], asks.slice(entries));
});

test("what is of no proposal: accounts get their list and may propose, links open neither", async () => {
  await judge(serviceCells, ask);
});

test("the entrance: whoever has what it takes gets in, whatever else is brought", async () => {
  await judge(entrance, ask);
});
