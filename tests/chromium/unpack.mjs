// Unpacks the browser of the package @sparticuz/chromium into TMPDIR, where this script has been copied to
// (scripts/chromium.sh).
import { renameSync } from "node:fs";
import { join } from "node:path";
import { inflate } from "@sparticuz/chromium";

const here = process.env.TMPDIR;
const packed = (name) => inflate(join(here, "node_modules/@sparticuz/chromium/bin", name));
renameSync(await packed("chromium.br"), join(here, "browser"));
await packed("fonts.tar.br");
const libraries = await packed("al2023.tar.br");
renameSync(join(libraries, "lib"), join(here, "libraries"));
