/** Something a person can mend: printed as one sentence, without a stack. */
export class Failure extends Error {}

/** What to print for an error: the sentence of a failure, the stack of a surprise. */
export function describe(error: unknown): string {
  if (error instanceof Failure) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** The `code` of a Node system error, such as EACCES. */
export function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}
