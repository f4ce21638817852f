// Who may do what with what an account publishes, and with what a guest has booked. A page is its account's own; whoever knows its
// address sees it. A booking is its guest's, by the link that was mailed, and its owner's. The tables are as those of meetings.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { elsewhere, guest, held, link, publish, starts, stored } from "../support/guests.mjs";
import { sign } from "../support/links.mjs";
import { ACCOUNTS, LINKS, changes, judge, linked, send, setUp, table, whole, withMore } from "../support/matrix.mjs";

/// Each account has a page and offers of its own: another's slug is none of its own.
const OWN = `
                                            yes  nobody  unverified  others   owner  cookie
GET    /api/user/booking_page/              200  login   yes         yes      yes    yes
PUT    /api/user/booking_page/              200  login   forbidden   yes      yes    csrf
DELETE /api/user/booking_page/              204  login   yes         yes      yes    csrf
GET    /api/user/offers/                    200  login   yes         yes      yes    yes
POST   /api/user/offers/                    201  login   yes         yes      yes    csrf
GET    /api/user/offers/{slug}/             200  login   missing     missing  yes    yes
PATCH  /api/user/offers/{slug}/             200  login   missing     missing  yes    csrf
DELETE /api/user/offers/{slug}/             204  login   missing     missing  yes    csrf
GET    /api/user/offers/{slug}/qr.svg       200  login   missing     missing  yes    yes
`;

/// What anybody sees and books.
const PUBLIC = `
                              yes  anybody  cookie
GET    /book/{name}/          200  yes      yes
GET    /book/{name}/{slug}/   200  yes      yes
POST   /book/{name}/{slug}/   400  yes      csrf
`;

/// A booking of bea's, which waits for its owner: to approve is the owner's, all else bea's too.
const ASKED = `
                                 yes  nobody  others     owner      cookie  link       owner-link
POST   /meetings/{id}/approve/   200  login   missing    yes        csrf   forbidden  forbidden
POST   /meetings/{id}/confirm/   200  login   missing    forbidden  csrf   yes        forbidden
GET    /meetings/{id}/times/     200  login   missing    yes        yes    yes        yes
`;

const OFFER = { minutes: 45 };
const REQUESTS = {
  "GET /api/user/booking_page/": undefined,
  "PUT /api/user/booking_page/": { title: "The office" },
  "DELETE /api/user/booking_page/": undefined,
  "GET /api/user/offers/": undefined,
  "POST /api/user/offers/": { title: "Call", minutes: 5 },
  "GET /api/user/offers/{slug}/": undefined,
  "PATCH /api/user/offers/{slug}/": OFFER,
  "DELETE /api/user/offers/{slug}/": undefined,
  "GET /api/user/offers/{slug}/qr.svg": undefined,
};

const CALLERS = withMore(ACCOUNTS, linked("meeting", 2, () => 9), {
  "owner-link": { "the owner's link": (id) => ({ query: link(id, 0) }) },
  "bad-link": { "link of a proposal": (id) => ({ query: sign({ id, party: 1 }) }) },
});
const { "other-link": _, ...BOOKERS } = CALLERS;
const OWNERS = ["creator", "creator-party"];
const own = table(OWN, CALLERS, {
  nobody: ["nobody", "owner-link", ...LINKS],
  unverified: ["unverified", "creator-unverified"],
  others: ["stranger", "party", "staff"],
  owner: OWNERS,
});
const SEEN = { nobody: { nobody: () => ({}), "session that has ended": ACCOUNTS.nobody["session that has ended"] }, stranger: ACCOUNTS.stranger, creator: ACCOUNTS.creator, cookie: ACCOUNTS.cookie };
const open = table(PUBLIC, SEEN, { anybody: ["nobody", "stranger", "creator"] });
const asked = table(ASKED, BOOKERS, {
  nobody: ["nobody", "expired", "bad-link"],
  others: ["unverified", "stranger", "party", "creator-unverified"],
  owner: [...OWNERS, "staff"],
});

let service;
let tokens;
let number = 0;
before(async () => {
  ({ service, tokens } = await setUp());
});
after(() => service.close());

