/** Requests and answers of `/models/:forecast/:version/tags`. */
import { z } from "zod";
import { optionalWhyField } from "./fields.ts";

export const tagNameShape = z
  .string()
  .regex(/^[a-z][a-z0-9._-]{0,63}$/, "expected a lower-case letter, then letters, digits, dots, dashes, underscores");
export const tagShape = z
  .strictObject({ value: z.string().max(500), why: optionalWhyField })
  .meta({ examples: [{ value: "checked", why: "reviewed by hand" }] });
export const tagsShape = z
  .object({
    forecast: z.string(),
    version: z.string(),
    tags: z.record(z.string(), z.string()),
  })
  .meta({ id: "Tags" });
export type Tags = z.infer<typeof tagsShape>;

export const untagQueryShape = z.strictObject({ why: optionalWhyField });
