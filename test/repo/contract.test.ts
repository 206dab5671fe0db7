/** One contract: what crosses the wire is described in shared/api, and nowhere else. */
import { expect, test } from "vitest";
import { imports, read, sources, withoutComments } from "./source-files.ts";

const routes = sources.filter((path) => /^workers\/hub\/http\/[\w-]+\.ts$/.test(path));
const isShared = (target: string) => target.startsWith("shared/");

/** Names that a file imports from shared/. */
function sharedNames(path: string): ReadonlySet<string> {
  const found = read(path).matchAll(/import (?:type )?\{([^}]*)\} from "((?:\.\.\/)+shared\/[^"]+)"/g);
  return new Set(
    Array.from(found, ([, names = ""]) => names.split(",").map((name) => name.replace("type ", "").trim())).flat(),
  );
}

/** What routes say of their bodies, queries and answers: the first argument or value of each describing call. */
const described =
  /(?<!\.)\b(?:json|jsonOrCsv|jsonRequest)\(\s*([^,)]+)|\bquery:\s*([^,}\s]+)|\bschema:\s*(\w[^,}\s]*)/g;

test("every body, query and answer of a route is a schema of shared", () => {
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

test("a route builds no schema of its own but for the parameters of its path and its headers", () => {
  const own = routes.flatMap((path) =>
    withoutComments(path)
      .split("\n")
      .filter((line) => /z\s*\.(object|strictObject|looseObject|array|record|union)\(/.test(line))
      .filter((line) => !/\b(params|forecastParams)\b|\bheaders:/.test(line))
      .map((line) => `${path}: ${line.trim()}`),
  );
  expect(own).toEqual([]);
});

test("no hand-written type of an answer or a body stands in the hub's routes and actions or in the trainer", () => {
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

/** They send what is no operation: a cron of the local runtime, and commands that are printed as they are. */
const rawCallers = [
  "trainer/hub.ts",
  "trainer/local/examples.ts",
  "trainer/local/platform.ts",
  "trainer/upload-progress.ts",
];

test("the trainer speaks to a hub through the typed client alone", () => {
  const trainer = sources.filter((path) => path.startsWith("trainer/"));
  const raw = trainer.filter((path) => /\bfetch\(|\.request\(/.test(withoutComments(path)));
  expect(raw.sort()).toEqual(rawCallers);
});

test("no Worker but the hub reads the schemas of the document, which need a schema library", () => {
  const predict = sources.filter((path) => path.startsWith("workers/predict/"));
  const withSchemas = predict.filter((path) =>
    imports(path).some((target) => isShared(target) && /shared\/api\/(predict-routes|endpoints?)/.test(target)),
  );
  expect(withSchemas).toEqual([]);
});
