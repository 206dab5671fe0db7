/**
 * Handles time zones in the way the API uses them.
 *
 * One answer has one offset, `utc_offset_seconds`. It is the offset of the day of the request, even for hours on the other
 * side of a clock change (Open-Meteo's issues 488 and 1764). So the instant is computed with that offset, and the local
 * hour is then computed with the zone's own rules. A day on which clocks change has 23 or 25 hours; of a repeated hour
 * the first is used.
 */
import { isUtc } from "../../lib/zone-clock.ts";

/** True if an answer's zone is the expected one and its offset is possible. */
export function isZoneOf(found: { readonly timezone: string; readonly offset: unknown }, wanted: string): boolean {
  const { timezone, offset } = found;
  if (typeof offset !== "number" || !Number.isInteger(offset) || Math.abs(offset) > 14 * 3600) return false;
  if (isUtc(wanted)) return isUtc(timezone) && offset === 0;
  return timezone === wanted;
}
