/** Serves files to tests in workerd, which have no disk, through a service binding that Node answers. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { milkMarket } from "../../trainer/simulate/milk-market.ts";
import { writeSniimWorkbook } from "../../trainer/simulate/sniim-workbook.ts";

const [realFolder, casesFolder] = ["../shared/data", "../shared/cases"];
const firstSimulatedDay = "2024-11-01";

/**
 * Answers `/real/<folder>` with the file names of that folder beside the project, `/real/<folder>/<name>` with the
 * bytes of a file, `/case/<name>` with a shared case, and `/simulated/<day>` with the simulated publication of that day. The header `Name` has the file
 * name. Answers 404 for other paths.
 */
export async function answerWithFile(request: { readonly url: string }): Promise<Response> {
  const [kind, folder = "", name] = new URL(request.url).pathname.split("/").slice(1).map(decodeURIComponent);
  if (kind === "simulated") {
    const [year, month, day] = folder.split("-");
    const market = milkMarket({ seed: "golden", firstDay: firstSimulatedDay });
    return fileAnswer(writeSniimWorkbook(market, folder), `Leche${day}${month}${year}.xlsx`);
  }
  if (kind === "case") {
    const path = `${casesFolder}/${folder}`;
    return existsSync(path) ? fileAnswer(readFileSync(path), folder) : new Response(null, { status: 404 });
  }
  const path = [realFolder, folder, ...(name === undefined ? [] : [name])].join("/");
  if (kind !== "real" || !existsSync(path)) return new Response(null, { status: 404 });
  return name === undefined ? Response.json(readdirSync(path).sort()) : fileAnswer(readFileSync(path), name);
}

function fileAnswer(bytes: Uint8Array, name: string): Response {
  return new Response(bytes.slice(), { headers: { Name: name } });
}
