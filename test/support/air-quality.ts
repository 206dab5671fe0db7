/** Builds answers in the format of Open-Meteo's air quality API. Tests change single parts. */
import { pollutants } from "../../shared/feeds/open-meteo-air-quality/pollutants.ts";

export interface Answer {
  readonly times: readonly unknown[];
  readonly latitude?: number | undefined;
  readonly longitude?: number;
  readonly timezone?: string;
  readonly utc_offset_seconds?: number;
  /** Replaces the default lists; undefined omits a list. */
  readonly lists?: Readonly<Record<string, unknown>>;
  readonly units?: Readonly<Record<string, string | undefined>>;
}

/** Each variable has its own values: 10, 11, 12, … for the first, 20, 21, 22, … for the next. */
export function answer({ times, lists = {}, units = {}, ...place }: Answer): Record<string, unknown> {
  const named = <T>(make: (pollutant: (typeof pollutants)[number], index: number) => T) =>
    Object.fromEntries(pollutants.map((pollutant, index) => [pollutant.name, make(pollutant, index)]));
  return {
    latitude: 42.2,
    longitude: -8.7,
    generationtime_ms: 0.41,
    utc_offset_seconds: 0,
    timezone: "GMT",
    timezone_abbreviation: "GMT",
    elevation: 28,
    ...place,
    hourly_units: { time: "iso8601", ...named(({ unit }) => unit), ...units },
    hourly: { time: times, ...named((_, index) => times.map((_, hour) => 10 * (index + 1) + hour)), ...lists },
  };
}

/** Returns the hours of days in the format of the API. */
export function hoursOf(...days: readonly string[]): string[] {
  return days.flatMap((day) => Array.from({ length: 24 }, (_, hour) => `${day}T${String(hour).padStart(2, "0")}:00`));
}
