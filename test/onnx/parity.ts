/** Runs one file with the same inputs in onnxruntime and in the built-in engine. */
import { expect } from "vitest";
import { compile } from "../../shared/onnx/compile.ts";
import type { GraphRun, Program, Value } from "../../shared/onnx/evaluate.ts";
import type { Graph } from "../../shared/onnx/graph.ts";
import { describeProblem } from "../../shared/onnx/problem.ts";
import { readModel } from "../../shared/onnx/read.ts";
import { writeModel } from "../../shared/onnx/write.ts";
import { load } from "./reference.ts";

export type Feeds = Readonly<Record<string, Value>>;

export function graphRead(bytes: Uint8Array): Graph {
  const read = readModel(bytes);
  if (!read.ok) throw new Error(describeProblem(read.error));
  return read.value;
}

export function programOf(graph: Graph): Program {
  const compiled = compile(graph);
  if (!compiled.ok) throw new Error(describeProblem(compiled.error));
  return compiled.value;
}

export function outputsOf(run: GraphRun): Readonly<Record<string, Value>> {
  if (!run.ok) throw new Error(describeProblem(run.error));
  return run.value;
}

export interface Tolerance {
  /** Share of the expected value. If both are 0, the bits must be equal. */
  readonly relative: number;
  readonly absolute: number;
}

export const EXACT: Tolerance = { relative: 0, absolute: 0 };
/** Tolerance for float32 formulas of different runtimes. */
export const CLOSE: Tolerance = { relative: 1e-6, absolute: 1e-7 };

function isClose(actual: number, expected: number, { relative, absolute }: Tolerance): boolean {
  if (Object.is(actual, expected)) return true;
  return Math.abs(actual - expected) <= relative * Math.abs(expected) + absolute;
}

/** Compares all elements in one assertion: an assertion for each is slow. */
export function expectSame(actual: Value | undefined, expected: Value | undefined, tolerance: Tolerance): void {
  expect({ type: actual?.type, dims: actual?.dims }).toEqual({ type: expected?.type, dims: expected?.dims });
  if (actual?.type !== "float" || tolerance === EXACT) {
    if (!isIdentical(actual?.data, expected?.data)) expect(actual?.data).toEqual(expected?.data);
    return;
  }
  expect(actual.data.length).toBe(expected?.data.length);
  const wanted = (i: number) => Number(expected?.data[i]);
  const miss = actual.data.findIndex((value, i) => !isClose(value, wanted(i), tolerance));
  expect(miss, `element ${miss} is ${actual.data[miss]}, onnxruntime returned ${wanted(miss)}`).toBe(-1);
}

function isIdentical(a: Value["data"] | undefined, b: Value["data"] | undefined): boolean {
  if (!a || !b || a.constructor !== b.constructor || a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (!Object.is(a[i], b[i])) return false;
  return true;
}

/** Runs all feeds in both engines, with the same bytes. */
export async function expectParity(graph: Graph, feeds: readonly Feeds[], tolerance: Tolerance = EXACT): Promise<void> {
  const bytes = writeModel(graph);
  const run = await load(bytes);
  const program = programOf(graphRead(bytes));
  for (const feed of feeds) {
    const expected = await run(feed);
    const actual = outputsOf(program.run(feed));
    expect(Object.keys(actual).sort()).toEqual(Object.keys(expected).sort());
    for (const name of Object.keys(expected)) expectSame(actual[name], expected[name], tolerance);
  }
}
