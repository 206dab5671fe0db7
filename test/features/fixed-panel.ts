import { datasetOf } from "../../shared/features/dataset.ts";
import type { Panel } from "../../shared/features/panel.ts";
import { type Forecast, toleranceOf } from "../../shared/forecasts/forecast.ts";
import { addDays } from "../../shared/lib/calendar.ts";
import { createRandom } from "../../shared/models/random.ts";
import { otherVariables } from "../../shared/sources/facts.ts";
import { eventsDatasetOf } from "./fixed-events.ts";
import { everyKind, otherVariable } from "./support.ts";

const dimensions = ["region", "product"];

export const fixedFeatures = everyKind(dimensions);

/** A panel of 16 publications across the end of a year: 4 series of prices that often do not change and are sometimes missing. */
function fixedPanel(): Panel {
  const names = ["north\tmilk", "north\tcream", "south\tmilk", "south\tcream"].map((name) => name.split("\t"));
  return randomPanel({ dimensions, names, others: [otherVariable], length: 16 });
}

interface PanelStory {
  readonly dimensions: readonly string[];
  readonly names: readonly (readonly string[])[];
  readonly others: readonly string[];
  readonly length: number;
}

function randomPanel({ dimensions, names, others, length }: PanelStory): Panel {
  const random = createRandom(20261121);
  const periods = Array.from({ length }, (_, index) => addDays("2026-12-14", Math.floor((index * 7) / 3)));
  const series = names.map((is, index) => {
    let cents = 2000 + 150 * index;
    const values = Float64Array.from(periods, () => {
      if (random.uniform() < 0.4) cents += random.integer(101) - 50;
      return random.uniform() < 0.15 ? Number.NaN : cents / 100;
    });
    const walks = others.map((name, at) => [name, randomWalk(index + 100 * at, length)]);
    return { is, values, others: Object.fromEntries(walks) };
  });
  return { dimensions, periods, series };
}

function randomWalk(seed: number, length: number): Float64Array {
  const walk = createRandom(seed);
  let level = 100;
  return Float64Array.from({ length }, () => {
    level *= 0.9 + 0.2 * walk.uniform();
    return walk.uniform() < 0.2 ? Number.NaN : level;
  });
}

export function fixedDataset() {
  return datasetOf(fixedPanel(), { features: fixedFeatures, tolerance: 0.005 });
}

/** Makes a forecast's dataset of random prices: longer than any reach, with missing values in every variable. */
export function forecastDataset(forecast: Forecast) {
  const ofEvents = eventsDatasetOf(forecast);
  if (ofEvents !== null) return ofEvents;
  const { dimensions, features } = forecast;
  const names =
    dimensions.length === 0 ? [[]] : [0, 1, 2, 3].map((index) => dimensions.map((_, at) => nameAt(index, at)));
  const panel = randomPanel({ dimensions, names, others: otherVariables(forecast), length: 160 });
  return datasetOf(panel, { features, tolerance: toleranceOf(forecast) });
}

/** The first two series have the same first two names. */
function nameAt(index: number, dimension: number): string {
  return `${dimension}-${dimension < 2 ? index >> 1 : index}`;
}
