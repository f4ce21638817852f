// The owner's pages of calendars: what they gain is loaded when such a page is shown.
import { define, type Enhancement } from "../page.ts";

/** An enhancement whose code comes when its element is there. What is typed or pressed meanwhile is the form's own. */
const lazily = (load: () => Promise<Enhancement>): Enhancement => (element, life) => {
  load().then((enhance) => life.aborted || enhance(element, life), console.error);
};

define("heat", lazily(async () => (await import("./heat.ts")).heat));
define("plan", lazily(async () => (await import("./plan.ts")).plan));
