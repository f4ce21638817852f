// What one does with a grid, whether by keys, by mouse or by touch: go to a cell, choose a range, set levels, take back.
import { say } from "../texts.ts";
import type { Area, Change, Model, Place } from "./model.ts";
import type { View } from "./view.ts";

/** Whose step it is: done in the grid, asked for by its owner, or out of the history. */
export type Origin = "grid" | "owner" | "undo" | "redo";

/** What the element around a board does for it. */
export interface Around {
  /** Tells the owner of a step. */
  changed(changes: Change[], origin: Origin): void;
  /** Takes the last step back, unless the owner does. */
  undo(): void;
  redo(): void;
  help(): void;
  say(text: string): void;
  /** Another cell, brush or range. */
  moved(): void;
}

export class Board {
  readonly model: Model;
  readonly view: View;
  /** The cell that has the focus, or had it last. */
  at: Place = { column: 0, row: 0 };
  range: Area | undefined;
  brush: number | undefined;
  lastStepMs = 0;
  readonly around: Around;

  constructor(model: Model, view: View, around: Around) {
    this.model = model;
    this.view = view;
    this.around = around;
    view.enter(this.at);
  }

  /** Goes to a cell. */
  go(place: Place, { extend = false, focus = true } = {}): void {
    const cell = this.view.cell(place);
    if (!cell) return;
    this.select(extend ? { from: this.range?.from ?? this.at, to: place } : undefined);
    this.at = place;
    this.view.enter(place);
    if (focus) cell.focus();
    this.around.moved();
  }

  /** Chooses the cells of an area, or none, and shows the level they are about to get. */
  select(range?: Area, preview?: number): void {
    if (!range && !this.range) return;
    this.range = range;
    this.#timed(() => this.view.draw({ range, preview }));
  }

  /** The level that painting from a cell on gives, or undefined where it cannot be changed: then it is said why. */
  stroke(place: Place): number | undefined {
    if (this.model.open(place)) return this.model.stroke(place, this.brush);
    this.around.say(this.view.label(place));
    return undefined;
  }

  /** Sets the level of all cells of an area. */
  paint(area: Area, level: number): void {
    this.set(this.model.all(level, area));
  }

  set(wanted: Change[], origin: Origin = "grid"): void {
    this.#step(() => this.model.set(wanted), origin);
  }

  undo(): void {
    this.#step(() => this.model.undo(), "undo");
  }

  redo(): void {
    this.#step(() => this.model.redo(), "redo");
  }

  #step(act: () => Change[], origin: Origin): void {
    let changes: Change[] = [];
    this.#timed(() => {
      changes = act();
      this.view.draw({ range: this.range });
    });
    if (!changes.length) return;
    const [{ level }] = changes as [Change];
    const { possible, all } = this.model.count();
    const count = changes.length;
    const same = changes.every((change) => change.level === level);
    const what = same ? say("grid-set", { count, level: this.model.shape.levels[level]!.name }) : say("grid-changed", { count });
    this.around.say(`${what} ${say("grid-possible", { possible, all })}`);
    this.around.changed(changes, origin);
    this.around.moved();
  }

  #timed(act: () => void): void {
    const begun = performance.now();
    act();
    this.lastStepMs = performance.now() - begun;
  }
}
