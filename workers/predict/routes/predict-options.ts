/** Which names of `/predict` belong in the query and which in the body, and the refusals of the others. */
import type { Refusal } from "../../../shared/api/problem.ts";
import { predictOptionNames } from "../../../shared/forecasts/request-options.ts";
import { didYouMean } from "../../../shared/lib/did-you-mean.ts";
import { aboveField } from "../../../shared/predict/above.ts";
import { describeValue } from "../../../shared/predict/describe-value.ts";

/** Query parameters that a body cannot contain. */
export const flags = predictOptionNames.filter((name) => name !== aboveField);

/** Members that only a body may have, with an example of that body. */
export const bodyExamples: ReadonlyMap<string, string> = new Map([
  ["all", '{"all": true}'],
  ["instances", '{"instances": […]}'],
]);

export const isOption = (name: string): boolean => predictOptionNames.some((option) => option === name);

/** Refuses a member of the body that is in the query. */
export function bodyOnly(
  name: string,
  { value, example }: { readonly value: string; readonly example: string },
): Refusal {
  const detail = `${name} is not a query parameter. Send it in the body.`;
  return {
    kind: "unprocessable",
    detail,
    field: name,
    found: describeValue(value),
    expected: `POST with a body of ${example}`,
  };
}

/** Values of options that are not true or false. */
const optionExamples: Readonly<Record<string, string>> = { steps: "3", until: "2026-12-31", group: "nation" };

/** Refuses a query parameter that is in the body. */
export function queryOnly(name: string, forecast: string | null): Refusal {
  const path = forecast === null ? "/predict" : `/predict/${forecast}`;
  const example = `${name}=${optionExamples[name] ?? "true"}`;
  const expected = `${example} in the query, as in ${path}?${example}`;
  const detail = `${name} is a query parameter. It is not allowed in the body.`;
  return { kind: "unprocessable", detail, field: name, found: "in the body", expected };
}

/** Refuses a query parameter of a POST that is no option. */
export function unknownOption(name: string): Refusal {
  const detail = `There is no query parameter ${describeValue(name)}. With POST, send fields in the body.`;
  const found = describeValue(name);
  return {
    kind: "unprocessable",
    detail,
    field: found,
    found,
    allowed: [...predictOptionNames],
    ...didYouMean(name, predictOptionNames),
  };
}
