/** What of a card `predict` answers from. The hub has read the whole card before it lets a version serve. */

import { fingerprintPattern } from "../forecasts/fingerprint.ts";
import {
  anything,
  boolean,
  dictionaryOf,
  either,
  exactly,
  finite,
  integerFrom,
  isObject,
  listOf,
  numberBetween,
  objectOf,
  optional,
  orNull,
  type Shape,
  text,
  textLike,
} from "../lib/validate-json.ts";
import type { Card, Contender, Decision } from "./card.ts";

export interface ServedCard
  extends Pick<
    Card,
    | "format"
    | "forecast"
    | "version"
    | "unit"
    | "output"
    | "features"
    | "fingerprint"
    | "intervals"
    | "intervalsHoldLast"
    | "unchangedShare"
    | "golden"
  > {
  readonly profile: readonly ServedProfile[];
  /** Of a classification; the cards of others may lack it. */
  readonly decision?: Decision | null | undefined;
  readonly recipe: Pick<Card["recipe"], "id" | "candidate">;
  readonly model: Pick<Card["model"], "sha256" | "bytes">;
  readonly judged: {
    readonly contenders: readonly Pick<Contender, "name" | "candidate" | "recipe">[];
    readonly evidence: { readonly periods: readonly string[] };
  };
}

export const cardFormat = 1;

const count = integerFrom(0);
const share = numberBetween(0, 1);
const definition = dictionaryOf(anything);
const texts = listOf(text);
const nonEmpty = textLike(/./s);
const period = textLike(/.{4}/s);
const named = { name: text, count, missing: count };

const feature: Shape<Card["features"][number]> = byDtype({
  float: objectOf({ name: text, dtype: exactly("float"), definition }),
  string: objectOf({ name: text, dtype: exactly("string"), definition, categories: texts }),
});

type Without<T, Names extends string> = T extends unknown ? Omit<T, Names> : never;
/** Older cards know no range; nothing in `predict` reads it. */
export type ServedProfile = Without<Card["profile"][number], "minimum" | "maximum">;

const profile: Shape<ServedProfile> = byDtype({
  float: objectOf({
    ...named,
    dtype: exactly("float"),
    mean: orNull(finite),
    standardDeviation: orNull(finite),
    minimum: optional(orNull(finite)),
    maximum: optional(orNull(finite)),
    edges: listOf(finite),
    counts: listOf(count),
  }),
  string: objectOf({ ...named, dtype: exactly("string"), counts: dictionaryOf(count) }),
});

const interval: Shape<Card["intervals"][number]> = objectOf({
  level: share,
  halfWidth: orNull(finite),
  atomShare: share,
  atom: boolean,
  zeroWidth: boolean,
});

const pairOfShares: Shape<[number, number]> = (value) =>
  listOf(share)(value) ?? (Array.isArray(value) && value.length === 2 ? null : { path: [], expected: "two numbers" });

const decision: Shape<Decision> = objectOf({
  labels: objectOf({ event: text, otherwise: text }),
  threshold: share,
  naive: objectOf({ candidate: text, after: pairOfShares }),
});

export const servedCardShape: Shape<ServedCard> = objectOf<ServedCard>({
  format: exactly(cardFormat),
  forecast: nonEmpty,
  version: textLike(/^[A-Za-z0-9][A-Za-z0-9._-]{2,63}$/),
  unit: text,
  output: text,
  recipe: objectOf({ id: textLike(/^[0-9a-f]{16}$/), candidate: nonEmpty }),
  model: objectOf({ sha256: textLike(/^[0-9a-f]{64}$/), bytes: integerFrom(1) }),
  features: listOf(feature),
  fingerprint: textLike(fingerprintPattern),
  judged: objectOf({
    contenders: listOf(objectOf({ name: text, candidate: text, recipe: orNull(text) })),
    evidence: objectOf({ periods: listOf(period) }),
  }),
  decision: optional(orNull(decision)),
  intervals: listOf(interval),
  intervalsHoldLast: boolean,
  unchangedShare: orNull(share),
  profile: listOf(profile),
  golden: objectOf({
    inputs: dictionaryOf(listOf(orNull(either(finite, text)))),
    outputs: dictionaryOf(listOf(finite)),
    tolerance: numberBetween(0, Number.MAX_VALUE),
  }),
});

/** Members that a feature's type decides. */
function byDtype<F, S>(shapes: { readonly float: Shape<F>; readonly string: Shape<S> }): Shape<F | S> {
  return (value) => (isObject(value) && value.dtype === "string" ? shapes.string : shapes.float)(value);
}
