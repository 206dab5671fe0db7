/** Validates a report model of another process, without a copy of its series. */
import { z } from "zod";
import { failure, type Result, success } from "../lib/result.ts";
import { type ReportModel, type ReportSeries, reportModelShape, reportSeriesShape } from "./report-model.ts";

/** The schema of everything but the series, whose number decides the size of a model. */
const headShape = reportModelShape.extend({ series: z.array(z.unknown()) });

const isSeries = (one: unknown): one is ReportSeries => reportSeriesShape.safeParse(one).success;

/**
 * Validates a model of another process. The series are validated one by one and returned unchanged: the schema's copy of
 * thousands of them would need as much memory as the model.
 */
export function readReportModel(value: unknown): Result<ReportModel> {
  const head = headShape.safeParse(value);
  if (!head.success) return failure(head.error.message);
  const series = head.data.series.filter(isSeries);
  if (series.length === head.data.series.length) return success({ ...head.data, series });
  const at = head.data.series.findIndex((one) => !isSeries(one));
  return failure(`series[${at}]: ${reportSeriesShape.safeParse(head.data.series[at]).error?.message}`);
}
