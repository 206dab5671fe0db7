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
  readonly calls: readonly Call[];
  /** Where a feed goes, one entry an input of the graph: its place among the data, and in the lists of kernels that read it. */
  readonly places: readonly (readonly Place[])[];
}

/** A kernel with the arrays that it reads and fills. */
interface Call {
  readonly run: Kernel;
  readonly inputs: Data[];
  readonly outputs: readonly Data[];
}

interface Place {
  readonly list: Data[];
  readonly at: number;
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
    return this.runOrdered(this.inputs.map(({ name }) => ownOf(feeds, name)));
  }

  /** As `run`, with the feeds in the order of the inputs. */
  runOrdered(feeds: readonly (Value | undefined)[]): Run {
    return attempt(() => this.#run(feeds));
  }

  #run(given: readonly (Value | undefined)[]): Run {
    const rows = this.#rowsOf(given);
    const frame = this.#frameFor(rows);
    for (let input = 0; input < given.length; input++) {
      const data = given[input]?.data ?? [];
      for (const { list, at } of frame.places[input] ?? []) list[at] = data;
    }
    for (const { run, inputs, outputs } of frame.calls) run(inputs, outputs);
    const outputs: Record<string, Value> = Object.create(null);
    for (const port of this.outputs) outputs[port.name] = pairedValue(port, copyOf(frame.data[port.at] ?? []), rows);
    return { ok: true, outputs };
  }

  /** Checks every feed, and that they agree on the number of rows. */
  #rowsOf(given: readonly (Value | undefined)[]): number {
    let rows: number | null = null;
    for (let input = 0; input < this.inputs.length; input++) {
      const port = this.inputs[input];
      if (port === undefined) continue;
      const feed = given[input] ?? mismatch(port, "nothing", "a feed");
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
    const frame = { rows, data, ...this.#callsOn(data) };
    if (rows <= KEPT_ROWS_MAX) this.#kept = frame;
    return frame;
  }

  #callsOn(data: Data[]): Pick<Frame, "calls" | "places"> {
    const list = (positions: readonly number[]) => positions.map((at) => data[at] ?? []);
    const { steps } = this.#parts;
    const calls = steps.map(({ run, inputs, outputs }) => ({ run, inputs: list(inputs), outputs: list(outputs) }));
    const places = this.inputs.map(({ at }): Place[] => [{ list: data, at }]);
    const inputAt = new Map(this.inputs.map((port, input) => [port.at, input]));
    for (const [step, { inputs }] of steps.entries()) {
      for (const [index, position] of inputs.entries()) {
        const call = calls[step];
        const input = inputAt.get(position);
        if (call && input !== undefined) places[input]?.push({ list: call.inputs, at: index });
      }
    }
    return { calls, places };
  }
}

/** Names come from the file: one of them may be "constructor". */
export function ownOf<Of>(named: Readonly<Record<string, Of>>, name: string): Of | undefined {
  return Object.hasOwn(named, name) ? named[name] : undefined;
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
