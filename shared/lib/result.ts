/** The outcome of an operation with expected failures: a value, or an error that the caller handles. */
export type Result<Value, Problem = string> = Success<Value> | Failure<Problem>;

export interface Success<Value> {
  readonly ok: true;
  readonly value: Value;
}

export interface Failure<Problem> {
  readonly ok: false;
  readonly error: Problem;
}

export function success<Value>(value: Value): Success<Value> {
  return { ok: true, value };
}

export function failure<const Problem>(error: Problem): Failure<Problem> {
  return { ok: false, error };
}
