// Schemathesis asks the live Worker whatever assets/openapi.yaml allows, and much that it does not, as four callers.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer, request } from "node:http";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { links, start } from "./harness.mjs";

const METHODS = ["get", "put", "post", "delete", "patch", "trace", "options", "head"];
const MAX_EXAMPLES = process.env.SCHEMATHESIS_EXAMPLES ?? "8";

let service;
let document;
let counted;
/// Answers by caller, operation and status.
const counts = {};

before(async () => {
  service = await start();
  document = (await service.ask("GET", "/openapi?format=json")).json;
  counted = await counter(service.url);
});
after(async () => {
  counted.close();
  await service.close();
});

/// A proxy that counts who got what.
async function counter(origin) {
  const templates = Object.keys(document.paths).map((path) => [path, new RegExp(`^${path.replace("{id}", "[^/]+").replace(/\/$/, "")}/?$`)]);
  const server = createServer((from, to) => {
    const [path] = templates.find(([, pattern]) => pattern.test(from.url.split("?")[0])) ?? ["elsewhere"];
    const forwarded = request(origin + from.url, { method: from.method, headers: from.headers }, (answer) => {
      const row = ((counts[server.caller] ??= {})[`${from.method} ${path}`] ??= {});
      row[answer.statusCode] = (row[answer.statusCode] ?? 0) + 1;
      to.writeHead(answer.statusCode, answer.rawHeaders);
      answer.pipe(to);
    });
    forwarded.on("error", (e) => {console.log(e); to.destroy()});
    from.pipe(forwarded);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

for (const caller of ["anonymous", "owner", "staff", "link"]) {
  test(`nothing undocumented is answered to ${caller}`, async () => {
    counted.caller = caller;
    const folder = join(service.tmp, "..", `schemathesis-${caller}`);
    mkdirSync(folder, { recursive: true });
    const example = document.paths["/"].post.requestBody.content["application/json"].example;
    let config = "";
    for (const [path, item] of Object.entries(document.paths)) {
      for (const method of METHODS.filter((m) => item[m])) {
        const { json: p, status, text } = await service.ask("POST", "/", { as: "zo", json: example });
        assert.equal(status, 201, text);
        const auth = { anonymous: undefined, owner: `Basic ${btoa("zo:p")}`, staff: `Basic ${btoa("ob:p")}` }[caller] ??
          (caller === "link" ? `Link ${(await links(service, p, ["bea@example.org"]))["bea@example.org"]}` : undefined);
        if (!path.includes("{id}") && !(auth && item[method].security?.length !== 0)) continue;
        config += `[[operations]]\ninclude-operation-id = "${item[method].operationId}"\n`;
        if (path.includes("{id}")) config += `parameters = { "path.id" = ${p.id} }\n`;
        if (auth && item[method].security?.length !== 0) config += `headers = { Authorization = "${auth}" }\n`;
      }
    }
    writeFileSync(join(folder, "schemathesis.toml"), config);
    writeFileSync(join(folder, "openapi.json"), JSON.stringify(document));
    const args = ["--config-file", join(folder, "schemathesis.toml"), "run", join(folder, "openapi.json"),
      "--url", `http://127.0.0.1:${counted.address().port}`, "--seed", "1", "--max-examples", MAX_EXAMPLES,
      "--generation-with-security-parameters", "false", "--generation-database", "none", "--no-color",
      "--checks", "all", "--continue-on-failure", "--suppress-health-check", "all"];
    const t = Date.now();
    const out = await new Promise((resolve) => execFile("schemathesis", args, { cwd: folder, maxBuffer: 1 << 28, timeout: 300000 }, (error, stdout, stderr) => resolve({ code: error?.code ?? 0, stdout, stderr })));
    writeFileSync(join(folder, "out.txt"), out.stdout + out.stderr);
    console.log(caller, out.code, Date.now() - t, folder);
    console.log(counts[caller]);
  });
}
