/**
 * The customers of a shop: one line per customer, as of the file's date. Personal data.
 *
 *     customer_id,name,email,age,region,signup_date,last_purchase,loyalty_points
 *     2,Bob Smith,,34,West,2020-11-22,2025-09-30,890
 *
 * The columns `name` and `email` are not read, so they never leave `raw/`. A customer without an age, an e-mail address or another
 * attribute stays; the missing attribute is missing. The attributes are observations of the file's date: the day in the
 * file's name, or in its column `as_of`, or else the day of its arrival.
 *
 * A generator marks its files: `true` in the column `synthetic` means that all data of the file is synthetic.
 *
 * Reasons of problems. None quotes a text of the file, because it may be a name in the wrong column:
 * - A value: `no-number`, `out-of-range`, `unreadable-date`, `implausible-date` (before 1990), `after-file-date` (it contradicts the date of the file),
 *   `unknown-region`, `contradicting-rows` (two lines of one customer disagree; both values are rejected).
 * - A row: `no-id`, `malformed-row` (more or fewer fields than the header).
 * - A file: `too-large`, `not-text`, `unexpected-header`, `too-many-columns`, `too-many-cells`, `contradicting-dates` (lines with
 *   different days in `as_of`). Remarks, which lose no value: `unknown-column`, `missing-column`, `unended-line`
 *   (the file may end inside its last number).
 */
import { attributes, regions } from "./customers-csv/attributes.ts";
import { dayInName } from "./customers-csv/file-date.ts";
import { readCustomers } from "./customers-csv/read-customers.ts";
import type { Feed } from "./feed.ts";
import { csvFile } from "./monthly-csv/limits.ts";
import { refusedFile } from "./problem.ts";

const limits: Feed["limits"] = {
  // 40,000 customers.
  bytesMax: 4_000_000,
  unzippedBytesMax: 4_000_000,
  cellsMax: 400_000,
  problemsMax: 2_000,
  problemRateMax: 0.1,
  // Customers leave. A file without most of them is probably a part.
  seriesLostMax: 0.5,
  contradictedMax: 0.05,
  correctedDays: 0,
};

export const customersCsv: Feed = {
  id: "customers-csv",
  title: "Customers and their attributes",
  translations: { es: { title: "Clientes y sus atributos" } },
  publisher: "The shop",
  homepage: "",
  personal: true,
  dimensions: ["customer_id"],
  variables: {
    age: { title: "Age", unit: "years" },
    region: { title: "Region", unit: "category", categories: regions },
    signup_date: { title: "Day of the registration", unit: "days since 1970-01-01" },
    last_purchase: { title: "Day of the last purchase", unit: "days since 1970-01-01" },
    loyalty_points: { title: "Loyalty points", unit: "points" },
  },
  granularity: "day",
  timezone: "UTC",
  partitionBy: "month",
  limits,
  file: csvFile,
  source: { baseUrl: "", hosts: [], enough: "first", requests: () => [] },
  publishedOn: dayInName,
  async parse(bytes, origin) {
    const parsed = readCustomers(bytes, { ...origin, limits, attributes });
    return parsed.ok ? parsed.value : refusedFile(parsed.error);
  },
};
