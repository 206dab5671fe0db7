/**
 * Zones as the API means them. One answer has one offset, `utc_offset_seconds`: that of the day it was asked on, also
 * for hours on the other side of a change of the clocks (its issues 488 and 1764). So a time is an instant by that
 * offset alone, and the clock that people there read at that instant comes from the zone's own rules: a day when the
 * clocks change has 23 or 25 hours, and of the hour that the clock shows twice the first is kept.
 */

/** Names of Greenwich's clock. */
const greenwich = ["GMT", "UTC", "Etc/GMT", "Etc/UTC"];

export const isGreenwich = (timezone: string) => greenwich.includes(timezone);

/** Whether an answer's zone is the wanted one, with an offset that can be. */
export function isZoneOf(found: { readonly timezone: string; readonly offset: unknown }, wanted: string): boolean {
  const { timezone, offset } = found;
  if (typeof offset !== "number" || !Number.isInteger(offset) || Math.abs(offset) > 14 * 3600) return false;
  if (isGreenwich(wanted)) return isGreenwich(timezone) && offset === 0;
  return timezone === wanted;
}

/** Instants to what the clock of a zone shows, as `YYYY-MM-DDTHH`. */
export function clockOf(timezone: string): (instant: number) => string {
  if (isGreenwich(timezone)) return (instant) => new Date(instant).toISOString().slice(0, 13);
  const format = new Intl.DateTimeFormat("en-CA", {
    timeZone: timezone,
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
  });
  return (instant) => {
    const parts = new Map(format.formatToParts(instant).map(({ type, value }) => [type, value]));
    return `${parts.get("year")}-${parts.get("month")}-${parts.get("day")}T${parts.get("hour")}`;
  };
}
