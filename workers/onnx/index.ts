/** The onnx Worker: runs models that the built-in engine cannot run. It is reachable only over a service binding. */
import { WorkerEntrypoint } from "cloudflare:workers";
import type { OnnxAnswer, OnnxRequest, OnnxRunner } from "../../shared/api/onnx.ts";
import { type Runner, runnerOf, sessionBudgetBytes } from "./runner.ts";

/** Bindings of wrangler.toml. The Worker only reads the lake. */
export interface OnnxEnv {
  readonly LAKE: R2Bucket;
}

/** One runner with its sessions per isolate. */
let runner: Runner | null = null;

function runnerFor({ LAKE }: OnnxEnv): Runner {
  runner ??= runnerOf({
    lake: LAKE,
    budgetBytes: sessionBudgetBytes,
    nowMs: () => Date.now(),
    wait: (ms) => scheduler.wait(ms),
  });
  return runner;
}

export default class OnnxWorker extends WorkerEntrypoint<OnnxEnv> implements OnnxRunner {
  override async fetch(request: Request): Promise<Response> {
    if (new URL(request.url).pathname === "/health") return Response.json({ worker: "onnx", ok: true });
    return Response.json(
      { detail: "This Worker has no HTTP API. Models run over a service binding." },
      { status: 404 },
    );
  }

  /** Continues after the caller has gone, because other callers may wait for the same session. */
  async run(request: OnnxRequest): Promise<OnnxAnswer> {
    const answer = runnerFor(this.env).run(request);
    this.ctx.waitUntil(answer);
    return answer;
  }
}
