/**
 * Reads a body into memory. Returns null as soon as it exceeds the limit. Does not rely on the declared length.
 * @throws if the body has not ended when `signal` is aborted: a publisher may send single bytes without an end.
 */
export async function readBounded(
  body: Pick<Response, "body">,
  bytesMax: number,
  signal: AbortSignal | null = null,
): Promise<Uint8Array | null> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = (body.body as ReadableStream<Uint8Array> | null)?.getReader();
  const late = signal && aborted(signal, () => `the file did not arrive in time: received ${length} bytes`);
  const read = () => reader && (late ? Promise.race([reader.read(), late]) : reader.read());
  try {
    for (let part = await read(); part && !part.done; part = await read()) {
      length += part.value.length;
      if (length > bytesMax) {
        await reader?.cancel();
        return null;
      }
      chunks.push(part.value);
    }
  } catch (error) {
    // Not awaited: a connection that hangs may not confirm it.
    void reader?.cancel().catch(() => undefined);
    throw error;
  }
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}

/** Rejects when the signal is aborted. */
function aborted(signal: AbortSignal, reason: () => string): Promise<never> {
  const promise = new Promise<never>((_, reject) => {
    const onAbort = () => reject(new Error(reason()));
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
  });
  // Ignores an abort after the body has ended.
  promise.catch(() => undefined);
  return promise;
}
