/**
 * Computes the features of fixed events, with the versions of their kinds. Writes event-features.json:
 *
 *     node test/golden/event-features.ts && npx biome format --write test/golden
 *
 * Run it only after you added a kind or a version. The numbers of existing versions must not change.
 */
import { writeFileSync } from "node:fs";
import { kindOf } from "../../shared/features/feature.ts";
import { fixedEventFeatures, fixedEvents } from "../features/fixed-events.ts";
import { tableOf } from "../features/support.ts";

const rows = tableOf(fixedEvents()).map(({ period, series, last, target, inputs }) => [
  period,
  series,
  last,
  target,
  ...fixedEventFeatures.map(({ name }) => inputs[name]),
]);
const features = fixedEventFeatures.map((feature) => [feature.name, kindOf(feature)]);
writeFileSync(new URL("event-features.json", import.meta.url), JSON.stringify({ features, rows }));
