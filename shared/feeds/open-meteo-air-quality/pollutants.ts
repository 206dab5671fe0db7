/** What is asked for, in which unit it must come, and what no measurement exceeds. */
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

/** The variable of hours that had not come yet. */
export const foretold = (name: string) => `${name}_forecast`;
