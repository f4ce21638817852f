// The description of the API: how it is served, and that it describes what there is.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { parse } from "yaml";
import { ROOT, start } from "../support/harness.mjs";
import { idempotent, variants } from "../support/routes.mjs";

/// What another method means, too: the same route.
const ALIASES = ["patch /schedules/calendars/{id}/details/"];

/// Each `Route` as the document writes it.
const OPERATIONS = {
  List: ["get", "/"],
  Home: ["get", "/api/home/"],
  Propose: ["post", "/"],
  Compose: ["get", "/new/"],
  ComposeMore: ["post", "/new/"],
  Show: ["get", "/{id}/"],
  Narrow: ["patch", "/{id}/"],
  Close: ["delete", "/{id}/"],
  Notify: ["post", "/{id}/notify/"],
  Revoke: ["post", "/{id}/revoke/"],
  Log: ["get", "/{id}/log/"],
  Live: ["get", "/{id}/live/"],
  Resend: ["post", "/{id}/resend/"],
  Withdraw: ["delete", "/{id}/parties/{party}/"],
  Replace: ["put", "/{id}/parties/{party}/"],
  SetOptional: ["patch", "/{id}/parties/{party}/"],
  MakeLink: ["post", "/{id}/parties/{party}/link/"],
  Fix: ["post", "/{id}/fix/"],
  Round: ["post", "/{id}/round/"],
  Calendar: ["get", "/{id}/calendar.ics"],
  DeclineAgreed: ["post", "/{id}/decline/"],
  AcceptAgreed: ["post", "/{id}/accept/"],
  Follow: ["post", "/{id}/follow/"],
  Forget: ["post", "/{id}/forget/"],
  Demo: ["get", "/demo/"],
  TryDemo: ["post", "/demo/"],
  ForgetMeeting: ["post", "/meetings/{id}/forget/"],
  MeetingFile: ["get", "/meetings/{id}/calendar.ics"],
  Meeting: ["get", "/meetings/{id}/"],
  Update: ["patch", "/meetings/{id}/"],
  Cancel: ["delete", "/meetings/{id}/"],
  Decline: ["post", "/meetings/{id}/decline/"],
  Accept: ["post", "/meetings/{id}/accept/"],
  FeedLink: ["get", "/feed/"],
  RotateFeed: ["post", "/feed/"],
  Feed: ["get", "/feed/{token}.ics"],
  Unsubscribe: ["get", "/unsubscribe/{token}/"],
  UnsubscribeNow: ["post", "/unsubscribe/{token}/"],
  MailEvents: ["post", "/mail/events"],
  Calendars: ["get", "/schedules/home/"],
  CreateCalendar: ["post", "/schedules/calendars/create/"],
  ComposeCalendar: ["get", "/schedules/calendars/compose/"],
  ComposeMoreCalendar: ["post", "/schedules/calendars/compose/"],
  CloseCalendar: ["delete", "/schedules/calendars/{id}/"],
  CopyCalendar: ["post", "/schedules/calendars/{id}/copy/"],
  Details: ["get", "/schedules/calendars/{id}/details/"],
  Edit: ["put", "/schedules/calendars/{id}/details/"],
  RemindByGet: ["get", "/schedules/calendars/remind/{id}/{contact}/"],
  Remind: ["post", "/schedules/calendars/remind/{id}/{contact}/"],
  Suggest: ["get", "/schedules/calendars/{id}/confirm/"],
  Finalize: ["post", "/schedules/calendars/{id}/confirm/"],
  OpenInvitation: ["get", "/schedules/calendars/{id}/respond/{token}/"],
  Respond: ["post", "/schedules/calendars/{id}/respond/{token}/"],
  ChangeAnswer: ["put", "/schedules/calendars/{id}/respond/{token}/"],
  ResendInvitation: ["post", "/schedules/calendars/{id}/resend/"],
  ForgetInvitation: ["post", "/schedules/calendars/{id}/forget/"],
  CalendarLog: ["get", "/schedules/calendars/{id}/log/"],
  CalendarLive: ["get", "/schedules/calendars/{id}/live/"],
  Answers: ["get", "/schedules/calendars/{id}/answers.csv"],
  CalendarFile: ["get", "/schedules/calendars/{id}/calendar.ics"],
  Meetings: ["get", "/schedules/calendars/{id}/meetings/"],
  CalendarMeeting: ["get", "/schedules/calendars/{id}/meetings/{meeting}/"],
  UpdateCalendarMeeting: ["patch", "/schedules/calendars/{id}/meetings/{meeting}/"],
  CancelCalendarMeeting: ["delete", "/schedules/calendars/{id}/meetings/{meeting}/"],
  SignUp: ["post", "/accounts/signup/"],
  ApiSignUp: ["post", "/api/user/sign_up/"],
  Verify: ["get", "/accounts/verify/{token}/"],
  VerifyNow: ["post", "/accounts/verify/{token}/"],
  Login: ["post", "/accounts/login/"],
  Refresh: ["post", "/accounts/token/refresh/"],
  Logout: ["post", "/accounts/logout/"],
  Contacts: ["get", "/schedules/contacts/"],
  AddContact: ["post", "/schedules/contacts/"],
  ChangeContact: ["patch", "/schedules/contacts/"],
  PutContact: ["put", "/schedules/contacts/"],
  RemoveContact: ["delete", "/schedules/contacts/"],
  ContactGroups: ["get", "/schedules/contacts/groups/"],
  ImportContacts: ["post", "/schedules/contacts/import/"],
  ExportContacts: ["get", "/schedules/contacts/export/"],
  ListBusy: ["get", "/api/user/busy/"],
  ImportBusy: ["post", "/api/user/busy/import/"],
  ForgetBusy: ["delete", "/api/user/busy/import/"],
  Events: ["get", "/api/event/"],
  BookEvent: ["post", "/api/event/"],
  SuggestEvents: ["get", "/api/event/suggest/"],
  Event: ["get", "/api/event/{id}/"],
  PutEvent: ["put", "/api/event/{id}/"],
  ChangeEvent: ["patch", "/api/event/{id}/"],
  WorkingHours: ["get", "/api/user/working_hours/"],
  SetWorkingHours: ["put", "/api/user/working_hours/"],
  BlockHours: ["post", "/api/user/block_slots/"],
  UnblockHours: ["delete", "/api/user/block_slots/"],
  AvailableHours: ["get", "/api/user/get_available_slots/"],
  FreeBusy: ["get", "/api/user/freebusy/"],
  Subscriptions: ["get", "/api/user/busy/subscriptions/"],
  Subscribe: ["post", "/api/user/busy/subscriptions/"],
  ReadSubscription: ["post", "/api/user/busy/subscriptions/{id}/"],
  EndSubscription: ["delete", "/api/user/busy/subscriptions/{id}/"],
  BookingPage: ["get", "/api/user/booking_page/"],
  SetBookingPage: ["put", "/api/user/booking_page/"],
  WithdrawBookingPage: ["delete", "/api/user/booking_page/"],
  Offers: ["get", "/api/user/offers/"],
  AddOffer: ["post", "/api/user/offers/"],
  Offer: ["get", "/api/user/offers/{slug}/"],
  ChangeOffer: ["patch", "/api/user/offers/{slug}/"],
  RemoveOffer: ["delete", "/api/user/offers/{slug}/"],
  OfferCode: ["get", "/api/user/offers/{slug}/qr.svg"],
  PublicPage: ["get", "/book/{name}/"],
  FreeTimes: ["get", "/book/{name}/{slug}/"],
  Hold: ["post", "/book/{name}/{slug}/"],
  Confirm: ["post", "/meetings/{id}/confirm/"],
  Approve: ["post", "/meetings/{id}/approve/"],
  OtherTimes: ["get", "/meetings/{id}/times/"],
  AdminOverview: ["get", "/admin/"],
  AdminList: ["get", "/admin/{list}/"],
  StaffLedger: ["get", "/admin/ledger/"],
  AdminHealth: ["get", "/admin/health/"],
  TestMail: ["post", "/admin/health/mail/"],
  AdminAccount: ["get", "/admin/accounts/{id}/"],
  ActOnAccount: ["post", "/admin/accounts/{id}/"],
  RetryMail: ["post", "/admin/outbox/retry/"],
  ReleaseAddress: ["post", "/admin/suppressions/release/"],
  SignUpForm: ["get", "/accounts/signup/"],
  ApiLogin: ["post", "/api/user/login/"],
  LoginForm: ["get", "/api-auth/login/"],
  BrowserLogin: ["post", "/api-auth/login/"],
  LogoutForm: ["get", "/api/user/logout/"],
  ApiLogout: ["post", "/api/user/logout/"],
  Detail: ["get", "/api/user/get_detail/"],
  VerifyAgain: ["post", "/accounts/verify/"],
  ChangePassword: ["post", "/accounts/password/"],
  ResetForm: ["get", "/accounts/password/reset/"],
  AskReset: ["post", "/accounts/password/reset/"],
  Reset: ["get", "/accounts/password/reset/{token}/"],
  ResetNow: ["post", "/accounts/password/reset/{token}/"],
  ChangeAddress: ["post", "/accounts/address/"],
  Address: ["get", "/accounts/address/{token}/"],
  AddressNow: ["post", "/accounts/address/{token}/"],
  Undo: ["get", "/accounts/address/undo/{token}/"],
  UndoNow: ["post", "/accounts/address/undo/{token}/"],
  Me: ["get", "/accounts/me/"],
  ChangeMe: ["patch", "/accounts/me/"],
  Leave: ["delete", "/accounts/me/"],
  Export: ["get", "/accounts/export/"],
  SignIns: ["get", "/accounts/sessions/"],
  EndSignIns: ["delete", "/accounts/sessions/"],
  EndSignIn: ["delete", "/accounts/sessions/{session}/"],
  TokenAuth: ["post", "/api-token-auth/"],
  OpenApi: ["get", "/openapi"],
  Docs: ["get", "/docs/"],
  Health: ["get", "/healthz"],
  TransferTables: ["get", "/transfer/"],
  TransferRows: ["get", "/transfer/tables/{name}/"],
  AddTransferRows: ["post", "/transfer/tables/{name}/"],
  TransferObject: ["get", "/transfer/objects/{kind}/{id}/"],
  PutTransferObject: ["put", "/transfer/objects/{kind}/{id}/"],
  Outbox: ["get", "/outbox/"],
};

