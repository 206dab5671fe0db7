/**
 * Defines a feed: one upstream publication, how to fetch it and how to parse it.
 *
 * A feed is one file in this folder and one line in the catalogue (`index.ts`). Parsers are pure: they take bytes and
 * return observations and problems. They never throw on bad data.
 */

import type { Granularity } from "../period.ts";

/** Identifies a series: one value per dimension of the feed, such as `{ Estado: "Jalisco", Ciudad: "Guadalajara" }`. */
export type Dimensions = Readonly<Record<string, string>>;

/** One parsed fact. Observations of one series share one `series` object. */
export interface Observation {
  readonly series: Dimensions;
  readonly variable: string;
  /** Text as `shared/period.ts` reads it: `2026-11-20T07`, `2026-11-20`, `2026-11` or `2026-Q4`. It sorts by time. */
  readonly period: string;
  readonly value: number;
}

/** A fact for which a publication states that it has no value, such as `#N/A` or an empty cell. */
export type Blank = Omit<Observation, "value">;

/** One thing that a parser rejected: where it was, what was found and what was expected. */
export interface Problem {
  /** Machine-readable reason, such as `zero-price`. The feed's file documents its reasons. */
  readonly reason: string;
  /** Row of the source, counted from 1 as in a spreadsheet; null when the problem is not in one row. */
  readonly row: number | null;
  /** Column of the source as a spreadsheet shows it (`C`, or a header's name); null when it is not in one column. */
  readonly column: string | null;
  /** The period of the rejected value, if it could be parsed. */
  readonly period: string | null;
  readonly found: string;
  readonly expected: string;
  /** How many values were lost: 1 for a cell, all values of a rejected block, 0 for a remark. */
  readonly values: number;
}

/** The result of parsing one publication. */
export interface Parsed {
  readonly observations: readonly Observation[];
  readonly problems: readonly Problem[];
  /** Past periods without a value. If a value is stored for one of them, it is reported; it stays in use. */
  readonly blanks?: readonly Blank[];
  /** Facts that do not exist, such as the amount of a failed transaction. A stored value is retracted: it is no longer used. */
  readonly retracted?: readonly Blank[];
  /** Values that were skipped on purpose, counted by category, such as `{ "national-average": 1184 }`. */
  readonly skipped: Readonly<Record<string, number>>;
  /** True: the file states that its data is synthetic. */
  readonly synthetic?: true;
  /** Why a person must review the publication before it is ingested; absent if the parser had no doubt. */
  readonly doubt?: string;
}

export const partitionings = ["year", "month", "day"] as const;
/**
 * Partitions of the lake below `clean/<feed>/`: `day` gives `year=2024/month=01/day=03`. A partition is never shorter than
 * a period; quarters are partitioned by year.
 */
export type PartitionBy = (typeof partitionings)[number];

/** One file that the publisher is expected to have published. */
export interface PublicationRequest {
  /** The day or other period of the publication. It becomes the feed's cursor after a successful fetch. */
  readonly period: string;
  /** Path below the base URL, starting with a slash. */
  readonly path: string;
  /** The file's name in `raw/`. */
  readonly name: string;
  /** The address is the same every day and its file grows, so the last copy's ETag is sent for every period. */
  readonly isGrowing?: true;
}

/** Facts about a file besides its bytes. */
export interface FileOrigin {
  readonly name: string;
  /** The time at which its bytes arrived first, ISO 8601. Parsers need it to tell past hours from future ones. */
  readonly arrivedAt: string;
}

/** A measured quantity, or the publisher's forecast of one. */
export interface Variable {
  readonly title: string;
  readonly unit: string;
  /** The publisher's own forecast. It is a separate variable and never an observation of the variable that it predicts. */
  readonly isForecast?: true;
  /** The texts of a variable of categories: a value is a position in this list. Stored values refer to it, so only append. */
  readonly categories?: readonly string[];
}

/** The place of a feed that is about one place. */
export interface Place {
  readonly name: string;
  readonly latitude: number;
  readonly longitude: number;
  /** IANA name of the time zone in which its days begin. */
  readonly timezone: string;
}

