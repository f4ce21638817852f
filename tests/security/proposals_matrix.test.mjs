// Who may do what: every route times every kind of caller, with the status that the specification gives it, written by
// hand. A cell that is missing, or is one too many, fails. Meetings have tables of their own (meetings_matrix.test.mjs), as have
// contacts, and what one does about one's account.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { SLOTS, links, propose } from "../support/harness.mjs";
import { sign } from "../support/links.mjs";
import { ACCOUNTS, ACCOUNT_ROUTES, BEA, PARTIES, judge, linked, send, setUp, signedIn, whole } from "../support/matrix.mjs";
import { variants } from "../support/routes.mjs";

// The proposal of a cell: `cr` proposes to bea (p1), zo (p2), un (p3) and cyd (p4), none of them staff.
// Rows are callers, columns are what they ask for, by the names below.

/// What is of no proposal. Tokens in a path speak for themselves: `-none` are columns with a bad one.
const SERVICE = `
                                    list  propose  token-auth  openapi  health  outbox  feed-link  rotate-feed  feed  feed-none  unsubscribe  unsubscribe-none  unsubscribe-now  unsubscribe-now-none  mail-events
nobody                              401   401      200         200      200     200     401        401          200   401        200          401               200              401                   404
malformed Basic                     401   401      200         200      200     200     401        401          200   401        200          401               200              401                   404
wrong password                      401   401      200         200      200     200     401        401          200   401        200          401               200              401                   404
unknown account                     401   401      200         200      200     200     401        401          200   401        200          401               200              401                   404
inactive account                    401   401      200         200      200     200     401        401          200   401        200          401               200              401                   404
unknown Token                       401   401      200         200      200     200     401        401          200   401        200          401               200              401                   404
forged Bearer                       401   401      200         200      200     200     401        401          200   401        200          401               200              401                   404
party, unverified                   200   201      200         200      200     200     403        403          200   401        200          401               200              401                   404
stranger                            200   201      200         200      200     200     200        200          200   401        200          401               200              401                   404
stranger by Token                   200   201      200         200      200     200     200        200          200   401        200          401               200              401                   404
party                               200   201      200         200      200     200     200        200          200   401        200          401               200              401                   404
creator, no party                   200   201      200         200      200     200     200        200          200   401        200          401               200              401                   404
creator, a party                    200   201      200         200      200     200     200        200          200   401        200          401               200              401                   404
creator, unverified                 200   201      200         200      200     200     403        403          200   401        200          401               200              401                   404
creator by Token                    200   201      200         200      200     200     200        200          200   401        200          401               200              401                   404
creator by Bearer                   200   201      200         200      200     200     200        200          200   401        200          401               200              401                   404
creator by session                  200   201      200         200      200     200     200        200          200   401        200          401               200              401                   404
session without its token           200   403      200         200      200     200     200        403          200   401        200          401               200              401                   404
stranger by session                 200   201      200         200      200     200     200        200          200   401        200          401               200              401                   404
session that has ended              401   401      200         200      200     200     401        401          200   401        200          401               200              401                   404
session and stranger's password     200   201      200         200      200     200     200        200          200   401        200          401               200              401                   404
session and wrong password          401   401      200         200      200     200     401        401          200   401        200          401               200              401                   404
staff                               200   201      200         200      200     200     200        200          200   401        200          401               200              401                   404
link in the query                   401   401      200         200      200     200     401        401          200   401        200          401               200              401                   404
link in the body                    401   401      200         200      200     200     401        401          200   401        200          401               200              401                   404
link in the header                  401   401      200         200      200     200     401        401          200   401        200          401               200              401                   404
link of another party               401   401      200         200      200     200     401        401          200   401        200          401               200              401                   404
link and staff's password           401   401      200         200      200     200     401        401          200   401        200          401               200              401                   404
link and creator's session          401   401      200         200      200     200     401        401          200   401        200          401               200              401                   404
link of another proposal            401   401      200         200      200     200     401        401          200   401        200          401               200              401                   404
link that has expired               401   401      200         200      200     200     401        401          200   401        200          401               200              401                   404
link that is forged                 401   401      200         200      200     200     401        401          200   401        200          401               200              401                   404
forged link and creator's password  401   401      200         200      200     200     401        401          200   401        200          401               200              401                   404
link of an older generation         401   401      200         200      200     200     401        401          200   401        200          401               200              401                   404
meeting's link                      401   401      200         200      200     200     401        401          200   401        200          401               200              401                   404
`;

