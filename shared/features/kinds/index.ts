/** The catalogue of feature kinds. To add one, add a file to this folder and a line here. Versions are never removed. */
import { calendar } from "./calendar.ts";
import { calendarIs } from "./calendar-is.ts";
import { category } from "./category.ts";
import { changeCount } from "./change-count.ts";
import { changeShare } from "./change-share.ts";
import { changeSize } from "./change-size.ts";
import { difference } from "./difference.ts";
import { eventAge } from "./event-age.ts";
import { eventCategory } from "./event-category.ts";
import { eventGap } from "./event-gap.ts";
import { eventLast } from "./event-last.ts";
import { eventWindow } from "./event-window.ts";
import type { FeatureKind } from "./kind.ts";
import { lag } from "./lag.ts";
import { lastChange } from "./last-change.ts";
import { logDifference } from "./log-difference.ts";
import { logFromMax } from "./log-from-max.ts";
import { logFromMean } from "./log-from-mean.ts";
import { logFromMin } from "./log-from-min.ts";
import { logStepStd } from "./log-step-std.ts";
import { meanLogDifference } from "./mean-log-difference.ts";
import { peersChange1, peersChange2 } from "./peers-change.ts";
import { peersChangedShare1, peersChangedShare2 } from "./peers-changed-share.ts";
import { rollingMax } from "./rolling-max.ts";
import { rollingMean } from "./rolling-mean.ts";
import { rollingMin } from "./rolling-min.ts";
import { rollingStd } from "./rolling-std.ts";
import { seasonalGrowth } from "./seasonal-growth.ts";
import { seasonalLag } from "./seasonal-lag.ts";
import { sinceChange } from "./since-change.ts";
import { stepEwma } from "./step-ewma.ts";
import { stepStd } from "./step-std.ts";
import { weekdayChangeShare } from "./weekday-change-share.ts";
import { weightedMean } from "./weighted-mean.ts";

export const kinds = [
  lag,
  seasonalLag,
  seasonalGrowth,
  difference,
  logDifference,
  meanLogDifference,
  rollingMean,
  rollingStd,
  rollingMin,
  rollingMax,
  logFromMean,
  logFromMin,
  logFromMax,
  stepStd,
  stepEwma,
  logStepStd,
  weightedMean,
  sinceChange,
  lastChange,
  changeShare,
  changeCount,
  changeSize,
  weekdayChangeShare,
  calendar,
  calendarIs,
  category,
  peersChange1,
  peersChange2,
  peersChangedShare1,
  peersChangedShare2,
  eventLast,
  eventGap,
  eventWindow,
  eventAge,
  eventCategory,
] as const;

type Kind = (typeof kinds)[number];
/** Kinds with more than one version. Their declarations must contain the version. */
type CorrectedName = Exclude<Kind, { readonly version: 1 }>["name"];

type KindText<Name extends string, Version extends number> = Version extends 1
  ? `${Name}@1` | Exclude<Name, CorrectedName>
  : `${Name}@${Version}`;

/** The part of a declaration that names the kind, with the kind's options. */
export type KindDeclaration = Declaration<Kind>;
type Declaration<Listed> =
  Listed extends FeatureKind<infer Name, infer Version, infer Options>
    ? { readonly kind: KindText<Name, Version> } & Options
    : never;

const byText = new Map<string, FeatureKind>(
  kinds.flatMap((kind): [string, FeatureKind][] => [
    [`${kind.name}@${kind.version}`, kind],
    ...(kind.version === 1 ? [[kind.name, kind] satisfies [string, FeatureKind]] : []),
  ]),
);

/** The names of all kinds, for suggestions. */
export const kindNames: readonly string[] = [...new Set(kinds.map(({ name }) => name))];

/**
 * Finds a kind by `name@version`. A name without a version means version 1, even if later versions exist, because the cards of
 * models that were trained before kinds had versions contain only the name.
 */
export function findKind(text: string): FeatureKind | undefined {
  return byText.get(text);
}
