/** Formats a JSON schema for people: members in braces, their types, and remarks. */
import { type JsonSchema, jsonSchemaShape } from "./document.ts";
import { escapeHtml, prose } from "./html.ts";

export function schemaHtml(schema: unknown): string {
  return `<pre class="schema">${kindHtml(jsonSchemaShape.parse(schema), 0)}</pre>`;
}

function kindHtml(schema: JsonSchema, depth: number): string {
  const { $ref, const: only, properties, items, additionalProperties } = schema;
  if ($ref !== undefined) {
    const name = $ref.split("/").at(-1) ?? $ref;
    return `<a href="#schema-${escapeHtml(name)}">${escapeHtml(name)}</a>`;
  }
  const variants = schema.anyOf ?? schema.oneOf ?? schema.allOf;
  if (variants) return variants.map((one) => kindHtml(jsonSchemaShape.parse(one), depth)).join(" | ");
  if (only !== undefined) return literal(only);
  if (schema.enum) return schema.enum.map(literal).join(" | ");
  if (properties) return membersHtml(schema, properties, depth) + orNull(schema);
  if (items) {
    const inner = kindHtml(jsonSchemaShape.parse(items), depth);
    return `${inner.includes(" | ") ? `(${inner})` : inner}[]${orNull(schema)}`;
  }
  if (additionalProperties && additionalProperties !== true) {
    const values = kindHtml(jsonSchemaShape.parse(additionalProperties), depth);
    return `{ [name]: ${values === "" ? "anything" : values} }${orNull(schema)}`;
  }
  const types = [schema.type ?? "anything"].flat().map((type) => (type === "object" ? "{ … }" : type));
  return types.map((type) => `<span class="kind">${escapeHtml(type)}</span>`).join(" | ");
}

function membersHtml(schema: JsonSchema, properties: Readonly<Record<string, unknown>>, depth: number): string {
  const indent = "  ".repeat(depth + 1);
  const lines = Object.entries(properties).map(([name, value]) => {
    const member = jsonSchemaShape.parse(value);
    const optional = schema.required?.includes(name) ? "" : "?";
    return `${indent}<b>${escapeHtml(name)}</b>${optional}: ${kindHtml(member, depth + 1)}${remark(member)}`;
  });
  return `{\n${lines.join("\n")}\n${"  ".repeat(depth)}}`;
}

/** Returns the limits and the description of a value. */
export function remark(schema: JsonSchema): string {
  const { description, minimum, maximum, maxLength, maxItems } = schema;
  const parts = [
    description,
    minimum !== undefined && minimum > Number.MIN_SAFE_INTEGER && `from ${minimum}`,
    maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER && `to ${maximum}`,
    maxLength !== undefined && `at most ${maxLength} characters`,
    maxItems !== undefined && `at most ${maxItems}`,
    schema.default !== undefined && schema.default !== null && `default ${JSON.stringify(schema.default)}`,
  ];
  const text = parts.filter((part) => typeof part === "string").join("; ");
  return text === "" ? "" : `<span class="remark">  ${prose(text)}</span>`;
}

const orNull = ({ type }: JsonSchema) => ([type].flat().includes("null") ? ' | <span class="kind">null</span>' : "");
const literal = (value: unknown) => `<span class="literal">${escapeHtml(JSON.stringify(value))}</span>`;
