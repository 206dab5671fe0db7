/** KV `champion:<forecast>`: which version serves. Everything `predict` needs to fetch it and to know that it is whole. */
import { integerFrom, objectOf, type Shape, text, textLike } from "../lib/validate-json.ts";

export interface ChampionPointer {
  readonly forecast: string;
  readonly version: string;
  /** The change that put it there, from 1. A pointer never gives way to one with a smaller number. */
  readonly number: number;
  /** When it began to serve. */
  readonly at: string;
  readonly model: { readonly sha256: string; readonly bytes: number };
  readonly card: { readonly sha256: string };
}

const sha256 = textLike(/^[0-9a-f]{64}$/);

export const championPointerShape: Shape<ChampionPointer> = objectOf<ChampionPointer>({
  forecast: text,
  version: text,
  number: integerFrom(1),
  at: text,
  model: objectOf({ sha256, bytes: integerFrom(1) }),
  card: objectOf({ sha256 }),
});
