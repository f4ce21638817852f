// The examples of docs/api/*.md: there is one for each operation of the description, with curl and with HTTPie, and what the pages say comes back
// comes back. All commands of curl are run in order on one server, and all of HTTPie on another.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";
import { CALENDAR } from "../support/busy.mjs";
import { examples, isOf, lacks, recorder, shell } from "../support/examples.mjs";
import { ROOT, here, start } from "../support/harness.mjs";
import { operations } from "../support/routes.mjs";

const FOLDER = join(ROOT, "docs/api");
const pages = readdirSync(FOLDER).filter((name) => name.endsWith(".md")).sort();
/// WHITTLE_EXAMPLES=proposals runs one page alone.
const wanted = pages.filter((name) => name !== "README.md" && name.includes(process.env.WHITTLE_EXAMPLES ?? ""));
const all = Object.fromEntries(pages.map((name) => [name, examples(readFileSync(join(FOLDER, name), "utf8"))]));
/// What the mail provider and the deployment share; the pages name it as the variable `MAIL_WEBHOOK_SECRET`.
const WEBHOOK = `whsec_${Buffer.from("a secret of a deployment").toString("base64")}`;
const TRANSFER_KEY = "another-secret-of-a-deployment-to-move";

/// The calendar elsewhere that an example subscribes to is played here: what the Worker fetches passes through this process.
const realFetch = globalThis.fetch;
globalThis.fetch = async (input, init) => {
  const { hostname } = new URL(input.url ?? input);
  return hostname === "127.0.0.1" ? realFetch(input, init) : new Response(CALENDAR);
};

test("each operation has one example, with curl and with HTTPie and what comes back, and nothing else has one", () => {
  const found = Object.values(all).flat();
  const routes = found.flatMap(({ routes }) => routes);
  assert.deepEqual([...new Set(routes)].sort(), operations().sort());
  for (const { heading, steps } of found.filter(({ routes }) => routes.length)) {
    for (const kind of ["curl", "http"]) assert.ok(steps.some((step) => step.kind === kind && step.expected), `${heading}: ${kind}`);
  }
});

for (const [kind, name] of [["curl", "curl"], ["http", "HTTPie"]]) {
  describe(name, () => {
    const service = {};
    before(async () => {
      service.front = await recorder();
      service.worker = await start({ vars: { PUBLIC_ORIGIN: service.front.origin }, secrets: { MAIL_WEBHOOK_SECRET: WEBHOOK, TRANSFER_KEY } });
      service.front.to(service.worker.url);
      await promisify(execFile)("node", [join(ROOT, "scripts/demo.mjs"), service.worker.url]);
    });
    after(async () => {
      service.front.close();
      await service.worker.close();
    });

    for (const page of wanted) {
      test(`${page}: ${name} is answered what the page says`, { timeout: 600_000 }, async (t) => {
        const folder = join(here, `${kind}-${page}`);
        mkdirSync(folder);
        const bash = shell(folder, service.front.origin, { MAIL_WEBHOOK_SECRET: WEBHOOK, TRANSFER_KEY });
        const { asked } = service.front;
        const faults = [];
        let ran = 0;
        try {
          for (const { heading, routes, steps } of all[page]) {
            for (const { kind: tool, text, expected } of steps) {
              if (tool !== "both" && tool !== kind) continue;
              asked.length = 0;
              const printed = await bash.run(text);
              if (tool === "both") continue;
              try {
                judge(asked.at(-1), routes, expected);
              } catch (fault) {
                faults.push(`${heading}: ${text}\n${fault.message.split("\n\n")[0]}\n${asked.length ? "" : printed}`);
              }
              ran++;
            }
          }
        } finally {
          bash.close();
          // It has cookies and commands with tokens, which the last test looks for in what a run leaves.
          rmSync(folder, { recursive: true });
        }
        assert.equal(faults.join("\n\n"), "");
        t.diagnostic(`${ran} commands`);
        assert.ok(ran >= 8);
      });
    }
  });
}

/// Holds that what was asked is of one of the routes, and that the answer is what a page says: a status, a part of its JSON, its media type and
/// words of it, or where it leads.
function judge(one, routes, expected) {
  assert.ok(one, "nothing was asked");
  const { method, url, status, headers, body } = one;
  if (!expected) return assert.ok(status < 400, `${status} ${body}`);
  const known = routes.some((route) => route.startsWith(`${method} `) && isOf(url, route.slice(method.length + 1)));
  assert.ok(!routes.length || known, `${method} ${url} is another route`);
  const { said } = expected;
  assert.equal(status, expected.status, `${status} ${body}`);
  if (said === "") return;
  if (said.startsWith("/")) return assert.equal(headers.location?.replace(/^https?:\/\/[^/]*/, ""), said);
  const [, media, words = ""] = /^([a-z]+\/[a-z.+]+)(?:: (.*))?$/.exec(said) ?? [];
  if (!media) return assert.equal(lacks(JSON.parse(said), JSON.parse(body)), undefined, `${lacks(JSON.parse(said), JSON.parse(body))}: ${body.slice(0, 2000)}`);
  assert.equal(headers["content-type"]?.split(";")[0], media);
  assert.ok(body.includes(words), `${words} is missing: ${body.slice(0, 2000)}`);
}
