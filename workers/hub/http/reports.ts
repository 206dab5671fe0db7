/** `/reports`: published reports, their files, daily editions and the Atom feed. */

import { createRoute, z } from "@hono/zod-openapi";
import { forecastParam } from "../../../shared/api/fields.ts";
import { isActive } from "../../../shared/api/flow-states.ts";
import type { ReportFile } from "../../../shared/api/pages.ts";
import { readFileName, reportFileNames } from "../../../shared/api/report-languages.ts";
import { reportModelShape } from "../../../shared/api/report-model.ts";
import {
  editionShape,
  reportFileQueryShape,
  reportListShape,
  reportRequestedShape,
  reportsQueryShape,
} from "../../../shared/api/reports.ts";
import type { ReportRow } from "../../../shared/db/reports.ts";
import { findForecast } from "../../../shared/forecasts/index.ts";
import { type ChosenFile, firstLanguage } from "../../../shared/reports/choose-file.ts";
import { atomFeed } from "../../../shared/reports/feed-xml.ts";
import { reportPath } from "../../../shared/reports/keys.ts";
import { languageOf } from "../../../shared/reports/words/index.ts";
import { listReports } from "../actions/list-reports.ts";
import { openEdition } from "../actions/open-edition.ts";
import {
  chooseReportFile,
  filesByExtension,
  findNewestRevision,
  findRevision,
  isSyntheticForecast,
  openReportFile,
} from "../actions/open-report.ts";
import { requireLanguage } from "../actions/report-language.ts";
import { requestReportNow } from "../actions/request-report.ts";
import type { Hub } from "../hub.ts";
import { contentTypes } from "../reports/content-types.ts";
import { adminOnly } from "./authorize.ts";
import { type FileHeaders, fileResponse, immutable } from "./file-response.ts";
import { requirePersonal } from "./personal.ts";
import { unwrap } from "./refuse.ts";
import { apiRoutes, fileAnswers, json, personalRefusals, refusals, secured } from "./route.ts";

export const reportRoutes = apiRoutes();

const params = z.object({ forecast: forecastParam });
/** `latest` changes with the next report. */
const shortly = "public, max-age=60";

const files = {
  "text/html": { schema: { type: "string" } },
  "text/csv": { schema: { type: "string" } },
  "application/json": { schema: reportModelShape },
  "image/svg+xml": { schema: { type: "string" } },
  "image/png": { schema: { type: "string", format: "binary" } },
} as const;

const list = createRoute({
  method: "get",
  path: "/reports",
  operationId: "listReports",
  tags: ["Reports"],
  summary: "Published reports, newest first",
  description:
    "Without `forecast` it leaves out the reports of personal forecasts. With a personal one it needs `PERSONAL_TOKEN` or `ADMIN_TOKEN`.",
  security: [{}, { personalToken: [] }, { token: [] }],
  request: { query: reportsQueryShape },
  responses: { 200: json(reportListShape, "The reports"), ...refusals.filteredRead, ...personalRefusals },
});

reportRoutes.openapi(list, async (context) => {
  const { hub } = context.var;
  const query = context.req.valid("query");
  const withPersonal = query.forecast !== undefined && hub.personalNames.has(query.forecast);
  if (withPersonal) {
    requirePersonal(context);
    context.header("Cache-Control", "no-store");
  }
  return context.json(unwrap(await listReports(hub, query, { withPersonal })), 200);
});

const request = createRoute({
  method: "post",
  path: "/reports/{forecast}",
  operationId: "requestReport",
  tags: ["Reports"],
  summary: "Make the report of the newest period",
  description:
    "Starts the flow `report`. Reports are also made without a request: when a period is complete, when its data is corrected, and when another version becomes champion. With the same data and the same champion the answer names the existing revision.",
  security: secured,
  middleware: [adminOnly] as const,
  request: { params },
  responses: {
    200: json(reportRequestedShape, "This revision is finished"),
    202: json(reportRequestedShape, "The flow that makes it"),
    ...refusals.write,
  },
});

reportRoutes.openapi(request, async (context) => {
  const answer = unwrap(await requestReportNow(context.var.hub, context.req.valid("param").forecast));
  return context.json(answer, isActive(answer.state) ? 202 : 200, { Location: `/flows/${answer.flow}` });
});

/** Entries of the Atom feed. */
const feedMax = 30;

const feed = createRoute({
  method: "get",
  path: "/reports/{forecast}/feed.xml",
  operationId: "getReportFeed",
  tags: ["Reports"],
  summary: "Atom feed of the reports, with their findings",
  request: { params },
  responses: {
    200: { description: "The newest reports", content: { "application/atom+xml": { schema: { type: "string" } } } },
    ...refusals.read,
  },
});

reportRoutes.openapi(feed, async (context) => {
  const { forecast: id } = context.req.valid("param");
  const { reports } = unwrap(
    await listReports(context.var.hub, { forecast: id, limit: feedMax }, { withPersonal: true }),
  );
  const { title = id, translations = {}, locale = "en" } = findForecast(id) ?? {};
  const language = languageOf(locale);
  const entries = reports.map((report) => ({ ...report, language: firstLanguage(report.files, language) }));
  const text = atomFeed(entries, {
    forecast: id,
    title: translations[language]?.title ?? title,
    language,
    base: new URL(context.req.url).origin,
    now: context.var.hub.now().toISOString(),
  });
  return context.body(text, 200, { "Content-Type": "application/atom+xml; charset=utf-8", "Cache-Control": shortly });
});

