/** The fuzz targets by name. */
import type { FuzzTarget } from "./target.ts";
import { csv, customers, json, monthlyCsv, transactions, workbook } from "./targets/feeds.ts";
import { onnx } from "./targets/models.ts";
import { hub, invocations, predict, v2 } from "./targets/requests.ts";

export const fuzzTargets: Readonly<Record<string, FuzzTarget>> = {
  csv,
  json,
  monthly: monthlyCsv,
  workbook,
  customers,
  transactions,
  onnx,
  predict,
  invocations,
  v2,
  hub,
};
