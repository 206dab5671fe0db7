/** Boolean options in the query. */
import type { Refusal } from "../../shared/api/problem.ts";
import type { Call } from "./call.ts";

/** Reads a boolean option: `?partial`, `=true` and `=1` are true. Null if the value is invalid or the option is repeated. */
export function readFlag(query: Call["query"], name: string): boolean | null {
  const value = query?.get(name) ?? null;
  if (value !== null && isRepeated(query, name)) return null;
  if (value === null || value === "false" || value === "0") return false;
  return value === "" || value === "true" || value === "1" ? true : null;
}

const isRepeated = (query: Call["query"], name: string): boolean => (query?.getAll(name).length ?? 0) > 1;

export function repeated(name: string): Refusal {
  const detail = `${name} occurs more than once.`;
  return { kind: "unprocessable", detail, field: name, found: "repeated", expected: "once" };
}

/** Returns the refusal of an option for which `readFlag` returned null. */
export function unknownFlag(name: string, query: Call["query"]): Refusal {
  if (isRepeated(query, name)) return repeated(name);
  const found = query?.get(name) ?? "";
  const detail = `${name} is neither true nor false.`;
  return { kind: "unprocessable", detail, field: name, found, allowed: ["true", "false"] };
}
