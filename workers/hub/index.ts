/** The hub Worker: ingestion, registry, pages. It owns the database and the lake. */
import { feeds } from "../../shared/feeds/index.ts";
import { forecasts } from "../../shared/forecasts/index.ts";
import { hubApp } from "./app.ts";
import { recover } from "./flows/recover.ts";
import { scheduleFetches } from "./flows/schedule.ts";
import { type HubEnv, hubOf } from "./hub.ts";
import { purgePredictions } from "./predictions/purge.ts";
import { consume } from "./queue.ts";
import { repairPointers } from "./registry/pointer.ts";
import { abandonSilentRuns } from "./registry/silent-runs.ts";

export { FetchFlow } from "./flows/fetch.ts";
export { IngestFlow } from "./flows/ingest.ts";
export { PromoteFlow } from "./flows/promote.ts";

/** Routes are put together once an isolate. */
const apps = new WeakMap<HubEnv, ReturnType<typeof hubApp>>();

function appOf(env: HubEnv): ReturnType<typeof hubApp> {
  const app = apps.get(env) ?? hubApp(hubOf(env));
  apps.set(env, app);
  return app;
}

export default {
  fetch(request, env, context) {
    return appOf(env).fetch(request, env, context);
  },
  async queue(batch, env) {
    await consume(hubOf(env), batch);
  },
  async scheduled(controller, env) {
    const hub = hubOf(env);
    switch (controller.cron) {
      case "30 23 * * *":
        await scheduleFetches(hub, feeds, new Date(controller.scheduledTime));
        return;
      case "7 * * * *":
        await Promise.all([
          recover(hub),
          repairPointers(hub, forecasts),
          abandonSilentRuns(hub),
          purgePredictions(hub),
        ]);
        return;
      default:
        throw new Error(
          `no job for cron "${controller.cron}"; wrangler.toml and workers/hub/index.ts must name the same`,
        );
    }
  },
} satisfies ExportedHandler<HubEnv>;
