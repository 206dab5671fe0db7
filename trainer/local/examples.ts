/** Predictions to try, one a protocol: the command to copy, and what it answers now. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { singleAnswerShape } from "../../shared/api/predict.ts";
import type { Hub } from "../hub.ts";
import { exampleSeries } from "../simulate/example-series.ts";

export interface Example {
  readonly command: string;
  /** The answer's body, as it came. */
  readonly answer: string;
}

export interface ExampleOptions {
  readonly forecast: string;
  /** The state folder: bodies too long for a line are kept there. */
  readonly state: string;
}

/** None for a forecast that nothing is simulated for; one with the refusal where nothing can be predicted yet. */
export async function examplesOf(hub: Hub, { forecast, state }: ExampleOptions): Promise<Example[]> {
  const series = exampleSeries(forecast);
  if (series === null) return [];
  const query = new URLSearchParams({ ...series }).toString();
  const path = `/predict/${forecast}${query === "" ? "" : `?${query}`}`;
  const response = await hub.request(path);
  const answer = (await response.text()).trim();
  const own = { command: `curl -s '${hub.url}${path}'`, answer };
  if (!response.ok) return [own];
  const { features } = singleAnswerShape.parse(JSON.parse(answer));
  const inputs = Object.entries(features).map(([name, value]) => ({
    name,
    shape: [1, 1],
    datatype: typeof value === "string" ? "BYTES" : "FP32",
    data: [value],
  }));
  const folder = join(state, "examples");
  mkdirSync(folder, { recursive: true });
  const post = async (
    to: string,
    { name, body }: { readonly name: string; readonly body: unknown },
  ): Promise<Example> => {
    const file = join(folder, `${forecast}-${name}.json`);
    writeFileSync(file, JSON.stringify(body));
    const headers = { "Content-Type": "application/json" };
    const posted = await hub.request(to, { method: "POST", headers, body: JSON.stringify(body) });
    const near = relative("", file);
    return {
      command: `curl -s -H 'Content-Type: application/json' -d '@${near.startsWith("..") ? file : near}' ${hub.url}${to}`,
      answer: (await posted.text()).trim(),
    };
  };
  return [
    own,
    await post(`/invocations/${forecast}`, { name: "mlflow", body: { dataframe_records: [features] } }),
    await post(`/v2/models/${forecast}/infer`, { name: "open-inference", body: { inputs } }),
  ];
}
