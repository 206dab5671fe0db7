/** The flow `fetch`: asks a publisher for what is missing since the last success and passes it to `ingest`. */
import { z } from "zod";
import { feedState, saveFetched } from "../../../shared/db/feeds.ts";
import type { Outcome } from "../../../shared/db/flows.ts";
import type { Feed, PublicationRequest } from "../../../shared/feeds/feed.ts";
import { findFeed } from "../../../shared/feeds/index.ts";
import { sha256Hex } from "../../../shared/lib/hash.ts";
import { fetchPublication } from "../fetch/fetch-publication.ts";
import type { Hub } from "../hub.ts";
import { announceRaw, keepRaw } from "../ingest/raw.ts";
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
  if (!feed) return { state: "failed", reason: `${feedId} is not a feed of this platform`, stats: null };
  const loopback = fx.variables.allowLoopback;
  if (!loopback.ok) return { state: "failed", reason: loopback.error, stats: null };
  const wanted = await flow.step("plan", async () => {
    const { cursor } = await feedState(fx.db, feed.id);
    const value = feed.source.requests(cursor, scheduledAt.slice(0, 10));
    return { value, stats: { cursor, requests: value.length } };
  });
  const answers: (Answer & { readonly name: string })[] = [];
  for (const request of wanted) {
    const answer = await flow.step(`fetch ${request.name}`, async () => {
      const asked = { request, allowLoopback: loopback.value, arrival: () => arrivalOf(fx, flow, scheduledAt) };
      const value = await fetchOne(fx, feed, asked);
      return { value, stats: { ...value } };
    });
    answers.push({ ...answer, name: request.name });
    const isThere = ["kept", "unchanged"].includes(answer.outcome);
    // With "first", one file holds everything. With "all", a missing piece ends the fetch, so that no gap is left.
    if (isThere === (feed.source.enough === "first")) break;
  }
  return outcomeOf(answers);
}

/** Sums up the answers. A day without a publication is no failure; a publisher that fails for every day is. */
function outcomeOf(answers: readonly (Answer & { readonly name: string })[]): Outcome {
  const named = (outcome: Answer["outcome"]) =>
    answers.filter((answer) => answer.outcome === outcome).map(({ name }) => name);
  const stats = {
    kept: named("kept"),
    unchanged: named("unchanged"),
    missing: named("missing").length,
    failed: named("failed"),
    ingests: answers.flatMap(({ flow }) => flow ?? []),
  };
  const failure = answers.find((answer) => answer.outcome === "failed");
  if (!failure || stats.kept.length + stats.unchanged.length > 0)
    return { state: "done", reason: failure?.detail ?? null, stats };
  return { state: "failed", reason: failure.detail, stats };
}

interface Asked {
  readonly request: PublicationRequest;
  readonly allowLoopback: boolean;
  arrival(): Date;
}

/**
 * Returns the time now on the clock of the schedule: the schedule plus the time since the flow was requested. A flow that
 * is retried days later brings hours that have been observed meanwhile, so the schedule alone would make forecasts of
 * them; a simulated day has a clock of its own, so the wall clock alone would make observations of its forecasts.
 */
function arrivalOf({ now }: Pick<Hub, "now">, { run }: Flow, scheduledAt: string): Date {
  return new Date(Date.parse(scheduledAt) + now().getTime() - Date.parse(run.createdAt));
}

async function fetchOne(fx: FetchFlowEffects, feed: Feed, { request, allowLoopback, arrival }: Asked): Promise<Answer> {
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
    case "kept": {
      const arrivedAt = arrival();
      const sha256 = sha256Hex(fetched.bytes);
      const object = await keepRaw(fx, { feed, name: request.name, sha256, body: fetched.bytes, arrivedAt });
      const { run } = await announceRaw(fx, object);
      const at = fx.now().toISOString();
      await saveFetched(fx.db, feed.id, { period: request.period, etag: fetched.etag, at });
      return { outcome: "kept", detail: object.key, flow: run.id };
    }
  }
}
