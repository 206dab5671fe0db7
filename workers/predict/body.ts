/** A request's body, as far as it may go. */
import { bodyBytesMax } from "../../shared/api/predict-limits.ts";
import type { Refusal } from "../../shared/api/problem.ts";
import { failure, type Result, success } from "../../shared/lib/result.ts";

/** The text of a body, or the refusal of it. */
export type ReadBody = Result<string, Refusal>;

interface MediaType {
  readonly type: string;
  readonly charset: string;
}

/** The media type of a request without its parameters, and its charset; both in lower case, empty where not stated. */
export function mediaTypeOf(request: Request): MediaType {
  return mediaTypeIn(request.headers.get("Content-Type") ?? "");
}

function mediaTypeIn(stated: string): MediaType {
  // As most clients write it.
  if (stated === "application/json") return { type: stated, charset: "" };
  const header = stated.toLowerCase();
  const [type = "", ...parameters] = header.split(";").map((part) => part.trim());
  const charset = parameters.find((parameter) => parameter.startsWith("charset="))?.slice("charset=".length) ?? "";
  return { type, charset: charset.replaceAll('"', "") };
}

/** The refusal of a body that is not of one of these types in UTF-8; null for one that is. */
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
  const encoding = request.headers.get("Content-Encoding") ?? "identity";
  if (encoding.toLowerCase() === "identity") return null;
  return { kind: "unsupported-media-type", detail: "Send the body as it is.", found: encoding, expected: "identity" };
}

/** Reads at most `bodyBytesMax`, whether or not a length was stated. */
export async function readBody(request: Request): Promise<ReadBody> {
  const stated = request.headers.get("Content-Length");
  if (Number(stated ?? 0) > bodyBytesMax) return tooLarge(`${stated} bytes`);
  let text: string | null;
  try {
    // HTTP holds a sender to the length that it states, so that all of it may be read at once, and by the runtime's own decoder:
    // to decode bytes here costs more than to make an answer. What is no UTF-8 comes out as replacement characters.
    text = stated === null ? await readPieces(request) : await request.text();
  } catch {
    const detail = "The body broke off before its end, or its pieces are not as HTTP writes them: send it again.";
    return failure({ kind: "bad-request", detail, expected: "a whole body" });
  }
  if (text === null || text.length > bodyBytesMax) return tooLarge(`more than ${bodyBytesMax} bytes`);
  if (!text.includes("\uFFFD")) return success(text);
  const detail = "The body is not UTF-8.";
  return failure({ kind: "bad-request", detail, expected: "UTF-8 text without U+FFFD" });
}

/** Null where there are more bytes than may be: nothing beyond them is read. */
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

function tooLarge(found: string): ReadBody {
  const detail = "The body is larger than a request may be: send fewer instances at once.";
  return failure({ kind: "too-large", detail, found, expected: `at most ${bodyBytesMax} bytes` });
}
