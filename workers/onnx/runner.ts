/** Runs models of R2 in cached sessions, or returns why a model cannot run. */
import type { OnnxAnswer, OnnxRefusalReason, OnnxRefused, OnnxRequest, OnnxRunner } from "../../shared/api/onnx.ts";
import { describeProblem } from "../../shared/onnx/problem.ts";
import { readModel } from "../../shared/onnx/read.ts";
import { checkStaticBounds } from "../../shared/onnx/static-bounds.ts";
import { readTreeNodes } from "../../shared/onnx/tree-nodes.ts";
import { edgeLimits, engineNeed, misfitsOf, sizeOfGraph } from "../../shared/registry/fit-limits.ts";
import { artefactKey } from "../../shared/registry/keys.ts";
import { createSession, messageInOneLine, runSession, type Session } from "./runtime.ts";
import { type Openable, SessionCache } from "./session-cache.ts";

export interface RunnerParts {
  readonly lake: Pick<R2Bucket, "get">;
  /** Memory for all cached sessions of an isolate. One model within the limits always fits. */
  readonly budgetBytes: number;
  nowMs(): number;
  wait(ms: number): Promise<unknown>;
}

/** Half of an isolate's 128 MB. The rest is for the runtime and for requests in flight. */
export const sessionBudgetBytes = edgeLimits.memoryBytesMax;

/** Largest number of values of all inputs of one run. */
const valuesMax = 2_000_000;

/** Carries a refusal out of the session cache. `run` catches it. */
class Refusal extends Error {
  readonly reason: OnnxRefusalReason;

  constructor(reason: OnnxRefusalReason, detail: string) {
    super(detail);
    this.reason = reason;
  }
}

export interface Runner extends OnnxRunner {
  readonly sessions: SessionCache<Session>;
}

export function runnerOf(parts: RunnerParts): Runner {
  const { lake, budgetBytes, nowMs, wait } = parts;
  const release = (session: Session) => session.release();
  const sessions = new SessionCache<Session>({ budgetBytes, release, nowMs, wait });
  return {
    sessions,
    async run(request) {
      const wrong = invalidInputs(request);
      if (wrong !== null) return refused("inputs", wrong);
      try {
        return await sessions.use(
          request.sha256,
          () => open(lake, request),
          async (session): Promise<OnnxAnswer> => {
            const run = await runSession(session, request.inputs);
            return run.ok
              ? { ok: true, outputs: run.value }
              : refused("inputs", `the model rejects these rows: ${run.error}`);
          },
        );
      } catch (error) {
        return error instanceof Refusal
          ? refused(error.reason, error.message)
          : refused("unavailable", messageInOneLine(error));
      }
    },
  };
}

/** Reads, verifies and measures a model. */
async function open(lake: RunnerParts["lake"], request: OnnxRequest): Promise<Openable<Session>> {
  const { forecast, version, sha256 } = request;
  const key = artefactKey(forecast, version, "model.onnx");
  const object = await lake.get(key);
  if (object === null) throw new Refusal("not-found", `R2 has no ${key}`);
  if (object.size > edgeLimits.bytesMax) {
    throw new Refusal("too-large", `${key} has ${object.size} bytes; the limit is ${edgeLimits.bytesMax}`);
  }
  const bytes = new Uint8Array(await object.arrayBuffer());
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const found = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  if (found !== sha256) throw new Refusal("damaged", `${key} has sha256 ${found}, expected ${sha256}`);
  const trees = readTreeNodes(bytes);
  if (!trees.ok) {
    const reason = trees.error.kind === "too-large" ? "too-large" : "unreadable";
    throw new Refusal(reason, `${key} cannot be read: ${describeProblem(trees.error)}`);
  }
  const size = sizeOfGraph(bytes.length, { nodes: trees.value });
  const misfits = misfitsOf(size, ["onnxruntime-web"]);
  if (misfits.length > 0) throw new Refusal("too-large", misfits.join(" "));
  const read = readModel(bytes);
  // A file that the built-in reader rejects is not checked here: the hub refuses its registration.
  const bounded = read.ok ? checkStaticBounds(read.value) : null;
  if (bounded?.ok === false) throw new Refusal("too-large", `${key} cannot run: ${describeProblem(bounded.error)}`);
  return { costBytes: engineNeed("onnxruntime-web", size).memoryBytes, create: () => created(key, bytes) };
}

async function created(key: string, bytes: Uint8Array): Promise<Session> {
  try {
    return await createSession(bytes);
  } catch (error) {
    throw new Refusal("unreadable", `onnxruntime-web rejects ${key}: ${messageInOneLine(error)}`);
  }
}

/** Returns the error of the columns, or null. Needs no loaded model. */
function invalidInputs({ inputs }: OnnxRequest): string | null {
  const columns = Object.entries(inputs);
  const rows = columns[0]?.[1].length ?? 0;
  const uneven = columns.find(([, column]) => column.length !== rows);
  if (uneven) return `input ${uneven[0]} has ${uneven[1].length} rows, ${columns[0]?.[0]} has ${rows}`;
  if (rows === 0) return "there are no rows";
  const values = rows * columns.length;
  return values > valuesMax
    ? `${rows} rows of ${columns.length} inputs; the limit is ${valuesMax} values per run`
    : null;
}

const refused = (reason: OnnxRefusalReason, detail: string): OnnxRefused => ({ ok: false, reason, detail });
