/** Nodes of a distribution of the next change, with the same float32 operations as `predictChanges`. */
import { type Ensemble, LEAF } from "../models/tree.ts";
import { ensembleAttributes } from "../onnx/ensemble-attributes.ts";
import { float, floats, type GraphValue, int, ints, strings } from "../onnx/graph.ts";
import { changeOutput, changesOutput, downOutput, massesOutput, upOutput } from "../onnx/outputs.ts";
import type { ChangeGroups } from "./change-groups.ts";
import type { Builder } from "./graph-builder.ts";
import { bothNodes } from "./graph-trees.ts";
import { changesWidth, type NextChangeModel, smallestChange } from "./next-change.ts";

/** Adds the expected change: the sum of the changes times their masses. Needs the outputs of `nextChangeNodes`. */
export function expectedChangeNodes(build: Builder, model: NextChangeModel): string {
  const products = build.add("Mul", "products", [changesOutput, massesOutput]);
  const ones = build.matrix("ones", new Float32Array(changesWidth(model)).fill(1), 1);
  return build.add("MatMul", "expected_change", [products, ones]);
}

/** Adds the outputs of a distribution of changes. */
export function nextChangeNodes(build: Builder, model: NextChangeModel): readonly GraphValue[] {
  const { inputs, groups, sizes } = model;
  const group = groupNodes(build, groups);
  const chances = chanceColumns(build, model, group);
  const last = presentOrZero(build, inputs.lastChange);
  const down = sideNodes(build, {
    inputs: inputs.falls,
    chance: chances.down,
    back: back(build, inputs.lastChange, { after: "rise", share: sizes.returnShare }),
    borrowed: sizes.borrowed,
  });
  const up = sideNodes(build, {
    inputs: inputs.rises,
    chance: chances.up,
    back: back(build, inputs.lastChange, { after: "fall", share: sizes.returnShare }),
    borrowed: sizes.borrowed,
  });
  const returning = build.add("Add", "returning", [down.returning, up.returning]);
  const parts = [down.own, down.borrowed, up.own, up.borrowed, returning, chances.same];
  const counts = [inputs.falls.sizes.length, groups.sizes, inputs.rises.sizes.length, groups.sizes, 1, 1];
  const width = changesWidth(model);
  const joined = build.add("Concat", "parts", parts, { axis: int(1) });
  const spread = build.matrix("spread", spreadOf(counts), width);
  build.output("MatMul", massesOutput, [joined, spread]);
  const opposite = build.add("Mul", "return", [last, build.constant("minus_one", [-1])]);
  const zero = build.add("Mul", "no_change", [last, build.constant("zero", [0])]);
  const own = (names: readonly string[]) => presentOrZero(build, build.add("Concat", "own", names, { axis: int(1) }));
  const columns = [own(inputs.falls.sizes), group.falls, own(inputs.rises.sizes), group.rises, opposite, zero];
  build.output("Concat", changesOutput, columns, { axis: int(1) });
  const single = [changeOutput, downOutput, upOutput].map(
    (name): GraphValue => ({ name, type: "float", shape: [null, 1] }),
  );
  const wide = [changesOutput, massesOutput].map((name): GraphValue => ({ name, type: "float", shape: [null, width] }));
  return [...single, ...wide];
}

/** Returns a matrix [parts, changes] that divides the mass of each part equally among its `counts` changes. */
function spreadOf(counts: readonly number[]): Float32Array {
  const width = counts.reduce((sum, count) => sum + count, 0);
  const matrix = new Float32Array(counts.length * width);
  let from = 0;
  counts.forEach((count, part) => {
    matrix.fill(1 / count, part * width + from, part * width + from + count);
    from += count;
  });
  return matrix;
}

interface GroupNodes {
  readonly falls: string;
  readonly rises: string;
  readonly shares: { readonly down: string; readonly same: string; readonly up: string };
}

