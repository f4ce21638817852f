// What one does with a grid, whether by keys, by mouse or by touch: go to a cell, choose a range, set levels, take back.
import { say } from "../texts.ts";
import type { Area, Change, Model, Place } from "./model.ts";
import type { View } from "./view.ts";

/** Whose step it is: done in the grid, asked for by its owner, or out of the history. */
export type Origin = "grid" | "owner" | "undo" | "redo";

/** What the element around a board does for it. */
export interface Around {
  /** Sends an event. Returns whether its default is left to the grid. */
  tell(name: string, detail?: object): boolean;
  say(text: string): void;
  help(): void;
  /** Shows what can be done now: another cell, another brush, other levels. */
  update(): void;
}

export class Board {
  readonly model: Model;
  readonly view: View;
  readonly around: Around;
  /** The cell that has the focus, or had it last. */
  at: Place = { column: 0, row: 0 };
  range: Area | undefined;
  /** The level that the range is about to get. */
  preview: number | undefined;
  brush: number | undefined;
  lastStepMs = 0;

  constructor(model: Model, view: View, around: Around) {
    this.model = model;
    this.view = view;
    this.around = around;
    view.enter(this.at);
  }

  /** Goes to a cell, and with `extend` chooses all that lies between. */
  go(place: Place, extend = false): void {
    this.select(extend ? { from: this.range?.from ?? this.at, to: place } : undefined);
    this.at = place;
    this.view.enter(place);
    this.around.update();
  }

  /** Chooses the cells of an area, or none, and shows the level they are about to get. */
  select(range?: Area, preview?: number): void {
    if (range || this.range) this.#step(() => void ([this.range, this.preview] = [range, preview]));
  }

  /** The level that painting from a cell on gives, or undefined where it cannot be changed: then it is said why. */
  stroke(place: Place): number | undefined {
    if (this.model.open(place)) return this.model.stroke(place, this.brush);
    this.around.say(this.view.label(place));
    return undefined;
  }

  set(wanted: Change[], origin: Origin = "grid"): void {
    this.#told(origin, () => this.model.set(wanted));
  }

  undo(): void {
    this.#told("undo", () => this.model.undo());
  }

  redo(): void {
    this.#told("redo", () => this.model.redo());
  }

  /** Undo or redo as somebody asks for it here: the owner may have a history of its own. */
  ask(what: "undo" | "redo"): void {
    if (this.around.tell(`grid-${what}`)) this[what]();
  }

  /** Takes a step, and tells what changed. */
  #told(origin: Origin, act: () => Change[]): void {
    const changes = this.#step(act);
    const [first] = changes;
    if (!first) return;
    const count = changes.length;
    const same = changes.every(({ level }) => level === first.level);
    const what = same ? say("grid-set", { count, level: this.model.shape.levels[first.level]!.name }) : say("grid-changed", { count });
    this.around.say(`${what} ${say("grid-possible", this.model.count())}`);
    this.around.tell("grid-change", { changes, origin });
    this.around.update();
  }

  /** Shows what has changed, and in any case the cells of `again`. */
  draw(again?: Area): void {
    this.view.draw(this.range, this.preview, again);
  }

  #step<T>(act: () => T): T {
    const begun = performance.now();
    const done = act();
    this.draw();
    this.lastStepMs = performance.now() - begun;
    return done;
  }
}
