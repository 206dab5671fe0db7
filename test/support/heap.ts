/** Watches the heap of a Worker through its inspector. */

export interface HeapWatch {
  /** The most that any sample saw in use, in MB, garbage that is not collected yet included. */
  peakMb(): number;
  stop(): void;
}

const everyMs = 5;

/** Samples until stopped. A Worker that computes answers between two of its steps, when what the step made is still alive. */
export async function watchHeap(inspectorPort: number): Promise<HeapWatch> {
  const options = { headers: { Origin: "http://localhost" } };
  const socket = new WebSocket(`ws://127.0.0.1:${inspectorPort}/ws`, options as unknown as string[]);
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = () => reject(new Error("the inspector does not answer"));
  });
  let [peak, asked] = [0, 0];
  socket.onmessage = ({ data }) => {
    const answer: { result?: { usedSize?: number } } = JSON.parse(String(data));
    peak = Math.max(peak, answer.result?.usedSize ?? 0);
  };
  const timer = setInterval(
    () => socket.send(JSON.stringify({ id: ++asked, method: "Runtime.getHeapUsage" })),
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
