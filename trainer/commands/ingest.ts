/** `almanac ingest FEED FILE…`: uploads publications and waits until they are ingested and predictions use them. */
import { basename } from "node:path";
import type { FlowDetail } from "../../shared/api/flows.ts";
import type { Feed } from "../../shared/feeds/feed.ts";
import { isFileName } from "../../shared/lake/keys.ts";
import { endSentence } from "../../shared/lib/end-sentence.ts";
import { connect, type HubOptions, typedHubOptions } from "../connect.ts";
import { Failure } from "../failure.ts";
import { flowEnded, restartCommand } from "../flows.ts";
import { type Hub, openHub } from "../hub.ts";
import { knownFeed } from "../known.ts";
import { readPublication } from "../read-publication.ts";
import { historiesOf, printUnlessServed } from "../serving.ts";
import { taskList } from "../task-list.ts";
import { bar, printError, printJson, prose, reasons, thousands } from "../terminal.ts";
import { fetchWithProgress } from "../upload-progress.ts";

interface Ingested extends FlowDetail {
  readonly file: string;
  /** Whether the same bytes were uploaded before. */
  readonly known: boolean;
}

export async function ingest(
  feedId: string,
  files: readonly string[],
  options: {
    readonly url?: string;
    readonly state?: string;
    readonly json?: boolean;
    /** False with `--no-wait`. */
    readonly wait: boolean;
  },
): Promise<void> {
  const feed = knownFeed(feedId);
  const hub = connect(options);
  const results: Ingested[] = [];
  const tasks = taskList(
    files.map((file) => ({
      title: basename(file),
      run: async (task) => {
        const flow = await ingestOne(hub, feed, file, (text) => {
          task.output = text;
        });
        results.push(flow);
        if (flow.state !== "done") throw new Failure(`${basename(file)}: ${describeFlow(flow, options)}`);
        task.title = `${basename(file)}: ${describeFlow(flow, options)}`;
      },
    })),
    { isJson: options.json, exitOnError: false },
  );
  await tasks.run();
  const written = results.findLast(({ state }) => state === "done");
  if (options.wait && written) await printUnlessServed(hub, await historiesOf(hub, written.stats));
  if (options.json) printJson({ feed: feed.id, flows: results });
  const errors = tasks.errors ?? [];
  for (const error of errors) printError(prose(error.message));
  if (errors.length > 0) process.exitCode = 1;
}

async function ingestOne(hub: Hub, feed: Feed, file: string, onProgress: (text: string) => void): Promise<Ingested> {
  const name = basename(file);
  if (!isFileName(name)) {
    const suggestion = name.replaceAll(/[^A-Za-z0-9._-]+/g, "_");
    throw new Failure(
      `${name} is not a valid file name for a publication. Rename the file, for example to ${suggestion}.`,
    );
  }
  const bytes = await readPublication(file);
  const sending = openHub({ ...hub, send: fetchWithProgress((share) => onProgress(bar(share))) });
  const [contentType = "application/octet-stream"] = feed.file.contentTypes;
  const upload = await sending.api.uploadPublication({ feed: feed.id, file: name, body: bytes, contentType });
  const flow = await flowEnded(hub, upload.flow, onProgress);
  return { ...flow, file, known: upload.known };
}

/** Describes the outcome of an ingest in one line. */
function describeFlow(flow: FlowDetail & { readonly known?: boolean }, hub: HubOptions): string {
  const { stats } = flow;
  if (flow.state === "held" || flow.state === "failed") {
    const advice = flow.state === "held" ? "If the file is right, ingest it with" : "Retry it with";
    return `${flow.state}: ${endSentence(flow.reason ?? "no reason is recorded")} ${advice}: ${restartCommand(flow, typedHubOptions(hub))}`;
  }
  const retracted = Number(stats?.retracted ?? 0);
  const revised = Math.max(0, Number(stats?.revisions ?? 0) - retracted);
  const added = Math.max(0, Number(stats?.observationsWritten ?? 0) - revised);
  const before = flow.known ? "same bytes as an earlier upload, " : "";
  const counts = `${thousands(stats?.observations)} observations, ${thousands(added)} new, ${thousands(revised)} revised`;
  const retractions = retracted === 0 ? "" : `, ${thousands(retracted)} retracted`;
  const blanked = Number(stats?.blanked ?? 0);
  const blanks = blanked === 0 ? "" : `, ${thousands(blanked)} stated without a value (the stored values stay in use)`;
  const number = stats?.ingest === undefined ? "" : `ingest ${Number(stats.ingest)}: `;
  return `${number}${before}${counts}${retractions}${blanks}; rejected: ${reasons(stats?.problemsByReason)}`;
}
