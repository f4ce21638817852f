// The cells of a grid and their history, over random histories: what was done is undone, whatever it was.
import assert from "node:assert/strict";
import { test } from "node:test";
import { LONG } from "../support/harness.mjs";

const { Model } = await import("../../web/script/grid/model.ts");

const RUNS = LONG ? 2000 : 200;

/// Numbers that look random and are the same in each run.
function dice(seed) {
  let state = seed * 2654435761 + 1;
  return (below) => {
    state = Math.imul(state ^ (state >>> 15), 2246822519) + 3266489917;
    return ((state ^ (state >>> 13)) >>> 0) % below;
  };
}

const name = (n) => ({ short: String(n), long: String(n) });

/// A grid of some size in which some cells are closed and some missing.
function grid(roll) {
  const [columns, rows, levels] = [1 + roll(7), 1 + roll(12), 2 + roll(3)];
  const cells = Array.from({ length: columns * rows }, () => {
    const kind = roll(8);
    return kind === 0 ? undefined : { level: roll(levels), ...(kind === 1 ? { closed: "Removed by Bea" } : {}) };
  });
  const list = (length) => Array.from({ length }, (_, n) => name(n));
  const shape = { columns: list(columns), rows: list(rows), levels: list(levels).map(({ short }) => ({ name: short, mark: short })), cell: (column, row) => cells[column * rows + row] };
  return { model: new Model(shape), columns, rows, levels };
}

const levels = (model) => model.places().map((place) => (model.has(place) ? model.level(place) : "-")).join("");

/// Anything that somebody can do, where it may also lie outside of the grid or name a level that there is none of.
function act(roll, { model, columns, rows, levels }) {
  const place = () => ({ column: roll(columns), row: roll(rows) });
  const level = roll(levels);
  switch (roll(5)) {
    case 0:
      return model.set(model.places({ from: place(), to: place() }).map((one) => ({ ...one, level })));
    case 1:
      return model.set(model.inverted(1 + roll(levels - 1)));
    case 2:
      return model.set(model.all(level));
    case 3:
      return model.set(model.copied(roll(columns), [roll(columns), roll(columns)]));
    default:
      return model.set(Array.from({ length: 1 + roll(6) }, () => ({ column: roll(columns + 2) - 1, row: roll(rows + 2) - 1, level: roll(levels + 1) })));
  }
}

test("undo leads back through all that was there, and redo through it again", () => {
  for (let seed = 0; seed < RUNS; seed++) {
    const roll = dice(seed);
    const one = grid(roll);
    const { model } = one;
    const states = [levels(model)];
    for (let n = 0; n < 12; n++) {
      const before = levels(model);
      const changes = act(roll, one);
      const now = levels(model);
      assert.equal(changes.length > 0, now !== before, `${seed}: it tells of changes where there are some`);
      for (const change of changes) assert.equal(model.level(change), change.level, `${seed}: it tells what is so`);
      if (changes.length) states.push(now);
    }
    for (let n = states.length - 2; n >= 0; n--) {
      assert.ok(model.canUndo);
      const changes = model.undo();
      assert.equal(levels(model), states[n], `${seed}: undo`);
      for (const change of changes) assert.equal(model.level(change), change.level);
    }
    assert.equal(model.canUndo, false);
    assert.deepEqual(model.undo(), []);
    for (let n = 1; n < states.length; n++) {
      assert.ok(model.canRedo);
      model.redo();
      assert.equal(levels(model), states[n], `${seed}: redo`);
    }
    assert.equal(model.canRedo, false);
    assert.deepEqual(model.redo(), []);
  }
});

test("closed and missing cells never change, and what is closed meanwhile stays closed through undo", () => {
  for (let seed = 0; seed < RUNS; seed++) {
    const roll = dice(seed);
    const one = grid(roll);
    const { model, columns, rows } = one;
    const before = levels(model);
    const fixed = () => model.places().filter((place) => !model.open(place));
    const start = fixed().map((place) => model.level(place));
    for (let n = 0; n < 8; n++) act(roll, one);
    assert.deepEqual(fixed().map((place) => model.level(place)), start, `${seed}`);
    const place = { column: roll(columns), row: roll(rows) };
    if (!model.has(place)) continue;
    model.close(place, "Removed by Cyd");
    assert.equal(model.why(place), "Removed by Cyd");
    for (let n = 0; n < 4; n++) act(roll, one);
    while (model.canUndo) assert.ok(model.undo().every((change) => model.open(change)), `${seed}: no closed cell is told of`);
    assert.equal(model.level(place), 0);
    const closed = model.index(place);
    assert.equal([...levels(model)].filter((_, n) => n !== closed).join(""), [...before].filter((_, n) => n !== closed).join(""), `${seed}: all others are as before`);
    while (model.canRedo) model.redo();
    assert.equal(model.level(place), 0);
  }
});

