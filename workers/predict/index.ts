/** The predict Worker: answers forecasts from snapshots, without a database. */
import { predictApp } from "./app.ts";
import { type PredictEnv, partsOf, serviceOf } from "./service.ts";

/** Snapshots and routes live as long as the isolate. */
const apps = new WeakMap<PredictEnv, ReturnType<typeof predictApp>>();

function appOf(env: PredictEnv): ReturnType<typeof predictApp> {
  const kept = apps.get(env);
  if (kept) return kept;
  const app = predictApp(serviceOf(partsOf(env)));
  apps.set(env, app);
  return app;
}

export default {
  fetch: (request, env, context) => appOf(env)(request, context),
} satisfies ExportedHandler<PredictEnv>;
