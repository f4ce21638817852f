// The owner's pages of calendars: what they gain is loaded when such a page is shown.
import { define, lazily } from "../page.ts";

define("heat", lazily(async () => (await import("./heat.ts")).heat));
define("plan", lazily(async () => (await import("./plan.ts")).plan));
