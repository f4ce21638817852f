// The product's hot routes, as a TypeScript team would write them.
import { zValidator } from "@hono/zod-validator";
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { csrf } from "hono/csrf";
import { HTTPException } from "hono/http-exception";
import { type RequestIdVariables, requestId } from "hono/request-id";
import { secureHeaders } from "hono/secure-headers";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { ZodType } from "zod";
import { type Caller, DETAILS, Refusal, type Via, type View, narrowing, notice, proposing, sha256 } from "./domain";
import type { Env } from "./env";
import { verify } from "./link";
import type { Answer } from "./proposal";

export { ProposalObject } from "./proposal";

type App = { Bindings: Env; Variables: RequestIdVariables };
const app = new Hono<App>({ strict: false });

const IDLE = 90 * 86_400_000;
const TOUCH = 600_000;
const PAGE = 50;

// ---- what every request has -----------------------------------------------------------------------------------------

app.use(requestId());
app.use(async (c, next) => {
  const begun = Date.now();
  await next();
  c.header("Cache-Control", "private, no-store");
  c.header("Vary", "Accept, Accept-Language");
  const { method, routePath: route } = c.req;
  console.log(JSON.stringify({ request: c.get("requestId"), route, method, status: c.res.status, ms: Date.now() - begun }));
});
app.use(
  secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'"],
      formAction: ["'self'"],
      baseUri: ["'none'"],
      frameAncestors: ["'none'"],
    },
    strictTransportSecurity: "max-age=31536000",
    xFrameOptions: "DENY",
    originAgentCluster: false,
    xDnsPrefetchControl: false,
    xDownloadOptions: false,
    xPermittedCrossDomainPolicies: false,
    xXssProtection: false,
  }),
);
app.use(csrf({ origin: (origin, c) => origin === c.env.PUBLIC_ORIGIN }));
app.use(bodyLimit({ maxSize: 64 * 1024, onError: (c) => c.json({ detail: "The body is too large." }, 413) }));

app.notFound((c) => c.json({ detail: "Not found." }, 404));
app.onError((error, c) => {
  if (error instanceof Refusal) return answer(c, error);
  if (error instanceof HTTPException) return c.json({ detail: error.message }, error.status);
  console.error(error.stack ?? String(error));
  return c.json({ detail: "Something went wrong on our side." }, 500);
});

/** A validator whose faults are told by field. */
const json = <T extends ZodType>(schema: T) =>
  zValidator("json", schema, (result, c) => {
    if (result.success) return;
    const errors: Record<string, string[]> = {};
    for (const { path, message } of result.error.issues) (errors[String(path[0] ?? "non_field_errors")] ??= []).push(message);
    return c.json(errors, 400);
  });

function answer(c: Context<App>, { status, version, retryAfter, body }: Partial<Answer> & { status: number }) {
  if (version !== undefined) c.header("ETag", `"${version}"`);
  if (retryAfter !== undefined) c.header("Retry-After", String(retryAfter));
  if (status === 401) c.header("WWW-Authenticate", 'Basic realm="whittle", charset="UTF-8"');
  return c.json(body as object, status as ContentfulStatusCode);
}

// ---- who calls ------------------------------------------------------------------------------------------------------

type Account = { id: number; address: string; verified: number; staff: number; timezone: string; used_at: number };
const ACCOUNT = `select a.id, a.address, a.verified, a.staff, a.timezone, t.used_at
  from tokens t join accounts a on a.id = t.account and a.epoch = t.epoch and a.active = 1
  where t.hash = ?1 and t.used_at > ?2`;

/** The hash of the token that is sent, and the statement that reads its account. */
async function tokenOf(c: Context<App>) {
  const [scheme, token] = (c.req.header("Authorization") ?? "").split(" ");
  if (scheme.toLowerCase() !== "token" || !token) {
    throw new Refusal(401, { detail: "Authentication credentials were not provided." });
  }
  const hash = await sha256(token);
  return { hash, statement: c.env.DB.prepare(ACCOUNT).bind(hash, Date.now() - IDLE) };
}

function admitted(c: Context<App>, row: Account | null | undefined, hash: string): Account {
  if (!row) throw new Refusal(401, { detail: "Invalid token." });
  // Kept fresh to ten minutes, and not while the caller waits.
  if (row.used_at < Date.now() - TOUCH) {
    const touch = c.env.DB.prepare("update tokens set used_at = ?1 where hash = ?2").bind(Date.now(), hash);
    c.executionCtx.waitUntil(touch.run());
  }
  return row;
}

async function accountOf(c: Context<App>): Promise<Account> {
  const { hash, statement } = await tokenOf(c);
  return admitted(c, await statement.first<Account>(), hash);
}

const callerFrom = (a: Account): Caller => ({
  kind: "account",
  id: a.id,
  address: a.address,
  verified: a.verified === 1,
  staff: a.staff === 1,
});

/** By link without D1, by account with one read. */
async function callerOf(c: Context<App>, id: number): Promise<{ caller: Caller; via: Via }> {
  const token = c.req.query("et");
  if (token === undefined) return { caller: callerFrom(await accountOf(c)), via: "token" };
  const link = await verify(token, "proposal", c.env.SECRET_KEYS, Date.now());
  if (link.subject !== id) throw new Refusal(401, { detail: "Invalid link." });
  return { caller: { kind: "link", party: link.party, generation: link.generation }, via: "link" };
}

