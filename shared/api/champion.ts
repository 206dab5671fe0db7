/** KV `champion:<forecast>`: which version serves. Everything `predict` needs to fetch it and to know that it is whole. */
import { z } from "zod";

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

export const championPointerShape = z.object({
  forecast: z.string(),
  version: z.string(),
  /** The change that put it there, from 1. A pointer never gives way to one with a smaller number. */
  number: z.int().min(1),
  /** When it began to serve. */
  at: z.string(),
  model: z.object({ sha256, bytes: z.int().min(1) }),
  card: z.object({ sha256 }),
});
export type ChampionPointer = z.infer<typeof championPointerShape>;
