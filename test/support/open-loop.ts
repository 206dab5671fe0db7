/** Generates open-loop load: each request is sent when it is due, even if earlier ones are not answered. */
import { type Answer, Connection } from "../bench/support/http-client.ts";

export interface OpenLoop {
  readonly port: number;
  readonly perSecond: number;
  /** Returns true while more requests shall be sent, given the time since the first. */
  goesOn(ms: number): boolean;
  /** Returns the bytes of the n-th request. */
  request(n: number): Buffer;
  onAnswer(n: number, answer: Answer, ms: number): void;
  onFailure(n: number, error: Error): void;
}

/** Maximum time to wait for an answer. A later answer counts as failed. */
const answerMaxMs = 30_000;

function withinTime<T>(answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${answerMaxMs / 1000} s`)), answerMaxMs);
  });
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}

/**
 * Resolves to the number of requests once the last is answered. Latency counts from the time when a request was due.
 */
export async function openLoop({ port, perSecond, goesOn, request, onAnswer, onFailure }: OpenLoop): Promise<number> {
  const idle: Connection[] = [];
  const all = new Set<Connection>();
  const started = performance.now();
  const ask = async (n: number) => {
    const dueMs = started + (n * 1000) / perSecond;
    try {
      const connection = fitOne(idle, all) ?? (await Connection.open(port));
      all.add(connection);
      const answer = await withinTime(connection.ask(request(n)));
      idle.push(connection);
      onAnswer(n, answer, performance.now() - dueMs);
    } catch (error) {
      onFailure(n, error instanceof Error ? error : new Error(String(error)));
    }
  };
  const underWay: Promise<void>[] = [];
  while (goesOn(performance.now() - started)) {
    const due = Math.floor(((performance.now() - started) / 1000) * perSecond) + 1;
    while (underWay.length < due) underWay.push(ask(underWay.length));
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await Promise.all(underWay);
  for (const connection of all) connection.close();
  return underWay.length;
}

/** Returns the most recently used connection. Closes connections that were idle too long. */
function fitOne(idle: Connection[], all: Set<Connection>): Connection | null {
  for (let one = idle.pop(); one; one = idle.pop()) {
    if (one.isFit()) return one;
    one.close();
    all.delete(one);
  }
  return null;
}
