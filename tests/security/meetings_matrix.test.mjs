// Who may do what with a meeting: every route of meetings times every kind of caller, as proposals_matrix.test.mjs has it for
// proposals.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { SLOTS, propose, tokenOf, until } from "../support/harness.mjs";
import { sign } from "../support/links.mjs";
import { ACCOUNTS, BEA, PARTIES, basic, judge, linked, send, setUp, whole } from "../support/matrix.mjs";

// The meeting of a cell is of a proposal that `cr` made to bea (p1), zo (p2), un (p3) and cyd (p4), none of them staff.

/// A meeting that takes place. Who has nothing to do with it finds none; who comes, or not, is for attendees to say, where
/// and whether it is for the organiser and staff, who sign in for that.
const CONFIRMED = `
                                      show  move  cancel  decline  accept
nobody                                401   401   401     401      401
malformed Basic                       401   401   401     401      401
wrong password                        401   401   401     401      401
unknown account                       401   401   401     401      401
inactive account                      401   401   401     401      401
unknown Token                         401   401   401     401      401
forged Bearer                         401   401   401     401      401
party, unverified                     404   404   404     404      404
stranger                              404   404   404     404      404
stranger by Token                     404   404   404     404      404
party                                 200   403   403     202      202
creator, no party                     200   202   204     403      403
creator, a party                      200   202   204     202      202
creator, unverified                   200   202   204     403      403
creator by Token                      200   202   204     403      403
creator by Bearer                     200   202   204     403      403
creator by session                    200   202   204     403      403
session without its token             200   403   403     403      403
stranger by session                   404   404   404     404      404
session that has ended                401   401   401     401      401
session and stranger's password       404   404   404     404      404
session and wrong password            401   401   401     401      401
staff                                 200   202   204     403      403
link in the query                     200   403   403     202      202
link in the body                      200   403   403     202      202
link in the header                    200   403   403     202      202
link of another party                 200   403   403     202      202
link and staff's password             200   403   403     202      202
link and creator's session            200   403   403     202      202
link of another proposal              401   401   401     401      401
link that has expired                 401   401   401     401      401
link that is forged                   401   401   401     401      401
forged link and creator's password    401   401   401     401      401
link of an older generation           401   401   401     401      401
the organiser's link                  200   403   403     403      403
link of no attendee                   401   401   401     401      401
proposal's link                       401   401   401     401      401
proposal's link and staff's password  401   401   401     401      401
link to unsubscribe                   401   401   401     401      401
feed's link                           401   401   401     401      401
`;

/// A cancelled one: it can be seen, and there is nothing left to say; to cancel it again does no harm.
const CANCELLED = `
                                      show  move  cancel  decline  accept
nobody                                401   401   401     401      401
malformed Basic                       401   401   401     401      401
wrong password                        401   401   401     401      401
unknown account                       401   401   401     401      401
inactive account                      401   401   401     401      401
unknown Token                         401   401   401     401      401
forged Bearer                         401   401   401     401      401
party, unverified                     404   404   404     404      404
stranger                              404   404   404     404      404
stranger by Token                     404   404   404     404      404
party                                 200   403   403     409      409
creator, no party                     200   409   204     403      403
creator, a party                      200   409   204     409      409
creator, unverified                   200   409   204     403      403
creator by Token                      200   409   204     403      403
creator by Bearer                     200   409   204     403      403
creator by session                    200   409   204     403      403
session without its token             200   403   403     403      403
stranger by session                   404   404   404     404      404
session that has ended                401   401   401     401      401
session and stranger's password       404   404   404     404      404
session and wrong password            401   401   401     401      401
staff                                 200   409   204     403      403
link in the query                     200   403   403     409      409
link in the body                      200   403   403     409      409
link in the header                    200   403   403     409      409
link of another party                 200   403   403     409      409
link and staff's password             200   403   403     409      409
link and creator's session            200   403   403     409      409
link of another proposal              401   401   401     401      401
link that has expired                 401   401   401     401      401
link that is forged                   401   401   401     401      401
forged link and creator's password    401   401   401     401      401
link of an older generation           401   401   401     401      401
the organiser's link                  200   403   403     403      403
link of no attendee                   401   401   401     401      401
proposal's link                       401   401   401     401      401
proposal's link and staff's password  401   401   401     401      401
link to unsubscribe                   401   401   401     401      401
feed's link                           401   401   401     401      401
`;

/// An id that no meeting has, though an open proposal does.
const UNKNOWN = `
                                      show  move  cancel  decline  accept
nobody                                401   401   401     401      401
malformed Basic                       401   401   401     401      401
wrong password                        401   401   401     401      401
unknown account                       401   401   401     401      401
inactive account                      401   401   401     401      401
unknown Token                         401   401   401     401      401
forged Bearer                         401   401   401     401      401
party, unverified                     404   404   404     404      404
stranger                              404   404   404     404      404
stranger by Token                     404   404   404     404      404
party                                 404   404   404     404      404
creator, no party                     404   404   404     404      404
creator, a party                      404   404   404     404      404
creator, unverified                   404   404   404     404      404
creator by Token                      404   404   404     404      404
creator by Bearer                     404   404   404     404      404
creator by session                    404   404   404     404      404
session without its token             404   403   403     403      403
stranger by session                   404   404   404     404      404
session that has ended                401   401   401     401      401
session and stranger's password       404   404   404     404      404
session and wrong password            401   401   401     401      401
staff                                 404   404   404     404      404
link in the query                     401   401   401     401      401
link in the body                      401   401   401     401      401
link in the header                    401   401   401     401      401
link of another party                 401   401   401     401      401
link and staff's password             401   401   401     401      401
link and creator's session            401   401   401     401      401
link of another proposal              401   401   401     401      401
link that has expired                 401   401   401     401      401
link that is forged                   401   401   401     401      401
forged link and creator's password    401   401   401     401      401
link of an older generation           401   401   401     401      401
the organiser's link                  401   401   401     401      401
link of no attendee                   401   401   401     401      401
proposal's link                       401   401   401     401      401
proposal's link and staff's password  401   401   401     401      401
link to unsubscribe                   401   401   401     401      401
feed's link                           401   401   401     401      401
`;

