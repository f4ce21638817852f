// The runs that are painted, in words, each with what can be done with it.
import { make } from "../page.ts";
import { say } from "../texts.ts";
import { type Run, timesOf, valueOf } from "./runs.ts";
import { levelName, told } from "./week.ts";

export interface Acts {
  /** Without it no run can be split. */
  split?(run: Run): void;
  join(run: Run): void;
  remove(run: Run): void;
  /** Removes one of the times of a run that is split: the one that begins at this minute. */
  drop(run: Run, from: number): void;
}

/** Writes the list. The focus stays at the button that was pressed, or where there is no such button any more at the list. */
export function listRuns(place: HTMLElement, runs: readonly Run[], zone: string, acts: Acts): void {
  const focused = place.contains(document.activeElement) ? (document.activeElement as HTMLElement).dataset["at"] : undefined;
  const items = runs.map((run) => item(run, zone, acts));
  place.replaceChildren(...items);
  if (focused === undefined) return;
  const same = [...place.querySelectorAll<HTMLElement>("[data-at]")].find(({ dataset }) => dataset["at"] === focused);
  (same ?? place).focus();
}

function item(run: Run, zone: string, acts: Acts): HTMLElement {
  const { day, clock, length } = told(run, zone);
  const name = say("day-and-clock", { day, clock });
  const button = (text: string, of: string, at: string, onclick: () => void) =>
    make("button", { type: "button", className: "quiet", onclick, "data-at": at }, text, make("span", { className: "hidden" }, `: ${of}`));
  const parts = run.split ? timesOf(run) : [];
  return make("li", {},
    // Where the clocks are changed, a time is told by its length already.
    make("p", {}, make("strong", {}, name), clock.endsWith(length) ? "" : `, ${length}`, run.level ? `, ${levelName(run.level)}` : ""),
    make("div", { className: "acts" },
      // One button for both, so that it keeps the focus.
      ...(acts.split ? [button(run.split ? say("paint-join") : say("paint-split"), name, `split ${valueOf(run)}`, () => (run.split ? acts.join(run) : acts.split?.(run)))] : []),
      button(say("paint-remove"), name, `remove ${valueOf(run)}`, () => acts.remove(run))),
    ...(parts.length ? [make("ul", { className: "parts" }, ...parts.map((time) => {
      const { clock: at } = told(time, zone);
      return make("li", {}, at, button(say("paint-remove"), `${day}, ${at}`, `drop ${valueOf(time)}`, () => acts.drop(run, time.from)));
    }))] : []));
}
