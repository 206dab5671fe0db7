/** Schemas of members that several requests and answers share. */
import { z } from "zod";

export const sha256Field = z.string().regex(/^[0-9a-f]{64}$/, "expected 64 lower-case hexadecimal digits");
/** SHA-256 of an empty file, for examples. */
export const sha256Example = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
export const timeField = z.string().describe("ISO 8601, UTC");
/** Counts and other small values by name. */
export const statsField = z.record(z.string(), z.unknown());
export const optionalWhyField = z.string().trim().min(1).max(500).optional().describe("Reason, for the audit");
export const whyField = z
  .string()
  .trim()
  .min(1, "expected a reason, for the audit")
  .max(500)
  .describe("Reason, for the audit");

export const forecastParam = z.string().describe("A forecast of the catalogue");
export const feedParam = z.string().describe("A feed of the catalogue");
export const versionParam = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{2,63}$/, "expected 3 to 64 letters, digits, dots, dashes and underscores")
  .describe("A version of the forecast, as on its card");
