/** Why a version serves, in Spanish. The English sentences are in `shared/registry/serving-text.ts`. */
import type { ReportServing } from "../../api/report-model.ts";
import { isNaive } from "../../registry/gate.ts";
import { runsAgain } from "../../registry/serving-text.ts";
import type { Format } from "../format.ts";
import type { ServingText } from "./words.ts";

type Numbers = Pick<Format, "count" | "fixed" | "period">;

/** Describes which version serves, since when, by which decision, and what has to happen for it to change. */
export function describeServing(facts: ReportServing, numbers: Numbers): ServingText {
  const { rule, why, version, refused } = facts;
  const name = nameOf(facts);
  const since = `está en servicio desde el ${numbers.period(facts.since.slice(0, 10))}`;
  const start = `${name.slice(0, 1).toUpperCase()}${name.slice(1)} ${since}`;
  if (rule === "fallback" && why !== runsAgain(version)) {
    const text = `${start} como reserva. La versión anterior volverá al servicio cuando se pueda ejecutar.`;
    return { text, english: why };
  }
  const text = `${start}${whyText(facts, numbers)} ${changeText(facts, numbers)}`;
  return refused?.kind === "hold" ? { text, english: refused.reason } : { text };
}

function nameOf({ candidate, version, producer }: ReportServing): string {
  if (candidate === "imported") return `el modelo ${version}, importado de ${producer},`;
  if (!isNaive(candidate)) return `el modelo «${candidate}»`;
  return candidate === "naive" ? "la referencia" : `la referencia (${candidate})`;
}

function whyText(facts: ReportServing, numbers: Numbers): string {
  const { publishedTo, who, why, decision, needs } = facts;
  switch (facts.rule) {
    case "first":
    case "replacement":
      return `: superó ${opponents(facts)}${decision === null ? "" : ` ${testText(decision, needs, numbers)}`}.`;
    case "refresh":
      return `: es el modelo del campeón anterior, ajustado a datos más recientes (hasta ${publishedTo}), y no es peor de lo que permite el azar.`;
    case "naive":
      return `: ${baselineText(facts, numbers)}.`;
    case "person":
      return `: ${who} promovió esta versión sin la prueba («${why}»).`;
    case "rollback":
      return `: ${who} volvió a esta versión («${why}»).`;
    case "fallback":
      return " de nuevo: se puede ejecutar otra vez.";
  }
}

function opponents({ rule, decision }: ReportServing): string {
  if (rule === "first" || decision === null || decision.pIncumbent === null) return "a la referencia";
  return decision.pNaive === null ? "al campeón anterior" : "a la referencia y al campeón anterior";
}

type Tested = Pick<NonNullable<ReportServing["decision"]>, "periods" | "pNaive" | "pIncumbent">;

function testText({ periods, pNaive, pIncumbent }: Tested, { noun }: ReportServing["needs"], numbers: Numbers): string {
  return `en ${countText(periods, noun, numbers)} (${pText(Math.max(pNaive ?? 0, pIncumbent ?? 0), numbers)})`;
}

/** Returns why a baseline serves. */
function baselineText({ decision, needs: { periodsMin, noun } }: ReportServing, numbers: Numbers): string {
  const { ahead = null, tested = null, periods = 0 } = decision ?? {};
  if (ahead === null || tested === null) return "ningún modelo la ha sustituido";
  if (ahead === 0) return "ningún modelo fue mejor en la validación";
  const better =
    ahead === 1
      ? "1 modelo fue mejor en la validación"
      : `${numbers.count(ahead)} modelos fueron mejores en la validación`;
  if (tested > 0) {
    const over = `más allá del azar en el periodo de prueba (${countText(periods, noun, numbers)})`;
    return ahead === 1 ? `${better}, pero no ${over}` : `${better}, ninguno ${over}`;
  }
  if (periods >= periodsMin)
    return `${better}, pero no se probó ninguno, porque una prueba anterior usó el periodo de prueba o este contiene una sola clase`;
  return `${better}, pero una prueba necesita ${countText(periodsMin, noun, numbers)} sin usar en otra prueba, y hay ${numbers.count(periods)}`;
}

/** Returns what has to happen for the version to change. */
function changeText({ candidate, refused, needs }: ReportServing, numbers: Numbers): string {
  const than = isNaive(candidate) ? "a esta versión" : "a esta versión y a la referencia";
  const unused = `en al menos ${countText(needs.periodsMin, needs.noun, numbers)} sin usar en otra prueba`;
  const better = isNaive(candidate) ? "la supere" : "la supere a ella y a la referencia";
  const general = `Esta versión se sustituye por otro modelo que ${better} ${unused}.`;
  if (refused === null) return general;
  if (refused.kind === "hold") return `El modelo más nuevo, ${refused.candidate}, no se probó.`;
  if (refused.rule === "refresh")
    return `El mismo modelo con datos más recientes fue peor más allá del azar, así que esta versión sigue. ${general}`;
  const over = testText(refused, needs, numbers);
  return `El modelo más nuevo, ${refused.candidate}, no superó ${than} más allá del azar ${over}. ${general}`;
}

const nouns: Readonly<Record<string, readonly [one: string, many: string]>> = {
  publication: ["publicación", "publicaciones"],
  weekday: ["día laborable", "días laborables"],
  week: ["semana", "semanas"],
  hour: ["hora", "horas"],
  day: ["día", "días"],
  month: ["mes", "meses"],
  quarter: ["trimestre", "trimestres"],
};

function countText(count: number, noun: string, numbers: Numbers): string {
  const [one, many] = nouns[noun] ?? ["periodo", "periodos"];
  return `${numbers.count(count)} ${count === 1 ? one : many}`;
}

/** Returns p with enough digits to compare it with a level, as `pText` of the registry does. */
function pText(p: number, { fixed }: Numbers): string {
  if (p < 0.001) return `p < ${fixed(0.001, 3)}`;
  return `p = ${fixed(p, p < 0.01 ? 5 : p < 0.1 ? 4 : 2)}`;
}
