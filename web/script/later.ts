// What files that are loaded later have of the script of every page. They import nothing of it but types: so esbuild leaves that script in one
// file, for which no page waits twice.
import { setTicks, ticked } from "./answer.ts";
import { make } from "./page.ts";
import { learn, say } from "./texts.ts";
import { clock, clockRange, dayLong, local, slotOf } from "./time.ts";

/** Says in a place what became of something; bad news is an alert. */
function tell(place: HTMLElement | null, text: string, bad = false): void {
  place?.setAttribute("role", bad ? "alert" : "status");
  place?.classList.toggle("bad", bad);
  place?.replaceChildren(text);
}

/** They bring texts of their own, which `learn` adds. */
export const tools = { clock, clockRange, dayLong, learn, local, make, say, setTicks, slotOf, tell, ticked };
export type Tools = typeof tools;