const YAML = "application/vnd.oai.openapi";
const METHODS = ["get", "put", "post", "delete", "patch", "trace"];

let service;
let document;
before(async () => {
  service = await start();
  document = parse((await service.ask("GET", "/openapi")).text);
});
after(() => service.close());

/// `get /` and so on, of the document.
const described = () =>
  Object.entries(document.paths).flatMap(([path, item]) =>
    METHODS.filter((method) => item[method]).map((method) => `${method} ${path}`),
  );

test("the description is YAML, and JSON by Accept or format", async () => {
  for (const [query, accept, media] of [
    ["", undefined, YAML],
    ["", "*/*", YAML],
    ["", "application/yaml, application/json;q=0.5", "application/yaml"],
    ["?format=openapi", "application/json", YAML],
    ["?format=yaml", "application/json", YAML],
    ["", "application/json", "application/json"],
    ["", `${YAML}+json`, `${YAML}+json`],
    ["?format=json", undefined, "application/json"],
    ["?format=openapi-json", undefined, `${YAML}+json`],
  ]) {
    const headers = accept ? { Accept: accept } : {};
    const { status, headers: got, text } = await service.ask("GET", `/openapi${query}`, { headers });
    assert.deepEqual([status, got.get("content-type")], [200, media], `${query} ${accept}`);
    assert.deepEqual(media.includes("json") ? JSON.parse(text) : parse(text), document);
  }
  assert.equal((await service.ask("GET", "/openapi?format=xml")).status, 404);
  assert.equal((await service.ask("GET", "/openapi", { headers: { Accept: "image/png" } })).status, 406);
});

