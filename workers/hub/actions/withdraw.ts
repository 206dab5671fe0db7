/** Withdraws an ingest: its facts get the values of the other publications. */
import type { z } from "zod";
import { withdrawalKey } from "../../../shared/api/flow-keys.ts";
import type { Refusal } from "../../../shared/api/problem.ts";
import type { Withdrawal } from "../../../shared/api/withdrawals.ts";
import type { Actor } from "../../../shared/db/audit.ts";
import { requestFlow, requeueFlow } from "../../../shared/db/flows.ts";
import { findIngest, listIngests } from "../../../shared/db/ingests.ts";
import { readRawKey } from "../../../shared/lake/keys.ts";
import { failure, type Result, success } from "../../../shared/lib/result.ts";
import { launch } from "../flows/launch.ts";
import type { withdrawParams } from "../flows/withdraw.ts";
import type { Hub } from "../hub.ts";
import { requireFeed } from "./require.ts";

export interface WithdrawnIngest {
  readonly feed: string;
  readonly ingest: number;
}

/** How many ingests the refusal of an unknown one lists. */
const listedMax = 5;

/** Starts the flow `withdraw`. A second request for the same ingest returns the same flow. Retries a failed one. */
export async function requestWithdrawal(
  fx: Pick<Hub, "db" | "workflows" | "boot" | "now">,
  { feed: feedId, ingest }: WithdrawnIngest,
  { who, why }: Pick<Actor, "who" | "why">,
): Promise<Result<Withdrawal, Refusal>> {
  const feed = requireFeed(feedId);
  if (!feed.ok) return feed;
  const { id } = feed.value;
  if (!(await findIngest(fx.db, id, ingest))) return failure(await unknownIngest(fx, id, ingest));
  const params: z.infer<typeof withdrawParams> = { feed: id, ingest, who, why };
  const at = { now: fx.now().toISOString(), boot: fx.boot };
  const requested = await requestFlow(fx.db, { kind: "withdraw", key: withdrawalKey(id, ingest), params }, at);
  const isFailed = requested.run.state === "failed";
  const again = isFailed ? await requeueFlow(fx.db, requested.run.id, ["failed"], { params, ...at }) : null;
  const run = again ?? requested.run;
  if (run.state === "queued") await launch(fx, run);
  return success({ flow: run.id, state: run.state, known: !requested.isNew });
}

async function unknownIngest({ db }: Pick<Hub, "db">, feed: string, ingest: number): Promise<Refusal> {
  const last = await listIngests(db, feed, listedMax);
  const named = last.map(({ id, rawKey }) => `${id} (${readRawKey(rawKey)?.name ?? rawKey})`);
  return {
    kind: "not-found",
    detail: `${feed} has no ingest ${ingest}. \`almanac ingest\` and the flow of an upload (GET /flows?kind=ingest) state its number.`,
    found: String(ingest),
    expected:
      named.length === 0
        ? "an ingest; the feed has none yet"
        : `an ingest of the feed; the last ones are ${named.join(", ")}`,
  };
}
