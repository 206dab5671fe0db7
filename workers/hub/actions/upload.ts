/** Accepts a publication that a person uploads. */
import type { Refusal } from "../../../shared/api/problem.ts";
import { bufferedUploadBytesMax, type Upload, uploadBytesMax } from "../../../shared/api/uploads.ts";
import type { Feed } from "../../../shared/feeds/feed.ts";
import { isFileName } from "../../../shared/lake/keys.ts";
import { sha256Hex } from "../../../shared/lib/hash.ts";
import { failure, type Result, success } from "../../../shared/lib/result.ts";
import { readBounded } from "../fetch/read-bounded.ts";
import type { Hub } from "../hub.ts";
import { announceRaw, storeRaw } from "../ingest/raw.ts";
import { requireFeed } from "./require.ts";
import { otherDigest, putWithDigest } from "./stated-digest.ts";

export interface UploadedFile {
  readonly name: string;
  /** Media type in lower case; empty if the request does not state it. */
  readonly contentType: string;
  /** In bytes; null if the request does not state it. */
  readonly length: number | null;
  /** SHA-256 in hexadecimal; null if the request does not state it. */
  readonly sha256: string | null;
  readonly body: ReadableStream | null;
}

type UploadEffects = Pick<Hub, "db" | "lake" | "events" | "boot" | "now">;

/**
 * Stores a publication in `raw/` and starts its ingest. Bytes that were uploaded before are a new arrival with a flow of its
 * own, so that an earlier publication can be sent again to undo a later one.
 */
export async function upload(fx: UploadEffects, feedId: string, file: UploadedFile): Promise<Result<Upload, Refusal>> {
  const feed = requireFeed(feedId);
  if (!feed.ok) return feed;
  const refusal = checkFile(feed.value, file);
  const read = refusal ? failure(refusal) : await readBody(feed.value, file);
  if (!read.ok) return read;
  const { body, sha256 } = read.value;
  const arrival = { feed: feed.value, name: file.name, sha256, body, arrivedAt: fx.now() };
  const stored = await putWithDigest(() => storeRaw(fx, arrival));
  if (!stored.ok) return stored;
  const { key, isKnown } = stored.value;
  const { run } = await announceRaw(fx, stored.value);
  return success({ flow: run.id, state: run.state, key, sha256, known: isKnown });
}

/** Media types without information: an empty one, and the one that curl sends for every body. */
const unstatedTypes = ["", "application/x-www-form-urlencoded"];

/** Checks everything that can be refused before the body is read. */
function checkFile(feed: Feed, { name, contentType, length }: UploadedFile): Refusal | null {
  if (!isFileName(name)) {
    const expected = "letters, digits, dots, dashes and underscores, at most 128";
    return {
      kind: "unprocessable",
      detail: "The file name contains characters that are not allowed.",
      found: name,
      expected,
    };
  }
  if (!name.toLowerCase().endsWith(feed.file.extension)) {
    const expected = `a name ending in ${feed.file.extension}`;
    const detail = `${feed.id} accepts only ${feed.file.extension} files.`;
    return { kind: "unsupported-media-type", detail, found: name, expected };
  }
  if (!unstatedTypes.includes(contentType) && !feed.file.contentTypes.includes(contentType)) {
    const allowed = feed.file.contentTypes;
    return {
      kind: "unsupported-media-type",
      detail: `${feed.id} does not accept this content type.`,
      found: contentType,
      allowed,
    };
  }
  return length === null ? null : checkLength(length, uploadBytesMax);
}

export function checkLength(length: number, bytesMax: number): Refusal | null {
  if (length <= bytesMax) return null;
  const detail = "The file is too large.";
  return { kind: "too-large", detail, found: `${length} bytes`, expected: `at most ${bytesMax} bytes` };
}

interface UploadedContent {
  readonly body: ReadableStream | Uint8Array;
  readonly sha256: string;
}

/** Returns a body with length and digest as a stream. Reads any other body into memory, to compute its digest. */
async function readBody(
  feed: Feed,
  { body, length, sha256: stated }: UploadedFile,
): Promise<Result<UploadedContent, Refusal>> {
  if (!body || length === 0) return failure(emptyBody(feed));
  if (stated !== null && length !== null) return success({ body, sha256: stated });
  const bytes = await readBounded({ body }, bufferedUploadBytesMax);
  if (!bytes) {
    return failure({
      kind: "too-large",
      detail: "A file of this size must be streamed. Send it with Content-Length and Content-Digest (sha-256).",
      found: `more than ${bufferedUploadBytesMax} bytes`,
      expected: `at most ${bufferedUploadBytesMax} bytes without a digest`,
    });
  }
  if (bytes.length === 0) return failure(emptyBody(feed));
  const sha256 = sha256Hex(bytes);
  if (stated !== null && stated !== sha256) return failure(otherDigest({ found: sha256, expected: stated }));
  return success({ body: bytes, sha256 });
}

function emptyBody(feed: Feed): Refusal {
  return {
    kind: "unprocessable",
    detail: "The body is empty. Send the file itself as the body, as in: curl --upload-file <file> <address>",
    found: "0 bytes",
    expected: `the bytes of a ${feed.file.extension} file`,
  };
}