/** Adds the sizes and shares of each row's group: a 0/1 column per combination of categories, times a table. */
function groupNodes(build: Builder, { dimensions, falls, rises, shares, sizes }: ChangeGroups): GroupNodes {
  const combinations = shares.down.length;
  const codes = dimensions.map(({ name, categories }) =>
    build.addMl("LabelEncoder", "category", [name], {
      keys_strings: strings(categories),
      values_floats: floats(categories.map((_, position) => position)),
      default_float: float(categories.length),
    }),
  );
  const position = codes.reduce((before, code, at) => {
    const factor = build.constant("categories", [(dimensions[at]?.categories.length ?? 0) + 1]);
    return build.add("Add", "group", [build.add("Mul", "group_before", [before, factor]), code]);
  });
  const encoded = build.addMl("OneHotEncoder", "one_hot", [position], {
    cats_int64s: ints(Array.from({ length: combinations }, (_, combination) => combination)),
    zeros: int(1),
  });
  const flat = build.add("Reshape", "flat", [encoded, build.shape("flat_shape", [0, combinations])]);
  const table = (stem: string, values: Float32Array, columns: number) =>
    build.add("MatMul", stem, [flat, build.matrix(`${stem}_table`, values, columns)]);
  return {
    falls: table("group_falls", falls, sizes),
    rises: table("group_rises", rises, sizes),
    shares: {
      down: table("share_down", shares.down, 1),
      same: table("share_same", shares.same, 1),
      up: table("share_up", shares.up, 1),
    },
  };
}

interface ChanceNodes {
  readonly down: string;
  readonly same: string;
  readonly up: string;
}

function chanceColumns(build: Builder, { chances, inputs }: NextChangeModel, { shares }: GroupNodes): ChanceNodes {
  if (chances.kind === "models") {
    const change = bothNodes(build, chances.change, changeOutput);
    const rise = bothNodes(build, chances.rise);
    return {
      down: build.output("Mul", downOutput, [change.event, rise.complement]),
      same: change.complement,
      up: build.output("Mul", upOutput, [change.event, rise.event]),
    };
  }
  const falls = presentOrZero(build, inputs.falls.count);
  const unchanged = presentOrZero(build, inputs.unchanged);
  const rises = presentOrZero(build, inputs.rises.count);
  const borrowed = build.constant("borrowed_steps", [chances.borrowed]);
  const known = build.add("Add", "steps", [build.add("Add", "steps", [falls, unchanged]), rises]);
  const total = build.add("Add", "steps", [known, borrowed]);
  const counted = (count: string, share: string) =>
    build.add("Add", "counted", [count, build.add("Mul", "borrowed", [share, borrowed])]);
  const down = build.output("Div", downOutput, [counted(falls, shares.down), total]);
  const up = build.output("Div", upOutput, [counted(rises, shares.up), total]);
  build.output("Add", changeOutput, [down, up]);
  return { down, same: build.add("Div", "same", [counted(unchanged, shares.same), total]), up };
}

interface Side {
  readonly inputs: NextChangeModel["inputs"]["falls"];
  readonly chance: string;
  /** Probability of the return, given a change in this direction. */
  readonly back: string;
  readonly borrowed: number;
}

/** Adds the mass of the series' own sizes, of the group's sizes and of the return. */
function sideNodes(build: Builder, { inputs, chance, back, borrowed }: Side) {
  const weight = build.constant("borrowed_changes", [borrowed]);
  const count = presentOrZero(build, inputs.count);
  const total = build.add("Add", "changes_known", [count, weight]);
  const kept = build.add("Mul", "not_returning", [
    chance,
    build.add("Sub", "rest", [build.constant("one", [1]), back]),
  ]);
  return {
    own: build.add("Mul", "own_mass", [kept, build.add("Div", "own_share", [count, total])]),
    borrowed: build.add("Mul", "group_mass", [kept, build.add("Div", "group_share", [weight, total])]),
    returning: build.add("Mul", "return_mass", [chance, back]),
  };
}

/** Adds the probability of a return: `share` after a change in the other direction, else 0. A stump, because it is exact. */
function back(build: Builder, lastChange: string, { after, share }: { after: "rise" | "fall"; share: number }): string {
  const isBelow = after === "fall";
  const stump: Ensemble = {
    trees: [
      {
        feature: Int32Array.of(0, LEAF, LEAF),
        // Changes are at least half a unit of a published digit, so any smaller number separates falls from 0.
        threshold: Float32Array.of(isBelow ? -smallestChange : 0, 0, 0),
        missingLeft: Uint8Array.of(isBelow ? 0 : 1, 0, 0),
        left: Int32Array.of(1, 0, 0),
        right: Int32Array.of(2, 0, 0),
        value: Float32Array.of(0, isBelow ? share : 0, isBelow ? 0 : share),
        weight: new Float64Array(3),
      },
    ],
    base: 0,
    aggregate: "sum",
    columns: 1,
  };
  return build.addMl("TreeEnsembleRegressor", "back", [lastChange], ensembleAttributes(stump));
}

function presentOrZero(build: Builder, name: string): string {
  const attributes = { imputed_value_floats: floats([0]), replaced_value_float: float(Number.NaN) };
  return build.addMl("Imputer", "present", [name], attributes);
}
