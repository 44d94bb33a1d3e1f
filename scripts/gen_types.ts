import type { Schema } from "./gen_crd.ts";

/** Names for object schemas: the shape of a schema (without descriptions and defaults) to its type name. */
export type TypeNames = ReadonlyMap<string, string>;

/** One object schema that becomes an interface. */
export interface NamedSchema {
  readonly name: string;
  readonly schema: Schema;
}

/** Identifies the shape of `schema`: equal for schemas that differ only in descriptions. */
export function shapeOf(schema: Schema): string {
  return JSON.stringify(schema, (key, value) => key === "description" && typeof value === "string" ? undefined : value);
}

/**
 * Finds the object schemas in `schema`, depth first, each shape once.
 *
 * @param name type name of `schema` itself; inner ones get it with their path, in Pascal case, unless `names` has a name
 */
export function namedSchemas(schema: Schema, { name, names }: { name: string; names: TypeNames }): NamedSchema[] {
  if (schema.items !== undefined) return namedSchemas(schema.items, { name, names });
  if (schema.properties === undefined) return [];
  const inner = Object.entries(schema.properties).flatMap(([key, property]) =>
    namedSchemas(property, { name: name + pascalCase(key), names })
  );
  const found = [{ name: names.get(shapeOf(schema)) ?? name, schema }, ...inner];
  return found.filter((one, i) => found.findIndex(({ name }) => name === one.name) === i);
}

/** Writes `schema` as an exported interface. */
export function interfaceText({ name, schema }: NamedSchema, names: TypeNames): string {
  const members = Object.entries(schema.properties ?? {}).map(([key, property]) => {
    const optional = schema.required?.includes(key) ? "" : "?";
    const type = typeText(property, { name: name + pascalCase(key), names });
    return `${docText(property, "  ")}  ${key}${optional}: ${type};\n`;
  });
  return `${docText(schema, "")}export interface ${name} {\n${members.join("")}}\n`;
}

/** Writes the type of a value of `schema`; objects by the name they have or get. */
export function typeText(schema: Schema, { name, names }: { name: string; names: TypeNames }): string {
  if (schema.enum !== undefined && schema.type !== "boolean") {
    return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  }
  switch (schema.type) {
    case "string":
    case "boolean":
      return schema.type;
    case "integer":
      return "number";
    case "array":
      return arrayText(schema, { name, names });
    case "object":
      return objectText(schema, { name, names });
    default:
      throw new TypeError(`Cannot write a type: ${schema.type satisfies never}`);
  }
}

function arrayText(schema: Schema, { name, names }: { name: string; names: TypeNames }): string {
  if (schema.items === undefined) throw new TypeError(`Cannot write type ${name}: an array without items`);
  const item = typeText(schema.items, { name, names });
  return item.includes(" ") ? `(${item})[]` : `${item}[]`;
}

function objectText(schema: Schema, { name, names }: { name: string; names: TypeNames }): string {
  if (schema.properties !== undefined) return names.get(shapeOf(schema)) ?? name;
  if (schema.additionalProperties === undefined) throw new TypeError(`Cannot write type ${name}: an empty object`);
  return `Record<string, ${typeText(schema.additionalProperties, { name, names })}>`;
}

/** Writes the docstring of what `schema` describes, or nothing when there is nothing to say. */
export function docText(schema: Schema, indent: string): string {
  const sentences = [schema.description, limitsText(schema)].filter((text) => text !== undefined).join(" ");
  const lines = wrapWords(sentences, 120 - indent.length - " * ".length);
  if (schema.default !== undefined) lines.push("", `@default ${JSON.stringify(schema.default)}`);
  const single = `${indent}/** ${lines[0]} */`;
  if (lines.length === 1 && single.length <= 120) return lines[0] === "" ? "" : `${single}\n`;
  return `${indent}/**\n${lines.map((line) => `${indent} * ${line}`.trimEnd() + "\n").join("")}${indent} */\n`;
}

function limitsText({ minimum, maximum }: Schema): string | undefined {
  if (minimum !== undefined && maximum !== undefined) return `From ${minimum} to ${maximum}.`;
  if (minimum !== undefined) return `At least ${minimum}.`;
  return maximum === undefined ? undefined : `At most ${maximum}.`;
}

function wrapWords(text: string, width: number): string[] {
  const lines = [""];
  for (const word of text.split(" ")) {
    const line = `${lines.at(-1)} ${word}`.trimStart();
    if (line.length <= width) lines[lines.length - 1] = line;
    else lines.push(word);
  }
  return lines;
}

function pascalCase(key: string): string {
  return key.charAt(0).toUpperCase() + key.slice(1);
}
