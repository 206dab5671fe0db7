/** Reads the memory of one Worker from the inspector. */

interface Target {
  readonly id: string;
  readonly webSocketDebuggerUrl: string;
}

interface HeapUsage {
  readonly usedSize: number;
  readonly backingStorageSize?: number;
}

/** Connects to the debugger of one Worker. Rejects if there is no Worker of that name. */
async function inspect(inspectorPort: number, worker: string): Promise<WebSocket> {
  const response = await fetch(`http://127.0.0.1:${inspectorPort}/json`);
  const targets: readonly Target[] = JSON.parse(await response.text());
  const target = targets.find(({ id }) => id.endsWith(`:${worker}`));
  if (!target)
    throw new Error(`the inspector has no Worker ${worker}; it has ${targets.map(({ id }) => id).join(", ")}`);
  const options = { headers: { Origin: "http://localhost" } };
  const socket = new WebSocket(target.webSocketDebuggerUrl, options as unknown as string[]);
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = () => reject(new Error("the inspector does not answer"));
  });
  return socket;
}

/** Returns the bytes in use after garbage collection: objects, and the buffers of typed arrays. */
export async function usedBytes(inspectorPort: number, worker: string): Promise<number> {
  const socket = await inspect(inspectorPort, worker);
  try {
    // workerd has no command for garbage collection, but a heap snapshot begins with one.
    await call(socket, "HeapProfiler.takeHeapSnapshot");
    const { usedSize, backingStorageSize = Number.NaN } = await call(socket, "Runtime.getHeapUsage");
    return usedSize + backingStorageSize;
  } finally {
    socket.close();
  }
}

let lastId = 0;

function call(socket: WebSocket, method: string): Promise<HeapUsage> {
  const id = ++lastId;
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

export interface HeapWatch {
  /** The largest sample in MB: objects, buffers and the memory of wasm, including garbage that is not collected yet. */
  peakMb(): number;
  stop(): void;
}

const everyMs = 5;

/** Samples the heap until stopped. A busy Worker answers between two steps, while the objects of a step are still alive. */
export async function watchHeap(inspectorPort: number, worker: string): Promise<HeapWatch> {
  const socket = await inspect(inspectorPort, worker);
  let peak = 0;
  socket.onmessage = ({ data }) => {
    const { result }: { result?: Partial<HeapUsage> } = JSON.parse(String(data));
    peak = Math.max(peak, (result?.usedSize ?? 0) + (result?.backingStorageSize ?? 0));
  };
  const timer = setInterval(
    () => socket.send(JSON.stringify({ id: ++lastId, method: "Runtime.getHeapUsage" })),
    everyMs,
  );
  return {
    peakMb: () => peak / 1e6,
    stop() {
      clearInterval(timer);
      socket.onerror = null;
      socket.close();
    },
  };
}
