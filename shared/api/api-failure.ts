/** Why a call of the API returned no value. */
import { z } from "zod";
import { endSentence } from "../lib/end-sentence.ts";
import { parseJson } from "../lib/parse-json.ts";
import { invocationErrorShape } from "./mlflow.ts";
import { inferenceErrorShape } from "./open-inference.ts";
import { type ProblemBody, problemShape } from "./problem-shape.ts";

export type ApiFailure =
  /** The service refused the request. Errors of MLflow and Open Inference are converted to problem details (RFC 9457). */
  | { readonly kind: "refused"; readonly status: number; readonly problem: ProblemBody }
  /** No service answered at the address. */
  | { readonly kind: "unreachable"; readonly url: string; readonly reason: string }
  /** The answer does not match the schema: another program, another version or a fault. */
  | { readonly kind: "unexpected"; readonly status: number; readonly reason: string };

/** Type of a problem that the service sent without a type (RFC 9457). */
const untyped = "about:blank";

const refusalShape = z.union([
  problemShape,
  invocationErrorShape.transform(({ error_code, message }) => ({ type: untyped, title: error_code, detail: message })),
  inferenceErrorShape.transform(({ error }) => ({ type: untyped, title: "Inference failed", detail: error })),
]);

/** Maximum length of an unexpected answer in a message, in characters. */
const excerptMax = 200;

/** Reads the body of an answer with an error status. */
export function readFailure(status: number, text: string): ApiFailure {
  const json = parseJson(text);
  const refusal = refusalShape.safeParse(json.ok ? json.value : null);
  if (refusal.success) return { kind: "refused", status, problem: { ...refusal.data, status } };
  return { kind: "unexpected", status, reason: `found ${excerpt(text)}, expected problem details (RFC 9457)` };
}

/** Returns the start of a text, to quote it in a message. */
export function excerpt(text: string): string {
  const short = text.trim().slice(0, excerptMax);
  return short === "" ? "an empty body" : short;
}

/** Formats a failure for a person, with the found, the expected and the allowed values. */
export function failureText(failed: ApiFailure): string {
  switch (failed.kind) {
    case "refused":
      return problemText(failed.problem);
    case "unreachable":
      return `No service answers at ${failed.url}.`;
    case "unexpected":
      return `The service sent an unexpected answer with status ${failed.status}: ${failed.reason}.`;
  }
}

function problemText({ title, detail, found, expected, allowed, didYouMean }: ProblemBody): string {
  const parts = [
    endSentence(`${title}. ${detail ?? ""}`.trim()),
    found && `Found: ${found}.`,
    expected && `Expected: ${expected}.`,
    allowed && allowed.length > 0 && `Allowed: ${allowed.join(", ")}.`,
    // Most details contain the suggestion already.
    didYouMean && !detail?.includes(didYouMean) && `Did you mean ${didYouMean}?`,
  ];
  return parts.filter(Boolean).join(" ");
}
