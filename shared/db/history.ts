import { and, desc, eq, gte, inArray, lte, type SQL, sql } from "drizzle-orm";
import { boundFeature } from "../features/feature.ts";
import { type EventsRule, eventsRuleOf, targetSourceOf } from "../forecasts/source.ts";
import type { Fact } from "../lake/fact.ts";
import { addDays } from "../lib/calendar.ts";
import { enclosingPeriod, firstPartOf, type Granularity, lastPartOf } from "../period.ts";
import { type FactsByFeed, targetReach } from "../sources/facts.ts";
import type { HistoryNeeds } from "../sources/history-needs.ts";
import { eventDaysOf } from "../sources/recent-timeline.ts";
import type { Database } from "./database.ts";
import { observations, series } from "./schema.ts";

export interface FactsOptions {
  /** The last period of the target, in the forecast's periods. By default the newest. */
  readonly until?: string;
  /** Only for a forecast of events: their first day. By default as far back as needed to predict. */
  readonly from?: string;
}

/**
 * Returns the facts of a forecast's history: the newest periods of the target's feed, as many as the features reach back,
 * and the facts of every other feed from the same time on. `granularityOf` returns the granularity of a feed.
 */
export async function factsOfForecast(
  db: Database,
  forecast: HistoryNeeds,
  granularityOf: (feed: string) => Granularity,
  { until, from: firstDay }: FactsOptions = {},
): Promise<FactsByFeed> {
  const target = targetSourceOf(forecast);
  const rule = eventsRuleOf(forecast);
  if (rule !== null) return factsOfEvents(db, forecast, { rule, until, from: firstDay });
  const { every } = forecast.schedule;
  const granularity = granularityOf(target.feed);
  const periods = targetReach(forecast, granularity);
  const { variables } = target;
  const last = until === undefined ? undefined : lastPartOf(until, granularity);
  const facts = await latestFacts(db, target.feed, { variables, periods, granularity, alignTo: every, last });
  const byFeed = new Map<string, readonly Fact[]>([[target.feed, facts]]);
  const [first] = [...new Set(facts.map(({ period }) => period))].sort();
  for (const source of forecast.sources) {
    if (source === target || first === undefined) continue;
    const from = firstPartOf(enclosingPeriod(first, every), granularityOf(source.feed));
    const more = await factsFrom(db, source.feed, { variables: source.variables, from });
    byFeed.set(source.feed, [...(byFeed.get(source.feed) ?? []), ...more]);
  }
  return byFeed;
}

/**
 * Returns the facts of the series that are active: the events from the last one of a series that is just active, as far back as its
 * features read, and the statements from the same day on. Empty without events.
 */
async function factsOfEvents(
  db: Database,
  forecast: HistoryNeeds,
  {
    rule,
    until,
    from: firstDay,
  }: { readonly rule: EventsRule; readonly until: string | undefined; readonly from: string | undefined },
): Promise<FactsByFeed> {
  const target = targetSourceOf(forecast);
  const [newest] = await db
    .select({ period: observations.period })
    .from(observations)
    .where(and(isOf(target.feed, target.variables), until === undefined ? undefined : lte(observations.period, until)))
    .orderBy(desc(observations.period))
    .limit(1);
  const byFeed = new Map<string, readonly Fact[]>();
  if (!newest) return byFeed;
  const from = firstDay ?? addDays(newest.period, -rule.activeDays - eventDaysOf(forecast.features) - 1);
  for (const source of forecast.sources) {
    const { feed, variables } = source;
    const restated = source === target ? [] : lastStatementsOf(forecast, variables);
    const others = variables.filter((name) => !restated.includes(name));
    const more = [
      ...(others.length === 0 ? [] : await factsFrom(db, feed, { variables: others, from, last: until })),
      ...(restated.length === 0 ? [] : await changedFacts(db, feed, { variables: restated, from, last: until })),
    ];
    byFeed.set(feed, [...(byFeed.get(feed) ?? []), ...more]);
  }
  return byFeed;
}

/** Returns the variables of which features read only the last statement, so that statements of the same value may be left out. */
function lastStatementsOf({ features }: Pick<HistoryNeeds, "features">, variables: readonly string[]): string[] {
  const bound = features.map(boundFeature);
  return variables.filter((name) => bound.every(({ variable, eventDays }) => variable !== name || eventDays === 0));
}

interface LatestFilter {
  readonly variables: readonly string[];
  readonly periods: number;
  /** Granularity of the feed's periods. */
  readonly granularity: Granularity;
  /** Reading starts at the beginning of a period of this granularity, so that none is incomplete. */
  readonly alignTo: Granularity;
  /** The last period that is read. By default the newest. */
  readonly last?: string | undefined;
}

