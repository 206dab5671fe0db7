/** Requests of one series of milk-mx. */
import { expect } from "vitest";
import { fullAnswerShape } from "../../support/full-answer.ts";
import { hub } from "./platform.ts";

/** The address of the prediction, without the name of the forecast. */
export const path = `/predict?${new URLSearchParams({ Estado: "Jalisco", Ciudad: "Guadalajara", Tipo: "Pasteurizada", Canal: "Autoservicios" })}`;

export async function ask() {
  const answer = await hub.request(`${path}&features=true`);
  expect(answer.status).toBe(200);
  return fullAnswerShape.parse(await answer.json());
}
