/** Renders the files of a simulated report through the pages Worker, one call for each file, as the hub does. */
import type { Download, PagesRenderer } from "../../../shared/api/pages.ts";
import type { ReportModel } from "../../../shared/api/report-model.ts";
import { jsonPieces } from "../../../shared/lib/json-pieces.ts";
import { encodePieces } from "../../../shared/lib/utf8.ts";
import { filesIn, type PlannedFile } from "../../../shared/reports/languages.ts";
import { largeModel } from "../../support/large-report-model.ts";

/** Those of `milk-mx`. */
const languages = ["es", "en"];
const plan = filesIn(languages);

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
   * `?file=report.en.html` renders one file of the stored model, as a step of the flow `report` does.
   */
  async fetch(request: Request, env: Env): Promise<Response> {
    const query = new URL(request.url).searchParams;
    const wanted = plan.find(({ name }) => name === query.get("file"));
    if (wanted !== undefined) return renderStored(env, wanted);
    const model = largeModel({ series: Number(query.get("series")), steps: Number(query.get("steps")) });
    if (query.has("store")) {
      await env.LAKE.put("report.json", encodePieces(jsonPieces(model, "\n")));
      return new Response("ok");
    }
    const bytes: Record<string, number> = {};
    for (const { file, name, language } of plan) {
      const answer = await env.PAGES.render({ model, file, languages, language: language ?? undefined });
      if (!answer.ok) return new Response(answer.error, { status: 500 });
      bytes[name] = answer.value?.length ?? 0;
    }
    return Response.json(bytes);
  },
};

const downloads: Download[] = [{ file: "report.csv", bytes: 1_000 }];

async function renderStored({ PAGES, LAKE }: Env, { file, name, language }: PlannedFile): Promise<Response> {
  const stored = await LAKE.get("report.json");
  if (stored === null) return new Response("the model is not stored", { status: 500 });
  if (file === "report.json") return Response.json({ bytes: stored.size });
  const options = { file, downloads, languages, language: language ?? undefined };
  const answer = await PAGES.render({ model: await stored.json<ReportModel>(), ...options });
  if (!answer.ok) return new Response(answer.error, { status: 500 });
  if (answer.value !== null) await LAKE.put(name, answer.value);
  return Response.json({ bytes: answer.value?.length ?? 0 });
}
