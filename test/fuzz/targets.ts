/** The fuzz targets by name. */
import type { FuzzTarget } from "./target.ts";
import { csv, json, monthlyCsv, workbook } from "./targets/feeds.ts";
import { onnx } from "./targets/models.ts";
import { hub, invocations, predict, v2 } from "./targets/requests.ts";

export const fuzzTargets: Readonly<Record<string, FuzzTarget>> = {
  csv,
  json,
  monthly: monthlyCsv,
  workbook,
  onnx,
  predict,
  invocations,
  v2,
  hub,
};