test("a step is what changed, each cell once, and a new one forgets what was undone", () => {
  const { model } = { model: new Model({ columns: [name(0), name(1)], rows: [name(0), name(1), name(2)], levels: [name(0), name(1), name(2)], cell: () => ({ level: 0 }) }) };
  const first = model.set([{ column: 0, row: 0, level: 1 }, { column: 0, row: 0, level: 2 }, { column: 1, row: 2, level: 1 }, { column: 1, row: 1, level: 0 }]);
  assert.deepEqual(first, [{ column: 0, row: 0, level: 2 }, { column: 1, row: 2, level: 1 }]);
  assert.deepEqual(model.set([{ column: 0, row: 0, level: 1 }, { column: 0, row: 0, level: 2 }]), [], "there and back again is no step");
  assert.deepEqual(model.undo(), [{ column: 0, row: 0, level: 0 }, { column: 1, row: 2, level: 0 }]);
  assert.equal(model.canRedo, true);
  model.set(model.all(1));
  assert.equal(model.canRedo, false);
  assert.deepEqual(model.count(), { possible: 6, all: 6 });
});

test("a range is its rectangle, whichever corners it is named by", () => {
  const { model } = { model: new Model({ columns: [0, 1, 2, 3].map(name), rows: [0, 1, 2, 3, 4].map(name), levels: [name(0), name(1)], cell: () => ({ level: 0 }) }) };
  const expected = [[1, 2], [1, 3], [2, 2], [2, 3]];
  const pairs = (from, to) => model.places({ from: { column: from[0], row: from[1] }, to: { column: to[0], row: to[1] } }).map(({ column, row }) => [column, row]);
  for (const [from, to] of [[[1, 2], [2, 3]], [[2, 3], [1, 2]], [[1, 3], [2, 2]], [[2, 2], [1, 3]]]) assert.deepEqual(pairs(from, to), expected);
  assert.deepEqual(pairs([3, 4], [3, 4]), [[3, 4]]);
});

test("a stroke gives the opposite of the cell where it begins, or the brush", () => {
  const model = new Model({ columns: [0, 1, 2, 3].map(name), rows: [name(0)], levels: [0, 1, 2, 3].map(name), cell: (column) => ({ level: column }) });
  const strokes = (brush) => [0, 1, 2, 3].map((column) => model.stroke({ column, row: 0 }, brush));
  assert.deepEqual(strokes(undefined), [3, 0, 0, 0]);
  assert.deepEqual(strokes(3), [3, 3, 3, 0]);
  assert.deepEqual(strokes(1), [1, 0, 1, 1]);
  assert.deepEqual(strokes(0), [0, 0, 0, 0]);
});

test("a column is copied as far as its own cells are open, and inverting twice is nothing", () => {
  const cells = { "0,1": { level: 1, closed: "Removed by Bea" }, "0,2": undefined, "1,0": { level: 0, closed: "Removed by Bea" } };
  const model = new Model({
    columns: [0, 1, 2].map(name),
    rows: [0, 1, 2, 3].map(name),
    levels: [name(0), name(1)],
    cell: (column, row) => (`${column},${row}` in cells ? cells[`${column},${row}`] : { level: column === 0 ? 1 : column === 2 ? row % 2 : 0 }),
  });
  assert.equal(levels(model), "11-1" + "0000" + "0101");
  model.set(model.copied(0, [1, 2]));
  assert.equal(levels(model), "11-1" + "0001" + "1101");
  const before = levels(model);
  model.set(model.inverted(1));
  assert.equal(levels(model), "01-0" + "0110" + "0010");
  model.set(model.inverted(1));
  assert.equal(levels(model), before);
});
