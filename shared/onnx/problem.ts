/** Why a file is not read, or a graph not run. */
export interface OnnxProblem {
  /**
   * `malformed`: breaks the format's own rules. `unsupported`: may be right, and is outside the subset. `too-large`: beyond a limit.
   * `input`: what was fed does not fit.
   */
  readonly kind: "malformed" | "unsupported" | "too-large" | "input";
  /** The part of the file or graph: "node y (LabelEncoder)". */
  readonly where: string;
  readonly found: string;
  readonly expected: string;
}

export interface Refused {
  readonly ok: false;
  readonly problem: OnnxProblem;
}

/** One sentence for people. */
export function describeProblem({ kind, where, found, expected }: OnnxProblem): string {
  return `${where}: found ${found}, expected ${expected} (${kind})`;
}

/** How a problem travels inside this folder, to be caught by whoever returns it: `read.ts` and `compile.ts`. */
export class Refusal extends Error {
  readonly problem: OnnxProblem;

  constructor(problem: OnnxProblem) {
    super(describeProblem(problem));
    this.problem = problem;
  }
}

/** Runs `attempt`; a refusal inside becomes a value, anything else stays an exception. */
export function attempt<Done>(run: () => Done): Done | Refused {
  try {
    return run();
  } catch (error) {
    if (error instanceof Refusal) return { ok: false, problem: error.problem };
    throw error;
  }
}
