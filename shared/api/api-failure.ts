/** Why a call of the API gave no value. */
import { z } from "zod";
import { parseJson } from "../lib/parse-json.ts";
import { invocationErrorShape } from "./mlflow.ts";
import { inferenceErrorShape } from "./open-inference.ts";
import { type Problem, problemShape } from "./problem-shape.ts";

export type ApiFailure =
  /** The service refused. Errors of MLflow and Open Inference are mapped to the same problem details (RFC 9457). */
  | { readonly kind: "refused"; readonly status: number; readonly problem: Problem }
  /** Nothing answered at the address. */
  | { readonly kind: "unreachable"; readonly url: string; readonly reason: string }
  /** Something else than the contract says came back: another program, another version, or a fault. */
  | { readonly kind: "unexpected"; readonly status: number; readonly reason: string };

/** What a problem has for a refusal that comes without one. */
const untyped = "about:blank";

const refusalShape = z.union([
  problemShape,
  invocationErrorShape.transform(({ error_code, message }) => ({ type: untyped, title: error_code, detail: message })),
  inferenceErrorShape.transform(({ error }) => ({ type: untyped, title: "The inference failed", detail: error })),
]);

/** Longest part of a strange answer that a message repeats. */
const excerptMax = 200;

/** Reads the body of an answer whose status says that it failed. */
export function readFailure(status: number, text: string): ApiFailure {
  const json = parseJson(text);
  const refusal = refusalShape.safeParse(json.ok ? json.value : null);
  if (refusal.success) return { kind: "refused", status, problem: { ...refusal.data, status } };
  return { kind: "unexpected", status, reason: `found ${excerpt(text)}, expected problem details (RFC 9457)` };
}

/** Returns the start of a text for a message. */
export function excerpt(text: string): string {
  const short = text.trim().slice(0, excerptMax);
  return short === "" ? "an empty body" : short;
}

/** Says a failure in sentences for a person: what was found, what was expected, what is allowed. */
export function failureText(failed: ApiFailure): string {
  switch (failed.kind) {
    case "refused":
      return problemText(failed.problem);
    case "unreachable":
      return `No service answers at ${failed.url}.`;
    case "unexpected":
      return `The service answered ${failed.status} with something unexpected: ${failed.reason}.`;
  }
}

function problemText({ title, detail, found, expected, allowed, didYouMean }: Problem): string {
  const parts = [
    `${title}. ${detail ?? ""}`.trim(),
    found && `Found: ${found}.`,
    expected && `Expected: ${expected}.`,
    allowed && `Allowed: ${allowed.join(", ")}.`,
    // Most details end with it already.
    didYouMean && !detail?.includes(didYouMean) && `Did you mean ${didYouMean}?`,
  ];
  return parts.filter(Boolean).join(" ");
}
