const reasonMax = 600;

/** Returns the message of the innermost cause. Libraries wrap it in long messages, such as the whole SQL statement. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error).slice(0, reasonMax);
  return error.cause === undefined ? error.message.slice(0, reasonMax) : reasonOf(error.cause);
}

/** Returns the stack of the innermost cause, for the log. */
export function traceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? (error.stack ?? error.message) : traceOf(error.cause);
}

/** Returns the message of anything thrown. Libraries sometimes throw a number or a text. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
