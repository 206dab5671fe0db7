/**
 * Runs a compiled graph in float32, with the same numbers as onnxruntime.
 *
 * Runs are synchronous. For small batches only the outputs are allocated: intermediate arrays are reused between runs.
 */
import type { Result } from "../lib/result.ts";
import type { Data, ElementType, TensorData, TensorShape } from "./graph.ts";
import { copyOf, createData, describeShape, elementsOf, rowAxisOf } from "./operators/data.ts";
import type { Kernel } from "./operators/operator.ts";
import { attempt, type OnnxProblem, OnnxRefusal } from "./problem.ts";

/** A tensor with its size on every axis, row-major. int64 is stored as integers in doubles. */
export type Value = TensorData & { readonly dims: readonly number[] };

/** Where the elements of a value are stored. */
export type Storage =
  | { readonly kind: "constant"; readonly data: Data }
  | { readonly kind: "fed" | "computed"; readonly type: ElementType; readonly shape: TensorShape };

/** A kernel and the positions of its inputs and outputs; −1 for an omitted input. */
export interface ProgramStep {
  readonly run: Kernel;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
}

export interface Port {
  readonly name: string;
  readonly type: ElementType;
  /** Null is N, the number of rows, which is the same for every input. */
  readonly shape: TensorShape;
  /** Position of the elements. */
  readonly at: number;
}

interface ProgramParts {
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  readonly storages: readonly Storage[];
  readonly steps: readonly ProgramStep[];
  readonly elementsMax: number;
}

/** Outputs by name. */
export type GraphRun = Result<Readonly<Record<string, Value>>, OnnxProblem>;

/** Up to this many rows, the arrays of a run are reused by the next run with as many rows. */
const REUSED_ROWS_MAX = 64;

/** The arrays for one number of rows, one per position. */
interface Frame {
  readonly rows: number;
  readonly data: Data[];
  readonly calls: readonly Call[];
  /**
   * For each input of the graph, the lists that contain its data: `data`, and the inputs of the kernels that read it.
   */
  readonly places: readonly (readonly Place[])[];
}

/** A kernel with its input and output arrays. */
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
  #frame: Frame | null = null;

  constructor(parts: ProgramParts) {
    this.inputs = parts.inputs;
    this.outputs = parts.outputs;
    this.#parts = parts;
  }

  /** Runs one batch. Fails on inputs that do not fit. The caller owns the output arrays. O(rows). */
  run(feeds: Readonly<Record<string, Value>>): GraphRun {
    return this.runOrdered(this.inputs.map(({ name }) => ownOf(feeds, name)));
  }

  /** Like `run`, with the feeds in the order of the inputs. */
  runOrdered(feeds: readonly (Value | undefined)[]): GraphRun {
    return attempt(() => this.#run(feeds));
  }

  #run(feeds: readonly (Value | undefined)[]): Readonly<Record<string, Value>> {
    const rows = this.#rowsOf(feeds);
    const frame = this.#frameFor(rows);
    for (let input = 0; input < feeds.length; input++) {
      const data = feeds[input]?.data ?? [];
      for (const { list, at } of frame.places[input] ?? []) list[at] = data;
    }
    for (const { run, inputs, outputs } of frame.calls) run(inputs, outputs);
    const outputs: Record<string, Value> = Object.create(null);
    for (const port of this.outputs) outputs[port.name] = pairedValue(port, copyOf(frame.data[port.at] ?? []), rows);
    return outputs;
  }

  /** Checks every feed and returns their common number of rows. */
  #rowsOf(feeds: readonly (Value | undefined)[]): number {
    let rows: number | null = null;
    for (let input = 0; input < this.inputs.length; input++) {
      const port = this.inputs[input];
      if (port === undefined) continue;
      const feed = feeds[input] ?? mismatch(port, "nothing", "a value");
      const axis = rowAxisOf(port.shape);
      const found: number | null = axis < 0 ? rows : (feed.dims[axis] ?? null);
      if (rows !== null && found !== rows) return mismatch(port, `${found} rows`, `${rows}, as in the inputs before`);
      rows = found;
      checkFeed(port, feed, rows ?? 1);
    }
    return rows ?? 1;
  }

  #frameFor(rows: number): Frame {
    if (this.#frame?.rows === rows) return this.#frame;
    const { storages, elementsMax } = this.#parts;
    let elements = 0;
    for (const storage of storages) elements += storage.kind === "constant" ? 0 : elementsOf(storage.shape, rows);
    if (elements > elementsMax) {
      const found = `${rows} rows with ${elements} elements`;
      throw new OnnxRefusal({
        kind: "too-large",
        where: "the batch",
        found,
        expected: `at most ${elementsMax} elements`,
      });
    }
    const data = storages.map((storage) => {
      if (storage.kind === "constant") return storage.data;
      return createData(storage.type, storage.kind === "fed" ? 0 : elementsOf(storage.shape, rows));
    });
    const frame = { rows, data, ...this.#callsOn(data) };
    if (rows <= REUSED_ROWS_MAX) this.#frame = frame;
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

/** Reads an own property. Names come from the file, and one of them may be "constructor". */
export function ownOf<Of>(named: Readonly<Record<string, Of>>, name: string): Of | undefined {
  return Object.hasOwn(named, name) ? named[name] : undefined;
}

function mismatch(port: Port, found: string, expected: string): never {
  throw new OnnxRefusal({ kind: "input", where: `input ${port.name}`, found, expected });
}

function checkFeed(port: Port, feed: Value, rows: number): void {
  if (feed.type !== port.type) mismatch(port, feed.type, port.type);
  const fits =
    feed.dims.length === port.shape.length && port.shape.every((size, axis) => (size ?? rows) === feed.dims[axis]);
  if (!fits || !Number.isInteger(rows) || rows < 0) mismatch(port, `[${feed.dims}]`, describeShape(port.shape));
  const length = elementsOf(port.shape, rows);
  if (feed.data.length !== length) mismatch(port, `${feed.data.length} elements`, `${length}`);
}

/** Builds a value from an array that `createData` or a checked feed made for the port's type. */
function pairedValue(port: Port, data: Data, rows: number): Value {
  const dims = port.shape.map((size) => size ?? rows);
  return { type: port.type, data, dims } as Value;
}
