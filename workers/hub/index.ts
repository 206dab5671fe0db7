/** The entry of the hub Worker, which owns the database and the lake. */
import { feeds } from "../../shared/feeds/index.ts";
import { checkDeclarations } from "../../shared/forecasts/check.ts";
import { forecasts } from "../../shared/forecasts/index.ts";
import { scheduleFetches } from "./flows/schedule.ts";
import { hubApp } from "./http/app.ts";
import { type HubEnv, hubOf } from "./hub.ts";
import { consume } from "./queue.ts";
import { runTick } from "./tick.ts";
import { runUpkeep } from "./upkeep.ts";

export { EditionFlow, FetchFlow, IngestFlow, PromoteFlow, ReportFlow, WithdrawFlow } from "./workflows.ts";

checkDeclarations(forecasts, feeds);

/** Reused by all requests of the isolate. */
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
        await runUpkeep(hub, forecasts);
        return;
      case "*/15 * * * *":
        await runTick(hub, forecasts, new Date(controller.scheduledTime));
        return;
      default:
        throw new Error(
          `no job for cron "${controller.cron}"; wrangler.toml and workers/hub/index.ts must have the same schedules`,
        );
    }
  },
} satisfies ExportedHandler<HubEnv>;