/// Where accounts are made, proven and signed in to: what else a request brings is not looked at.
const ENTRANCE = `
                                    sign-up  api-sign-up  verify  verify-none  verify-now  verify-now-none  login  refresh  logout
nobody                              201      201          200     401          200         401              200    200      204
malformed Basic                     201      201          200     401          200         401              200    200      204
wrong password                      201      201          200     401          200         401              200    200      204
unknown account                     201      201          200     401          200         401              200    200      204
inactive account                    201      201          200     401          200         401              200    200      204
unknown Token                       201      201          200     401          200         401              200    200      204
forged Bearer                       201      201          200     401          200         401              200    200      204
party, unverified                   201      201          200     401          200         401              200    200      204
stranger                            201      201          200     401          200         401              200    200      204
stranger by Token                   201      201          200     401          200         401              200    200      204
party                               201      201          200     401          200         401              200    200      204
creator, no party                   201      201          200     401          200         401              200    200      204
creator, a party                    201      201          200     401          200         401              200    200      204
creator, unverified                 201      201          200     401          200         401              200    200      204
creator by Token                    201      201          200     401          200         401              200    200      204
creator by Bearer                   201      201          200     401          200         401              200    200      204
creator by session                  201      201          200     401          200         401              200    200      204
session without its token           201      201          200     401          200         401              200    200      204
stranger by session                 201      201          200     401          200         401              200    200      204
session that has ended              201      201          200     401          200         401              200    200      204
session and stranger's password     201      201          200     401          200         401              200    200      204
session and wrong password          201      201          200     401          200         401              200    200      204
staff                               201      201          200     401          200         401              200    200      204
link in the query                   201      201          200     401          200         401              200    200      204
link in the body                    201      201          200     401          200         401              200    200      204
link in the header                  201      201          200     401          200         401              200    200      204
link of another party               201      201          200     401          200         401              200    200      204
link and staff's password           201      201          200     401          200         401              200    200      204
link and creator's session          201      201          200     401          200         401              200    200      204
link of another proposal            201      201          200     401          200         401              200    200      204
link that has expired               201      201          200     401          200         401              200    200      204
link that is forged                 201      201          200     401          200         401              200    200      204
forged link and creator's password  201      201          200     401          200         401              200    200      204
link of an older generation         201      201          200     401          200         401              200    200      204
meeting's link                      201      201          200     401          200         401              200    200      204
`;

