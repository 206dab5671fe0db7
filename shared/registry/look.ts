/**
 * Looks: tests of contenders on the test window. Repeated tests of the same periods pass in the end by chance, so a look
 * needs periods that no look has used, or pays with a lower level. docs/GATE.md states the rule and its simulated errors.
 */
import type { Forecast } from "../forecasts/forecast.ts";
import type { Schedule } from "../forecasts/schedule.ts";
import type { Granularity } from "../period.ts";

/**
 * The level of a look: p must be below it. The largest of 0.01, 0.02 and 0.05 with at most 1 % false promotions in
 * `npm run bench -- gate`; docs/GATE.md has the table.
 */
export const promotionLevel = 0.01;

/** A look that was made. */
export interface Look {
  /** The training that made it: its run, or the version of an imported model. */
  readonly key: string;
  /** First and last test period that it used. */
  readonly from: string;
  readonly to: string;
  /** How often the level was halved for it. */
  readonly halvings: number;
}

/** All looks of a forecast, oldest first. */
export interface LookHistory {
  readonly looks: readonly Look[];
  /** True if the publisher has changed, beyond the tolerance, data that the newest look read. */
  readonly dataChanged: boolean;
}

export const noLooks: LookHistory = { looks: [], dataChanged: false };

/** The periods and the level of the next look, or the reason why there is none. */
export type LookPlan =
  | { readonly kind: "look"; readonly periods: readonly string[]; readonly level: number; readonly halvings: number }
  | {
      readonly kind: "none";
      /** Number of test periods, and of those that no look has used. */
      readonly periods: number;
      readonly unused: number;
    };

/**
 * Plans the next look of a training at its test window. With `periodsMin` unused periods it uses these at the full level. Otherwise
 * it uses the whole window if the data that the newest look read has changed, at the level divided by 2^j for the j earlier looks
 * that share a period with the window. O(periods · looks).
 *
 * Only periods after all looks are unused. A declaration with a longer test window contains earlier periods that no look has
 * used, but validation has, and an edited declaration is never a new look. `earlier: true` allows these too, for an imported
 * model, which was selected elsewhere.
 */
export function planLook(
  periods: readonly string[],
  { looks, dataChanged }: LookHistory,
  { periodsMin, earlier = false }: Pick<LookRule, "periodsMin"> & { readonly earlier?: boolean },
): LookPlan {
  const isUsed = (period: string) => looks.some((look) => (earlier ? isUsedBy(period, look) : period <= look.to));
  const unused = periods.filter((period) => !isUsed(period));
  if (unused.length >= periodsMin) return lookOn(unused, 0);
  const shared = looks.filter((look) => periods.some((period) => isUsedBy(period, look))).length;
  if (dataChanged && periods.length >= periodsMin) return lookOn(periods, shared);
  return { kind: "none", periods: periods.length, unused: unused.length };
}

/**
 * Returns the plan of a look that was made already: the same periods at the same level. At the full level it used no period of
 * the `earlier` looks, also if they lie between its first and last period.
 */
export function planOf(periods: readonly string[], made: Look, earlier: readonly Look[]): LookPlan {
  const taken = made.halvings === 0 ? earlier : [];
  return lookOn(
    periods.filter((period) => isUsedBy(period, made) && !taken.some((look) => isUsedBy(period, look))),
    made.halvings,
  );
}

function isUsedBy(period: string, { from, to }: Look): boolean {
  return from <= period && period <= to;
}

function lookOn(periods: readonly string[], halvings: number): LookPlan {
  return { kind: "look", periods, level: promotionLevel / 2 ** halvings, halvings };
}

/** How many unused periods a look needs, and what a period is called. */
export interface LookRule {
  readonly periodsMin: number;
  readonly noun: string;
}

/** Fewer periods than about a week of hours, a month of days, a year of months or two years of quarters are no sample. */
const usualPeriodsMin: Readonly<Record<Granularity, number>> = { hour: 168, day: 30, month: 12, quarter: 8 };

/** Returns the rule of a forecast: the declared number of periods, or the usual one for its period. */
export function lookRuleOf({ schedule, promotion }: Pick<Forecast, "schedule" | "promotion">): LookRule {
  return { periodsMin: promotion?.periodsMin ?? usualPeriodsMin[schedule.every], noun: nounOf(schedule) };
}

function nounOf({ every, weekdays, periods }: Schedule): string {
  if (periods === "published") return "publication";
  if (every !== "day" || weekdays === undefined) return every;
  return weekdays.length === 1 ? "week" : "weekday";
}
