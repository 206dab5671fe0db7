/** `almanac ingest FEED FILE…`: uploads publications and waits until they are in. */
import { basename } from "node:path";
import { Listr } from "listr2";
import type { FlowDetail } from "../../shared/api/flows.ts";
import type { Feed } from "../../shared/feeds/feed.ts";
import { isFileName } from "../../shared/lake/keys.ts";
import { connect } from "../connect.ts";
import { Failure } from "../failure.ts";
import { flowEnded } from "../flows.ts";
import { type Hub, openHub } from "../hub.ts";
import { knownFeed } from "../known.ts";
import { readPublication } from "../read-publication.ts";
import { taskListOptions } from "../task-list.ts";
import { bar, reasons, thousands } from "../terminal.ts";
import { fetchWithProgress } from "../upload-progress.ts";

interface Ingested extends FlowDetail {
  readonly file: string;
  readonly known: boolean;
}

export async function ingest(
  feedId: string,
  files: readonly string[],
  options: { readonly url?: string; readonly state?: string; readonly json?: boolean },
): Promise<void> {
  const feed = knownFeed(feedId);
  const hub = connect(options);
  const results: Ingested[] = [];
  const tasks = new Listr(
    files.map((file) => ({
      title: basename(file),
      task: async (_context: unknown, task: { title: string; output: string }) => {
        const flow = await ingestOne(hub, feed, file, (text) => {
          task.output = text;
        });
        results.push(flow);
        if (flow.state !== "done") throw new Failure(`${basename(file)} is ${describeFlow(flow)}`);
        task.title = `${basename(file)}: ${describeFlow(flow)}`;
      },
    })),
    { ...taskListOptions(options.json), exitOnError: false, collectErrors: true },
  );
  await tasks.run();
  if (options.json) console.log(JSON.stringify({ feed: feed.id, flows: results }));
  const errors = tasks.errors ?? [];
  for (const error of errors) console.error(error.message);
  if (errors.length > 0) process.exitCode = 1;
}

async function ingestOne(hub: Hub, feed: Feed, file: string, say: (text: string) => void): Promise<Ingested> {
  const name = basename(file);
  if (!isFileName(name)) {
    const better = name.replaceAll(/[^A-Za-z0-9._-]+/g, "_");
    throw new Failure(`${name} cannot be the name of a publication: rename it, for example to ${better}.`);
  }
  const bytes = await readPublication(file);
  const sending = openHub(
    hub,
    fetchWithProgress((share) => say(bar(share))),
  );
  const [contentType = "application/octet-stream"] = feed.file.contentTypes;
  const upload = await sending.api.uploadPublication({ feed: feed.id, file: name, body: bytes, contentType });
  const flow = await flowEnded(hub, upload.flow, (step) => say(step));
  return { ...flow, file, known: upload.known };
}

/** What became of an ingest, in one line. */
export function describeFlow(flow: FlowDetail & { readonly known?: boolean }): string {
  const { stats } = flow;
  if (flow.state === "held") return `held: ${flow.reason}. Let it in with POST /flows/${flow.id}/release`;
  if (flow.state === "failed") return `refused: ${flow.reason}`;
  const unrevised = Math.max(0, Number(stats?.observationsWritten ?? 0) - Number(stats?.revisions ?? 0));
  const before = flow.known ? "known already, " : "";
  return `${before}${thousands(stats?.observations)} observations, ${thousands(unrevised)} of them new or newer, ${thousands(stats?.revisions)} revise what was known; refused ${reasons(stats?.problemsByReason)}`;
}
