// Lets Node import the pages' script, whose catalogues esbuild bundles as texts: `await import(...)` after this module.
import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";

registerHooks({
  load(url, context, next) {
    if (!url.endsWith(".ftl")) return next(url, context);
    const text = readFileSync(new URL(url), "utf8");
    return { format: "module", source: `export default ${JSON.stringify(text)}`, shortCircuit: true };
  },
});
