import { failure, type Result, success } from "../lib/result.ts";

/** Why a file is rejected, or a graph cannot run. */
export interface OnnxProblem {
  /**
   * `malformed`: violates the format. `unsupported`: may be valid, but is outside the subset. `too-large`: above a limit.
   * `input`: an input of a run does not fit the graph.
   */
  readonly kind: "malformed" | "unsupported" | "too-large" | "input";
  /** The part of the file or graph: "node y (LabelEncoder)". */
  readonly where: string;
  readonly found: string;
  readonly expected: string;
}

/** Describes a problem in one sentence. */
export function describeProblem({ kind, where, found, expected }: OnnxProblem): string {
  return `${where}: found ${found}, expected ${expected} (${kind})`;
}

/** Carries a problem inside this folder. `attempt` catches it. */
export class OnnxRefusal extends Error {
  readonly problem: OnnxProblem;

  constructor(problem: OnnxProblem) {
    super(describeProblem(problem));
    this.problem = problem;
  }
}

/** Runs a function and returns its value. An `OnnxRefusal` becomes a failure; any other exception is thrown again. */
export function attempt<Value>(run: () => Value): Result<Value, OnnxProblem> {
  try {
    return success(run());
  } catch (error) {
    if (error instanceof OnnxRefusal) return failure(error.problem);
    throw error;
  }
}
