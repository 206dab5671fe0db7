/** The champions with everything that describes them: the model, the gate's decision and the newest refused version. */
import { sql } from "drizzle-orm";
import type { ServingFacts } from "../registry/serving-text.ts";
import type { Database } from "./database.ts";

export interface ServingRow extends ServingFacts {
  readonly forecast: string;
  readonly number: number;
  /** Predict reported that it cannot load the version; null if it did not. */
  readonly loadFailure: { readonly served: string | null; readonly reason: string } | null;
}

interface Row extends Pick<ServingRow, "forecast" | "number" | "version" | "candidate" | "producer" | "publishedTo"> {
  readonly since: string;
  readonly rule: ServingFacts["rule"];
  readonly who: string;
  readonly why: string;
  /** JSON of `DecisionNumbers`, and of `RefusedVersion`. */
  readonly decision: string | null;
  readonly refused: string | null;
  readonly failure: string | null;
}

/** Lists the champions, or that of one forecast. */
export async function listServing(db: Database, forecast: string | null = null): Promise<ServingRow[]> {
  const rows = await db.all<Row>(sql`
    SELECT c.forecast, c.number, c.version, c.rule, c.who, c.why, c.since,
      m.candidate, m.producer, m.published_to AS publishedTo,
      iif(g.id IS NULL, NULL, json_object('periods', g.periods, 'pNaive', g.p_naive, 'pIncumbent', g.p_incumbent,
        'ahead', g.ahead, 'tested', g.tested)) AS decision,
      iif(r.id IS NULL, NULL, json_object('kind', r.kind, 'rule', r.rule, 'reason', r.reason, 'candidate', n.candidate,
        'periods', r.periods, 'pNaive', r.p_naive, 'pIncumbent', r.p_incumbent, 'ahead', r.ahead, 'tested', r.tested))
        AS refused,
      iif(l.forecast IS NULL, NULL, json_object('served', l.served, 'reason', l.reason)) AS failure
    FROM champions c
    JOIN models m ON m.forecast = c.forecast AND m.version = c.version
    LEFT JOIN gates g ON g.flow_id = c.flow_id
    LEFT JOIN gates r ON r.id = (SELECT max(id) FROM gates WHERE forecast = c.forecast)
      AND r.kind <> 'promote' AND r.version <> c.version AND r.decided_at >= c.since
    LEFT JOIN models n ON n.forecast = r.forecast AND n.version = r.version
    LEFT JOIN load_failures l ON l.forecast = c.forecast AND l.number = c.number
    WHERE c.until IS NULL AND (${forecast} IS NULL OR c.forecast = ${forecast})`);
  return rows.map(({ decision, refused, failure, ...row }) => ({
    ...row,
    decision: parsed(decision),
    refused: parsed(refused),
    loadFailure: parsed(failure),
  }));
}

/** Parses JSON that the statement above wrote. */
function parsed<T>(json: string | null): T | null {
  return json === null ? null : (JSON.parse(json) as T);
}
