/** Validates the declarations of forecasts at load. Each mistake is one sentence with what was found and what was expected. */
import { readFeature } from "../features/feature.ts";
import { canPartition } from "../lake/keys.ts";
import { wrongBreaks } from "./check-breaks.ts";
import { wrongEventFeatures, wrongEvents, wrongTimed } from "./check-events.ts";
import { wrongAliases, wrongColumns, wrongDateFields, wrongOutputs } from "./check-fields.ts";
import { wrongMembers } from "./check-members.ts";
import {
  noLastValue,
  unknownDimensions,
  unknownFeatures,
  wrongDistribution,
  wrongGroups,
  wrongNames,
  wrongSteps,
} from "./check-references.ts";
import {
  type KnownCandidate,
  noBaseline,
  noLearnedFeature,
  wrongAverages,
  wrongBackfill,
  wrongCandidates,
  wrongClassification,
  wrongGrowths,
  wrongMetric,
  wrongPeriodsMin,
  wrongShares,
  wrongSpaces,
} from "./check-rules.ts";
import {
  type DeclaredFeed,
  unknownFeeds,
  unknownVariables,
  variablesOfNoSource,
  variablesOfTwoSources,
  wrongDimensions,
  wrongGranularity,
  wrongLags,
  wrongReductions,
  wrongSchedule,
} from "./check-sources.ts";
import type { Forecast } from "./forecast.ts";

/** Each check returns one sentence per mistake. To add a check, add a line here. */
const checks: readonly ((forecast: Forecast, feeds: readonly DeclaredFeed[]) => readonly string[])[] = [
  unknownFeeds,
  unknownVariables,
  wrongLags,
  variablesOfTwoSources,
  variablesOfNoSource,
  wrongDimensions,
  wrongGranularity,
  wrongReductions,
  wrongSchedule,
  wrongTimed,
  wrongEvents,
  wrongEventFeatures,
  wrongDateFields,
  wrongDistribution,
  wrongSteps,
  wrongGroups,
  unknownDimensions,
  noLastValue,
  noLearnedFeature,
  unknownFeatures,
  wrongColumns,
  wrongAliases,
  wrongNames,
  wrongOutputs,
  wrongMetric,
  wrongClassification,
  wrongShares,
  wrongPeriodsMin,
  noBaseline,
  wrongAverages,
  wrongGrowths,
  wrongBackfill,
  wrongSpaces,
];

/**
 * Returns the mistakes in a declaration: in its members, features, sources and schedule, and in everything that refers to them;
 * empty if there are none. If a member has the wrong name or type, nothing else is checked. A feature with a mistake of its
 * own is not checked further.
 * @param candidates the candidates that exist; null where they are not known, as in the hub, which does not train
 */
export function mistakesIn(
  forecast: Forecast,
  feeds: readonly DeclaredFeed[],
  candidates: readonly KnownCandidate[] | null = null,
): string[] {
  const members = wrongMembers(forecast);
  if (members.length > 0) return members;
  const read = forecast.features.map((feature) => ({ feature, read: readFeature(feature) }));
  const features = read.filter((one) => one.read.ok).map(({ feature }) => feature);
  return [
    ...read.flatMap((one) => (one.read.ok ? [] : [withCapital(one.read.error)])),
    ...checks.flatMap((check) => check({ ...forecast, features }, feeds)),
    ...(candidates === null ? [] : wrongCandidates(forecast, candidates)),
  ];
}

/** Returns the mistakes in all declarations of the catalogues, each with its feed or forecast. */
export function declarationMistakes(
  forecasts: readonly Forecast[],
  feeds: readonly DeclaredFeed[],
  candidates: readonly KnownCandidate[] | null = null,
): string[] {
  return [
    ...repeatedIds("feeds", feeds),
    ...repeatedIds("forecasts", forecasts),
    ...feeds.flatMap((feed) => mistakesInFeed(feed).map((mistake) => `feed ${feed.id}: ${mistake}`)),
    ...forecasts.flatMap((forecast) =>
      mistakesIn(forecast, feeds, candidates).map((mistake) => `forecast ${forecast.id}: ${mistake}`),
    ),
  ];
}

/** Throws if a declaration in the catalogues is wrong. The message has one line per mistake. */
export function checkDeclarations(forecasts: readonly Forecast[], feeds: readonly DeclaredFeed[]): void {
  const mistakes = declarationMistakes(forecasts, feeds);
  if (mistakes.length > 0) throw new RangeError(mistakes.join("\n"));
}

function repeatedIds(what: string, catalogue: readonly { readonly id: string }[]): string[] {
  const ids = catalogue.map(({ id }) => id);
  const repeated = new Set(ids.filter((id, at) => ids.indexOf(id) < at));
  return [...repeated].map((id) => `Two ${what} have the id ${id}; expected a different id for each.`);
}

function mistakesInFeed(feed: DeclaredFeed): string[] {
  const { partitionBy, granularity } = feed;
  const partitioning = canPartition(feed)
    ? []
    : [
        `Its lake is partitioned by ${partitionBy}, which is shorter than its period; expected ${granularity} or longer.`,
      ];
  return [...partitioning, ...wrongBreaks(feed)];
}

function withCapital(sentence: string): string {
  const end = sentence.endsWith("?") ? "" : ".";
  return `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}${end}`;
}
