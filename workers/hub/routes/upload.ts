/** `PUT /feeds/:feed/files/:name`: a publication brought by hand. */

import type { HonoRequest } from "hono";
import { type FlowRun, queueAgain } from "../../../shared/db/flows.ts";
import type { Feed } from "../../../shared/feeds/feed.ts";
import { isFileName } from "../../../shared/lake/keys.ts";
import { sha256Hex } from "../../../shared/lib/hash.ts";
import { readDigest, readLength, refuseOtherDigest } from "../body.ts";
import { readBounded } from "../fetch/fetch-publication.ts";
import { launch } from "../flows/launch.ts";
import type { Hub } from "../hub.ts";
import { announceRaw, keepRaw } from "../ingest/raw.ts";
import { refuse } from "../refuse.ts";

const uploadBytesMax = 50_000_000;
/** Without a digest the body has to be held in memory until it is known. */
const bufferedBytesMax = 10_000_000;

/** No type, or the one that curl says for every body. */
const unstated = ["", "application/x-www-form-urlencoded"];

/** Answers 202 with the flow that reads the file, or 200 when this very file was read already. */
export async function receiveUpload(hub: Hub, feed: Feed, request: HonoRequest): Promise<Response> {
  const name = refuseName(feed, request.param("name") ?? "");
  refuseContentType(feed, request.header("Content-Type"));
  const length = readLength(request.header("Content-Length"), uploadBytesMax);
  const digest = readDigest(request.header("Content-Digest"));
  const { body, sha256 } = await readBody(feed, request, { length, digest });

  const arrival = { feed, name, sha256, body, arrivedAt: hub.now() };
  const object = await keepRaw(hub, arrival).catch(refuseOtherDigest);
  const { run: known, isNew } = await announceRaw(hub, object);
  // Whoever sends a file again whose flow failed wants it tried again.
  const run = (known.state === "failed" && (await tryAgain(hub, known))) || known;
  const answer = { flow: run.id, state: run.state, key: object.key, sha256, known: !isNew };
  const status = run.state === "queued" || run.state === "running" ? 202 : 200;
  return Response.json(answer, { status, headers: { Location: `/flows/${run.id}` } });
}

async function tryAgain(hub: Hub, run: FlowRun): Promise<FlowRun | null> {
  const again = await queueAgain(hub.db, run.id, ["failed"], { now: hub.now().toISOString(), boot: hub.boot });
  if (again) await launch(hub, again);
  return again;
}

function refuseName(feed: Feed, name: string): string {
  if (!isFileName(name)) {
    const expected = "letters, digits, dots, dashes and underscores, at most 128";
    refuse({ kind: "unprocessable", detail: "The file name cannot become part of a key.", found: name, expected });
  }
  if (!name.toLowerCase().endsWith(feed.file.extension)) {
    refuse({
      kind: "unsupported-media-type",
      detail: `${feed.id} reads ${feed.file.extension} files.`,
      found: name,
      expected: `a name ending in ${feed.file.extension}`,
    });
  }
  return name;
}

function refuseContentType(feed: Feed, header: string | undefined): void {
  const contentType = header?.split(";")[0]?.trim().toLowerCase() ?? "";
  if (unstated.includes(contentType) || feed.file.contentTypes.includes(contentType)) return;
  refuse({
    kind: "unsupported-media-type",
    detail: `${feed.id} does not read this type.`,
    found: contentType,
    allowed: feed.file.contentTypes,
  });
}

/** Without a digest or a length the body is read to its end; only that shows whether a chunked one is empty. */
async function readBody(
  feed: Feed,
  request: HonoRequest,
  { length, digest }: { readonly length: number | null; readonly digest: string | null },
): Promise<{ readonly body: ReadableStream | Uint8Array; readonly sha256: string }> {
  const { body } = request.raw;
  if (!body || length === 0) refuseEmpty(feed);
  if (digest !== null && length !== null) return { body, sha256: digest };
  const bytes = await readBounded(request.raw, bufferedBytesMax);
  if (!bytes) {
    refuse({
      kind: "too-large",
      detail:
        "A file this large has to come with Content-Length and Content-Digest (sha-256), so that it can be streamed.",
      found: `more than ${bufferedBytesMax} bytes`,
      expected: `at most ${bufferedBytesMax} bytes without a digest`,
    });
  }
  if (bytes.length === 0) refuseEmpty(feed);
  const sha256 = sha256Hex(bytes);
  if (digest !== null && digest !== sha256) {
    refuse({
      kind: "unprocessable",
      detail: "The body does not have the digest that Content-Digest states; send it again.",
      found: sha256,
      expected: digest,
    });
  }
  return { body: bytes, sha256 };
}

function refuseEmpty(feed: Feed): never {
  refuse({
    kind: "unprocessable",
    detail: "The body is empty. Send the file itself as the body, as in: curl --upload-file <file> <address>",
    found: "0 bytes",
    expected: `the bytes of a ${feed.file.extension} file`,
  });
}