/** Returns the facts of some variables in the last `periods` periods that have at least one. */
export async function latestFacts(
  db: Database,
  feed: string,
  { variables, periods, granularity, alignTo, last }: LatestFilter,
): Promise<Fact[]> {
  const newest = await db
    .selectDistinct({ period: observations.period })
    .from(observations)
    .where(and(isOf(feed, variables), last === undefined ? undefined : lte(observations.period, last)))
    .orderBy(desc(observations.period))
    .limit(periods);
  const first = newest.at(-1);
  if (!first) return [];
  return factsFrom(db, feed, {
    variables,
    last,
    from: firstPartOf(enclosingPeriod(first.period, alignTo), granularity),
  });
}

interface FactRange {
  readonly variables: readonly string[];
  readonly from: string;
  readonly last?: string | undefined;
}

/**
 * Returns the facts of some variables from period `from` on that differ from the fact before them of the same series and variable.
 * A file states every attribute again, so these are a small part.
 */
function changedFacts(db: Database, feed: string, range: FactRange): Promise<Fact[]> {
  const before = sql<number | null>`lag(${observations.value}) OVER (
    PARTITION BY ${observations.seriesId}, ${observations.variable} ORDER BY ${observations.period})`;
  const stated = db
    .select({
      period: observations.period,
      seriesId: observations.seriesId,
      variable: observations.variable,
      value: observations.value,
      before: before.as("before"),
    })
    .from(observations)
    .where(isInRange(feed, range))
    .as("stated");
  return db
    .select({ period: stated.period, series: series.key, variable: stated.variable, value: stated.value })
    .from(stated)
    .innerJoin(series, eq(series.id, stated.seriesId))
    .where(sql`${stated.before} IS NULL OR ${stated.before} <> ${stated.value}`);
}

/**
 * Rows of one query. Thousands of series have hundreds of thousands of facts: the answer of one query with all of them would need
 * several times the memory of the facts.
 */
const rowsMax = 20_000;

/** Returns the facts of some variables from period `from` on, up to `last`, in order. Equal texts are one text in memory. */
async function factsFrom(db: Database, feed: string, range: FactRange): Promise<Fact[]> {
  const facts: Fact[] = [];
  const keys = new Map<number, string>();
  const shared = sharedTexts();
  let after: SQL | undefined;
  for (;;) {
    const rows = await db
      .select({
        period: observations.period,
        seriesId: observations.seriesId,
        variable: observations.variable,
        value: observations.value,
      })
      .from(observations)
      .where(and(isInRange(feed, range), after))
      .orderBy(observations.period, observations.seriesId, observations.variable)
      .limit(rowsMax);
    await readKeys(db, rows, keys);
    for (const { period, seriesId, variable, value } of rows) {
      const key = keys.get(seriesId);
      if (key === undefined) throw new Error(`the database has no series ${seriesId}, which has observations`);
      facts.push({ period: shared(period), series: key, variable: shared(variable), value });
    }
    const end = rows.at(-1);
    if (end === undefined || rows.length < rowsMax) return facts;
    after = sql`(${observations.period}, ${observations.seriesId}, ${observations.variable}) > (${end.period}, ${end.seriesId}, ${end.variable})`;
  }
}

/** Returns a function that returns the first of equal texts. Each row of an answer has texts of its own. */
function sharedTexts(): (text: string) => string {
  const known = new Map<string, string>();
  return (text) => {
    const first = known.get(text);
    if (first !== undefined) return first;
    known.set(text, text);
    return text;
  };
}

/** Adds the keys of the series of some rows that are not known yet. */
async function readKeys(
  db: Database,
  rows: readonly { readonly seriesId: number }[],
  known: Map<number, string>,
): Promise<void> {
  const unknown = [...new Set(rows.map(({ seriesId }) => seriesId))].filter((id) => !known.has(id));
  if (unknown.length === 0) return;
  const found = await db
    .select({ id: series.id, key: series.key })
    .from(series)
    .where(sql`${series.id} IN (SELECT value FROM json_each(${JSON.stringify(unknown)}))`);
  for (const { id, key } of found) known.set(id, key);
}

function isInRange(feed: string, { variables, from, last }: FactRange) {
  return and(
    isOf(feed, variables),
    gte(observations.period, from),
    last === undefined ? undefined : lte(observations.period, last),
  );
}

function isOf(feed: string, variables: readonly string[]) {
  return and(eq(observations.feed, feed), inArray(observations.variable, [...variables]));
}

/** Returns the newest period of each source of a forecast, in the granularity of its feed; null without an observation. */
export async function newestPeriods(
  db: Database,
  { sources }: Pick<HistoryNeeds, "sources">,
): Promise<Map<string, string | null>> {
  const ends = new Map<string, string | null>();
  for (const { feed, variables } of sources) {
    const [row] = await db
      .select({ period: sql<string | null>`max(${observations.period})` })
      .from(observations)
      .where(isOf(feed, variables));
    const period = row?.period ?? null;
    const known = ends.get(feed) ?? null;
    ends.set(feed, known !== null && period !== null && known > period ? known : period);
  }
  return ends;
}
