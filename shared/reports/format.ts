/** Formats numbers, dates and sizes for one reader. */
import { firstDayOf, type Granularity, granularityOf } from "../period.ts";

export interface Format {
  /** A value of the target, with the decimals that are published. */
  value(value: number): string;
  /** A plain number with up to three significant decimals. */
  number(value: number): string;
  /** A number with a given number of decimals. */
  fixed(value: number, decimals: number): string;
  count(value: number): string;
  /** A share as a percentage, without sign. */
  percent(share: number, decimals?: number): string;
  /** A relative change with its sign. */
  change(share: number): string;
  /** A difference of two shares in percentage points, with its sign and without a unit. */
  points(difference: number): string;
  /** A period: `20 Nov 2026`, `Nov 2026`, `Q4 2026`. */
  period(period: string): string;
  /** The day and time of an instant, UTC. */
  time(iso: string): string;
  /** A tick of a time axis. */
  tick(ms: number, isLong: boolean): string;
  bytes(count: number): string;
}

const options: Readonly<Record<Granularity, Intl.DateTimeFormatOptions>> = {
  hour: { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
  day: { day: "numeric", month: "short", year: "numeric" },
  month: { month: "short", year: "numeric" },
  quarter: { month: "short", year: "numeric" },
};

/** Builds the formats of a locale. Building an Intl object takes longer than formatting, so they are shared. */
export function formatOf(locale: string, decimals: number): Format {
  const utc = { timeZone: "UTC" } as const;
  const numbers = (settings: Intl.NumberFormatOptions) => new Intl.NumberFormat(locale, settings);
  const dates = (settings: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(locale, { ...utc, ...settings });
  const byDecimals = new Map<number, Intl.NumberFormat>();
  const fixed = (digits: number) => {
    const known = byDecimals.get(digits) ?? numbers({ minimumFractionDigits: digits, maximumFractionDigits: digits });
    byDecimals.set(digits, known);
    return known;
  };
  const value = fixed(decimals);
  const plain = numbers({ maximumFractionDigits: 3 });
  const whole = numbers({ maximumFractionDigits: 0 });
  const [percent0, percent1] = [0, 1].map((digits) =>
    numbers({ style: "percent", minimumFractionDigits: digits, maximumFractionDigits: digits }),
  );
  const signed = numbers({
    style: "percent",
    minimumFractionDigits: 1,
    maximumFractionDigits: 1,
    signDisplay: "exceptZero",
  });
  const points = numbers({ minimumFractionDigits: 1, maximumFractionDigits: 1, signDisplay: "exceptZero" });
  const byPeriod = {
    hour: dates(options.hour),
    day: dates(options.day),
    month: dates(options.month),
    quarter: dates(options.quarter),
  };
  const [short, long] = [dates({ day: "numeric", month: "short" }), dates(options.month)];
  return {
    value: (one) => value.format(one),
    number: (one) => plain.format(one),
    fixed: (one, digits) => fixed(digits).format(one),
    count: (one) => whole.format(one),
    percent: (share, digits = 0) => (digits === 0 ? percent0 : percent1)?.format(share) ?? "",
    change: (share) => signed.format(share),
    points: (difference) => points.format(difference * 100),
    period(period) {
      const granularity = granularityOf(period) ?? "day";
      if (granularity === "quarter") return `${period.slice(5)} ${period.slice(0, 4)}`;
      const hour = granularity === "hour" ? period.slice(11, 13) : "00";
      return byPeriod[granularity].format(new Date(`${firstDayOf(period)}T${hour}:00:00Z`));
    },
    time: (iso) => byPeriod.hour.format(new Date(iso)),
    tick: (ms, isLong) => (isLong ? long : short).format(new Date(ms)),
    bytes: (count) => (count < 1000 ? `${count} B` : `${plain.format(Math.round(count / 100) / 10)} kB`),
  };
}
