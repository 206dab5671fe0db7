/** `/reports`: published reports, their files, daily editions and the Atom feed. */
import type { Endpoint } from "../endpoint.ts";
import { reportFileQueryShape, reportListShape, reportRequestedShape, reportsQueryShape } from "../reports.ts";

const forecast = "/reports/{forecast}";

export const reportEndpoints = {
  listReports: { method: "GET", path: "/reports", query: reportsQueryShape, answer: reportListShape },
  requestReport: { method: "POST", path: forecast, token: "hub", answer: reportRequestedShape },
  getReportFeed: { method: "GET", path: `${forecast}/feed.xml`, answer: "text" },
  downloadReport: { method: "GET", path: `${forecast}/{report}`, query: reportFileQueryShape, answer: "bytes" },
  downloadEdition: {
    method: "GET",
    path: `${forecast}/editions/{edition}`,
    query: reportFileQueryShape,
    answer: "bytes",
  },
  downloadReportFile: {
    method: "GET",
    path: `${forecast}/{origin}/{revision}/{file}`,
    query: reportFileQueryShape,
    answer: "bytes",
  },
} as const satisfies Readonly<Record<string, Endpoint>>;
