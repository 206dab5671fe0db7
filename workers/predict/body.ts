/** Reads request bodies within their limits. */
import { bodyBytesMax } from "../../shared/api/predict-limits.ts";
import type { Refusal } from "../../shared/api/problem.ts";
import { failure, type Result, success } from "../../shared/lib/result.ts";
import { type Call, chargeBody } from "./call.ts";

/** The text of a body, or its refusal. */
export type ReadBody = Result<string, Refusal>;

interface MediaType {
  readonly type: string;
  readonly charset: string;
}

/** Returns the media type of a request without parameters, and its charset. Both are in lower case, and empty if missing. */
export function mediaTypeOf(request: Request): MediaType {
  return mediaTypeIn(request.headers.get("Content-Type") ?? "");
}

function mediaTypeIn(stated: string): MediaType {
  // Shortcut for the header that most clients send.
  if (stated === "application/json") return { type: stated, charset: "" };
  const header = stated.toLowerCase();
  const [type = "", ...parameters] = header.split(";").map((part) => part.trim());
  const charset = parameters.find((parameter) => parameter.startsWith("charset="))?.slice("charset=".length) ?? "";
  return { type, charset: charset.replaceAll('"', "") };
}

/** Returns the refusal of a body that has none of these types, or is not in UTF-8 and uncompressed; null for any other body. */
export function refuseType(request: Request, types: readonly string[]): Refusal | null {
  const { type, charset } = mediaTypeOf(request);
  if (!types.includes(type)) {
    const expected = types.join(" or ");
    const detail = `Send the body as ${expected}.`;
    return { kind: "unsupported-media-type", detail, found: type || "no Content-Type", expected };
  }
  if (charset !== "" && charset !== "utf-8" && charset !== "utf8") {
    return { kind: "unsupported-media-type", detail: "Send the body in UTF-8.", found: charset, expected: "utf-8" };
  }
  return refuseEncoding(request);
}

/** Returns the refusal of a compressed body; null for any other body. */
export function refuseEncoding(request: Request): Refusal | null {
  const encoding = request.headers.get("Content-Encoding") ?? "identity";
  if (encoding.toLowerCase() === "identity") return null;
  return {
    kind: "unsupported-media-type",
    detail: "Send the body uncompressed.",
    found: encoding,
    expected: "identity",
  };
}

/** Reads a text of at most `bodyBytesMax` bytes, with or without a stated length, and charges the caller for it. */
export async function readBody(call: Pick<Call, "request" | "service">): Promise<ReadBody> {
  const { request } = call;
  // HTTP enforces a stated length, so such a body can be read at once by the runtime's decoder: decoding it here would take
  // longer than computing an answer. Invalid UTF-8 is decoded as replacement characters.
  const read = await readWithin(request, (isLengthStated) => (isLengthStated ? request.text() : readPieces(request)));
  if (!read.ok) return read;
  const text = read.value;
  chargeBody(call, text.length);
  if (!text.includes("\uFFFD")) return success(text);
  const detail = "The body is not UTF-8.";
  return failure({ kind: "bad-request", detail, expected: "UTF-8 text without U+FFFD" });
}

/** Reads at most `bodyBytesMax` bytes, with or without a stated length, and charges the caller for them. */
export async function readBytes(call: Pick<Call, "request" | "service">): Promise<Result<Uint8Array, Refusal>> {
  const { request } = call;
  const read = await readWithin(request, async (isLengthStated) =>
    isLengthStated ? new Uint8Array(await request.arrayBuffer()) : bytesOfPieces(request),
  );
  if (read.ok) chargeBody(call, read.value.length);
  return read;
}

/** Reads a body whose length is checked before and after. `read` returns null if the body exceeds `bodyBytesMax`. */
async function readWithin<Body extends { readonly length: number }>(
  request: Request,
  read: (isLengthStated: boolean) => Promise<Body | null>,
): Promise<Result<Body, Refusal>> {
  const stated = request.headers.get("Content-Length");
  if (Number(stated ?? 0) > bodyBytesMax) return tooLarge(`${stated} bytes`);
  let body: Body | null;
  try {
    body = await read(stated !== null);
  } catch {
    const detail = "The body is incomplete, or its chunks are invalid. Send it again.";
    return failure({ kind: "bad-request", detail, expected: "a complete body" });
  }
  return body === null || body.length > bodyBytesMax ? tooLarge(`more than ${bodyBytesMax} bytes`) : success(body);
}

async function bytesOfPieces(request: Request): Promise<Uint8Array | null> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of request.body ?? []) {
    length += piece.length;
    if (length > bodyBytesMax) return null;
    pieces.push(piece);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

/** Reads a body in pieces. Returns null, and stops reading, if it exceeds `bodyBytesMax`. */
async function readPieces(request: Request): Promise<string | null> {
  const utf8 = new TextDecoder();
  let text = "";
  let length = 0;
  for await (const piece of request.body ?? []) {
    length += piece.length;
    if (length > bodyBytesMax) return null;
    text += utf8.decode(piece, { stream: true });
  }
  return text + utf8.decode();
}

function tooLarge(found: string): Result<never, Refusal> {
  const detail = "The body is too large. Send fewer instances in one request.";
  return failure({ kind: "too-large", detail, found, expected: `at most ${bodyBytesMax} bytes` });
}
