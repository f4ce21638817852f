// Runs the test files that it is given one after the other in this process, on one server: each is a suite of its own, whose
// `start()` finds the server as if it were new (support/harness.mjs). Saves each of them wrangler and a start of workerd.
import { relative } from "node:path";
import { after, describe } from "node:test";
import { pathToFileURL } from "node:url";
import { ROOT, share } from "./harness.mjs";

const server = share();
after(() => server.close());
for (const file of process.argv.slice(2)) {
  describe(relative(ROOT, file), async () => {
    await import(pathToFileURL(file));
  });
}
