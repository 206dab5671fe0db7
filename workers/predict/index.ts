/** The predict Worker: answers forecasts from snapshots, without a database. */
import { AutoRouter } from "itty-router/AutoRouter";

const router = AutoRouter();
router.get("/health", () => ({ worker: "predict", ok: true }));

export default { fetch: (request: Request): Promise<Response> => router.fetch(request) };
