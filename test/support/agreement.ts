/** What every view of a platform with milk-mx has to agree on. */
import { expect } from "vitest";
import { singleAnswerShape } from "../../shared/api/predict.ts";
import { milkMx } from "../../shared/forecasts/milk-mx.ts";
import { success } from "../../shared/lib/result.ts";
import { cardShape } from "../../shared/registry/card.ts";
import { checkGolden, type Evaluated, goldenInputs } from "../../shared/registry/golden.ts";
import { evaluateOnnx } from "../../shared/registry/onnx-engine.ts";
import type { Hub } from "../../trainer/hub.ts";
import { servedForecast } from "../../trainer/local/summary.ts";
import { runReference } from "../../trainer/training/reference-runtime.ts";

const series = { Estado: "Jalisco", Ciudad: "Guadalajara", Tipo: "Pasteurizada", Canal: "Autoservicios" };
/** The address of the prediction of one series. */
export const path = `/predict/${milkMx.id}?${new URLSearchParams(series)}`;

/** Returns the answer of predict for one series. */
export async function answerOf(hub: Hub, more = ""): Promise<ReturnType<typeof singleAnswerShape.parse>> {
  return singleAnswerShape.parse(await (await hub.request(path + more)).json());
}

export async function versionsOf({ api }: Hub): Promise<string[]> {
  return (await api.listModels({ query: { forecast: milkMx.id } })).models.map(({ version }) => version);
}

/**
 * Checks that predict, the lists of models, `/health` and `start` state the same version, time and decision. Returns the line that
 * `models` has to print.
 */
export async function expectAgreement(hub: Hub, decision: RegExp): Promise<string> {
  const { champion, decision: stated } = await hub.api.getChampion({ forecast: milkMx.id });
  expect(stated).toMatch(decision);
  const expected = { version: champion?.version, since: champion?.since, decision: stated };
  // Predict reads KV again at most once a second.
  await expect.poll(async () => (await hub.api.getServing({ forecast: milkMx.id })).model).toMatchObject(expected);
  const { model, stale_reason } = await answerOf(hub);
  expect(model).toMatchObject({ ...expected, stage: "champion" });
  const { models } = await hub.api.listModels({ query: { forecast: milkMx.id, stage: "champion" } });
  expect(models).toMatchObject([{ version: expected.version, decision: stated }]);
  expect((await hub.api.getHealth()).forecasts).toEqual([{ forecast: milkMx.id, ...expected }]);
  const started = await servedForecast(hub, milkMx);
  expect(started.serving).toMatchObject({ ok: true, value: { model } });
  return `✔ ${milkMx.id}: ${stated} ${stale_reason}`;
}

/** Checks that every listed version has both files, a valid card, and correct golden rows. */
export async function expectWhole(hub: Hub): Promise<void> {
  for (const version of await versionsOf(hub)) {
    const { bytes: model } = await hub.api.downloadArtefact({ forecast: milkMx.id, version, artefact: "model.onnx" });
    const { bytes } = await hub.api.downloadArtefact({ forecast: milkMx.id, version, artefact: "card.json" });
    const card = cardShape.parse(JSON.parse(new TextDecoder().decode(bytes)));
    const golden = goldenInputs(card);
    if (!golden.ok) throw new Error(golden.error);
    const ours = evaluateOnnx(model, golden.value);
    const isOutside = !ours.ok && ours.error.isOutside === true;
    const ran: Evaluated = isOutside ? success(await runReference(model, golden.value)) : ours;
    expect(checkGolden(card, ran)).toMatchObject({ ok: true });
  }
}