const objectOf = (c: Context<App>, id: number) => c.env.PROPOSAL.getByName(String(id));
const idOf = (c: Context<App>) => {
  const id = Number(c.req.param("id"));
  if (!Number.isSafeInteger(id)) throw new Refusal(404, { detail: "Not found." });
  return id;
};

// ---- routes ---------------------------------------------------------------------------------------------------------

app.get("/", async (c) => {
  const [, at, last] = /^(\d+)\.(\d+)$/.exec(c.req.query("before") ?? `${Number.MAX_SAFE_INTEGER}.0`) ?? [];
  if (at === undefined) throw new Refusal(400, { before: ["Not a place in this list."] });
  const { hash, statement } = await tokenOf(c);
  const page = c.env.DB.prepare(
    `with me as materialized (select a.id, a.address_key, a.verified, a.staff from tokens t
         join accounts a on a.id = t.account and a.epoch = t.epoch and a.active = 1 where t.hash = ?1 and t.used_at > ?2),
       mine as (
         select id from proposals where creator = (select id from me)
         union select proposal from proposal_parties where address_key = (select address_key from me where verified)),
       seen as (
         select * from (
           select p.* from proposals p where p.state <> 'closed' and (p.created_at, p.id) < (?3, ?4)
           order by p.created_at desc, p.id desc limit coalesce((select staff * ?5 from me), 0))
         union all select * from (
           select p.* from me cross join mine cross join proposals p on p.id = mine.id
           where not me.staff and p.state <> 'closed' and (p.created_at, p.id) < (?3, ?4)
           order by p.created_at desc, p.id desc limit ?5))
     select s.id, s.created_at, case when s.masked is null or me.staff or s.creator = me.id then s.shown else s.masked end as shown
     from seen s, me order by s.created_at desc, s.id desc limit ?5`,
  ).bind(hash, Date.now() - IDLE, Number(at), Number(last), PAGE + 1);
  const [account, found] = await c.env.DB.batch<Account & { created_at: number; shown: string }>([statement, page]);
  admitted(c, account.results[0], hash);
  const rows = found.results.slice(0, PAGE);
  const origin = c.env.PUBLIC_ORIGIN;
  if (found.results.length > PAGE) {
    const { created_at, id } = rows[PAGE - 1];
    c.header("Link", `<${origin}/?before=${created_at}.${id}>; rel="next"`);
  }
  return c.json(
    rows.map(({ id, shown }) => {
      const view: View = JSON.parse(shown);
      view.url = `${origin}/${id}/`;
      view.log_url = `${origin}/${id}/log/`;
      view.notify_url = `${origin}/${id}/notify/`;
      if ("meeting_url" in view) view.meeting_url = `${origin}/meetings/${id}/`;
      return view;
    }),
  );
});

app.post("/", json(proposing), async (c) => {
  const account = await accountOf(c);
  const wanted = c.req.valid("json");
  const letters = crypto.getRandomValues(new Uint8Array(5));
  const title = wanted.title ?? String.fromCharCode(...letters.map((n) => 97 + (n % 26)));
  const timezone = wanted.timezone ?? account.timezone;
  const [high, low] = crypto.getRandomValues(new Uint32Array(2));
  const id = (high & 0x1fffff) * 2 ** 32 + low;
  const creator = { account: account.id, address: account.address, verified: account.verified === 1 };
  const made = await objectOf(c, id).create(id, creator, "token", { ...wanted, title, timezone });
  if (made.status === 201) c.header("Location", `${c.env.PUBLIC_ORIGIN}/${id}/`);
  return answer(c, made);
});

app.get("/:id{[1-9][0-9]*}", async (c) => {
  const id = idOf(c);
  const { caller, via } = await callerOf(c, id);
  return answer(c, await objectOf(c, id).show(caller, via));
});

app.patch("/:id{[1-9][0-9]*}", json(narrowing), async (c) => {
  const id = idOf(c);
  const { caller, via } = await callerOf(c, id);
  const wanted = c.req.valid("json");
  if (!["slots", ...DETAILS, "deadline", "parties"].some((key) => key in wanted)) {
    return c.json(["No update data"], 400);
  }
  const header = c.req.header("If-Match");
  const ifMatch = header && header.trim() !== "*" ? header.split(",").map((tag) => Number(tag.trim().replace(/^W\//, "").slice(1, -1))) : undefined;
  return answer(c, await objectOf(c, id).narrow(caller, via, { ...wanted, ifMatch }));
});

app.post("/:id{[1-9][0-9]*}/notify", json(notice), async (c) => {
  const id = idOf(c);
  const { caller, via } = await callerOf(c, id);
  return answer(c, await objectOf(c, id).notify(caller, via, c.req.valid("json")));
});

app.get("/:id{[1-9][0-9]*}/log", async (c) => {
  const id = idOf(c);
  const { caller } = await callerOf(c, id);
  return answer(c, await objectOf(c, id).log(caller));
});

export default app;
