/** `almanac ingest FEED FILE…`: uploads publications and waits until they are in. */
import { basename } from "node:path";
import { Listr } from "listr2";
import { isFileName } from "../../shared/lake/keys.ts";
import { sha256Hex } from "../../shared/lib/hash.ts";
import { connect } from "../connect.ts";
import { Failure } from "../failure.ts";
import type { Flow, HubClient, UploadBody } from "../hub-client.ts";
import { knownFeed } from "../known.ts";
import { readPublication } from "../read-publication.ts";
import { taskListOptions } from "../task-list.ts";
import { bar, reasons, thousands } from "../terminal.ts";

interface Ingested extends Flow {
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
        const flow = await ingestOne(hub, feed.id, file, (text) => {
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

async function ingestOne(hub: HubClient, feed: string, file: string, say: (text: string) => void): Promise<Ingested> {
  const name = basename(file);
  if (!isFileName(name)) {
    const better = name.replaceAll(/[^A-Za-z0-9._-]+/g, "_");
    throw new Failure(`${name} cannot be the name of a publication: rename it, for example to ${better}.`);
  }
  const bytes = await readPublication(file);
  const upload = await hub.upload(
    feed,
    name,
    withProgress(bytes, (share) => say(bar(share))),
  );
  const flow = await hub.ended(upload.flow, (step) => say(step));
  return { ...flow, file, known: upload.known };
}

/** The bytes in pieces, saying after each how much has gone. */
function withProgress(bytes: Uint8Array, onProgress: (share: number) => void): UploadBody {
  const pieceBytes = 64 * 1024;
  const pieces = Math.ceil(bytes.length / pieceBytes);
  // A terminal redraws one line; elsewhere each is a line of its own, so fewer are said.
  const every = process.stdout.isTTY ? 1 : Math.ceil(pieces / 4);
  let sent = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (sent >= bytes.length) return controller.close();
      controller.enqueue(bytes.subarray(sent, sent + pieceBytes));
      sent = Math.min(bytes.length, sent + pieceBytes);
      if (Math.ceil(sent / pieceBytes) % every === 0 || sent === bytes.length) onProgress(sent / bytes.length);
    },
  });
  return { sha256: sha256Hex(bytes), length: bytes.length, body };
}

/** What became of an ingest, in one line. */
export function describeFlow(flow: Flow & { readonly known?: boolean }): string {
  const { stats } = flow;
  if (flow.state === "held") return `held: ${flow.reason}. Let it in with POST /flows/${flow.id}/release`;
  if (flow.state === "failed") return `refused: ${flow.reason}`;
  const before = flow.known ? "known already, " : "";
  return `${before}${thousands(stats?.observations)} observations, ${thousands(stats?.observationsWritten)} of them new or newer; refused ${reasons(stats?.problemsByReason)}`;
}
