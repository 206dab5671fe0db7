/** Four consecutive publications: the real ones if they are beside the project, and simulated ones of any length. */
import { existsSync, readFileSync } from "node:fs";
import { milkMarket } from "../../trainer/simulate/milk-market.ts";
import { writeSniimWorkbook } from "../../trainer/simulate/sniim-workbook.ts";

export interface PublicationFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const realFolder = "../shared/data/milk-mx";
const realNames = ["Leche30122024.xlsx", "Leche03012025.xlsx", "Leche06012025.xlsx", "Leche08012025.xlsx"];

export function realPublications(): PublicationFile[] | null {
  if (!existsSync(realFolder)) {
    console.log(`skipped with real publications: ${realFolder} is not there`);
    return null;
  }
  return realNames.map((name) => ({ name, bytes: readFileSync(`${realFolder}/${name}`) }));
}

/** Writes four publications; the real ones start in January 2024, a shorter history is ingested sooner. */
export function simulatedPublications(firstDay = "2024-01-01"): PublicationFile[] {
  const market = milkMarket({ seed: "four publications", firstDay });
  const days = market.publicationDays("2025-01-10").slice(-4);
  return days.map((day) => {
    const [year, month, date] = day.split("-");
    return { name: `Leche${date}${month}${year}.xlsx`, bytes: writeSniimWorkbook(market, day) };
  });
}
