/** Errors on the wire: RFC 9457 problem details. Every refusal says what was found, what was expected and what to do. */

const titles = {
  "bad-request": [400, "The request cannot be understood"],
  unauthorized: [401, "A token is needed"],
  "writes-closed": [403, "Writes are closed"],
  private: [403, "This is not public"],
  "not-found": [404, "There is no such thing"],
  "method-not-allowed": [405, "This is not done here"],
  conflict: [409, "It is not in a state that allows this"],
  "length-required": [411, "The length must be stated"],
  "too-large": [413, "It is too large"],
  "unsupported-media-type": [415, "This kind of file is not read here"],
  unprocessable: [422, "A value is not allowed"],
  "too-many-requests": [429, "Too many requests came"],
  internal: [500, "Something went wrong here"],
  unavailable: [503, "There is nothing to answer from yet"],
} as const satisfies Record<string, readonly [number, string]>;

export type RefusalKind = keyof typeof titles;

/** An expected refusal. `detail` is for people; the other members are for programs and people alike. */
export interface Refusal {
  readonly kind: RefusalKind;
  readonly detail: string;
  /** The field of the request that it is about. */
  readonly field?: string;
  /** Which instance of a batch it is about, from 0. */
  readonly index?: number;
  readonly found?: string;
  readonly expected?: string;
  readonly allowed?: readonly string[];
  readonly didYouMean?: string;
}

export interface ProblemDetails extends Omit<Refusal, "kind"> {
  readonly type: string;
  readonly title: string;
  readonly status: number;
}

export function problemDetails({ kind, ...refusal }: Refusal): ProblemDetails {
  const [status, title] = titles[kind];
  return { type: `urn:almanac:problem:${kind}`, title, status, ...refusal };
}
