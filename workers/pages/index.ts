/** The pages Worker: renders the files of a report from its model. It is reachable only over a service binding. */
import { WorkerEntrypoint } from "cloudflare:workers";
import regular from "@fontsource/source-sans-3/files/source-sans-3-latin-400-normal.woff2";
import bold from "@fontsource/source-sans-3/files/source-sans-3-latin-600-normal.woff2";
import wasm from "@resvg/resvg-wasm/index_bg.wasm";
import type { PagesRenderer, RenderAnswer, RenderRequest } from "../../shared/api/pages.ts";
import { readReportModel } from "../../shared/api/read-report-model.ts";
import { startRasterizer } from "../../shared/charts/png.ts";
import { failure, success } from "../../shared/lib/result.ts";
import { renderFile } from "../../shared/reports/report-files.ts";
import { languageCodes } from "../../shared/reports/words/index.ts";

export default class PagesWorker extends WorkerEntrypoint implements PagesRenderer {
  override async fetch(request: Request): Promise<Response> {
    if (new URL(request.url).pathname === "/health") return Response.json({ worker: "pages", ok: true });
    return Response.json(
      { detail: "This Worker has no HTTP API. Pages are rendered over a service binding." },
      { status: 404 },
    );
  }

  /** Renders one file. The wasm for images starts with the first image. */
  async render({ model, file, language, languages = [], downloads }: RenderRequest): Promise<RenderAnswer> {
    const read = readReportModel(model);
    if (!read.ok) return failure(`The report model is not valid: ${read.error.slice(0, 500)}`);
    const unknown = [...(language === undefined ? [] : [language]), ...languages].find(
      (one) => !languageCodes.includes(one),
    );
    if (unknown !== undefined)
      return failure(`Found language ${unknown}, expected one of ${languageCodes.join(", ")}.`);
    const rasterize =
      file === "chart.png"
        ? await startRasterizer({ wasm, fonts: [new Uint8Array(regular), new Uint8Array(bold)] })
        : null;
    return success(renderFile(file, read.value, { language, languages, downloads, rasterize }));
  }
}
