/** The hub Worker: ingestion, registry, pages. It owns the database and the lake. */
import { feeds } from "../../shared/feeds/index.ts";
import { hubApp } from "./app.ts";
import { recover } from "./flows/recover.ts";
import { scheduleFetches } from "./flows/schedule.ts";
import { type HubEnv, hubOf } from "./hub.ts";
import { consume } from "./queue.ts";

export { FetchFlow } from "./flows/fetch.ts";
export { IngestFlow } from "./flows/ingest.ts";

export default {
  fetch(request, env, context) {
    return hubApp(hubOf(env)).fetch(request, env, context);
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
        await recover(hub);
        return;
      default:
        throw new Error(
          `no job for cron "${controller.cron}"; wrangler.toml and workers/hub/index.ts must name the same`,
        );
    }
  },
} satisfies ExportedHandler<HubEnv>;
