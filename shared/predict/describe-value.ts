const lengthMax = 200;

/** Returns a received value for a message: text unchanged, anything else as JSON, at most 200 characters. */
export function describeValue(value: unknown): string {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? String(value));
  return text.length > lengthMax ? `${text.slice(0, lengthMax)}…` : text;
}

/** Like `describeValue`, but quotes text, so that "23.5" differs from the number 23.5. */
export function describeNumber(value: unknown): string {
  // JSON writes infinite numbers as null.
  return describeValue(typeof value === "number" ? String(value) : JSON.stringify(value));
}
