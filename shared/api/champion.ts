/** The pointer in KV `champion:<forecast>`: the version that serves, with what `predict` needs to fetch and verify its files. */
import { integerFrom, listOf, objectOf, optional, type Shape, text, textLike } from "../lib/validate-json.ts";

/** One version that `predict` can load: the digests of its two files. */
export interface ServableVersion {
  readonly version: string;
  readonly model: { readonly sha256: string; readonly bytes: number };
  /** `served.json`: its digest, and its number among the served.json files of this version. */
  readonly served: { readonly sha256: string; readonly number: number };
}

export interface ChampionPointer extends Omit<ServableVersion, "served"> {
  readonly forecast: string;
  /** Number of the champion change, from 1. An older pointer never replaces a newer one. */
  readonly number: number;
  /** Time from which the version serves. */
  readonly at: string;
  /** Read by predict Workers from before `served.json`. */
  readonly card: { readonly sha256: string };
  /** Missing in pointers from before `served.json`, which the hub's upkeep rewrites. */
  readonly served?: ServableVersion["served"] | undefined;
  /** Why the version serves, for people. Missing in pointers of earlier hubs. */
  readonly decision?: string | undefined;
  /** Versions that may serve, in order, when the champion cannot be loaded. */
  readonly fallbacks?: readonly ServableVersion[] | undefined;
}

const sha256 = textLike(/^[0-9a-f]{64}$/);
const model = objectOf<ServableVersion["model"]>({ sha256, bytes: integerFrom(1) });
const served = objectOf<ServableVersion["served"]>({ sha256, number: integerFrom(1) });

export const championPointerShape: Shape<ChampionPointer> = objectOf<ChampionPointer>({
  forecast: text,
  version: text,
  number: integerFrom(1),
  at: text,
  model,
  card: objectOf({ sha256 }),
  served: optional(served),
  decision: optional(text),
  fallbacks: optional(listOf(objectOf<ServableVersion>({ version: text, model, served }))),
});
