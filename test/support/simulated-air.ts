/** Builds a file of the simulated air in the publisher's format, with all hours in the past. */

import { pollutants } from "../../shared/feeds/open-meteo-air-quality/pollutants.ts";
import { addDays } from "../../shared/lib/calendar.ts";
import { type AirVariable, airOf } from "../../trainer/simulate/air.ts";
import { answer, hoursOf } from "./air-quality.ts";

const firstDay = "2025-11-20";

/** Returns `days` whole days and the file name. */
export function airFile(
  seed: number,
  days: number,
): { readonly name: string; readonly bytes: Uint8Array<ArrayBuffer> } {
  const air = airOf(seed, "Vigo");
  const all = Array.from({ length: days }, (_, day) => addDays(firstDay, day));
  const times = hoursOf(...all);
  const now = Date.parse(`${addDays(firstDay, days + 30)}T00:00:00Z`);
  const lists = Object.fromEntries(
    pollutants.map(({ name }) => [
      name,
      times.map((time) => air.value(name as AirVariable, Date.parse(`${time}:00Z`), now)),
    ]),
  );
  const bytes = Uint8Array.from(new TextEncoder().encode(JSON.stringify(answer({ times, lists }))));
  return { name: `air-quality-${all[0]}_${all.at(-1)}.json`, bytes };
}
