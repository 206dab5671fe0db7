/**
 * Computes a digest of every feature of every forecast on random prices. Writes forecast-features.json:
 *
 *     node test/golden/forecast-features.ts && npx biome format --write test/golden
 *
 * Run it only after you changed a declaration. The digests of unchanged features must not change.
 */
import { writeFileSync } from "node:fs";
import { forecasts } from "../../shared/forecasts/index.ts";
import { columnDigests } from "../features/column-digests.ts";
import { forecastDataset } from "../features/fixed-panel.ts";

const digests = Object.fromEntries(
  forecasts.map((forecast) => [forecast.id, columnDigests(forecastDataset(forecast))]),
);
writeFileSync(new URL("forecast-features.json", import.meta.url), JSON.stringify(digests));
