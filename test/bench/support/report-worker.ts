/** Renders the files of a simulated report through the pages Worker, one call for each file, as the hub does. */
import { type PagesRenderer, reportFiles } from "../../../shared/api/pages.ts";
import { largeModel } from "../../support/report-models.ts";

interface Env {
  readonly PAGES: PagesRenderer;
}

export default {
  /** `?series=185&steps=12`: answers the bytes of each file. */
  async fetch(request: Request, { PAGES }: Env): Promise<Response> {
    const query = new URL(request.url).searchParams;
    const model = largeModel({ series: Number(query.get("series")), steps: Number(query.get("steps")) });
    const bytes: Record<string, number> = {};
    for (const file of reportFiles) {
      const answer = await PAGES.render({ model, file });
      if (!answer.ok) return new Response(answer.error, { status: 500 });
      bytes[file] = answer.value?.length ?? 0;
    }
    return Response.json(bytes);
  },
};
