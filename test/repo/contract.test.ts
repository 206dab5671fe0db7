/** There is one contract: requests and responses are described only in shared/api. */
import { expect, test } from "vitest";
import { imports, read, sources, withoutComments } from "./source-files.ts";

const routes = sources.filter((path) => /^workers\/hub\/http\/[\w-]+\.ts$/.test(path));
const isShared = (target: string) => target.startsWith("shared/");

/** Returns the names that a file imports from shared/. */
function sharedNames(path: string): ReadonlySet<string> {
  const found = read(path).matchAll(/import (?:type )?\{([^}]*)\} from "((?:\.\.\/)+shared\/[^"]+)"/g);
  return new Set(
    Array.from(found, ([, names = ""]) => names.split(",").map((name) => name.replace("type ", "").trim())).flat(),
  );
}

/** The schemas of bodies, queries and answers in routes: the first argument or value of each describing call. */
const described =
  /(?<!\.)\b(?:json|jsonOrCsv|jsonRequest)\(\s*([^,)]+)|\bquery:\s*([^,}\s]+)|\bschema:\s*(\w[^,}\s]*)/g;

test("every body, query and answer of a route uses a schema of shared/api", () => {
  const found = routes
    .filter((path) => !/\/(route|page)\.ts$/.test(path))
    .flatMap((path) =>
      Array.from(withoutComments(path).matchAll(described), ([, call, query, schema]) => ({
        path,
        schema: call ?? query ?? schema ?? "",
      })),
    );
  expect(found.length).toBeGreaterThan(40);
  const own = found.filter(({ path, schema }) => !sharedNames(path).has(schema));
  expect(own.map(({ path, schema }) => `${path}: ${schema}`)).toEqual([]);
});

test("a route defines no schemas, except for its path parameters and headers", () => {
  const own = routes.flatMap((path) =>
    withoutComments(path)
      .split("\n")
      .filter((line) => /z\s*\.(object|strictObject|looseObject|array|record|union)\(/.test(line))
      .filter((line) => !/\b(params|forecastParams)\b|\bheaders:/.test(line))
      .map((line) => `${path}: ${line.trim()}`),
  );
  expect(own).toEqual([]);
});

test("routes and actions of the hub, and the trainer, declare no types of answers or bodies", () => {
  const callers = sources.filter(
    (path) =>
      /^(workers\/hub\/(http|actions)|workers\/pages|trainer)\//.test(path) && !path.startsWith("trainer/simulate/"),
  );
  const own = callers.flatMap((path) =>
    Array.from(
      withoutComments(path).matchAll(/\b(?:interface|type) (\w*(?:Answer|Response|Body|Shape))\b(?= *[={<e])/g),
      ([, name]) => `${path}: ${name}`,
    ),
  );
  expect(own).toEqual([]);
});

/** These files send requests that are not operations: a cron of the local runtime, and commands that are printed unchanged. */
const rawCallers = [
  "trainer/hub.ts",
  "trainer/local/examples.ts",
  "trainer/local/platform.ts",
  "trainer/upload-progress.ts",
];

test("the trainer calls a hub only through the typed client", () => {
  const trainer = sources.filter((path) => path.startsWith("trainer/"));
  const raw = trainer.filter((path) => /\bfetch\(|\.request\(/.test(withoutComments(path)));
  expect(raw.sort()).toEqual(rawCallers);
});

test("predict does not import the schemas of the OpenAPI document, which need a schema library", () => {
  const predict = sources.filter((path) => path.startsWith("workers/predict/"));
  const withSchemas = predict.filter((path) =>
    imports(path).some((target) => isShared(target) && /shared\/api\/(predict-routes|endpoints?)/.test(target)),
  );
  expect(withSchemas).toEqual([]);
});
