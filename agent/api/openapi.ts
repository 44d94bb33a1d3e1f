import { explainModels } from "./explain_model.ts";
import { gcInnerModels } from "./gc_models.ts";
import { coordinatorRouteModel } from "./coordinator_models.ts";
import { workloadEndpointInterfaceModel } from "./endpoint_models.ts";
import { conflictIPModel, detectionModel, dnsModel, ipConfigModel, routeModel } from "./ipam_models.ts";
import { type Operation, operations } from "./operations.ts";
import type { AnyObjectSchema, Schema } from "./schema.ts";

type Json = Record<string, unknown>;

/**
 * The OpenAPI 2.0 document of the agent's API, as upstream serves it at `/swagger.json`. Made from the tables that
 * decode and encode the messages, so it cannot say anything else than they do.
 *
 * @param version of this program
 */
export function openApiDocument(version: string): Json {
  const all: Operation[] = Object.values(operations);
  return {
    swagger: "2.0",
    info: { title: "spiderpool-agent", version },
    basePath: "/v1",
    consumes: ["application/json"],
    produces: ["application/json"],
    paths: pathsOf(all),
    definitions: definitionsOf(all),
  };
}

function pathsOf(all: readonly Operation[]): Json {
  const paths: Record<string, Json> = {};
  for (const operation of all) {
    const path = operation.path.slice("/v1".length);
    paths[path] = { ...paths[path], [operation.method.toLowerCase()]: describe(operation) };
  }
  return paths;
}

function describe({ name, summary, body, query = [], optionalQuery = {}, answer, failures = [] }: Operation): Json {
  const [tag, operationId] = name.split(".");
  const parameters = [
    ...(body === undefined ? [] : [{ name: body.name, in: "body", required: true, schema: reference(body.model) }]),
    ...query.map((parameter) => ({ name: parameter, in: "query", required: true, type: "string" })),
    ...Object.entries(optionalQuery).map(([parameter, type]) => ({
      name: parameter,
      in: "query",
      required: false,
      ...parameterType(type),
    })),
  ];
  const failure = { description: "Failure", schema: { type: "string" } };
  return {
    tags: [tag],
    operationId,
    summary,
    parameters,
    responses: {
      "200": answer === undefined ? { description: "Success" } : { description: "Success", schema: reference(answer) },
      ...Object.fromEntries([...failures, 500].map((status) => [String(status), failure])),
    },
  };
}

/** A parameter of several texts occurs several times. */
function parameterType(type: "string" | "boolean" | "strings"): Json {
  return type === "strings" ? { type: "array", items: { type: "string" }, collectionFormat: "multi" } : { type };
}

function definitionsOf(all: readonly Operation[]): Json {
  const inner: AnyObjectSchema[] = [
    conflictIPModel,
    coordinatorRouteModel,
    detectionModel,
    dnsModel,
    ipConfigModel,
    routeModel,
    workloadEndpointInterfaceModel,
  ];
  inner.push(...explainModels, ...gcInnerModels);
  const outer = all.flatMap(({ body, answer }) => [body?.model, answer]).filter((model) => model !== undefined);
  return Object.fromEntries([...inner, ...outer].map((model) => [model.title, definition(model)]));
}

function definition({ required, properties }: AnyObjectSchema): Json {
  return {
    type: "object",
    ...(required.length > 0 ? { required } : {}),
    properties: Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, property(schema)])),
  };
}

function property(schema: Schema): unknown {
  if (schema.type === "object") return reference(schema);
  return schema.type === "array" ? { type: "array", items: property(schema.items) } : schema;
}

function reference({ title }: AnyObjectSchema): Json {
  return { $ref: `#/definitions/${title}` };
}
