/** Why a version serves, in Spanish, from the facts of the English sentence. */
import { expect, test } from "vitest";
import type { ReportServing } from "../../shared/api/report-model.ts";
import { runsAgain } from "../../shared/registry/serving-text.ts";
import { reportPage } from "../../shared/reports/page/report-page.ts";
import { viewOf } from "../../shared/reports/view.ts";
import { describeServing } from "../../shared/reports/words/serving-es.ts";
import { fixedModel } from "../support/report-models.ts";

const { format } = viewOf(fixedModel(), "es");
const numbers = { periods: 47, pNaive: 0.002, pIncumbent: null, ahead: 4, tested: 4 };
const first: ReportServing = {
  version: "20260103-1a2b3c4d",
  candidate: "average",
  producer: "almanac 0.1.0",
  publishedTo: "2026-01-02",
  since: "2026-01-03T18:00:00.000Z",
  rule: "first",
  who: "trainer",
  why: "the first start",
  decision: numbers,
  refused: null,
  needs: { periodsMin: 30, noun: "publication" },
};
const baseline: ReportServing = { ...first, candidate: "naive", rule: "naive" };
const refused = { ...numbers, kind: "reject", rule: "replacement", candidate: "ridge", reason: "English." } as const;

const start = "El modelo «average» está en servicio desde el 3 ene 2026";
const learned =
  "Esta versión se sustituye por otro modelo que la supere a ella y a la referencia en al menos 30 publicaciones sin usar en otra prueba.";
const better =
  "Esta versión se sustituye por otro modelo que la supere en al menos 30 publicaciones sin usar en otra prueba.";

test.each<[string, ReportServing, string]>([
  ["a first model", first, `${start}: superó a la referencia en 47 publicaciones (p = 0.00200). ${learned}`],
  [
    "a model that replaced another",
    { ...first, rule: "replacement", decision: { ...numbers, pNaive: 0.04, pIncumbent: 0.0001 } },
    `${start}: superó a la referencia y al campeón anterior en 47 publicaciones (p = 0.0400). ${learned}`,
  ],
  [
    "a model that replaced another without a test against the baseline",
    { ...first, rule: "replacement", decision: { ...numbers, periods: 1, pNaive: null, pIncumbent: 0.0001 } },
    `${start}: superó al campeón anterior en 1 publicación (p < 0.001). ${learned}`,
  ],
  [
    "a refresh",
    { ...first, rule: "refresh" },
    `${start}: es el modelo del campeón anterior, ajustado a datos más recientes (hasta 2026-01-02), y no es peor de lo que permite el azar. ${learned}`,
  ],
  [
    "a baseline, because no model was better on validation",
    { ...baseline, decision: { ...numbers, ahead: 0, tested: 0 } },
    `La referencia está en servicio desde el 3 ene 2026: ningún modelo fue mejor en la validación. ${better}`,
  ],
  [
    "a baseline, because no model passed the test",
    { ...baseline, candidate: "base-rate" },
    `La referencia (base-rate) está en servicio desde el 3 ene 2026: 4 modelos fueron mejores en la validación, ninguno más allá del azar en el periodo de prueba (47 publicaciones). ${better}`,
  ],
  [
    "a baseline, because there are too few periods for a test",
    { ...baseline, decision: { ...numbers, ahead: 1, tested: 0, periods: 12 } },
    `La referencia está en servicio desde el 3 ene 2026: 1 modelo fue mejor en la validación, pero una prueba necesita 30 publicaciones sin usar en otra prueba, y hay 12. ${better}`,
  ],
  [
    "a baseline, because the test window has one class",
    { ...baseline, decision: { ...numbers, tested: 0, periods: 40 } },
    `La referencia está en servicio desde el 3 ene 2026: 4 modelos fueron mejores en la validación, pero no se probó ninguno, porque una prueba anterior usó el periodo de prueba o este contiene una sola clase. ${better}`,
  ],
  [
    "a baseline that an earlier version of the code promoted",
    { ...baseline, decision: null },
    `La referencia está en servicio desde el 3 ene 2026: ningún modelo la ha sustituido. ${better}`,
  ],
  [
    "an imported model that a person promoted",
    { ...first, candidate: "imported", rule: "person", who: "Ana", why: "prueba" },
    `El modelo 20260103-1a2b3c4d, importado de almanac 0.1.0, está en servicio desde el 3 ene 2026: Ana promovió esta versión sin la prueba («prueba»). ${learned}`,
  ],
  [
    "a rollback",
    { ...first, rule: "rollback", who: "Ana" },
    `${start}: Ana volvió a esta versión («the first start»). ${learned}`,
  ],
  [
    "a model that runs again",
    { ...first, rule: "fallback", why: runsAgain(first.version) },
    `${start} de nuevo: se puede ejecutar otra vez. ${learned}`,
  ],
  [
    "a newer model that was refused",
    { ...first, refused },
    `${start}: superó a la referencia en 47 publicaciones (p = 0.00200). El modelo más nuevo, ridge, no superó a esta versión y a la referencia más allá del azar en 47 publicaciones (p = 0.00200). ${learned}`,
  ],
  [
    "a refresh that was refused",
    { ...first, refused: { ...refused, rule: "refresh" } },
    `${start}: superó a la referencia en 47 publicaciones (p = 0.00200). El mismo modelo con datos más recientes fue peor más allá del azar, así que esta versión sigue. ${learned}`,
  ],
])("%s", (_, facts, text) => {
  expect(describeServing(facts, format)).toEqual({ text });
});

test("reasons that are stored in English follow the Spanish text", () => {
  expect(describeServing({ ...first, refused: { ...refused, kind: "hold" } }, format)).toEqual({
    text: `${start}: superó a la referencia en 47 publicaciones (p = 0.00200). El modelo más nuevo, ridge, no se probó.`,
    english: "English.",
  });
  expect(describeServing({ ...first, rule: "fallback", why: "v2 cannot run." }, format)).toEqual({
    text: `${start} como reserva. La versión anterior volverá al servicio cuando se pueda ejecutar.`,
    english: "v2 cannot run.",
  });
});

test("the Spanish page states the reason in Spanish if the report has its facts, and else in English, marked", () => {
  const model = fixedModel();
  const version = { ...model.model, decision: "It serves." } as typeof model.model;
  const pageOf = (one: typeof model.model, language: string) =>
    reportPage(viewOf({ ...model, model: one }, language), []);
  const serving = { ...first, refused: { ...refused, kind: "hold" } } as const;
  const spanish = pageOf({ ...version, serving } as typeof model.model, "es");
  expect(spanish).toContain(`${start}: superó a la referencia`);
  expect(spanish).toContain('no se probó. <span lang="en">English.</span>');
  expect(spanish).not.toContain("It serves.");
  for (const page of [pageOf(version, "es"), pageOf({ ...version, serving } as typeof model.model, "en")])
    expect(page).toContain('<span lang="en">It serves.</span>');
});
