import { exceededJsonLimit, type JsonLimits } from "../lib/json-limits.ts";
import { parseJson } from "../lib/parse-json.ts";
import { failure, type Result } from "../lib/result.ts";

/**
 * Parses JSON that may contain NaN and Infinity outside of strings, as Python writes them: NaN is null, Infinity is infinite.
 * Never throws. O(text).
 */
export function parsePythonJson(text: string, limits: JsonLimits): Result<unknown> {
  const exceeded = exceededJsonLimit(text, limits);
  if (exceeded !== null) return failure(`The body has ${exceeded}.`);
  const parsed = parseJson(text);
  if (parsed.ok) return parsed;
  const replaced = parseJson(inPlainJson(text));
  return replaced.ok ? replaced : failure("The body is not JSON.");
}

const plainJson: Readonly<Record<string, string>> = { NaN: "null", Infinity: "1e999", "-Infinity": "-1e999" };

/** Replaces NaN and Infinity outside of strings. Visits each character once, so that hostile text cannot make it slow. O(text). */
function inPlainJson(text: string): string {
  let isString = false;
  return text.replaceAll(/\\[\s\S]|"|\bNaN\b|-?\bInfinity\b/g, (found) => {
    if (found === '"') isString = !isString;
    return isString ? found : (plainJson[found] ?? found);
  });
}