/// What is asked for: its `Route`, method, path (`:id` for the meeting's) and body.
const ASKS = {
  show: ["Meeting", "GET", "/meetings/:id/"],
  move: ["Move", "PATCH", "/meetings/:id/", { begin: "2030-02-01T10:00:00Z" }],
  cancel: ["Cancel", "DELETE", "/meetings/:id/"],
  decline: ["Decline", "POST", "/meetings/:id/decline/"],
  accept: ["Accept", "POST", "/meetings/:id/accept/"],
};

const meeting = (id, more) => sign({ purpose: "meeting", code: 2, id, party: 1, ...more });
const CALLERS = {
  ...ACCOUNTS,
  ...linked("meeting", 2, () => other),
  "the organiser's link": (id) => ({ query: meeting(id, { party: 0 }) }),
  "link of no attendee": (id) => ({ query: meeting(id, { party: 9 }) }),
  "proposal's link": (id) => ({ query: sign({ id, party: 1 }) }),
  "proposal's link and staff's password": (id) => ({ ...basic("ob"), query: sign({ id, party: 1 }) }),
  "link to unsubscribe": (id) => ({ query: meeting(id, { purpose: "unsubscribe-meeting", code: 8 }) }),
  "feed's link": (id) => ({ query: meeting(id, { purpose: "feed", code: 7 }) }),
};

let service;
let tokens;
/// A meeting like the others.
let other;
before(async () => {
  ({ service, tokens } = await setUp());
  other = await agreed("cr");
});
after(() => service.close());

/// The meeting that comes of a proposal on which un, the only one who is asked for sure, agrees.
async function agreed(as, { party, revoked } = {}) {
  const parties = PARTIES.map((email) => ({ email, optional: email !== "un@localhost" }));
  const { id } = await propose(service, { parties: party ? [...parties, party] : parties }, { as });
  if (revoked) {
    assert.equal((await service.ask("POST", `/${id}/revoke/`, { as, json: { party: BEA } })).status, 202);
  }
  const kept = { et: sign({ id, party: 3 }), json: { slots: SLOTS.slice(0, 1) } };
  const { status, json } = await service.ask("PATCH", `/${id}/`, kept);
  assert.deepEqual([status, json.state], [202, "agreed"]);
  await until("the meeting", async () => (await service.ask("GET", `/meetings/${id}/`, { as: "ob" })).status === 200);
  return id;
}

/// Asks each cell of a table on a meeting of its own.
const judged = (table, prepare) =>
  judge(table, async (caller, column) => {
    const { creator = "cr", party, revoked } = CALLERS[caller](1, tokens);
    const id = await prepare(creator, { party, revoked });
    const [route, method, path, members] = ASKS[column];
    return send(service, [route, method, path.replace(":id", id), members], CALLERS[caller](id, tokens));
  });

test("no cell is missing: every route of meetings, every kind of caller", () => {
  for (const table of [CONFIRMED, CANCELLED, UNKNOWN]) whole(table, CALLERS, Object.keys(ASKS));
});

test("the links of this file are those that are mailed, and each names whom it was mailed to", async () => {
  const ours = async () => (await service.outbox()).filter((mail) => mail.text.includes(`/meetings/${other}/`));
  const mails = await until("invitations", async () => (await ours()).length === 5 && ours());
  const numbers = mails.map((mail) => {
    const token = tokenOf(mail);
    const party = [...PARTIES, "cr@localhost"].indexOf(mail.to[0]) + 1;
    const expires = Number(Buffer.from(token, "base64url").readBigInt64BE(19));
    assert.equal(token, meeting(other, { party: party === 5 ? 0 : party, expires }));
    return party;
  });
  assert.deepEqual(numbers.sort(), [1, 2, 3, 4, 5]);
});

test("a meeting that takes place: each caller gets the status that it is due", async () => {
  const answers = await judged(CONFIRMED, agreed);
  for (const { headers, caller, column } of answers.filter(({ status }) => status === 401)) {
    assert.match(headers["www-authenticate"], /^Basic /, `${caller}, ${column}`);
  }
  // No hint which.
  const linkless = ["link that has expired", ...Object.keys(ACCOUNTS)];
  const bad = answers.filter(({ status, caller }) => status === 401 && !linkless.includes(caller));
  assert.deepEqual([...new Set(bad.map(({ text }) => text))], ['{"detail":"Invalid link."}']);
});

test("a cancelled meeting is there to be seen, and no more", async () => {
  await judged(CANCELLED, async (creator, more) => {
    const id = await agreed(creator, more);
    assert.equal((await service.ask("DELETE", `/meetings/${id}/`, { as: creator })).status, 204);
    return id;
  });
});

test("an id that no meeting has: 404 for accounts, 401 for anyone else", async () => {
  await judged(UNKNOWN, async (creator) => (await propose(service, { parties: PARTIES }, { as: creator })).id);
});
