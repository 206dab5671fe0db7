/** Which facts a forecast is made of, and the way from a feed's facts to its panel: the same for training and serving. */
import type { Forecast } from "../forecasts/forecast.ts";
import type { Fact } from "../lake/fact.ts";
import { deriveFacts, hoursOfDay, hoursVariable } from "./derive.ts";
import { reachOf, variableOf } from "./feature.ts";
import { type Panel, panelOf } from "./panel.ts";

type Looks = Pick<Forecast, "variable" | "features" | "derive">;

/** The variables beside the target that features look at, sorted. */
export function otherVariables({ variable, features }: Pick<Looks, "variable" | "features">): string[] {
  const named = features.map(variableOf).filter((name) => name !== undefined);
  return [...new Set(named)].filter((name) => name !== variable).sort();
}

/** The variables of the feed that a forecast is made of; the target first where it is one of them. */
export function sourceVariables(forecast: Looks): readonly string[] {
  return forecast.derive?.variables ?? [forecast.variable, ...otherVariables(forecast)];
}

/** How many of the feed's periods hold the reach of the features, for periods of which the newest may be an incomplete day. */
export function sourceReach({ features, derive }: Looks): number {
  const reach = reachOf(features);
  return derive === undefined ? reach : (reach + 1) * hoursOfDay;
}

/** A feed's facts as those of the forecast's own variables and periods. Facts of other variables are left out. O(facts · log facts). */
export function forecastFacts(forecast: Looks, facts: readonly Fact[]): Fact[] {
  const { derive } = forecast;
  const derived = derive === undefined ? facts : deriveFacts(derive, facts);
  const wanted = new Set([forecast.variable, ...otherVariables(forecast), ...(derive ? [hoursVariable] : [])]);
  return derived.filter(({ variable }) => wanted.has(variable));
}

/** The panel of a feed's facts. */
export function forecastPanel(forecast: Looks & Pick<Forecast, "dimensions">, facts: readonly Fact[]): Panel {
  const variables = { target: forecast.variable, others: otherVariables(forecast) };
  return panelOf(forecast.dimensions, forecastFacts(forecast, facts), variables);
}
