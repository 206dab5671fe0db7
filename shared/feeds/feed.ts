/**
 * What a feed is: one upstream publication, how to fetch it and how to read it.
 *
 * A feed is one file in this folder and one line in the catalogue (`index.ts`). Parsers are pure: bytes in,
 * observations and problems out. They never throw on bad data.
 */

import type { Granularity } from "../period.ts";

/** What names a series: one value for each of the feed's dimensions, e.g. `{ Estado: "Jalisco", Ciudad: "Guadalajara" }`. */
export type Dimensions = Readonly<Record<string, string>>;

/** One parsed fact. Observations of one series share one `series` object. */
export interface Observation {
  readonly series: Dimensions;
  readonly variable: string;
  /** Text as `shared/period.ts` reads it: `2026-11-20T07`, `2026-11-20`, `2026-11` or `2026-Q4`. It sorts by time. */
  readonly period: string;
  readonly value: number;
}

/** One thing a parser refused, with where it stood, what was found and what was expected. */
export interface Problem {
  /** Machine-readable reason, e.g. `zero-price`; the feed's file documents its reasons. */
  readonly reason: string;
  /** Row of the source, counted from 1 as people see it; null when the problem is not in a row. */
  readonly row: number | null;
  /** Column of the source as people see it (`C`, or a header's name); null when it is not in one column. */
  readonly column: string | null;
  /** The period it belongs to, where that much could be read. */
  readonly period: string | null;
  readonly found: string;
  readonly expected: string;
  /** How many values were lost with it: 1 for a cell, all of its values for a refused block, 0 for a remark. */
  readonly values: number;
}

/** What a parser makes of one publication. */
export interface Parsed {
  readonly observations: readonly Observation[];
  readonly problems: readonly Problem[];
  /** Values left out on purpose, counted by category, e.g. `{ "national-average": 1184 }`. */
  readonly skipped: Readonly<Record<string, number>>;
  /** Why a person must look at the publication before it may come in, whatever its problems; absent when nothing is in doubt. */
  readonly doubt?: string;
}

export const partitionings = ["year", "month", "day"] as const;
/** Folders of the lake below `clean/<feed>/`: `day` gives `year=2024/month=01/day=03`. Not finer than the periods; quarters are kept by year. */
export type PartitionBy = (typeof partitionings)[number];

/** One file the publisher is expected to have put up. */
export interface PublicationRequest {
  /** The day or other period it is published for; becomes the feed's cursor once it is in. */
  readonly period: string;
  /** Path below the base URL, starting with a slash. */
  readonly path: string;
  /** The name it is kept under in `raw/`. */
  readonly name: string;
  /** The address is the same every day and its file grows: the last copy's ETag is sent, whatever the period. */
  readonly isGrowing?: true;
}

/** What is known of a file besides its bytes. */
export interface FileOrigin {
  readonly name: string;
  /** The instant its bytes arrived, ISO 8601: an hour is past, or not yet, only against a clock. */
  readonly arrivedAt: string;
}

/** What is measured, or was foretold. */
export interface Variable {
  readonly title: string;
  readonly unit: string;
  /** What the publisher expected before it happened: kept apart, never an observation of the variable it foretells. */
  readonly isForecast?: true;
}

/** Where a feed looks that is about one place. */
export interface Place {
  readonly name: string;
  readonly latitude: number;
  readonly longitude: number;
  /** IANA name of the zone whose clock its days are cut by. */
  readonly timezone: string;
}

/** Upper bounds on what one publication may cost or claim. A breach is refused with the number found. */
export interface FeedLimits {
  readonly bytesMax: number;
  /** Total of the unzipped parts that are read. */
  readonly unzippedBytesMax: number;
  /** Cells of a file. Of a workbook: rows, cells and gaps of all its sheets. */
  readonly cellsMax: number;
  /** Largest share of values lost to problems; above it the publication is held. */
  readonly problemRateMax: number;
  /** Problems of one file that are listed one by one; the others are counted. */
  readonly problemsMax: number;
  /** Largest share of the known series that a publication may lack; above it the publication is held. */
  readonly seriesLostMax: number;
  /**
   * Largest share of the facts that a publication restates, of one variable or all, that may be contradicted; above it the
   * publication is held. Ordinary publications contradict 0 to 1.3 %.
   */
  readonly contradictedMax: number;
  /** Days before the arrival that the publisher corrects late: what is contradicted there does not count. */
  readonly correctedDays: number;
}

/** From a period on, values of the same name mean something else. */
export interface Break {
  readonly from: string;
  /** Variables that it concerns. */
  readonly variables: readonly string[];
  readonly note: string;
}

export interface Feed {
  readonly id: string;
  readonly title: string;
  readonly publisher: string;
  readonly homepage: string;
  /** Names of the series' dimensions, in the order in which people name them. */
  readonly dimensions: readonly string[];
  /** What is measured, by name. */
  readonly variables: Readonly<Record<string, Variable>>;
  /** The one place that the feed is about; absent where it is about many, or none. */
  readonly place?: Place;
  readonly granularity: Granularity;
  readonly partitionBy: PartitionBy;
  readonly limits: FeedLimits;
  /** Changes of meaning, the oldest first; absent where there are none. */
  readonly breaks?: readonly Break[];
  readonly file: {
    readonly extension: string;
    readonly contentTypes: readonly string[];
    /** The first bytes of every file of this kind, in hexadecimal; empty where they may be any. */
    readonly magic: string;
  };
  readonly source: {
    /** Where it is fetched from unless a variable says otherwise; empty where it comes by upload alone. */
    readonly baseUrl: string;
    /** Hosts that may be asked; a redirect to any other is refused. */
    readonly hosts: readonly string[];
    /**
     * What to ask for, most wanted first, given the last period that succeeded (null at first) and today, both
     * `YYYY-MM-DD`. `enough: "first"` stops at the first answer because one file holds all history. With `"all"` they are
     * pieces in order of time: the first that is not to be had ends the fetch, so that the cursor never passes a gap.
     */
    requests(cursor: string | null, today: string): readonly PublicationRequest[];
    readonly enough: "first" | "all";
    /** Why the publisher says no in an answer of its own making, whatever its status; null for any other bytes. */
    refusal?(bytes: Uint8Array): string | null;
  };
  /** The day a file's name says it was published on, `YYYY-MM-DD`; null when it says nothing. */
  publishedOn(name: string): string | null;
  parse(bytes: Uint8Array, origin: FileOrigin): Promise<Parsed>;
}

/** What a feed's base URL is set to so that it is not fetched at all. */
export const notFetched = "none";

/** The variable that moves a feed to a mirror: `SNIIM_MILK_BASE_URL` for `sniim-milk`. */
export function baseUrlVariableOf({ id }: Pick<Feed, "id">): string {
  return `${id.toUpperCase().replaceAll("-", "_")}_BASE_URL`;
}

/** Where a feed is fetched from, given the variables that are set; empty where it is not. */
export function baseUrlOf(feed: Pick<Feed, "id" | "source">, variable: (name: string) => string): string {
  const set = variable(baseUrlVariableOf(feed));
  if (set === notFetched) return "";
  return set === "" ? feed.source.baseUrl : set;
}
