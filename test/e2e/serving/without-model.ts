/** Tests requests before the first promotion. */
import { expect, test } from "vitest";
import { forecasts } from "../../../shared/forecasts/index.ts";
import { isPersonalForecast } from "../../../shared/forecasts/personal.ts";
import { hub } from "./platform.ts";

test("without a model every forecast answers 503", async () => {
  for (const forecast of forecasts) {
    const headers = { Authorization: `Bearer ${isPersonalForecast(forecast) ? hub.personalToken : hub.token}` };
    const { status } = await hub.request(`/predict/${forecast.id}`, { headers });
    expect([forecast.id, status]).toEqual([forecast.id, 503]);
  }
});