/// An open proposal, whose parties have not answered.
const OPEN = `
                                    show  narrow  retitle  close  notify  revoke  revoke-own  log  resend  withdraw  replace  fix  round  calendar
nobody                              401   401     401      401    401     401     401         401  401     401       401      401  401    401
malformed Basic                     401   401     401      401    401     401     401         401  401     401       401      401  401    401
wrong password                      401   401     401      401    401     401     401         401  401     401       401      401  401    401
unknown account                     401   401     401      401    401     401     401         401  401     401       401      401  401    401
inactive account                    401   401     401      401    401     401     401         401  401     401       401      401  401    401
unknown Token                       401   401     401      401    401     401     401         401  401     401       401      401  401    401
forged Bearer                       401   401     401      401    401     401     401         401  401     401       401      401  401    401
party, unverified                   403   403     403      403    403     403     403         403  403     403       403      403  403    403
stranger                            403   403     403      403    403     403     403         403  403     403       403      403  403    403
stranger by Token                   403   403     403      403    403     403     403         403  403     403       403      403  403    403
party                               200   202     403      403    202     403     202         200  202     403       403      403  403    404
creator, no party                   200   202     202      204    202     202     400         200  403     204       202      409  409    404
creator, a party                    200   202     202      204    202     202     202         200  202     204       202      409  409    404
creator, unverified                 200   202     202      204    202     202     400         200  403     204       202      409  409    404
creator by Token                    200   202     202      204    202     202     400         200  403     204       202      409  409    404
creator by Bearer                   200   202     202      204    202     202     400         200  403     204       202      409  409    404
creator by session                  200   202     202      204    202     202     400         200  403     204       202      409  409    404
session without its token           200   403     403      403    403     403     403         200  403     403       403      403  403    404
stranger by session                 403   403     403      403    403     403     403         403  403     403       403      403  403    403
session that has ended              401   401     401      401    401     401     401         401  401     401       401      401  401    401
session and stranger's password     403   403     403      403    403     403     403         403  403     403       403      403  403    403
session and wrong password          401   401     401      401    401     401     401         401  401     401       401      401  401    401
staff                               200   202     202      204    202     202     400         200  403     204       202      409  409    404
link in the query                   200   202     403      403    202     202     202         200  202     403       403      403  403    404
link in the body                    200   202     403      403    202     202     202         200  202     403       403      403  403    404
link in the header                  200   202     403      403    202     202     202         200  202     403       403      403  403    404
link of another party               200   202     403      403    202     403     202         200  202     403       403      403  403    404
link and staff's password           200   202     403      403    202     202     202         200  202     403       403      403  403    404
link and creator's session          200   202     403      403    202     202     202         200  202     403       403      403  403    404
link of another proposal            401   401     401      401    401     401     401         401  401     401       401      401  401    401
link that has expired               401   401     401      401    401     401     401         401  202     401       401      401  401    401
link that is forged                 401   401     401      401    401     401     401         401  401     401       401      401  401    401
forged link and creator's password  401   401     401      401    401     401     401         401  401     401       401      401  401    401
link of an older generation         401   401     401      401    401     401     401         401  401     401       401      401  401    401
meeting's link                      401   401     401      401    401     401     401         401  401     401       401      401  401    401
`;

/// A proposal that is agreed: answers are over, and what it can still become is closed.
const AGREED = `
                                    show  narrow  retitle  close  notify  revoke  revoke-own  log  resend  withdraw  replace  fix  round  calendar
nobody                              401   401     401      401    401     401     401         401  401     401       401      401  401    401
malformed Basic                     401   401     401      401    401     401     401         401  401     401       401      401  401    401
wrong password                      401   401     401      401    401     401     401         401  401     401       401      401  401    401
unknown account                     401   401     401      401    401     401     401         401  401     401       401      401  401    401
inactive account                    401   401     401      401    401     401     401         401  401     401       401      401  401    401
unknown Token                       401   401     401      401    401     401     401         401  401     401       401      401  401    401
forged Bearer                       401   401     401      401    401     401     401         401  401     401       401      401  401    401
party, unverified                   403   403     403      403    403     403     403         403  403     403       403      403  403    403
stranger                            403   403     403      403    403     403     403         403  403     403       403      403  403    403
stranger by Token                   403   403     403      403    403     403     403         403  403     403       403      403  403    403
party                               200   409     403      403    202     403     202         200  202     403       403      403  403    200
creator, no party                   200   409     202      204    202     202     400         200  403     409       409      409  409    200
creator, a party                    200   409     202      204    202     202     202         200  202     409       409      409  409    200
creator, unverified                 200   409     202      204    202     202     400         200  403     409       409      409  409    200
creator by Token                    200   409     202      204    202     202     400         200  403     409       409      409  409    200
creator by Bearer                   200   409     202      204    202     202     400         200  403     409       409      409  409    200
creator by session                  200   409     202      204    202     202     400         200  403     409       409      409  409    200
session without its token           200   403     403      403    403     403     403         200  403     403       403      403  403    200
stranger by session                 403   403     403      403    403     403     403         403  403     403       403      403  403    403
session that has ended              401   401     401      401    401     401     401         401  401     401       401      401  401    401
session and stranger's password     403   403     403      403    403     403     403         403  403     403       403      403  403    403
session and wrong password          401   401     401      401    401     401     401         401  401     401       401      401  401    401
staff                               200   409     202      204    202     202     400         200  403     409       409      409  409    200
link in the query                   200   409     403      403    202     202     202         200  202     403       403      403  403    200
link in the body                    200   409     403      403    202     202     202         200  202     403       403      403  403    200
link in the header                  200   409     403      403    202     202     202         200  202     403       403      403  403    200
link of another party               200   409     403      403    202     403     202         200  202     403       403      403  403    200
link and staff's password           200   409     403      403    202     202     202         200  202     403       403      403  403    200
link and creator's session          200   409     403      403    202     202     202         200  202     403       403      403  403    200
link of another proposal            401   401     401      401    401     401     401         401  401     401       401      401  401    401
link that has expired               401   401     401      401    401     401     401         401  202     401       401      401  401    401
link that is forged                 401   401     401      401    401     401     401         401  401     401       401      401  401    401
forged link and creator's password  401   401     401      401    401     401     401         401  401     401       401      401  401    401
link of an older generation         401   401     401      401    401     401     401         401  401     401       401      401  401    401
meeting's link                      401   401     401      401    401     401     401         401  401     401       401      401  401    401
`;

