/**
 * All features of one fixed panel, under the version of the code that computes them. Writes feature-code.json:
 *
 *     node test/golden/feature-code.ts && npx biome format --write test/golden
 *
 * Run it only together with a bump of `featureCodeVersion`: models learned from the old numbers are refused by that alone.
 */
import { writeFileSync } from "node:fs";
import { featureCodeVersion } from "../../shared/features/compute.ts";
import { fixedDataset, fixedFeatures } from "../features/fixed-panel.ts";
import { tableOf } from "../features/support.ts";

const rows = tableOf(fixedDataset()).map(({ period, series, last, target, inputs }) => [
  period,
  series,
  last,
  target,
  ...fixedFeatures.map(({ name }) => inputs[name]),
]);
const golden = { featureCodeVersion, features: fixedFeatures.map(({ name }) => name), rows };
writeFileSync(new URL("feature-code.json", import.meta.url), JSON.stringify(golden));
