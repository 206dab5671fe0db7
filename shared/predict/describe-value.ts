const lengthMax = 200;

/** Returns a received value for the message of a refusal: text unchanged, anything else as JSON, cut to 200 characters. */
export function describeValue(value: unknown): string {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? String(value));
  return text.length > lengthMax ? `${text.slice(0, lengthMax)}…` : text;
}

/** Returns a received value where a number is expected: text is quoted, so that "23.5" differs from 23.5. */
export function describeNumber(value: unknown): string {
  // JSON writes infinite numbers as null.
  return describeValue(typeof value === "number" ? String(value) : JSON.stringify(value));
}