/// A proposal of which nothing is left: now there can be a next round.
const EXHAUSTED = `
                                    show  narrow  retitle  close  notify  revoke  revoke-own  log  resend  withdraw  replace  fix  round  calendar
nobody                              401   401     401      401    401     401     401         401  401     401       401      401  401    401
malformed Basic                     401   401     401      401    401     401     401         401  401     401       401      401  401    401
wrong password                      401   401     401      401    401     401     401         401  401     401       401      401  401    401
unknown account                     401   401     401      401    401     401     401         401  401     401       401      401  401    401
inactive account                    401   401     401      401    401     401     401         401  401     401       401      401  401    401
unknown Token                       401   401     401      401    401     401     401         401  401     401       401      401  401    401
forged Bearer                       401   401     401      401    401     401     401         401  401     401       401      401  401    401
party, unverified                   403   403     403      403    403     403     403         403  403     403       403      403  403    403
stranger                            403   403     403      403    403     403     403         403  403     403       403      403  403    403
stranger by Token                   403   403     403      403    403     403     403         403  403     403       403      403  403    403
party                               200   409     403      403    202     403     202         200  202     403       403      403  403    404
creator, no party                   200   409     202      204    202     202     400         200  403     409       409      409  201    404
creator, a party                    200   409     202      204    202     202     202         200  202     409       409      409  201    404
creator, unverified                 200   409     202      204    202     202     400         200  403     409       409      409  201    404
creator by Token                    200   409     202      204    202     202     400         200  403     409       409      409  201    404
creator by Bearer                   200   409     202      204    202     202     400         200  403     409       409      409  201    404
creator by session                  200   409     202      204    202     202     400         200  403     409       409      409  201    404
session without its token           200   403     403      403    403     403     403         200  403     403       403      403  403    404
stranger by session                 403   403     403      403    403     403     403         403  403     403       403      403  403    403
session that has ended              401   401     401      401    401     401     401         401  401     401       401      401  401    401
session and stranger's password     403   403     403      403    403     403     403         403  403     403       403      403  403    403
session and wrong password          401   401     401      401    401     401     401         401  401     401       401      401  401    401
staff                               200   409     202      204    202     202     400         200  403     409       409      409  201    404
link in the query                   200   409     403      403    202     202     202         200  202     403       403      403  403    404
link in the body                    200   409     403      403    202     202     202         200  202     403       403      403  403    404
link in the header                  200   409     403      403    202     202     202         200  202     403       403      403  403    404
link of another party               200   409     403      403    202     403     202         200  202     403       403      403  403    404
link and staff's password           200   409     403      403    202     202     202         200  202     403       403      403  403    404
link and creator's session          200   409     403      403    202     202     202         200  202     403       403      403  403    404
link of another proposal            401   401     401      401    401     401     401         401  401     401       401      401  401    401
link that has expired               401   401     401      401    401     401     401         401  202     401       401      401  401    401
link that is forged                 401   401     401      401    401     401     401         401  401     401       401      401  401    401
forged link and creator's password  401   401     401      401    401     401     401         401  401     401       401      401  401    401
link of an older generation         401   401     401      401    401     401     401         401  401     401       401      401  401    401
meeting's link                      401   401     401      401    401     401     401         401  401     401       401      401  401    401
`;

