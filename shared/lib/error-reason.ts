const reasonMax = 600;

/** Why something failed, in one readable sentence: the innermost cause, without the statement that a library prints around it. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error).slice(0, reasonMax);
  return error.cause === undefined ? error.message.slice(0, reasonMax) : reasonOf(error.cause);
}

/** For the log: where the innermost cause was thrown, and what it says. */
export function traceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? (error.stack ?? error.message) : traceOf(error.cause);
}