test("every route is described, and nothing else is", () => {
  assert.deepEqual(Object.keys(OPERATIONS).sort(), variants().sort(), "each variant of Route has its row here");
  const wanted = [...Object.values(OPERATIONS).map(([method, path]) => `${method} ${path}`), ...ALIASES];
  assert.deepEqual(described().sort(), wanted.sort());
});

test("what takes an Idempotency-Key says so, with 409 and 422, and so does nothing else", () => {
  const described = ([method, path]) => document.paths[path][method];
  const taking = Object.keys(OPERATIONS).filter((name) => JSON.stringify(described(OPERATIONS[name])).includes("/parameters/idempotencyKey"));
  assert.deepEqual(taking.sort(), idempotent().sort());
  assert.ok(taking.length >= 12);
  for (const name of taking) {
    for (const status of ["409", "422"]) assert.ok(described(OPERATIONS[name]).responses[status], `${name}: ${status}`);
  }
});

test("what is not described is 405 at every path, with the described methods under Allow", async () => {
  const answers = Object.keys(document.paths).flatMap((path) => {
    const allowed = METHODS.filter((method) => document.paths[path][method]).map((method) => method.toUpperCase());
    const others = METHODS.filter((method) => !document.paths[path][method] && method !== "trace");
    return others.map(async (method) => {
      const filled = path.replace("{id}", "7").replace("{party}", "p1").replace(/\{(contact|meeting)\}/, "8").replace(/\{(token|session)\}/, "x").replace("{list}", "logs");
      const { status, headers } = await service.ask(method.toUpperCase(), filled);
      const allow = headers.get("allow").split(", ");
      const head = allowed.includes("GET") ? ["HEAD"] : [];
      assert.equal(status, 405, `${method} ${path}`);
      assert.deepEqual(allow.sort(), [...allowed, ...head, "OPTIONS"].sort(), `${method} ${path}`);
    });
  });
  assert.ok((await Promise.all(answers)).length > 20);
});

