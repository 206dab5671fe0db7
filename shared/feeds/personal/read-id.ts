/** At least one digit, so that a name is never an id. */
const shape = /^(?=.*\d)[A-Za-z0-9_-]{1,40}$/;

/** The form of an id, for messages. */
export const idForm = "at most 40 letters, digits, - and _, with at least one digit";

/** Reads the id of a customer or a transaction: a whole number from 0, or a text with a digit. Null if it is not one. */
export function readId(value: unknown): string | null {
  if (typeof value === "number") return Number.isSafeInteger(value) && value >= 0 ? String(value) : null;
  if (typeof value !== "string") return null;
  const id = value.trim();
  return shape.test(id) ? id : null;
}
