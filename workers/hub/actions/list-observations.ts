import type { ObservationsPage } from "../../../shared/api/observations.ts";
import type { Refusal } from "../../../shared/api/problem.ts";
import { listObservations as listRows, type ObservationFilter } from "../../../shared/db/observations.ts";
import { listSeries, type Series } from "../../../shared/db/series.ts";
import type { Feed } from "../../../shared/feeds/feed.ts";
import { didYouMean } from "../../../shared/lib/did-you-mean.ts";
import { failure, type Result, success } from "../../../shared/lib/result.ts";
import { rangeIn } from "../../../shared/period.ts";
import type { Hub } from "../hub.ts";
import { requireFeed } from "./require.ts";

export interface ObservationsQuery extends Omit<ObservationFilter, "seriesIds"> {
  /**
   * Filters, each the number of a series or `Dimension=Value`. A series must match all of them. Empty means every
   * series.
   */
  readonly series: readonly string[];
}

export interface ObservationRows {
  readonly feed: Feed;
  readonly rows: ObservationsPage["observations"];
}

/** Lists observations by period, then series, then variable. */
export async function listObservations(
  { db }: Pick<Hub, "db">,
  feedId: string,
  { series, ...filter }: ObservationsQuery,
): Promise<Result<ObservationRows, Refusal>> {
  const feed = requireFeed(feedId);
  if (!feed.ok) return feed;
  const all = await listSeries(db, feed.value.id);
  const refusal = checkVariable(feed.value, filter.variable);
  const chosen = refusal ? failure(refusal) : chooseSeries(feed.value, all, series);
  if (!chosen.ok) return chosen;
  const seriesIds = chosen.value?.map(({ id }) => id) ?? null;
  const range = rangeIn(feed.value.granularity, filter);
  const rows = await listRows(db, feed.value.id, { ...filter, ...range, seriesIds });
  const dimensions = new Map(all.map((one) => [one.id, one.dimensions]));
  return success({
    feed: feed.value,
    rows: rows.map(({ seriesId, ...fact }) => ({ series: { id: seriesId, ...dimensions.get(seriesId) }, ...fact })),
  });
}

/** Returns the series that match all filters, or null if there is no filter. */
function chooseSeries(
  feed: Feed,
  all: readonly Series[],
  filters: readonly string[],
): Result<readonly Series[] | null, Refusal> {
  if (filters.length === 0) return success(null);
  let chosen = all;
  for (const filter of filters) {
    if (/^\d+$/.test(filter)) {
      chosen = chosen.filter((series) => series.id === Number(filter));
      continue;
    }
    const [name = "", ...rest] = filter.split("=");
    const value = rest.join("=");
    const values = [...new Set(all.map((series) => series.dimensions[name] ?? ""))];
    const refusal = checkName("dimension", name, feed.dimensions) ?? checkName(name, value, values);
    if (refusal) return failure(refusal);
    chosen = chosen.filter((series) => series.dimensions[name] === value);
  }
  return success(chosen);
}

function checkVariable(feed: Feed, variable: string | undefined): Refusal | null {
  return variable === undefined ? null : checkName("variable", variable, Object.keys(feed.variables));
}

/** A longer list does not help a person. */
const allowedMax = 100;

function checkName(what: string, found: string, allowed: readonly string[]): Refusal | null {
  if (allowed.includes(found)) return null;
  const expected = what === "variable" ? "a variable of the feed" : "series=<number> or series=<Dimension>=<Value>";
  const detail = `There is no ${what} "${found}".`;
  const named = { found, expected, allowed: allowed.slice(0, allowedMax) };
  return { kind: "unprocessable", detail, ...named, ...didYouMean(found, allowed) };
}