test("every operation has a name of its own, and every reference leads somewhere", () => {
  const operations = Object.values(document.paths).flatMap((item) => METHODS.map((m) => item[m]).filter(Boolean));
  const names = operations.map((operation) => operation.operationId);
  assert.equal(new Set(names).size, Object.keys(OPERATIONS).length + ALIASES.length);
  for (const operation of operations) assert.ok(operation.summary.endsWith("."), operation.operationId);
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/(\w+)\/(\w+)"/g)];
  const used = new Set(references.map(([, kind, name]) => `${kind}/${name}`));
  const kinds = ["schemas", "responses", "parameters", "headers"];
  const made = kinds.flatMap((kind) => Object.keys(document.components[kind]).map((name) => `${kind}/${name}`));
  assert.deepEqual([...used].sort(), made.sort(), "no component is missing, none is unused");
});

test("every act that a log can tell of is described, and nothing else is", () => {
  const source = readFileSync(join(ROOT, "domain/src/proposal/record.rs"), "utf8");
  const acts = [...source.matchAll(/\(Occurrence::\w+, "(\w+)"/g)].map(([, act]) => act);
  assert.ok(acts.length > 15, "the source is read as it is written");
  // A change of a detail is told by the detail's name.
  const detail = readFileSync(join(ROOT, "domain/src/detail.rs"), "utf8");
  const [, names] = /const NAMES: .*? = \[(.*?)\];/.exec(detail);
  acts.push(...[...names.matchAll(/"(\w+)"/g)].map(([, name]) => name));
  // Those that say why mail does not arrive are words of the API, too.
  const { act } = document.components.schemas.LogEntry.properties.data.properties;
  const undeliverable = document.components.schemas.Answer.properties.mail.enum;
  assert.deepEqual([...act.enum].sort(), [...new Set([...acts, ...undeliverable])].sort());
});

test("every act that the log of a calendar can tell of is described, and nothing else is", () => {
  const source = readFileSync(join(ROOT, "domain/src/calendar/record.rs"), "utf8");
  const acts = [...source.matchAll(/\(Occurrence::\w+, "(\w+)"/g)].map(([, act]) => act);
  assert.ok(acts.length > 15, "the source is read as it is written");
  const { act } = document.components.schemas.CalendarLogEntry.properties.data.properties;
  const undeliverable = document.components.schemas.Answer.properties.mail.enum;
  assert.deepEqual([...act.enum].sort(), [...new Set([...acts, ...undeliverable])].sort());
});

test("every way to act that a log can tell of is described, and nothing else is", () => {
  const source = readFileSync(join(ROOT, "domain/src/entity.rs"), "utf8");
  const [, body] = /impl Via \{\n(.*?)\n\}/s.exec(source);
  const ways = [...body.matchAll(/Self::\w+ => "(\w+)"/g)].map(([, way]) => way);
  for (const entry of ["LogEntry", "CalendarLogEntry"]) {
    const { via } = document.components.schemas[entry].properties.data.properties;
    assert.deepEqual([...via.enum].sort(), ways.sort());
  }
});
