/** The daily edition of a forecast: its time zone and hour. */
import { findFeed } from "../feeds/index.ts";
import { clockOf } from "../lib/zone-clock.ts";
import type { Forecast } from "./forecast.ts";
import { type Sourced, targetSourceOf } from "./source.ts";

/** The local hour of an edition if a forecast declares none. */
const usualHour = 8;

export interface Edition {
  /** IANA name. */
  readonly timezone: string;
  /** From 0 to 23. */
  readonly hour: number;
}

/** Returns the declared edition; by default at 8 in the time zone of the target's feed. */
export function editionOf(forecast: Sourced & Pick<Forecast, "edition">): Edition {
  const { timezone, hour = usualHour } = forecast.edition ?? {};
  return { timezone: timezone ?? findFeed(targetSourceOf(forecast).feed)?.timezone ?? "UTC", hour };
}

/** Returns the local day whose edition is due at an instant: today from its hour on; before it, null. */
export function editionDayAt({ timezone, hour }: Edition, instant: Date): string | null {
  const [day = "", localHour = ""] = clockOf(timezone)(instant.getTime()).split("T");
  return Number(localHour) >= hour ? day : null;
}
