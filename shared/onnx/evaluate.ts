/**
 * Runs a compiled graph: float32 in, float32 out, the numbers that onnxruntime gives.
 *
 * Synchronous, and for small batches without allocation but for the outputs: the arrays between nodes are kept from run to run.
 */
import type { Data, ElementType, Shape, TensorData } from "./graph.ts";
import { copyOf, createData, describeShape, elementsOf, rowAxisOf } from "./operators/data.ts";
import type { Kernel } from "./operators/operator.ts";
import { attempt, Refusal, type Refused } from "./problem.ts";

/** A tensor with its size on every axis, row-major; int64 as integers in doubles. */
export type Value = TensorData & { readonly dims: readonly number[] };

/** Where elements come from. */
export type Storage =
  | { readonly kind: "constant"; readonly data: Data }
  | { readonly kind: "fed" | "computed"; readonly type: ElementType; readonly shape: Shape };

/** A kernel and the positions of what it reads and fills; −1 for an input that is not given. */
export interface Step {
  readonly run: Kernel;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
}

export interface Port {
  readonly name: string;
  readonly type: ElementType;
  /** Null is N, the number of rows, the same in every feed. */
  readonly shape: Shape;
  /** Position of the elements. */
  readonly at: number;
}

interface ProgramParts {
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  readonly storages: readonly Storage[];
  readonly steps: readonly Step[];
  readonly elementsMax: number;
}

export type Run = { readonly ok: true; readonly outputs: Readonly<Record<string, Value>> } | Refused;

/** Batches up to here keep their arrays for the next run of as many rows. */
const KEPT_ROWS_MAX = 64;

/** The arrays of one batch size, one a position. */
interface Frame {
  readonly rows: number;
  readonly data: Data[];
}

export class Program {
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  readonly #parts: ProgramParts;
  #kept: Frame | null = null;

  constructor(parts: ProgramParts) {
    this.inputs = parts.inputs;
    this.outputs = parts.outputs;
    this.#parts = parts;
  }

  /** Refuses feeds that do not fit and values that an operator cannot take. Output arrays are the caller's. O(rows). */
  run(feeds: Readonly<Record<string, Value>>): Run {
    return attempt(() => this.#run(feeds));
  }

  #run(feeds: Readonly<Record<string, Value>>): Run {
    const rows = this.#rowsOf(feeds);
    const frame = this.#frameFor(rows);
    for (const port of this.inputs) frame.data[port.at] = feedOf(feeds, port).data;
    for (const step of this.#parts.steps) {
      step.run(
        step.inputs.map((at) => frame.data[at] ?? []),
        step.outputs.map((at) => frame.data[at] ?? []),
      );
    }
    const outputs: Record<string, Value> = Object.create(null);
    for (const port of this.outputs) outputs[port.name] = pairedValue(port, copyOf(frame.data[port.at] ?? []), rows);
    return { ok: true, outputs };
  }

  /** Checks every feed, and that they agree on the number of rows. */
  #rowsOf(feeds: Readonly<Record<string, Value>>): number {
    let rows: number | null = null;
    for (const port of this.inputs) {
      const feed = feedOf(feeds, port);
      const axis = rowAxisOf(port.shape);
      const found: number | null = axis < 0 ? rows : (feed.dims[axis] ?? null);
      if (rows !== null && found !== rows) return mismatch(port, `${found} rows`, `${rows}, as in the feeds before`);
      rows = found;
      checkFeed(port, feed, rows ?? 1);
    }
    return rows ?? 1;
  }

  #frameFor(rows: number): Frame {
    if (this.#kept?.rows === rows) return this.#kept;
    const { storages, elementsMax } = this.#parts;
    let elements = 0;
    for (const storage of storages) elements += storage.kind === "constant" ? 0 : elementsOf(storage.shape, rows);
    if (elements > elementsMax) {
      const found = `${rows} rows, which make ${elements} elements`;
      throw new Refusal({ kind: "too-large", where: "the batch", found, expected: `at most ${elementsMax} elements` });
    }
    const data = storages.map((storage) => {
      if (storage.kind === "constant") return storage.data;
      return createData(storage.type, storage.kind === "fed" ? 0 : elementsOf(storage.shape, rows));
    });
    const frame = { rows, data };
    if (rows <= KEPT_ROWS_MAX) this.#kept = frame;
    return frame;
  }
}

/** Names come from the file: one of them may be "constructor". */
function feedOf(feeds: Readonly<Record<string, Value>>, port: Port): Value {
  const feed = Object.hasOwn(feeds, port.name) ? feeds[port.name] : undefined;
  return feed ?? mismatch(port, "nothing", "a feed");
}

function mismatch(port: Port, found: string, expected: string): never {
  throw new Refusal({ kind: "input", where: `input ${port.name}`, found, expected });
}

function checkFeed(port: Port, feed: Value, rows: number): void {
  if (feed.type !== port.type) mismatch(port, feed.type, port.type);
  const fits =
    feed.dims.length === port.shape.length && port.shape.every((size, axis) => (size ?? rows) === feed.dims[axis]);
  if (!fits || !Number.isInteger(rows) || rows < 0) mismatch(port, `[${feed.dims}]`, describeShape(port.shape));
  const length = elementsOf(port.shape, rows);
  if (feed.data.length !== length) mismatch(port, `${feed.data.length} elements`, `${length}`);
}

/** Pairs a type with the array that `createData` or a checked feed made for it. */
function pairedValue(port: Port, data: Data, rows: number): Value {
  const dims = port.shape.map((size) => size ?? rows);
  return { type: port.type, data, dims } as Value;
}
