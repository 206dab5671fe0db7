/** Converts facts of a forecast with one source. */

import { type Sourced, targetSourceOf } from "../../shared/forecasts/source.ts";
import type { Fact } from "../../shared/lake/fact.ts";
import type { FactsByFeed } from "../../shared/sources/facts.ts";

/** Returns the facts as facts of the target's feed. */
export function factsOf(forecast: Sourced, facts: readonly Fact[]): FactsByFeed {
  return new Map([[targetSourceOf(forecast).feed, facts]]);
}