/// An open proposal after it was closed: rights are judged before 410, the log outlives it, and as links still open
/// that, they can be voided.
const CLOSED = `
                                    show  narrow  retitle  close  notify  revoke  revoke-own  log  resend  withdraw  replace  fix  round  calendar
nobody                              401   401     401      401    401     401     401         401  401     401       401      401  401    401
malformed Basic                     401   401     401      401    401     401     401         401  401     401       401      401  401    401
wrong password                      401   401     401      401    401     401     401         401  401     401       401      401  401    401
unknown account                     401   401     401      401    401     401     401         401  401     401       401      401  401    401
inactive account                    401   401     401      401    401     401     401         401  401     401       401      401  401    401
unknown Token                       401   401     401      401    401     401     401         401  401     401       401      401  401    401
forged Bearer                       401   401     401      401    401     401     401         401  401     401       401      401  401    401
party, unverified                   403   403     403      403    403     403     403         403  403     403       403      403  403    403
stranger                            403   403     403      403    403     403     403         403  403     403       403      403  403    403
stranger by Token                   403   403     403      403    403     403     403         403  403     403       403      403  403    403
party                               410   410     403      403    410     403     202         200  410     403       403      403  403    410
creator, no party                   410   410     410      410    410     202     400         200  403     410       410      410  410    410
creator, a party                    410   410     410      410    410     202     202         200  410     410       410      410  410    410
creator, unverified                 410   410     410      410    410     202     400         200  403     410       410      410  410    410
creator by Token                    410   410     410      410    410     202     400         200  403     410       410      410  410    410
creator by Bearer                   410   410     410      410    410     202     400         200  403     410       410      410  410    410
creator by session                  410   410     410      410    410     202     400         200  403     410       410      410  410    410
session without its token           410   403     403      403    403     403     403         200  403     403       403      403  403    410
stranger by session                 403   403     403      403    403     403     403         403  403     403       403      403  403    403
session that has ended              401   401     401      401    401     401     401         401  401     401       401      401  401    401
session and stranger's password     403   403     403      403    403     403     403         403  403     403       403      403  403    403
session and wrong password          401   401     401      401    401     401     401         401  401     401       401      401  401    401
staff                               410   410     410      410    410     202     400         200  403     410       410      410  410    410
link in the query                   410   410     403      403    410     202     202         200  410     403       403      403  403    410
link in the body                    410   410     403      403    410     202     202         200  410     403       403      403  403    410
link in the header                  410   410     403      403    410     202     202         200  410     403       403      403  403    410
link of another party               410   410     403      403    410     403     202         200  410     403       403      403  403    410
link and staff's password           410   410     403      403    410     202     202         200  410     403       403      403  403    410
link and creator's session          410   410     403      403    410     202     202         200  410     403       403      403  403    410
link of another proposal            401   401     401      401    401     401     401         401  401     401       401      401  401    401
link that has expired               401   401     401      401    401     401     401         401  410     401       401      401  401    401
link that is forged                 401   401     401      401    401     401     401         401  401     401       401      401  401    401
forged link and creator's password  401   401     401      401    401     401     401         401  401     401       401      401  401    401
link of an older generation         401   401     401      401    401     401     401         401  401     401       401      401  401    401
meeting's link                      401   401     401      401    401     401     401         401  401     401       401      401  401    401
`;

