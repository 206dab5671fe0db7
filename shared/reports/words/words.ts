/** The words of a report, one object for each language. Functions receive numbers and dates as formatted texts. */
import type { MissingReason, ReportServing } from "../../api/report-model.ts";
import type { Granularity } from "../../period.ts";
import type { Format } from "../format.ts";

export interface ServingText {
  readonly text: string;
  /** The end of the text, which is stored in English only. */
  readonly english?: string;
}

export interface Words {
  /** BCP 47. */
  readonly language: string;
  /** The name of the language in itself. */
  readonly languageName: string;
  /** Formats a probability as a frequency: "3 in 10". */
  chance(probability: number): string;
  /** The same for labels of charts: "<1 in 20". */
  shortChance(probability: number): string;
  readonly missing: Readonly<Record<MissingReason, string>>;
  readonly sections: {
    readonly findings: string;
    readonly next: string;
    readonly level: string;
    readonly reliability: string;
    readonly movers: string;
    readonly groups: (dimension: string) => string;
    readonly drivers: string;
    /** "The next day", "The next days". */
    readonly nextPeriods: (every: Granularity, count: number) => string;
    readonly mostLikely: string;
    readonly howOften: string;
    readonly allSeries: string;
    readonly record: string;
    readonly data: string;
    readonly model: string;
    readonly downloads: string;
  };
  readonly head: {
    readonly origin: (date: string) => string;
    readonly made: (time: string) => string;
    readonly revision: (number: string) => string;
    readonly stale: string;
    readonly simulated: string;
    readonly partlySimulated: (feeds: string) => string;
    readonly simulatedMeaning: string;
    readonly skip: string;
  };
  readonly level: {
    readonly all: (count: string) => string;
    readonly rose: (value: string, unit: string, percent: string, since: string) => string;
    readonly fell: (value: string, unit: string, percent: string, since: string) => string;
    readonly same: (value: string, unit: string, since: string) => string;
    readonly expected: (value: string, unit: string, percent: string, date: string) => string;
    readonly range: (chance: string, low: string, high: string, unit: string) => string;
    readonly outsideRange: (chance: string) => string;
    readonly point: (chance: string, value: string, unit: string) => string;
    readonly prediction: (date: string, value: string, unit: string) => string;
    readonly subtitle: (what: string, unit: string, from: string, to: string) => string;
    readonly chained: string;
    readonly noRange: string;
    readonly hits: (inside: string, all: string) => string;
  };
  readonly movers: {
    readonly count: (count: string, all: string, date: string) => string;
    readonly none: (all: string, date: string) => string;
    readonly likely: (name: string, chance: string) => string;
    readonly likelyUp: (name: string, chance: string) => string;
    readonly likelyDown: (name: string, chance: string) => string;
    readonly subtitle: (date: string) => string;
    readonly noDirection: string;
  };
  readonly event: {
    readonly next: (event: string, date: string, chance: string, percent: string) => string;
    /** For how many series the event is more likely than its absence. */
    readonly count: (count: string, all: string, event: string, otherwise: string) => string;
    readonly none: (all: string, event: string, otherwise: string) => string;
    readonly mostLikely: (name: string, chance: string, percent: string) => string;
    readonly usual: (chance: string) => string;
    readonly usualColumn: string;
    readonly usualLabel: (percent: string) => string;
    readonly moreThanUsual: string;
    readonly lessThanUsual: string;
    readonly asUsual: string;
    readonly threshold: (event: string, value: string, unit: string) => string;
    /** The newest value of the number behind the event, and what it counts as. */
    readonly behind: (title: string, value: string, date: string, label: string) => string;
    readonly subtitle: (event: string) => string;
    readonly driversTitle: (feature: string) => string;
    readonly driversTitleDown: (feature: string) => string;
    readonly driversSubtitle: string;
    readonly value: string;
    readonly contribution: string;
    readonly otherwise: (percent: string, label: string) => string;
  };
  readonly table: {
    readonly series: string;
    readonly date: string;
    readonly last: string;
    readonly prediction: string;
    readonly mean: string;
    readonly range: (chance: string) => string;
    readonly down: string;
    readonly same: string;
    readonly up: string;
    readonly change: string;
    readonly usual: string;
    readonly baseline: string;
    readonly notes: string;
    readonly outside: (features: string) => string;
    readonly older: (date: string) => string;
    readonly caption: (unit: string, date: string) => string;
    readonly valuesCaption: (unit: string) => string;
    readonly eventCaption: (event: string, origin: string) => string;
    readonly lastDate: string;
    readonly filter: string;
    readonly shown: string;
    readonly sorted: string;
    readonly ascending: string;
    readonly descending: string;
    readonly more: (shown: string, all: string) => string;
    readonly chartData: string;
    readonly members: string;
  };
  readonly record: {
    /** What the baseline assumes: that nothing changes, or for an event its usual frequency. Other texts contain it. */
    readonly unchanged: string;
    readonly usual: string;
    readonly better: (percent: string, publications: string, baseline: string) => string;
    readonly worse: (percent: string, publications: string, baseline: string) => string;
    readonly undecided: (publications: string, baseline: string) => string;
    readonly young: (publications: string) => string;
    readonly window: (publications: string) => string;
    readonly all: (publications: string) => string;
    readonly skill: string;
    readonly range: string;
    readonly coverage: (chance: string, percent: string) => string;
    readonly open: (count: string, since: string) => string;
    readonly tested: (periods: string, from: string, to: string) => string;
    readonly testBetter: (percent: string, baseline: string) => string;
    readonly testWorse: (percent: string, baseline: string) => string;
    readonly testBaseline: (baseline: string) => string;
    readonly testNone: string;
    readonly explanation: string;
  };
  readonly data: {
    readonly feed: string;
    readonly lastPeriod: string;
    readonly fetched: string;
    readonly newest: string;
    readonly onTime: string;
    readonly late: (since: string, last: string) => string;
    readonly silent: (since: string, last: string) => string;
    readonly silentTarget: (since: string, last: string) => string;
    readonly neverPublished: string;
    readonly refused: string;
    readonly held: string;
    readonly breaks: string;
    readonly none: string;
    readonly source: string;
    readonly licence: string;
    readonly noLicence: string;
    readonly notStated: string;
    readonly heldSince: (date: string) => string;
    readonly from: (date: string) => string;
    readonly noFetch: string;
    readonly problems: (count: string) => string;
  };
  readonly model: {
    readonly version: string;
    readonly name: string;
    readonly why: string;
    /** Describes the decision by which a version serves. Null if the stored sentence is in this language. */
    readonly serving: ((facts: ReportServing, format: Format) => ServingText) | null;
    readonly since: string;
    readonly trained: string;
    readonly trainedText: (from: string, to: string, rows: string) => string;
    readonly file: string;
    readonly dataHash: string;
    readonly code: string;
    readonly seed: string;
    readonly baselineServes: (baseline: string) => string;
    readonly fallback: string;
  };
  readonly downloads: {
    readonly [File in "report.csv" | "forecast.csv" | "report.json" | "chart.svg" | "chart.png"]: string;
  };
  readonly edition: {
    readonly title: (date: string) => string;
    readonly fresh: (origin: string) => string;
    readonly unchanged: (origin: string) => string;
    readonly withdrawn: (origin: string) => string;
    readonly none: string;
    readonly version: (version: string) => string;
    /** The reason follows it. */
    readonly held: (feed: string, since: string) => string;
    readonly changes: string;
    readonly open: (origin: string, revision: string) => string;
  };
  readonly up: string;
  readonly down: string;
  readonly footer: string;
}
