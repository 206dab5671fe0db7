/** What the inspector says of one Worker's memory. */

interface Target {
  readonly id: string;
  readonly webSocketDebuggerUrl: string;
}

interface HeapUsage {
  readonly usedSize: number;
  readonly backingStorageSize?: number;
}

/** Bytes that are in use once the garbage is gone: objects and the buffers behind typed arrays. */
export async function heldBytes(inspectorPort: number, worker: string): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${inspectorPort}/json`);
  const targets: readonly Target[] = JSON.parse(await response.text());
  const target = targets.find(({ id }) => id.endsWith(`:${worker}`));
  if (!target) throw new Error(`the inspector knows no ${worker}, only ${targets.map(({ id }) => id).join(", ")}`);
  const options = { headers: { Origin: "http://localhost" } };
  const socket = new WebSocket(target.webSocketDebuggerUrl, options as unknown as string[]);
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = () => reject(new Error("the inspector does not answer"));
  });
  try {
    // workerd takes no wish for a collection; a snapshot of the heap begins with one.
    await call(socket, "HeapProfiler.takeHeapSnapshot");
    const { usedSize, backingStorageSize = Number.NaN } = await call(socket, "Runtime.getHeapUsage");
    return usedSize + backingStorageSize;
  } finally {
    socket.close();
  }
}

let asked = 0;

function call(socket: WebSocket, method: string): Promise<HeapUsage> {
  const id = ++asked;
  return new Promise((resolve) => {
    const take = ({ data }: MessageEvent) => {
      const answer: { readonly id?: number; readonly result: HeapUsage } = JSON.parse(String(data));
      if (answer.id !== id) return;
      socket.removeEventListener("message", take);
      resolve(answer.result);
    };
    socket.addEventListener("message", take);
    socket.send(JSON.stringify({ id, method }));
  });
}
