import type { Forecast } from "../../shared/forecasts/forecast.ts";
import { withSuggestion } from "../../shared/lib/did-you-mean.ts";
import { isPeriod, lastDayOf } from "../../shared/period.ts";
import { isNaive } from "../../shared/registry/gate.ts";
import { Failure } from "../failure.ts";

/** Training options as texts from the command line. */
export interface TrainingOptions {
  readonly trials?: string;
  readonly seed?: string;
  readonly budget?: string;
  readonly threads?: string;
  readonly only?: string;
}

export interface ReadTrainingOptions {
  readonly seed: number;
  readonly trialsMax: number | null;
  readonly budgetSeconds: number | null;
  /** Null: one per core, at most 8. The result does not depend on it. */
  readonly threads: number | null;
}

const defaultSeed = 1;

/** Parses the options. @throws Failure with the value that was found and the allowed values. */
export function readTrainingOptions({ trials, seed, budget, threads }: TrainingOptions): ReadTrainingOptions {
  return {
    seed: seed === undefined ? defaultSeed : wholeNumber("--seed", seed, { min: 0, max: 2 ** 31 - 1 }),
    trialsMax: trials === undefined ? null : wholeNumber("--trials", trials, { min: 1, max: 1_000 }),
    budgetSeconds: budget === undefined ? null : duration(budget),
    threads: threads === undefined ? null : wholeNumber("--threads", threads, { min: 1, max: 64 }),
  };
}

/** Returns the forecast with only the named candidates and the baselines; unchanged if none are named. */
export function withOnly(forecast: Forecast, only: string | undefined): Forecast {
  if (only === undefined) return forecast;
  const names = only.split(",").map((name) => name.trim());
  const known = forecast.candidates.map(({ candidate }) => candidate);
  for (const name of names) {
    if (known.includes(name)) continue;
    throw new Failure(withSuggestion(`--only ${name} is not a candidate of ${forecast.id}`, name, known));
  }
  const isIncluded = (candidate: string) => isNaive(candidate) || names.includes(candidate);
  return { ...forecast, candidates: forecast.candidates.filter(({ candidate }) => isIncluded(candidate)) };
}

/**
 * Returns the forecast with only the steps up to this one; unchanged if none is given. Baselines and learners of later steps take
 * most of the time of a backtest.
 */
export function withStepsUpTo(forecast: Forecast, last: string | undefined): Forecast {
  if (last === undefined) return forecast;
  const max = forecast.steps.at(-1) ?? 1;
  const upTo = wholeNumber("--steps", last, { min: 1, max });
  const [first = 1] = forecast.steps;
  const until = (steps: readonly number[]) => steps.filter((step) => step <= Math.max(first, upTo));
  const headline = until(forecast.headline);
  return { ...forecast, steps: until(forecast.steps), headline: headline.length > 0 ? headline : [first] };
}

/** Parses the day, month, quarter or year after which no data is used; null if none was given. A quarter becomes its last day. */
export function readUntil(until: string | undefined): string | null {
  if (until === undefined) return null;
  if (isPeriod(until, "quarter")) return lastDayOf(until);
  if (isPeriod(until, "day") || isPeriod(until, "month") || /^\d{4}$/.test(until)) return until;
  throw new Failure(`--until ${until} is not a date. Expected YYYY-MM-DD, YYYY-MM, YYYY-Qn or YYYY.`);
}

function wholeNumber(
  option: string,
  text: string,
  { min, max }: { readonly min: number; readonly max: number },
): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= min && value <= max) return value;
  throw new Failure(`${option} ${text} is not valid. Expected a whole number from ${min} to ${max}.`);
}

/** Parses `60s`, `2m`, `1h` or `90` (seconds) to seconds. */
function duration(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(s|m|min|h)?$/.exec(text);
  const seconds = Number(match?.[1]) * ({ m: 60, min: 60, h: 3600 }[match?.[2] ?? ""] ?? 1);
  if (match && seconds > 0) return seconds;
  throw new Failure(`--budget ${text} is not a duration. Expected 60s, 2m or 1h.`);
}
