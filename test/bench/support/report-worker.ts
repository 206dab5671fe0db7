/** Renders the files of a simulated report through the pages Worker, one call for each file, as the hub does. */
import { type Download, type PagesRenderer, type ReportFile, reportFiles } from "../../../shared/api/pages.ts";
import type { ReportModel } from "../../../shared/api/report-model.ts";
import { jsonPieces } from "../../../shared/lib/json-pieces.ts";
import { encodePieces } from "../../../shared/lib/utf8.ts";
import { largeModel } from "../../support/report-models.ts";

interface Env {
  readonly PAGES: PagesRenderer;
  readonly LAKE: {
    get(key: string): Promise<{ json<Value>(): Promise<Value>; readonly size: number } | null>;
    put(key: string, bytes: Uint8Array): Promise<unknown>;
  };
}

export default {
  /**
   * `?series=185&steps=12`: answers the bytes of each file. With `store` it only stores the model, as the step `predict` does.
   * `?file=forecast.csv` renders one file of the stored model, as a step of the flow `report` does.
   */
  async fetch(request: Request, env: Env): Promise<Response> {
    const query = new URL(request.url).searchParams;
    const wanted = reportFiles.find((file) => file === query.get("file"));
    if (wanted !== undefined) return renderStored(env, wanted);
    const model = largeModel({ series: Number(query.get("series")), steps: Number(query.get("steps")) });
    if (query.has("store")) {
      await env.LAKE.put("report.json", encodePieces(jsonPieces(model, "\n")));
      return new Response("ok");
    }
    const bytes: Record<string, number> = {};
    for (const file of reportFiles) {
      const answer = await env.PAGES.render({ model, file });
      if (!answer.ok) return new Response(answer.error, { status: 500 });
      bytes[file] = answer.value?.length ?? 0;
    }
    return Response.json(bytes);
  },
};

const downloads: Download[] = [{ file: "report.csv", bytes: 1_000 }];

async function renderStored({ PAGES, LAKE }: Env, file: ReportFile): Promise<Response> {
  const stored = await LAKE.get("report.json");
  if (stored === null) return new Response("the model is not stored", { status: 500 });
  if (file === "report.json") return Response.json({ bytes: stored.size });
  const answer = await PAGES.render({ model: await stored.json<ReportModel>(), file, downloads });
  if (!answer.ok) return new Response(answer.error, { status: 500 });
  if (answer.value !== null) await LAKE.put(file, answer.value);
  return Response.json({ bytes: answer.value?.length ?? 0 });
}
