/** The flow `fetch`: fetches the publications since the last success, stores them and starts their ingest. */
import { z } from "zod";
import type { FetchStats } from "../../../shared/api/flow-stats.ts";
import { feedState, saveFetched } from "../../../shared/db/feeds.ts";
import type { Outcome } from "../../../shared/db/flows.ts";
import type { Stats } from "../../../shared/db/schema.ts";
import type { Feed, PublicationRequest } from "../../../shared/feeds/feed.ts";
import { findFeed } from "../../../shared/feeds/index.ts";
import { sha256Hex } from "../../../shared/lib/hash.ts";
import { fetchPublication } from "../fetch/fetch-publication.ts";
import type { Hub } from "../hub.ts";
import { announceRaw, storeRaw } from "../ingest/raw.ts";
import type { Flow } from "./flow.ts";

const fetchParams = z.object({ feed: z.string(), scheduledAt: z.iso.datetime() });

/** The outcome of one request. */
interface Answer {
  readonly outcome: "kept" | "unchanged" | "missing" | "failed";
  readonly detail: string;
  /** The ingest of the stored file. */
  readonly flow?: string;
}

type FetchFlowEffects = Pick<
  Hub,
  "db" | "lake" | "events" | "variables" | "boot" | "now" | "fetch" | "sleep" | "random"
>;

export async function fetchFeed(fx: FetchFlowEffects, flow: Flow): Promise<Outcome> {
  const { feed: feedId, scheduledAt } = fetchParams.parse(flow.run.params);
  const feed = findFeed(feedId);
  if (!feed) return { state: "failed", reason: `There is no feed ${feedId}.`, stats: null };
  const loopback = fx.variables.allowLoopback;
  if (!loopback.ok) return { state: "failed", reason: loopback.error, stats: null };
  const requests = await flow.step("plan", async () => {
    const { cursor } = await feedState(fx.db, feed.id);
    const value = feed.source.requests(cursor, scheduledAt.slice(0, 10));
    return { value, stats: { cursor, requests: value.length } };
  });
  const answers: (Answer & { readonly name: string })[] = [];
  for (const request of requests) {
    const answer = await flow.step(`fetch ${request.name}`, async () => {
      const arrival = () => arrivalOf(fx, flow, scheduledAt);
      const options = { request, allowLoopback: loopback.value, by: flow.run.id, arrival };
      const value = await fetchOne(fx, feed, options);
      return { value, stats: { ...value } };
    });
    answers.push({ ...answer, name: request.name });
    const isFound = ["kept", "unchanged"].includes(answer.outcome);
    // With "first", one file contains everything. With "all", a missing piece ends the fetch, to leave no gap.
    if (isFound === (feed.source.enough === "first")) break;
  }
  return outcomeOf(answers);
}

/**
 * Combines the answers into one outcome. A missing publication is not a failure. The flow fails if a request failed and
 * none succeeded.
 */
function outcomeOf(answers: readonly (Answer & { readonly name: string })[]): Outcome {
  const namesOf = (outcome: Answer["outcome"]) =>
    answers.filter((answer) => answer.outcome === outcome).map(({ name }) => name);
  const stats = {
    kept: namesOf("kept"),
    unchanged: namesOf("unchanged"),
    missing: namesOf("missing").length,
    failed: namesOf("failed"),
    ingests: answers.flatMap(({ flow }) => flow ?? []),
  } satisfies FetchStats & Stats;
  const failure = answers.find((answer) => answer.outcome === "failed");
  if (!failure || stats.kept.length + stats.unchanged.length > 0)
    return { state: "done", reason: failure?.detail ?? null, stats };
  return { state: "failed", reason: failure.detail, stats };
}

interface FetchOptions {
  readonly request: PublicationRequest;
  readonly allowLoopback: boolean;
  /** The flow. A retry that fetches the same bytes is the same arrival. */
  readonly by: string;
  arrival(): Date;
}

/**
 * Returns the arrival time: the scheduled time plus the time since the flow was requested. The scheduled time alone is
 * too early for a flow that is retried days later: hours observed meanwhile would count as forecasts. The wall clock
 * alone is too late for a simulated day: its forecasts would count as observations.
 */
function arrivalOf({ now }: Pick<Hub, "now">, { run }: Flow, scheduledAt: string): Date {
  return new Date(Date.parse(scheduledAt) + now().getTime() - Date.parse(run.createdAt));
}

async function fetchOne(
  fx: FetchFlowEffects,
  feed: Feed,
  { request, allowLoopback, by, arrival }: FetchOptions,
): Promise<Answer> {
  const { cursor, etag } = await feedState(fx.db, feed.id);
  const settings = {
    baseUrl: fx.variables.baseUrl(feed),
    allowLoopback,
    etag: request.isGrowing || request.period === cursor ? etag : null,
  };
  const fetched = await fetchPublication(feed, request, settings, fx);
  switch (fetched.kind) {
    case "missing":
      return { outcome: "missing", detail: `${request.name} is not published` };
    case "unchanged":
      return { outcome: "unchanged", detail: `${request.name} has not changed` };
    case "failed":
      return { outcome: "failed", detail: fetched.reason };
    case "file": {
      const arrivedAt = arrival();
      const sha256 = sha256Hex(fetched.bytes);
      const arrived = { feed, name: request.name, sha256, body: fetched.bytes, arrivedAt, by };
      const object = await storeRaw(fx, arrived);
      const { run } = await announceRaw(fx, object);
      const at = fx.now().toISOString();
      await saveFetched(fx.db, feed.id, { period: request.period, etag: fetched.etag, at });
      return { outcome: "kept", detail: object.key, flow: run.id };
    }
  }
}
