/** Builds `served.json` from a validated card and the declaration of its forecast. The same input gives the same bytes. */
import { dtypeOf, kindOf } from "../features/feature.ts";
import type { Forecast } from "../forecasts/forecast.ts";
import { isPersonalForecast } from "../forecasts/personal.ts";
import { failure, type Result, success } from "../lib/result.ts";
import type { Card } from "./card.ts";
import { servedLearnerOf } from "./further-steps.ts";
import { servedFormat } from "./keys.ts";
import { type ServedModelFile, servedCardShape } from "./served.ts";
import { ownLine } from "./summary.ts";

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
    card: servedCardShape.parse({ ...card, name, ...(stepLearner && { stepLearner }) }),
    declaration: servingDeclaration(forecast),
  };
  return success(JSON.stringify(file));
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
