/** The requests of the benches to predict. */

import { requestBytes } from "./http-client.ts";
import type { Learned } from "./learned-model.ts";

const series = { Estado: "Jalisco", Ciudad: "Guadalajara", Tipo: "Pasteurizada", Canal: "Autoservicios" };

/** One row with the dimensions of its series. */
export const oneRow = requestBytes({ method: "POST", path: "/predict", json: series });

/** Rows of features in MLflow's format: the golden rows of the card, repeated. */
export function manyRows({ card }: Learned, rows: number): Buffer {
  const columns = card.features.map(({ name }) => name);
  const golden = Object.values(card.golden.inputs)[0]?.length ?? 1;
  const cell = (name: string, row: number) => card.golden.inputs[name]?.[row % golden] ?? null;
  const data = Array.from({ length: rows }, (_, row) => columns.map((name) => cell(name, row)));
  return requestBytes({ method: "POST", path: "/invocations", json: { dataframe_split: { columns, data } } });
}
