/** One requested variable: its unit, and the largest plausible value. */
export interface Pollutant {
  readonly name: string;
  readonly title: string;
  readonly unit: string;
  readonly max: number;
}

const concentration = "μg/m³";

export const pollutants: readonly Pollutant[] = [
  { name: "carbon_monoxide", title: "Carbon monoxide", unit: concentration, max: 100_000 },
  { name: "nitrogen_dioxide", title: "Nitrogen dioxide", unit: concentration, max: 5_000 },
  { name: "sulphur_dioxide", title: "Sulphur dioxide", unit: concentration, max: 10_000 },
  { name: "ozone", title: "Ozone", unit: concentration, max: 2_000 },
  { name: "dust", title: "Saharan dust", unit: concentration, max: 50_000 },
  { name: "european_aqi", title: "European air quality index", unit: "EAQI", max: 5_000 },
];

/** Returns the name of the variable with the publisher's forecasts of `name`. */
export const forecastName = (name: string) => `${name}_forecast`;
