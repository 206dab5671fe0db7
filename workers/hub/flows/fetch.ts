/** The flow `fetch`: asks a publisher for what is missing since the last success and hands it to `ingest`. */
import { WorkflowEntrypoint, type WorkflowEvent, type WorkflowStep } from "cloudflare:workers";
import { z } from "zod";
import { feedState, saveFetched } from "../../../shared/db/feeds.ts";
import type { Outcome } from "../../../shared/db/flows.ts";
import { baseUrlOf, type Feed, type PublicationRequest } from "../../../shared/feeds/feed.ts";
import { findFeed } from "../../../shared/feeds/index.ts";
import { sha256Hex } from "../../../shared/lib/hash.ts";
import { fetchPublication } from "../fetch/fetch-publication.ts";
import { type FlowParams, type Hub, type HubEnv, hubOf } from "../hub.ts";
import { announceRaw, keepRaw } from "../ingest/raw.ts";
import { type Flow, runFlow } from "./flow.ts";

export class FetchFlow extends WorkflowEntrypoint<HubEnv, FlowParams> {
  override async run(event: WorkflowEvent<FlowParams>, step: WorkflowStep): Promise<void> {
    const hub = hubOf(this.env);
    await runFlow(hub, { params: event.payload, step }, (flow) => fetchFeed(hub, flow));
  }
}

const fetchParams = z.object({ feed: z.string(), scheduledAt: z.iso.datetime() });

/** What became of one request. */
interface Answer {
  readonly outcome: "kept" | "unchanged" | "missing" | "failed";
  readonly detail: string;
  /** The ingest that reads what was kept. */
  readonly flow?: string;
}

export async function fetchFeed(hub: Hub, flow: Flow): Promise<Outcome> {
  const { feed: feedId, scheduledAt } = fetchParams.parse(flow.run.params);
  const feed = findFeed(feedId);
  if (!feed) return { state: "failed", reason: `${feedId} is not a feed of this platform`, stats: null };
  const wanted = await flow.step("plan", async () => {
    const { cursor } = await feedState(hub.db, feed.id);
    const value = feed.source.requests(cursor, scheduledAt.slice(0, 10));
    return { value, stats: { cursor, requests: value.length } };
  });
  const answers: (Answer & { readonly name: string })[] = [];
  for (const request of wanted) {
    const answer = await flow.step(`fetch ${request.name}`, async () => {
      const value = await fetchOne(hub, feed, request, new Date(scheduledAt));
      return { value, stats: { ...value } };
    });
    answers.push({ ...answer, name: request.name });
    const isThere = ["kept", "unchanged"].includes(answer.outcome);
    // The first file that is there holds everything; of pieces, the first that is not there leaves a gap behind it.
    if (isThere === (feed.source.enough === "first")) break;
  }
  return outcomeOf(answers);
}

/** A day without publication is no failure; a publisher who fails for every day is. */
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

async function fetchOne(hub: Hub, feed: Feed, request: PublicationRequest, arrivedAt: Date): Promise<Answer> {
  const { cursor, etag } = await feedState(hub.db, feed.id);
  const settings = {
    baseUrl: baseUrlOf(feed, hub.variable),
    allowLoopback: hub.variable("ALLOW_LOOPBACK") === "true",
    etag: request.isGrowing || request.period === cursor ? etag : null,
  };
  const fetched = await fetchPublication(feed, request, settings, {
    fetch: (url, init) => fetch(url, init),
    sleep: (ms) => scheduler.wait(ms),
    random: Math.random,
  });
  switch (fetched.kind) {
    case "missing":
      return { outcome: "missing", detail: `${request.name} is not published` };
    case "unchanged":
      return { outcome: "unchanged", detail: `${request.name} is as it was` };
    case "failed":
      return { outcome: "failed", detail: fetched.reason };
    case "kept": {
      const sha256 = sha256Hex(fetched.bytes);
      const object = await keepRaw(hub, { feed, name: request.name, sha256, body: fetched.bytes, arrivedAt });
      const { run } = await announceRaw(hub, object);
      await saveFetched(hub.db, feed.id, { period: request.period, etag: fetched.etag, at: hub.now().toISOString() });
      return { outcome: "kept", detail: object.key, flow: run.id };
    }
  }
}
