// The cells of a grid, their levels, and the history of what was done to them. Nothing here knows of the page.

/** What a column or a row is called: `short` is shown, `long` is said. */
export interface Heading {
  short: string;
  long: string;
}

/** A level that a cell can have: its mark is shown in the cell, its name is said. */
export interface Level {
  name: string;
  mark: string;
  /** What the button says that has painting set it, where that is not the mark. */
  brush?: string;
  /** Whether a cell can only be found at this level: nothing on the grid sets it, but undo and redo. */
  isGiven?: boolean;
}

/** A cell as it is at first. */
export interface Cell {
  /** Its place in `Shape.levels`; 0 is "not". */
  level: number;
  /** Why it cannot be changed. It can be read all the same. */
  closed?: string;
  /** Whether it is drawn with the stripes of one's own calendar. */
  busy?: boolean;
  /** What else is said of it, such as "4 of 6 others can". */
  note?: string;
}

/** What a grid shows. */
export interface Shape {
  columns: Heading[];
  rows: Heading[];
  levels: Level[];
  /** The cell at a place, or undefined where there is none. */
  cell(column: number, row: number): Cell | undefined;
  /** Whether days are left out before this column. */
  gapBefore?(column: number): boolean;
  /** Whether a row begins an hour: it has a solid line above it, and the keys for a page lead to it. */
  major?(row: number): boolean;
  /** Where the levels of a column can be copied to, each with what the button says, such as "every Tuesday". */
  copyTargets?(column: number): { label: string; columns: number[] }[];
  /** What the whole grid is called. */
  label?: string;
}

export interface Place {
  column: number;
  row: number;
}

/** A cell's new level. */
export interface Change extends Place {
  level: number;
}

/** A rectangle, by two corners that may be any two that lie opposite. */
export interface Area {
  from: Place;
  to: Place;
}

interface Edit {
  place: Place;
  before: number;
  after: number;
}

const NONE = -1;

export class Model {
  readonly shape: Shape;
  readonly #levels: Int8Array;
  readonly #closed = new Map<number, string>();
  readonly #past: Edit[][] = [];
  #future: Edit[][] = [];

  constructor(shape: Shape) {
    this.shape = shape;
    this.#levels = new Int8Array(shape.columns.length * shape.rows.length).fill(NONE);
    for (const place of this.places()) {
      const cell = this.cell(place);
      if (!cell) continue;
      this.#levels[this.index(place)] = cell.level;
      if (cell.closed !== undefined) this.#closed.set(this.index(place), cell.closed);
    }
  }

  /** The highest level that can be set, which is the best. */
  get best(): number {
    return this.shape.levels.findLastIndex(({ isGiven }) => !isGiven);
  }

  /** The number of a place, column by column; NaN outside of the grid. */
  index({ column, row }: Place): number {
    const inside = column >= 0 && row >= 0 && column < this.shape.columns.length && row < this.shape.rows.length;
    return inside ? column * this.shape.rows.length + row : NaN;
  }

  /** All of the grid, or all of a column or a row. */
  area({ column, row }: Partial<Place> = {}): Area {
    const { columns, rows } = this.shape;
    return { from: { column: column ?? 0, row: row ?? 0 }, to: { column: column ?? columns.length - 1, row: row ?? rows.length - 1 } };
  }

  /** The places of an area, column by column. */
  places({ from, to } = this.area()): Place[] {
    const found: Place[] = [];
    for (let column = Math.min(from.column, to.column); column <= Math.max(from.column, to.column); column++) {
      for (let row = Math.min(from.row, to.row); row <= Math.max(from.row, to.row); row++) found.push({ column, row });
    }
    return found;
  }

  /** What the owner says of a cell now: its notes may change, its level is the grid's. */
  cell({ column, row }: Place): Cell | undefined {
    return this.shape.cell(column, row);
  }

  has(place: Place): boolean {
    return (this.#levels[this.index(place)] ?? NONE) !== NONE;
  }

  /** Whether a cell can be changed. */
  open(place: Place): boolean {
    return this.has(place) && this.why(place) === undefined;
  }

  /** Why a cell cannot be changed. */
  why(place: Place): string | undefined {
    return this.#closed.get(this.index(place));
  }

  /** The level of a cell; 0 where there is none. */
  level(place: Place): number {
    return Math.max(0, this.#levels[this.index(place)] ?? 0);
  }

  /** How many cells have a level above 0, of how many. */
  count() {
    return { possible: this.#levels.filter((level) => level > 0).length, all: this.#levels.filter((level) => level !== NONE).length };
  }

  /** The level that painting gives which begins at a place: the opposite of what is there, or the brush. What has the brush's level already is taken back. */
  stroke(place: Place, brush?: number): number {
    const level = this.level(place);
    if (brush === undefined) return level ? 0 : this.best;
    return level === brush ? 0 : brush;
  }

  /** Sets levels: one step of the history. Closed and missing cells stay as they are. Returns what changed. */
  set(wanted: Change[]): Change[] {
    const edits = new Map<number, Edit>();
    for (const { level, ...place } of wanted) {
      const index = this.index(place);
      if (!this.open(place) || !this.shape.levels[level]) continue;
      edits.set(index, { place, before: edits.get(index)?.before ?? this.level(place), after: level });
      this.#levels[index] = level;
    }
    const step = [...edits.values()].filter(({ before, after }) => before !== after);
    if (step.length) {
      this.#past.push(step);
      this.#future = [];
    }
    return changes(step, "after");
  }

  /** Closes a cell, which has level 0 from now on. The history does not know of it: no undo opens it again. */
  close(place: Place, why: string): void {
    if (!this.has(place)) return;
    this.#closed.set(this.index(place), why);
    this.#levels[this.index(place)] = 0;
  }

  get canUndo(): boolean {
    return this.#open(this.#past);
  }

  get canRedo(): boolean {
    return this.#open(this.#future);
  }

  undo(): Change[] {
    return this.#travel(this.#past, this.#future, "before");
  }

  redo(): Change[] {
    return this.#travel(this.#future, this.#past, "after");
  }

  /** Whether a step is left that changes a cell which is still open. */
  #open(steps: Edit[][]): boolean {
    return steps.some((step) => step.some(({ place }) => this.open(place)));
  }

  #travel(from: Edit[][], to: Edit[][], side: "before" | "after"): Change[] {
    for (let step = from.pop(); step; step = from.pop()) {
      to.push(step);
      const done = changes(step.filter(({ place }) => this.open(place)), side);
      for (const change of done) this.#levels[this.index(change)] = change.level;
      if (done.length) return done;
    }
    return [];
  }

  /** All cells of an area at one level. */
  all(level: number, area?: Area): Change[] {
    return this.places(area).map((place) => ({ ...place, level }));
  }

  /** What is not becomes `level`, and what is becomes not. */
  inverted(level: number): Change[] {
    return this.places().map((place) => ({ ...place, level: this.level(place) ? 0 : level }));
  }

  /** The levels of a column for others. Where it has no open cell, theirs stay as they are. */
  copied(column: number, to: number[]): Change[] {
    const source = this.places(this.area({ column })).filter((place) => this.open(place) && !this.shape.levels[this.level(place)]?.isGiven);
    return to.flatMap((other) => source.map((place) => ({ column: other, row: place.row, level: this.level(place) })));
  }
}

const changes = (step: Edit[], side: "before" | "after"): Change[] => step.map((edit) => ({ ...edit.place, level: edit[side] }));
