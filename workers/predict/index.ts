/** The predict Worker: answers forecasts from snapshots, without a database. */
import { predictApp } from "./app.ts";
import { type PredictEnv, partsOf, serviceOf } from "./service.ts";

/** Caches the app of an isolate, with its snapshots and routes. */
const apps = new WeakMap<PredictEnv, ReturnType<typeof predictApp>>();

function appOf(env: PredictEnv): ReturnType<typeof predictApp> {
  const cached = apps.get(env);
  if (cached) return cached;
  const app = predictApp(serviceOf(partsOf(env)));
  apps.set(env, app);
  return app;
}

export default {
  fetch: (request, env, context) => appOf(env)(request, context),
} satisfies ExportedHandler<PredictEnv>;
