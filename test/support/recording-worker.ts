/** Predict Workers in workerd whose queue is a function of the test. */
import { type PredictionMessage, predictionMessageShape } from "../../shared/api/prediction-message.ts";
import { predictApp } from "../../workers/predict/app.ts";
import { partsOf, serviceOf } from "../../workers/predict/service.ts";
import { bindings, promote } from "./predict-worker.ts";
import { forecast, type historyOf, type ServableStory } from "./served.ts";

/** Makes a version the champion, with this history. */
export async function serveWith(story: ServableStory, history: ReturnType<typeof historyOf>): Promise<void> {
  await promote(story);
  await bindings.SNAPSHOTS.put(`history:${forecast.id}`, JSON.stringify(history));
}

type SendBatch = (messages: readonly PredictionMessage[]) => Promise<unknown>;

/** Returns a Worker whose queue is `sendBatch`. `settled` waits for its work after the answers. */
export function workerWithQueue(sendBatch: SendBatch, share = 1, rowsMax = 1_000) {
  const received = (batch: Iterable<MessageSendRequest<PredictionMessage>>) =>
    sendBatch([...batch].map(({ body }) => body));
  const queue = { sendBatch: received } as unknown as Queue<PredictionMessage>;
  const now = () => new Date("2026-11-21T12:00:00Z");
  const app = predictApp(serviceOf({ ...partsOf(bindings), now, recording: { queue, share, rowsMax } }));
  const background: Promise<unknown>[] = [];
  const ask = (path: string, init?: RequestInit) =>
    app(new Request(`http://predict.test${path}`, init), { waitUntil: (work) => void background.push(work) });
  return { ask, settled: () => Promise.all(background) };
}

/** Returns a Worker that collects its messages, serialized as in the queue. */
export function recording(share = 1, rowsMax = 1_000) {
  const sent: PredictionMessage[] = [];
  const batches: number[] = [];
  const { ask, settled } = workerWithQueue(
    async (messages) => {
      batches.push(messages.length);
      for (const message of messages) sent.push(predictionMessageShape.parse(JSON.parse(JSON.stringify(message))));
    },
    share,
    rowsMax,
  );
  return { ask, settled, sent, batches };
}

/** Returns the query of an instance. */
export const queryOf = (instance: Record<string, unknown>) =>
  `?${new URLSearchParams(Object.entries(instance).map(([name, value]) => [name, String(value)]))}`;