test("no cell is missing: every route, every kind of caller", () => {
  whole([own], Object.keys(REQUESTS));
});

test("a page and its offers are their account's, and nobody touches another's", async () => {
  const shared = await publish(service, "cr", { slug: "shared" }, { name: "shared-page" });
  const answers = await judge(own, async (cell) => {
    const removes = changes(cell) && cell.path.includes("{slug}");
    // The page of `cr` keeps its name, and each cell that changes an offer has one of its own.
    const slug = removes ? `one-${number++}` : "shared";
    if (removes) await service.ask("POST", "/api/user/offers/", { as: "cr", json: { title: "One", minutes: 30, slug } });
    const as = cell.caller.includes("creator") && !cell.caller.includes("unverified") ? shared.name : `page-${cell.caller.replace(/[^a-z]+/gi, "-").toLowerCase()}`.slice(0, 38);
    const members = cell.method === "PUT" ? { ...REQUESTS[cell.ask], name: as } : REQUESTS[cell.ask];
    const answer = await send(service, { ...cell, path: cell.path.replace("{slug}", slug), members }, cell.come(1, tokens));
    if (removes) await service.db.prepare("delete from offers where slug = ?").bind(slug).run();
    if (cell.method === "POST") await service.db.prepare("delete from offers where title = 'Call' and slug <> 'shared'").run();
    return answer;
  });
  const kept = await service.ask("GET", "/api/user/offers/shared/", { as: "cr" });
  assert.deepEqual([kept.status, kept.json.version], [200, 1], "who may not has changed nothing");
  for (const { answer, caller, ask } of answers.filter(({ word }) => word === "login")) {
    assert.match(answer.headers["www-authenticate"], /^Basic /, `${caller}, ${ask}`);
  }
});

test("what is published is for anybody, and whoever can be told who it is books as itself", async () => {
  const { name } = await publish(service, "cr", { slug: "seen" }, { name: "seen-page" });
  await judge(open, (cell) => send(service, { ...cell, path: cell.path.replace("{name}", name).replace("{slug}", "seen") }, cell.come(1, tokens)));
  const at = async () => (await starts(service, { path: `/book/${name}/seen/` }))[20 + number++];
  const book = async (come, members = {}) =>
    send(service, { method: "POST", path: `/book/${name}/seen/`, members: { start: await at(), ...members } }, come);
  for (const [caller, come] of Object.entries(ACCOUNTS.nobody)) {
    const { status } = await book(come(1, tokens), guest());
    const asGuest = ["nobody", "session that has ended"].includes(caller);
    assert.equal(status, asGuest ? 201 : 401, caller);
  }
  for (const come of Object.values(ACCOUNTS.stranger)) assert.equal(JSON.parse((await book(come(1, tokens))).text).status, "confirmed");
  for (const come of Object.values(ACCOUNTS.unverified)) assert.equal(JSON.parse((await book(come(1, tokens))).text).status, "held");
  assert.equal((await book(ACCOUNTS.cookie["session without its token"](1, tokens))).status, 403);
});

test("a guest's booking is its guest's and its owner's", async () => {
  const published = await publish(service, "cr", { approval: true, step: 5, minutes: 5, slug: "asked" }, { name: "asked-page" });
  const all = await starts(service, published);
  const make = async () => {
    const booking = await held(service, published, all[100 + number++], guest(), elsewhere());
    const { status, text } = await service.ask("POST", `/meetings/${booking.meeting}/confirm/`, { et: booking.et });
    assert.equal(status, 200, text);
    return booking;
  };
  await judge(asked, async (cell) => {
    const booking = await make();
    if (cell.come(1, tokens).revoked) await service.db.prepare("update meeting_attendees set generation = 1 where meeting = ?").bind(booking.meeting).run();
    const answer = await send(service, { ...cell, path: cell.path.replace("{id}", booking.meeting) }, cell.come(booking.meeting, tokens));
    const is = await stored(service, booking);
    const approved = cell.path.includes("approve") && cell.word === "yes";
    assert.deepEqual([is.status, is.awaits], approved ? ["confirmed", null] : ["held", "owner"], `${cell.caller}, ${cell.ask}`);
    return answer;
  });
});
