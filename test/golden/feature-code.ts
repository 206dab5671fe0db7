/**
 * Computes all features of one fixed panel, with the versions of their kinds. Writes feature-code.json:
 *
 *     node test/golden/feature-code.ts && npx biome format --write test/golden
 *
 * Run it only after you added a kind or a version. The numbers of existing versions must not change.
 */
import { writeFileSync } from "node:fs";
import { kindOf } from "../../shared/features/feature.ts";
import { fixedDataset, fixedFeatures } from "../features/fixed-panel.ts";
import { tableOf } from "../features/support.ts";

const rows = tableOf(fixedDataset()).map(({ period, series, last, target, inputs }) => [
  period,
  series,
  last,
  target,
  ...fixedFeatures.map(({ name }) => inputs[name]),
]);
const features = fixedFeatures.map((feature) => [feature.name, kindOf(feature)]);
writeFileSync(new URL("feature-code.json", import.meta.url), JSON.stringify({ features, rows }));
