/** A longer number or date is a text of another kind. */
const shownMax = 30;

/**
 * Describes a value of a personal file for a problem. Shows numbers and dates. Of any other text only its length, because it may
 * be a name or an address in the wrong column.
 */
export function describeHidden(value: unknown): string {
  if (value === undefined || value === null || value === "") return "nothing";
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (typeof value !== "string") return Array.isArray(value) ? "a list" : "an object";
  if (value.length <= shownMax && /^[\d\s.,:+TZ/-]*$/.test(value)) return value;
  return `a text of ${value.length} characters`;
}
