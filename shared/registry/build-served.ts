/** Builds `served.json` from a validated card and the declaration of its forecast. The same input gives the same bytes. */
import { dtypeOf, kindOf } from "../features/feature.ts";
import type { Forecast } from "../forecasts/forecast.ts";
import { isPersonalForecast } from "../forecasts/personal.ts";
import { evenlySpaced } from "../lib/evenly-spaced.ts";
import { mapValues } from "../lib/map-values.ts";
import { failure, type Result, success } from "../lib/result.ts";
import type { Card } from "./card.ts";
import { servedLearnerOf } from "./further-steps.ts";
import type { Golden } from "./golden-shape.ts";
import { servedFormat } from "./keys.ts";
import { type ServedModelFile, servedCardShape } from "./served.ts";
import { ownLine } from "./summary.ts";

/**
 * Maximum number of golden rows in a `served.json`. `predict` runs them before its first answer, where 24 rows take a tenth of
 * the time. The hub runs all rows of the card before a version serves.
 */
const servedGoldenRowsMax = 6;

/** Returns the text of `served.json`. Fails if the model reads an input that the forecast does not declare. */
export function buildServed(forecast: Forecast, card: Card): Result<string> {
  for (const { name, dtype } of card.features) {
    const declared = forecast.features.find((feature) => feature.name === name);
    if (declared === undefined || dtypeOf(declared) !== dtype) {
      return failure(`the model reads ${name} (${dtype}), which forecast ${forecast.id} does not compute`);
    }
  }
  const name = ownLine(card)?.name ?? card.recipe.candidate;
  const stepLearner = servedLearnerOf(card.further);
  const file: ServedModelFile = {
    format: servedFormat,
    // The schema drops every member of the card that `predict` does not read.
    card: servedCardShape.parse({ ...card, name, golden: fewerRows(card.golden), ...(stepLearner && { stepLearner }) }),
    declaration: servingDeclaration(forecast),
  };
  return success(JSON.stringify(file));
}

/** Keeps evenly spaced golden rows, the first one included. */
function fewerRows({ inputs, outputs, tolerance }: Golden): Golden {
  const count = Object.values(inputs)[0]?.length ?? 0;
  const kept = evenlySpaced(
    Array.from({ length: count }, (_, row) => row),
    servedGoldenRowsMax,
  );
  const rowsOf = <T>(values: readonly T[]): T[] => {
    const width = values.length / count;
    return kept.flatMap((row) => values.slice(row * width, (row + 1) * width));
  };
  return { inputs: mapValues(inputs, rowsOf), outputs: mapValues(outputs, rowsOf), tolerance };
}

/** Returns the serving part of a declaration, its features with the versions of their kinds. */
export function servingDeclaration(forecast: Forecast): ServedModelFile["declaration"] {
  const { id, title, variable, sources, events, dimensions, task, labels, schedule, target } = forecast;
  const { features, unit, locale, output, differenceOutput, given, csv, aliases, dateFields, hypothesisNeeds } =
    forecast;
  return {
    id,
    title,
    variable,
    sources,
    ...(events && { events }),
    dimensions,
    task,
    ...(labels && { labels }),
    ...(isPersonalForecast(forecast) && { personal: true }),
    schedule,
    target,
    features: features.map((feature) => ({ ...feature, kind: kindOf(feature) })),
    intervals: { scaledBy: forecast.intervals.scaledBy },
    ...(hasSteps(forecast) && { stepped: steppedOf(forecast) }),
    change: forecast.change && { frequency: forecast.change.frequency },
    unit,
    locale,
    output,
    ...(differenceOutput !== undefined && { differenceOutput }),
    ...(given && { given }),
    ...(csv && { csv }),
    aliases,
    dateFields,
    hypothesisNeeds,
  };
}

function hasSteps({ steps, groups = [] }: Forecast): boolean {
  return steps.length > 1 || groups.length > 0;
}

function steppedOf({
  seasonal,
  groups,
  distribution,
}: Forecast): NonNullable<ServedModelFile["declaration"]["stepped"]> {
  return { seasonal, ...(groups && { groups }), ...(distribution && { distribution }) };
}
