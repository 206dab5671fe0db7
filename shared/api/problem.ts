/** Errors in responses: RFC 9457 problem details. A refusal states what was found, what was expected and what to do. */

const titles = {
  "bad-request": [400, "Bad request"],
  unauthorized: [401, "Unauthorized"],
  "writes-closed": [403, "Writes disabled"],
  private: [403, "Not public"],
  "not-found": [404, "Not found"],
  "method-not-allowed": [405, "Method not allowed"],
  conflict: [409, "Conflict"],
  "length-required": [411, "Length required"],
  "too-large": [413, "Content too large"],
  "unsupported-media-type": [415, "Unsupported media type"],
  "range-not-satisfiable": [416, "Range not satisfiable"],
  unprocessable: [422, "Invalid value"],
  "too-many-requests": [429, "Too many requests"],
  internal: [500, "Internal server error"],
  "damaged-file": [500, "Damaged file"],
  unavailable: [503, "Service unavailable"],
} as const satisfies Record<string, readonly [number, string]>;

export type RefusalKind = keyof typeof titles;

/** An expected refusal. `detail` is for people; the other members are for people and programs. */
export interface Refusal {
  readonly kind: RefusalKind;
  readonly detail: string;
  /** The rejected field of the request. */
  readonly field?: string;
  /** Index of the rejected instance in a batch, from 0. */
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

/** Returns the `type` of a kind of refusal. Programs compare it. */
export function problemType(kind: RefusalKind): string {
  return `urn:almanac:problem:${kind}`;
}

/** Returns the kind of refusal of a `type`; null for another type. */
export function kindOfProblem(type: string): RefusalKind | null {
  const kinds = Object.keys(titles) as RefusalKind[];
  return kinds.find((kind) => problemType(kind) === type) ?? null;
}

/** Longest texts of a refusal. What was found, and the name of a field, may be as long as the request. */
const [detailMax, foundMax] = [1_000, 200];

/** Returns the refusal as problem details. Cuts long texts. */
export function problemDetails({ kind, ...refusal }: Refusal): ProblemDetails {
  const [status, title] = titles[kind];
  return { type: problemType(kind), title, status, ...withShortTexts(refusal) };
}

/** Cuts the texts of a refusal that may repeat parts of the request. */
export function withShortTexts<Part extends Pick<Refusal, "detail" | "found" | "field">>(refusal: Part): Part {
  const { detail, found, field } = refusal;
  return {
    ...refusal,
    detail: cut(detail, detailMax),
    ...(found !== undefined && { found: cut(found, foundMax) }),
    ...(field !== undefined && { field: cut(field, foundMax) }),
  };
}

const cut = (text: string, max: number): string => (text.length > max ? `${text.slice(0, max)}…` : text);
