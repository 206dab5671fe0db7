/** Checks of the fields of requests, answers and CSV files. Each returns one sentence per mistake. */
import { withSuggestion } from "../lib/did-you-mean.ts";
import { listText } from "../lib/list-text.ts";
import { type DatePart, namingParts } from "./date-part.ts";
import type { CsvColumn, Forecast } from "./forecast.ts";

/** Finds date fields for parts that the period does not have. */
export function wrongDateFields({ schedule, dateFields }: Forecast): string[] {
  const allowed = partsOf(schedule);
  const wrong = Object.keys(dateFields).filter((part) => !allowed.some((name) => name === part));
  return wrong.map((part) => `A date field is for the ${part} of a ${schedule.every}; expected ${listText(allowed)}.`);
}

function partsOf({ every }: Forecast["schedule"]): readonly DatePart[] {
  return every === "day" || every === "hour" ? [...namingParts[every], "weekday"] : namingParts[every];
}

/** Finds CSV columns of features, dimensions, answer fields and parts of the period that do not exist. */
export function wrongColumns(forecast: Forecast): string[] {
  return (forecast.csv ?? []).flatMap(({ column, is }) => {
    const wrong = namesIn(is, forecast).filter(({ name, allowed }) => !allowed.includes(name));
    return wrong.map(({ name, what, allowed }) =>
      withSuggestion(`CSV column ${column} is ${name}, which is not ${what}`, name, allowed),
    );
  });
}

interface Named {
  readonly name: string;
  readonly what: string;
  readonly allowed: readonly string[];
}

/** Returns the names that a column contains, and the allowed names; none for a column without a name. */
function namesIn(is: CsvColumn["is"], forecast: Forecast): Named[] {
  const { features, dimensions, schedule, output, differenceOutput } = forecast;
  switch (is.kind) {
    case "feature":
      return [{ name: is.name, what: "a feature", allowed: features.map(({ name }) => name) }];
    case "dimension":
      return [{ name: is.name, what: "a dimension", allowed: dimensions }];
    case "answer": {
      const outputs = differenceOutput === undefined ? [output] : [output, differenceOutput];
      return [{ name: is.field, what: "a member of an answer", allowed: [...outputs, ...answerMembers] }];
    }
    case "target":
      return [{ name: is.part, what: `a part of a ${schedule.every}`, allowed: [...partsOf(schedule), "period"] }];
    case "target-parts":
      return is.parts.map((name) => ({ name, what: `a part of a ${schedule.every}`, allowed: partsOf(schedule) }));
    case "last":
    case "version":
      return [];
  }
}

/** Finds aliases of fields that do not exist, and aliases with the name of a field. */
export function wrongAliases({ aliases, dimensions, dateFields, given, features }: Forecast): string[] {
  const fields = [
    ...dimensions,
    ...Object.values(dateFields),
    ...(given ? [given.date, given.value] : []),
    ...features.map(({ name }) => name),
  ];
  return Object.entries(aliases).flatMap(([alias, name]) => [
    ...(fields.includes(name)
      ? []
      : [withSuggestion(`Alias ${alias} means ${name}, which is not a request field`, name, fields)]),
    ...(fields.includes(alias) ? [`Alias ${alias} has the name of a request field; expected a different name.`] : []),
  ]);
}

/** The members of every answer. */
const answerMembers = [
  "forecast",
  "model",
  "series",
  "unit",
  "label",
  "threshold",
  "interval80",
  "interval95",
  "interval_note",
  "change_probability",
  "naive",
  "last",
  "features",
  "explanation",
  "hypothetical",
  "target_period",
  "stale",
  "stale_reason",
  "data_as_of",
];

/** Finds outputs with the name of another member of an answer. */
export function wrongOutputs({ output, differenceOutput }: Forecast): string[] {
  const names = differenceOutput === undefined ? [output] : [output, differenceOutput];
  return [
    ...names
      .filter((name) => answerMembers.includes(name))
      .map((name) => `Output ${name} has the name of another member of an answer; expected a different name.`),
    ...(output === differenceOutput
      ? [`The prediction and its difference are both named ${output}; expected different names.`]
      : []),
  ];
}
