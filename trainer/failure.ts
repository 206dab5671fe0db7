/** An error that a person can fix. It is printed as one message, without a stack. */
export class Failure extends Error {}

/** Returns what to print for an error: the message of a failure or of a full disk, the stack of any other error. */
export function describe(error: unknown): string {
  if (error instanceof Failure) return error.message;
  if (["ENOSPC", "EDQUOT"].includes(codeOf(error))) {
    return `The disk is full (${error instanceof Error ? error.message : codeOf(error)}). Free some space, then run the command again.`;
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** Returns the `code` of a Node system error, such as EACCES; an empty text for other errors. */
export function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}
