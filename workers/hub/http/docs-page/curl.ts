import { jsonSchemaShape, needsToken, type Operation } from "./document.ts";

/** Example values of parameters, by name, or as `operation.name` for one operation only. */
export type ParameterExamples = Readonly<Record<string, string>>;

/** Returns a curl command for an operation. It reads the token from the shell variable TOKEN. */
export function curlExample(operation: Operation, baseUrl: string, examples: ParameterExamples): string {
  const exampleOf = (name: string) => examples[`${operation.operationId}.${name}`] ?? examples[name];
  const path = operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => exampleOf(name) ?? name.toUpperCase());
  const required = operation.parameters.filter((parameter) => parameter.in === "query" && parameter.required);
  const query = required.map(({ name }) => `${name}=${exampleOf(name) ?? "…"}`).join("&");
  const url = `'${baseUrl}${path}${query === "" ? "" : `?${query}`}'`;
  const lines = [
    ...(["get", "put"].includes(operation.method) ? [] : [`-X ${operation.method.toUpperCase()}`]),
    ...(needsToken(operation) ? ['-H "Authorization: Bearer $TOKEN"'] : []),
    ...bodyOf(operation, path.split("/").at(-1) ?? "file"),
  ];
  return ["curl", ...lines, url].join(" \\\n  ").replace("curl \\\n  ", "curl ");
}

function bodyOf({ method, requestBody }: Operation, file: string): string[] {
  const json = requestBody?.content["application/json"];
  if (json) {
    const example = json.example ?? jsonSchemaShape.parse(json.schema ?? {}).examples?.[0] ?? {};
    const verb = method === "put" ? ["-X PUT"] : [];
    return [...verb, "-H 'Content-Type: application/json'", `-d '${JSON.stringify(example)}'`];
  }
  if (!requestBody) return [];
  const digest = `$(openssl dgst -sha256 -binary ${file} | base64)`;
  return [`-T ${file}`, `-H "Content-Digest: sha-256=:${digest}:"`];
}