/// An id that nobody has: 404 for whoever has an account, 401 for anyone else; every link is of another proposal.
const UNKNOWN = `
                                    show  narrow  retitle  close  notify  revoke  revoke-own  log  resend  withdraw  replace  fix  round  calendar
nobody                              401   401     401      401    401     401     401         401  401     401       401      401  401    401
malformed Basic                     401   401     401      401    401     401     401         401  401     401       401      401  401    401
wrong password                      401   401     401      401    401     401     401         401  401     401       401      401  401    401
unknown account                     401   401     401      401    401     401     401         401  401     401       401      401  401    401
inactive account                    401   401     401      401    401     401     401         401  401     401       401      401  401    401
unknown Token                       401   401     401      401    401     401     401         401  401     401       401      401  401    401
forged Bearer                       401   401     401      401    401     401     401         401  401     401       401      401  401    401
party, unverified                   404   404     404      404    404     404     404         404  404     404       404      404  404    404
stranger                            404   404     404      404    404     404     404         404  404     404       404      404  404    404
stranger by Token                   404   404     404      404    404     404     404         404  404     404       404      404  404    404
party                               404   404     404      404    404     404     404         404  404     404       404      404  404    404
creator, no party                   404   404     404      404    404     404     404         404  404     404       404      404  404    404
creator, a party                    404   404     404      404    404     404     404         404  404     404       404      404  404    404
creator, unverified                 404   404     404      404    404     404     404         404  404     404       404      404  404    404
creator by Token                    404   404     404      404    404     404     404         404  404     404       404      404  404    404
creator by Bearer                   404   404     404      404    404     404     404         404  404     404       404      404  404    404
creator by session                  404   404     404      404    404     404     404         404  404     404       404      404  404    404
session without its token           404   403     403      403    403     403     403         404  403     403       403      403  403    404
stranger by session                 404   404     404      404    404     404     404         404  404     404       404      404  404    404
session that has ended              401   401     401      401    401     401     401         401  401     401       401      401  401    401
session and stranger's password     404   404     404      404    404     404     404         404  404     404       404      404  404    404
session and wrong password          401   401     401      401    401     401     401         401  401     401       401      401  401    401
staff                               404   404     404      404    404     404     404         404  404     404       404      404  404    404
link in the query                   401   401     401      401    401     401     401         401  401     401       401      401  401    401
link in the body                    401   401     401      401    401     401     401         401  401     401       401      401  401    401
link in the header                  401   401     401      401    401     401     401         401  401     401       401      401  401    401
link of another party               401   401     401      401    401     401     401         401  401     401       401      401  401    401
link and staff's password           401   401     401      401    401     401     401         401  401     401       401      401  401    401
link and creator's session          401   401     401      401    401     401     401         401  401     401       401      401  401    401
link of another proposal            401   401     401      401    401     401     401         401  401     401       401      401  401    401
link that has expired               401   401     401      401    401     401     401         401  401     401       401      401  401    401
link that is forged                 401   401     401      401    401     401     401         401  401     401       401      401  401    401
forged link and creator's password  401   401     401      401    401     401     401         401  401     401       401      401  401    401
link of an older generation         401   401     401      401    401     401     401         401  401     401       401      401  401    401
meeting's link                      401   401     401      401    401     401     401         401  401     401       401      401  401    401
`;

/// Who signs up in a cell.
const NEW = { username: ":name", email: ":name@example.org", password: "correct horse" };