/** Upper bounds for one publication. A file above a bound is rejected or held, with the number found. */
export interface FeedLimits {
  readonly bytesMax: number;
  /** Total of the unzipped parts that are read. */
  readonly unzippedBytesMax: number;
  /** Cells of a file. For a workbook: rows, cells and gaps of all its sheets. */
  readonly cellsMax: number;
  /** Largest share of values that may be lost to problems. Above it the publication is held. */
  readonly problemRateMax: number;
  /** Problems of one file that are listed one by one. The others are counted. */
  readonly problemsMax: number;
  /** Largest share of the known series that a publication may lack. Above it the publication is held. */
  readonly seriesLostMax: number;
  /**
   * Largest share of the stored values, of one variable or of all, that a publication may contradict. Above it the
   * publication is held. Ordinary publications contradict 0 to 1.3 %.
   */
  readonly contradictedMax: number;
  /** Days before the arrival that the publisher corrects late. Contradictions there do not count. */
  readonly correctedDays: number;
}

/** A change of meaning: since a period, values of the same name have another definition. */
export interface Break {
  readonly from: string;
  /** The variables that change. */
  readonly variables: readonly string[];
  readonly note: string;
}

export interface Feed {
  readonly id: string;
  readonly title: string;
  /** The title in other languages, by BCP 47 language, for reports. */
  readonly translations?: Readonly<Record<string, { readonly title: string }>>;
  readonly publisher: string;
  readonly homepage: string;
  /** The licence of the data, if the publisher states one. */
  readonly licence?: string;
  /** True: it is about persons. All that comes from it needs `PERSONAL_TOKEN`, and its problems quote no text of a file. */
  readonly personal?: true;
  /** Names of the series' dimensions, in display order. */
  readonly dimensions: readonly string[];
  /**
   * The dimension that alone identifies a series, such as the id of a transaction. Absent if all dimensions together do. A
   * publication states an identity as a whole: the newest one replaces all that older ones state of it.
   */
  readonly identity?: string;
  /** Variables by name. */
  readonly variables: Readonly<Record<string, Variable>>;
  /** The one place that the feed is about; absent if it is about many places or none. */
  readonly place?: Place;
  readonly granularity: Granularity;
  /** IANA name of the time zone in which its periods begin. */
  readonly timezone: string;
  readonly partitionBy: PartitionBy;
  readonly limits: FeedLimits;
  /** Changes of meaning, oldest first; absent if there are none. */
  readonly breaks?: readonly Break[];
  readonly file: {
    readonly extension: string;
    readonly contentTypes: readonly string[];
    /** The first bytes of every file of this kind, in hexadecimal; empty if they vary. */
    readonly magic: string;
  };
  readonly source: {
    /** The default base URL; a variable can replace it. Empty if the feed has uploads only. */
    readonly baseUrl: string;
    /** Hosts that may be requested. A redirect to another host is refused. */
    readonly hosts: readonly string[];
    /**
     * Returns the files to request, in order of preference, for the last period that succeeded (null at first) and
     * today, both `YYYY-MM-DD`. With `enough: "first"` the fetch stops at the first success, because one file contains
     * the whole history. With `"all"` the files are pieces in time order, and the first failure ends the fetch, so that
     * the cursor never passes a gap.
     */
    requests(cursor: string | null, today: string): readonly PublicationRequest[];
    readonly enough: "first" | "all";
    /** Returns the publisher's error message if the bytes are an error answer, with any HTTP status; else null. */
    refusal?(bytes: Uint8Array): string | null;
  };
  /** Returns the publication day that the publisher states in a file's name, `YYYY-MM-DD`, or null. A range is not one. */
  publishedOn(name: string): string | null;
  /** Parses a publication. Callers use `parsePublication`, which adds the rules of all feeds. */
  parse(bytes: Uint8Array, origin: FileOrigin): Promise<Parsed>;
}

/** Setting a feed's base URL to this value turns its fetch off. */
export const notFetched = "none";

/** Returns the name of the variable that points a feed to a mirror: `SNIIM_MILK_BASE_URL` for `sniim-milk`. */
export function baseUrlVariableOf({ id }: Pick<Feed, "id">): string {
  return `${id.toUpperCase().replaceAll("-", "_")}_BASE_URL`;
}

/** Returns the base URL of a feed, given the configured variables; empty if it is not fetched. */
export function baseUrlOf(feed: Pick<Feed, "id" | "source">, variable: (name: string) => string): string {
  const set = variable(baseUrlVariableOf(feed));
  if (set === notFetched) return "";
  return set === "" ? feed.source.baseUrl : set;
}
