/** The onnx Worker: runs models that the built-in engine does not cover. Reached over a service binding only. */
import { WorkerEntrypoint } from "cloudflare:workers";
import type { OnnxAnswer, OnnxRequest, OnnxRunner } from "../../shared/api/onnx.ts";
import { type Runner, runnerOf, sessionBudgetBytes } from "./runner.ts";

/** Bindings of wrangler.toml. The lake is only read. */
export interface OnnxEnv {
  readonly LAKE: R2Bucket;
}

/** Sessions live as long as the isolate. */
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
    return Response.json({ detail: "Models are run over a service binding." }, { status: 404 });
  }

  /** Others may wait for a session when the caller that began it is gone. */
  async run(request: OnnxRequest): Promise<OnnxAnswer> {
    const answer = runnerFor(this.env).run(request);
    this.ctx.waitUntil(answer);
    return answer;
  }
}