/// What is asked for: its `Route`, method, path (`:id` for the proposal's, `:feed`, `:refresh` and so on for tokens) and
/// body.
const ASKS = {
  list: ["List", "GET", "/"],
  propose: ["Propose", "POST", "/", { parties: [BEA], slots: SLOTS }],
  show: ["Show", "GET", "/:id/"],
  narrow: ["Narrow", "PATCH", "/:id/", { slots: SLOTS.slice(1) }],
  retitle: ["Narrow", "PATCH", "/:id/", { title: "other" }],
  close: ["Close", "DELETE", "/:id/"],
  notify: ["Notify", "POST", "/:id/notify/", { parties: ["cyd@example.org"], slots: SLOTS }],
  revoke: ["Revoke", "POST", "/:id/revoke/", { party: BEA }],
  "revoke-own": ["Revoke", "POST", "/:id/revoke/"],
  log: ["Log", "GET", "/:id/log/"],
  resend: ["Resend", "POST", "/:id/resend/"],
  withdraw: ["Withdraw", "DELETE", "/:id/parties/p1/"],
  replace: ["Replace", "PUT", "/:id/parties/p1/", { email: "new@example.org" }],
  fix: ["Fix", "POST", "/:id/fix/", { slot: SLOTS[0] }],
  round: ["Round", "POST", "/:id/round/", { slots: SLOTS }],
  calendar: ["Calendar", "GET", "/:id/calendar.ics"],
  "token-auth": ["TokenAuth", "POST", "/api-token-auth/", { username: "zo", password: "p" }],
  openapi: ["OpenApi", "GET", "/openapi"],
  health: ["Health", "GET", "/healthz"],
  outbox: ["Outbox", "GET", "/outbox/"],
  "feed-link": ["FeedLink", "GET", "/feed/"],
  "rotate-feed": ["RotateFeed", "POST", "/feed/"],
  feed: ["Feed", "GET", "/feed/:feed.ics"],
  "feed-none": ["Feed", "GET", "/feed/x.ics"],
  unsubscribe: ["Unsubscribe", "GET", "/unsubscribe/:unsubscribe/"],
  "unsubscribe-none": ["Unsubscribe", "GET", "/unsubscribe/x/"],
  "unsubscribe-now": ["UnsubscribeNow", "POST", "/unsubscribe/:unsubscribe/"],
  "unsubscribe-now-none": ["UnsubscribeNow", "POST", "/unsubscribe/x/"],
  // There is no secret here to tell the provider by.
  "mail-events": ["MailEvents", "POST", "/mail/events", { type: "email.delivered" }],
  "sign-up": ["SignUp", "POST", "/accounts/signup/", { ...NEW, first_name: "A", last_name: "B", password2: NEW.password }],
  "api-sign-up": ["ApiSignUp", "POST", "/api/user/sign_up/", NEW],
  verify: ["Verify", "GET", "/accounts/verify/:verify/"],
  "verify-none": ["Verify", "GET", "/accounts/verify/x/"],
  "verify-now": ["VerifyNow", "POST", "/accounts/verify/:verify/"],
  "verify-now-none": ["VerifyNow", "POST", "/accounts/verify/x/"],
  login: ["Login", "POST", "/accounts/login/", { username: "fe", password: "p" }],
  refresh: ["Refresh", "POST", "/accounts/token/refresh/", { refresh: ":refresh" }],
  logout: ["Logout", "POST", "/accounts/logout/", { refresh: ":refresh" }],
};
/// These are of meetings.
const MEETINGS = ["Meeting", "Move", "Cancel", "Decline", "Accept"];
/// And these of contacts (contacts_matrix.test.mjs).
const CONTACTS = ["Contacts", "AddContact", "ChangeContact", "PutContact", "RemoveContact", "ContactGroups", "ImportContacts", "ExportContacts"];

const CALLERS = {
  ...ACCOUNTS,
  ...linked("proposal", 1, () => other),
  "meeting's link": (id) => ({ query: sign({ purpose: "meeting", code: 2, id, party: 1 }) }),
};

let service;
/// Tokens of accounts.
let tokens;
/// A proposal like the others.
let other;
before(async () => {
  ({ service, tokens } = await setUp());
  other = (await proposed("cr")).id;
});
after(() => service.close());

/// The proposal of a cell.
const proposed = (as, parties = PARTIES) => propose(service, { parties }, { as });

let people = 0;
/// Asks for a column's thing with what `came`.
async function asks(came, column, id, proposal = id, slots = SLOTS) {
  const [route, method, path, members] = ASKS[column];
  const ways = {
    ":id": id,
    ":feed": sign({ purpose: "feed", code: 7, id: 21, party: 0 }),
    ":unsubscribe": sign({ purpose: "unsubscribe", code: 6, id: proposal, party: 4 }),
    ":verify": sign({ purpose: "verify", code: 4, id: 21, party: 0 }),
    ":name": `new${++people}`,
    ":refresh": members?.refresh && (await signedIn(service, "fe")).refresh,
  };
  const fill = (text) => text.replace(/:(id|feed|unsubscribe|verify|name|refresh)\b/g, (name) => ways[name]);
  const sent = column === "notify" ? { ...members, slots } : members;
  return send(service, [route, method, fill(path), sent && JSON.parse(fill(JSON.stringify(sent)))], came);
}

/// Asks each cell of a table on a proposal of its own. `prepare` gives the id that is asked; with `alone` un is the only
/// party that is required but for the creator's, `slots` are what is offered by then.
const judged = (table, prepare, { alone = false, slots = SLOTS } = {}) =>
  judge(table, async (caller, column) => {
    const { creator = "cr", party } = CALLERS[caller](0, tokens);
    const asked = PARTIES.map((email) => (alone ? { email, optional: email !== "un@localhost" } : email));
    const proposal = await proposed(creator, party ? [...asked, party] : asked);
    const came = CALLERS[caller](proposal.id, tokens);
    if (came.revoked) {
      const revoked = await service.ask("POST", `/${proposal.id}/revoke/`, { as: creator, json: { party: BEA } });
      assert.equal(revoked.status, 202);
    }
    return asks(came, column, await prepare(proposal.id, creator), proposal.id, slots);
  });

