/**
 * Simulates the hourly air quality of a place. The drivers (weather, traffic) are autocorrelated from day to day, so that
 * forecasts have some skill, but little. Over a year three days of four have an air quality index above 30.
 */
import { hourMs } from "../../shared/lib/durations.ts";
import { MARKET_OPENS } from "./publication-days.ts";
import { type Random, randomFrom } from "./random.ts";

const OPENS = Date.parse(`${MARKET_OPENS}T00:00:00Z`);

/** Autocorrelation from one day to the next, and from one hour to the next. */
const DAY_MEMORY = 0.45;
const HOUR_MEMORY = 0.8;
/** Saharan dust: daily probability of an event, its maximum length and level. */
const DUST = { odds: 0.02, daysMax: 4, levelMax: 45 };
/** One value in this many is permanently missing. */
const MISSING_ODDS = 2_000;
/** One value in this many is first published with an error and corrected after some hours. */
const CORRECTION = { odds: 12, afterHours: 48, share: 0.06 };
/** Relative error of values that are published before their hour has ended. */
const EXPECTED_SHARE = 0.15;

export const AIR_VARIABLES = {
  carbon_monoxide: "μg/m³",
  nitrogen_dioxide: "μg/m³",
  sulphur_dioxide: "μg/m³",
  ozone: "μg/m³",
  dust: "μg/m³",
  european_aqi: "EAQI",
} as const;

export type AirVariable = keyof typeof AIR_VARIABLES;

export interface Air {
  /** Returns the value for the hour that begins at `hour` as published at `now`: predicted, measured or corrected. Null if missing. */
  value(variable: AirVariable, hour: number, now: number): number | null;
}

type Values = Readonly<Record<AirVariable, number>>;

/** Returns the air of a seed and a place, from `MARKET_OPENS` on. The first request costs about 2 µs per simulated hour. */
export function airOf(seed: string | number, place: string): Air {
  const random = randomFrom(seed).substream("air").substream(place);
  const hours: Values[] = [];
  const next = hourProcess(random.substream("hours"));
  const lots = random.substream("lots");
  return {
    value(variable, hour, now) {
      const index = Math.round((hour - OPENS) / hourMs);
      while (hours.length <= index) hours.push(next(hours.length));
      const truth = hours[index]?.[variable];
      if (truth === undefined) return null;
      const lot = lots.substream(`${variable}/${index}`);
      if (lot.integer(MISSING_ODDS) === 0) return null;
      if (hour + hourMs > now) return rounded(variable, truth * (1 + EXPECTED_SHARE * lot.normal()));
      const isYoung = now - hour < CORRECTION.afterHours * hourMs;
      if (isYoung && lot.integer(CORRECTION.odds) === 0) {
        return rounded(variable, truth * (1 + CORRECTION.share * lot.normal()));
      }
      return truth;
    },
  };
}

function hourProcess(random: Random): (index: number) => Values {
  const weather = walk(random.substream("weather"), DAY_MEMORY);
  const traffic = walk(random.substream("traffic"), DAY_MEMORY);
  const breeze = walk(random.substream("breeze"), HOUR_MEMORY);
  const fumes = walk(random.substream("fumes"), HOUR_MEMORY);
  const dust = dustOf(random.substream("dust"));
  let today = { weather: 0, traffic: 0, dust: 0 };
  return (index) => {
    if (index % 24 === 0) today = { weather: weather(), traffic: traffic(), dust: dust() };
    const season = Math.sin((2 * Math.PI * (index / 24 - 100)) / 365.25);
    const afternoon = Math.cos((2 * Math.PI * ((index % 24) - 15)) / 24);
    const rush = Math.cos((4 * Math.PI * ((index % 24) - 8)) / 24);
    const ozone = 68 + 8 * season + 12 * afternoon + 9 * today.weather + 3 * breeze();
    const nitrogen = Math.exp(1.7 + 0.3 * rush + 0.35 * today.traffic - 0.2 * season + 0.2 * fumes());
    const measured = {
      ozone: rounded("ozone", ozone),
      nitrogen_dioxide: rounded("nitrogen_dioxide", nitrogen),
      carbon_monoxide: rounded("carbon_monoxide", 125 + 4 * nitrogen - 8 * season),
      sulphur_dioxide: rounded("sulphur_dioxide", 0.4 + 0.15 * nitrogen),
      dust: rounded("dust", today.dust * (1 + 0.2 * afternoon)),
    };
    return { ...measured, european_aqi: europeanIndex(measured) };
  };
}

/** Returns an autocorrelated process (AR(1)) with mean 0 and standard deviation 1. */
function walk(random: Random, memory: number): () => number {
  let value = random.normal();
  return () => {
    value = memory * value + Math.sqrt(1 - memory ** 2) * random.normal();
    return value;
  };
}

function dustOf(random: Random): () => number {
  let [days, level] = [0, 0];
  return () => {
    if (days === 0 && random.uniform() < DUST.odds) {
      days = 1 + random.integer(DUST.daysMax);
      level = 10 + random.integer(DUST.levelMax - 10);
    }
    if (days === 0) return random.uniform();
    days -= 1;
    return level;
  };
}

/** Upper bounds of the European index's first bands (20 points each), hourly. Dust is used as the particle concentration. */
const BANDS = { ozone: [50, 100, 130, 240], nitrogen_dioxide: [40, 90, 120, 230], dust: [20, 40, 50, 100] } as const;

function europeanIndex(values: Readonly<Record<keyof typeof BANDS, number>>): number {
  const indices = [
    indexOf(values.ozone, BANDS.ozone),
    indexOf(values.nitrogen_dioxide, BANDS.nitrogen_dioxide),
    indexOf(values.dust, BANDS.dust),
  ];
  return Math.round(Math.max(...indices));
}

function indexOf(value: number, bounds: readonly number[]): number {
  let below = 0;
  for (const [band, bound] of bounds.entries()) {
    if (value <= bound) return 20 * (band + (value - below) / (bound - below));
    below = bound;
  }
  return 20 * bounds.length;
}

function rounded(variable: AirVariable, value: number): number {
  const decimals = ["nitrogen_dioxide", "sulphur_dioxide"].includes(variable) ? 1 : 0;
  return Number(Math.max(0, value).toFixed(decimals));
}
