// Lets Node import the pages' script with its catalogues, as scripts/script.mjs bundles it: `await import(...)` after this module.
import { registerHooks } from "node:module";
import { fileURLToPath } from "node:url";
import { catalogue } from "../../scripts/catalogue.mjs";

registerHooks({
  load(url, context, next) {
    if (!url.endsWith(".ftl")) return next(url, context);
    return { format: "module", source: `export default ${catalogue(fileURLToPath(url))}`, shortCircuit: true };
  },
});
