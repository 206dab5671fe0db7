/** A `fetch` that reports the progress of an upload. */
import type { Fetch } from "../shared/api/client.ts";

const pieceBytes = 64 * 1024;

/** Sends a body in pieces and calls `onProgress` with the share that has been sent, 0 to 1. */
export function fetchWithProgress(onProgress: (share: number) => void): Fetch {
  return (url, { body, ...init }) => {
    if (!(body instanceof Uint8Array))
      return fetch(url, { ...init, redirect: "manual", ...(body !== undefined && { body }) });
    return fetch(url, { ...init, redirect: "manual", body: inPieces(body, onProgress), duplex: "half" });
  };
}

function inPieces(bytes: Uint8Array, onProgress: (share: number) => void): ReadableStream<Uint8Array> {
  const pieces = Math.ceil(bytes.length / pieceBytes);
  // A terminal redraws one line. Without a terminal each report is a new line, so there are at most four reports.
  const every = process.stdout.isTTY ? 1 : Math.ceil(pieces / 4);
  let sent = 0;
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      if (sent >= bytes.length) return controller.close();
      controller.enqueue(bytes.subarray(sent, sent + pieceBytes));
      sent = Math.min(bytes.length, sent + pieceBytes);
      if (Math.ceil(sent / pieceBytes) % every === 0 || sent === bytes.length) onProgress(sent / bytes.length);
    },
  });
}