const edition = createRoute({
  method: "get",
  path: "/reports/{forecast}/editions/{edition}",
  operationId: "downloadEdition",
  tags: ["Reports"],
  summary: "The edition of a local day: the current report, and what changed",
  request: {
    query: reportFileQueryShape,
    params: params.extend({
      edition: z
        .string()
        .regex(/^\d{4}-\d{2}-\d{2}\.(html|json)$/, "expected a day and html or json, as in 2026-11-20.html")
        .describe("As in `2026-11-20.html` or `2026-11-20.json`"),
    }),
  },
  responses: {
    200: {
      description: "The edition",
      content: { "application/json": { schema: editionShape }, "text/html": { schema: { type: "string" } } },
    },
    ...fileAnswers,
    ...refusals.fileInLanguage,
  },
});

reportRoutes.openapi(edition, async (context) => {
  const { forecast, edition: name } = context.req.valid("param");
  const [date = "", extension] = name.split(".");
  const isPage = extension === "html";
  const requested = {
    date,
    extension: isPage ? "html" : "json",
    language: unwrap(requireLanguage(context.req.valid("query").lang)),
  } as const;
  const { file, language } = unwrap(await openEdition(context.var.hub, forecast, requested));
  const contentType = `${isPage ? "text/html" : "application/json"}; charset=utf-8`;
  return fileResponse(context.req, file, { contentType, cacheControl: immutable, language });
});

const extensions = Object.keys(filesByExtension);
const newest = createRoute({
  method: "get",
  path: "/reports/{forecast}/{report}",
  operationId: "downloadReport",
  tags: ["Reports"],
  summary: "The newest report, or the newest revision for a period",
  description: `\`latest\` or the last period of the data, with an extension: ${extensions.map((one) => `\`.${one}\``).join(", ")}. Without one it is the page. The page is answered with a redirect to its permanent address, so that its links work.`,
  request: {
    query: reportFileQueryShape,
    params: params.extend({
      report: z
        .string()
        .regex(
          new RegExp(`^(latest|[0-9TQ-]{7,13})(\\.(${extensions.join("|").replaceAll(".", "\\.")}))?$`),
          "expected latest or a period, and an extension, as in latest.csv",
        )
        .describe("As in `latest.csv` or `2026-11-20.json`"),
    }),
  },
  responses: {
    200: { description: "The file", content: files },
    302: { description: "The permanent address of the page" },
    ...fileAnswers,
    ...refusals.fileInLanguage,
  },
});

reportRoutes.openapi(newest, async (context) => {
  const { forecast, report } = context.req.valid("param");
  const [, period = "", extension = "html"] = /^([^.]+)(?:\.(.+))?$/.exec(report) ?? [];
  const language = unwrap(requireLanguage(context.req.valid("query").lang));
  const row = unwrap(await findNewestRevision(context.var.hub, forecast, period));
  const file = Object.entries(filesByExtension).find(([name]) => name === extension)?.[1] ?? "report.html";
  const chosen = unwrap(chooseReportFile(row, { file, language }));
  if (file === "report.html") {
    const headers = { Location: reportPath(row, chosen.name), "Cache-Control": shortly };
    return new Response(null, { status: 302, headers });
  }
  const headers = await headersOf(context.var.hub, row, { ...chosen, file, cacheControl: shortly });
  return fileResponse(context.req, openReportFile(context.var.hub, row, chosen.name), headers);
});

const dated = createRoute({
  method: "get",
  path: "/reports/{forecast}/{origin}/{revision}/{file}",
  operationId: "downloadReportFile",
  tags: ["Reports"],
  summary: "A file of a revision",
  description: "A revision never changes: a correction is a new revision beside it.",
  request: {
    query: reportFileQueryShape,
    params: params.extend({
      origin: z.string().describe("The last period of its data, as in `2026-11-20`"),
      revision: z
        .string()
        .regex(/^r[1-9]\d{0,5}$/, "expected a revision, as in r1")
        .describe("As in `r1`"),
      file: z.enum(reportFileNames).describe("As in `report.html`, or `report.en.html` in another language"),
    }),
  },
  responses: { 200: { description: "The file", content: files }, ...fileAnswers, ...refusals.fileInLanguage },
});

reportRoutes.openapi(dated, async (context) => {
  const { forecast, origin, revision, file: name } = context.req.valid("param");
  const lang = unwrap(requireLanguage(context.req.valid("query").lang));
  const { file, language } = readFileName(name);
  const row = unwrap(await findRevision(context.var.hub, { forecast, origin, revision: Number(revision.slice(1)) }));
  const chosen = unwrap(chooseReportFile(row, { file, language: lang ?? language }));
  const headers = await headersOf(context.var.hub, row, { ...chosen, file, cacheControl: immutable });
  return fileResponse(context.req, openReportFile(context.var.hub, row, chosen.name), headers);
});

interface Sent extends ChosenFile {
  readonly file: ReportFile;
  readonly cacheControl: string;
}

/** Returns the headers of a file. A CSV file gets a name that states its content, and whether the data is synthetic. */
async function headersOf(
  hub: Pick<Hub, "db">,
  { forecast, origin, revision }: ReportRow,
  { file, language, cacheControl }: Sent,
): Promise<FileHeaders> {
  const isCsv = file.endsWith(".csv");
  const prefix = isCsv && (await isSyntheticForecast(hub, forecast)) ? "synthetic-" : "";
  const suffix = file === "forecast.csv" ? "-forecast" : "";
  return {
    contentType: contentTypes[file],
    cacheControl,
    ...(language !== null && { language }),
    ...(isCsv && { fileName: `${prefix}${forecast}-${origin}-r${revision}${suffix}.csv` }),
  };
}
