/** The hourly upkeep. */
import { feeds } from "../../shared/feeds/index.ts";
import type { Forecast } from "../../shared/forecasts/forecast.ts";
import { settleAll } from "../../shared/lib/settle-all.ts";
import { recover } from "./flows/recover.ts";
import type { Hub } from "./hub.ts";
import { repairLake } from "./ingest/repair-lake.ts";
import { repairHistories } from "./ingest/write-history.ts";
import { purgeDeliveries } from "./outbox/purge.ts";
import { purgePredictions } from "./predictions/purge.ts";
import { writeForecastList } from "./registry/forecast-list.ts";
import { abandonSilentRuns } from "./registry/silent-runs.ts";
import { repairPointers } from "./serving/repair-pointers.ts";

type UpkeepEffects = Pick<
  Hub,
  "db" | "lake" | "snapshots" | "fingerprints" | "evaluate" | "onnx" | "workflows" | "variables" | "boot" | "now"
>;

/** Runs every hourly job. Continues after a failure. The error names all failed jobs. */
export async function runUpkeep(fx: UpkeepEffects, forecasts: readonly Forecast[]): Promise<void> {
  await settleAll([
    ["recover flows", () => recover(fx)],
    ["write the list of forecasts", () => writeForecastList(fx, forecasts)],
    ...feeds.map((feed) => [`repair lake ${feed.id}`, () => repairLake(fx, feed)] as const),
    ...forecasts.map((forecast) => [`repair history ${forecast.id}`, () => repairHistories(fx, [forecast])] as const),
    ...forecasts.map((forecast) => [`repair pointer ${forecast.id}`, () => repairPointers(fx, [forecast])] as const),
    ["abandon silent runs", () => abandonSilentRuns(fx)],
    ["purge predictions", () => purgePredictions(fx)],
    ["purge deliveries", () => purgeDeliveries(fx)],
  ]);
}
