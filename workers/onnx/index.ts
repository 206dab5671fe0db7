/** The onnx Worker: runs models that the built-in engine does not cover. Reached over a service binding only. */
import { AutoRouter } from "itty-router/AutoRouter";

const router = AutoRouter();
router.get("/health", () => ({ worker: "onnx", ok: true }));

export default { fetch: (request: Request): Promise<Response> => router.fetch(request) };
