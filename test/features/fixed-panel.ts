import { datasetOf } from "../../shared/features/dataset.ts";
import type { Panel } from "../../shared/features/panel.ts";
import { addDays } from "../../shared/lib/calendar.ts";
import { createRandom } from "../../shared/models/random.ts";
import { everyKind, otherVariable } from "./support.ts";

const dimensions = ["region", "product"];

export const fixedFeatures = everyKind(dimensions);

/** 16 publications across a year's end, 4 series of prices that often stay and sometimes lack. */
function fixedPanel(): Panel {
  const random = createRandom(20261121);
  const periods = Array.from({ length: 16 }, (_, index) => addDays("2026-12-14", Math.floor((index * 7) / 3)));
  const names = ["north\tmilk", "north\tcream", "south\tmilk", "south\tcream"];
  const series = names.map((name, index) => {
    let cents = 2000 + 150 * index;
    const values = Float64Array.from(periods, () => {
      if (random.uniform() < 0.4) cents += random.integer(101) - 50;
      return random.uniform() < 0.15 ? Number.NaN : cents / 100;
    });
    const walk = createRandom(index);
    let level = 100;
    const other = Float64Array.from(periods, () => {
      level *= 0.9 + 0.2 * walk.uniform();
      return walk.uniform() < 0.2 ? Number.NaN : level;
    });
    return { is: name.split("\t"), values, others: { [otherVariable]: other } };
  });
  return { dimensions, periods, series };
}

export function fixedDataset() {
  return datasetOf(fixedPanel(), { features: fixedFeatures, tolerance: 0.005 });
}
