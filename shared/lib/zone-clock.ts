/** Local time in a time zone. */

/** Names of UTC. */
const utcNames = ["GMT", "UTC", "Etc/GMT", "Etc/UTC"];

/** Returns whether a time zone, by its IANA name, is UTC. */
export const isUtc = (timezone: string) => utcNames.includes(timezone);

/** Returns a function that converts instants to the local hour of a zone, as `YYYY-MM-DDTHH`. */
export function clockOf(timezone: string): (instant: number) => string {
  if (isUtc(timezone)) return (instant) => new Date(instant).toISOString().slice(0, 13);
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