/// Has un, by a link, keep these of what is offered.
async function keep(id, slots, state) {
  const et = sign({ id, party: 3 });
  const { status, json } = await service.ask("PATCH", `/${id}/`, { et, json: { slots } });
  assert.deepEqual([status, json.state], [202, state]);
  return id;
}

test("no cell is missing: every route, every kind of caller", () => {
  const names = Object.keys(ASKS);
  const routes = Object.values(ASKS).map(([route]) => route);
  assert.deepEqual([...new Set([...routes, ...MEETINGS, ...CONTACTS, ...ACCOUNT_ROUTES])].sort(), variants().sort());
  const ofProposal = names.filter((name) => ASKS[name][2].includes(":id"));
  const entrance = names.filter((name) => /^\/(accounts|api\/user)\//.test(ASKS[name][2]));
  whole(SERVICE, CALLERS, names.filter((name) => ![...ofProposal, ...entrance].includes(name)));
  whole(ENTRANCE, CALLERS, entrance);
  for (const table of [OPEN, AGREED, EXHAUSTED, CLOSED, UNKNOWN]) whole(table, CALLERS, ofProposal);
});

test("the links of this file are those that are mailed", async () => {
  const { id, parties, slots } = await proposed("cr");
  const mailed = (await links(service, { id, parties, slots }, [BEA]))[BEA];
  const expires = Number(Buffer.from(mailed, "base64url").readBigInt64BE(19));
  assert.equal(mailed, sign({ id, party: 1, expires }));
  assert.ok(Math.abs(expires - Date.now() / 1000 - 30 * 86_400) < 60);
});

test("what is of no proposal: accounts get their list and may propose, links open neither", async () => {
  await judged(SERVICE, (id) => id);
});

test("the entrance: whoever has what it takes gets in, whatever else is brought", async () => {
  // One proposal does for all links.
  const { id } = await proposed("cr");
  await judge(ENTRANCE, (caller, column) => asks(CALLERS[caller](id, tokens), column, id));
});

test("an open proposal: each caller gets the status that it is due", async () => {
  const answers = await judged(OPEN, (id) => id);
  for (const { headers, caller, column } of answers.filter(({ status }) => status === 401)) {
    assert.match(headers["www-authenticate"], /^Basic /, `${caller}, ${column}`);
  }
  // No hint which: all bad links of an id get one answer, but for the authentic one whose time is over.
  const bad = ["link of another proposal", "link that is forged", "link of an older generation", "meeting's link"];
  const shown = answers.filter(({ column }) => column === "show");
  const texts = shown.filter(({ caller }) => bad.includes(caller)).map(({ text }) => text);
  assert.deepEqual([texts.length, new Set(texts).size], [bad.length, 1]);
  const { text } = shown.find(({ caller }) => caller === "link that has expired");
  const { detail, expires } = JSON.parse(text);
  assert.equal(detail, "Token Expired");
  assert.match(expires, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
});

test("an agreed proposal: answers are over, everybody has the calendar, the creator may only close", async () => {
  const slots = SLOTS.slice(0, 1);
  await judged(AGREED, (id) => keep(id, slots, "agreed"), { alone: true, slots });
});

test("an exhausted proposal: the creator may ask again, the parties may not", async () => {
  await judged(EXHAUSTED, (id) => keep(id, [], "exhausted"), { alone: true, slots: [] });
});

test("a closed proposal: rights are judged before 410, and the log answers", async () => {
  await judged(CLOSED, async (id, creator) => {
    assert.equal((await service.ask("DELETE", `/${id}/`, { as: creator })).status, 204);
    return id;
  });
});

test("an unknown id: 404 for accounts, 401 for anyone else, whatever is asked", async () => {
  const answers = await judged(UNKNOWN, (id) => (id % 2 ? id - 1 : id + 1));
  const expired = answers.filter(({ caller }) => caller === "link that has expired");
  for (const { text } of expired) assert.doesNotMatch(text, /Expired/);
});
