import type { Forecast } from "../../shared/forecasts/forecast.ts";
import { isIsoDay } from "../../shared/lib/calendar.ts";
import { withSuggestion } from "../../shared/lib/did-you-mean.ts";
import { isNaive } from "../../shared/registry/gate.ts";
import { Failure } from "../failure.ts";

/** As they are typed. */
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
  /** Null for what suits the machine. The result does not depend on it. */
  readonly threads: number | null;
}

export const defaultSeed = 1;

/** Throws a failure that says what was found and what is allowed. */
export function readTrainingOptions({ trials, seed, budget, threads }: TrainingOptions): ReadTrainingOptions {
  return {
    seed: seed === undefined ? defaultSeed : whole("--seed", seed, { min: 0, max: 2 ** 31 - 1 }),
    trialsMax: trials === undefined ? null : whole("--trials", trials, { min: 1, max: 1_000 }),
    budgetSeconds: budget === undefined ? null : duration(budget),
    threads: threads === undefined ? null : whole("--threads", threads, { min: 1, max: 64 }),
  };
}

/** The forecast with these candidates alone, separated by commas, and naive, which is always there; all where none are named. */
export function withOnly(forecast: Forecast, only: string | undefined): Forecast {
  if (only === undefined) return forecast;
  const names = only.split(",").map((name) => name.trim());
  const known = forecast.candidates.map(({ candidate }) => candidate);
  for (const name of names) {
    if (known.includes(name)) continue;
    throw new Failure(withSuggestion(`--only ${name} is no candidate of ${forecast.id}`, name, known));
  }
  const isIn = (candidate: string) => isNaive(candidate) || names.includes(candidate);
  return { ...forecast, candidates: forecast.candidates.filter(({ candidate }) => isIn(candidate)) };
}

/** A day, month or year after which nothing is used; null where none was given. */
export function readUntil(until: string | undefined): string | null {
  if (until === undefined || isIsoDay(until) || /^\d{4}(-(0[1-9]|1[0-2]))?$/.test(until)) return until ?? null;
  throw new Failure(`--until ${until} is no date; write it as YYYY-MM-DD, YYYY-MM or YYYY.`);
}

function whole(option: string, text: string, { min, max }: { readonly min: number; readonly max: number }): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= min && value <= max) return value;
  throw new Failure(`${option} ${text} cannot be used; expected a whole number from ${min} to ${max}.`);
}

/** `60s`, `2m`, `90`: seconds unless said otherwise. */
function duration(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(s|m|min|h)?$/.exec(text);
  const seconds = Number(match?.[1]) * ({ m: 60, min: 60, h: 3600 }[match?.[2] ?? ""] ?? 1);
  if (match && seconds > 0) return seconds;
  throw new Failure(`--budget ${text} is no duration; write it as 60s, 2m or 1h.`);
}
