/** Measures one request with a thousand rows in MLflow's format. */
import { type Bench, medianMs } from "./bench.ts";
import { engines, workersOf } from "./support/engines.ts";
import { Connection } from "./support/http-client.ts";
import { learnedModel } from "./support/learned-model.ts";
import { manyRows } from "./support/requests.ts";
import { startWorkerd } from "./support/workerd.ts";

const rows = 1_000;
const runs = 31;

export async function run(): Promise<Bench> {
  const learned = await learnedModel();
  const request = manyRows(learned, rows);
  const results = [];
  for (const engine of engines) {
    const workerd = await startWorkerd(workersOf(engine));
    try {
      await workerd.store(learned);
      const connection = await Connection.open(await workerd.port(engine));
      const ms = await medianMs(runs, async () => {
        const { status, body } = await connection.ask(request);
        const { predictions }: { predictions?: readonly number[] } = JSON.parse(body);
        if (status !== 200 || predictions?.length !== rows) throw new Error(`${engine} answered ${status}`);
      });
      connection.close();
      const what = `${rows} rows through /invocations, ${Math.round(request.length / 1000)} KB (${engine})`;
      results.push({ what, value: ms, unit: "ms", limit: engine === "engine" ? 60 : null });
    } finally {
      await workerd.dispose();
    }
  }
  return { name: "bulk", results };
}
