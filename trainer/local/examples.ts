/** Example requests, one per protocol: the curl command and the current answer. */
import { mkdirSync } from "node:fs";
import { join, relative } from "node:path";
import { singleAnswerShape } from "../../shared/api/predict.ts";
import { personalNames } from "../../shared/forecasts/personal.ts";
import { replaceStateFile } from "../disk.ts";
import type { Hub } from "../hub.ts";
import { exampleSeries } from "../simulate/example-series.ts";

export interface ExampleRequest {
  readonly command: string;
  /** The body of the answer. */
  readonly answer: string;
}

export interface ExampleOptions {
  readonly forecast: string;
  /** The state folder: request bodies are written to files in it, because they are too long for a command line. */
  readonly state: string;
}

/** Returns the address of the prediction for the example series; null if the forecast has no simulated data. */
export function examplePath(forecast: string): string | null {
  const series = exampleSeries(forecast);
  if (series === null) return null;
  const query = new URLSearchParams({ ...series }).toString();
  return `/predict/${forecast}${query === "" ? "" : `?${query}`}`;
}

export function curlOf(url: string): string {
  return `curl -s '${url}'`;
}

/** Returns no example for a forecast without simulated data or about persons, and only the refusal if nothing can be predicted yet. */
export async function exampleRequests(hub: Hub, { forecast, state }: ExampleOptions): Promise<ExampleRequest[]> {
  const path = examplePath(forecast);
  // The address of a personal forecast needs a token, which is not printed.
  if (path === null || personalNames.has(forecast)) return [];
  const response = await hub.request(path);
  const answer = (await response.text()).trim();
  const own = { command: curlOf(hub.url + path), answer };
  if (!response.ok) return [own];
  const withFeatures = await (await hub.request(`${path}${path.includes("?") ? "&" : "?"}features=true`)).json();
  const { features = {} } = singleAnswerShape.parse(withFeatures);
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
  ): Promise<ExampleRequest> => {
    const file = join(folder, `${forecast}-${name}.json`);
    replaceStateFile(file, JSON.stringify(body));
    const headers = { "Content-Type": "application/json" };
    const posted = await hub.request(to, { method: "POST", headers, body: JSON.stringify(body) });
    const fromHere = relative("", file);
    return {
      command: `curl -s -H 'Content-Type: application/json' -d '@${fromHere.startsWith("..") ? file : fromHere}' ${hub.url}${to}`,
      answer: (await posted.text()).trim(),
    };
  };
  return [
    own,
    await post(`/invocations/${forecast}`, { name: "mlflow", body: { dataframe_records: [features] } }),
    await post(`/v2/models/${forecast}/infer`, { name: "open-inference", body: { inputs } }),
  ];
}
