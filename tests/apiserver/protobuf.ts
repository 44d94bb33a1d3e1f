/**
 * Kubernetes' protobuf encoding of the Kinds that `kubectl create <kind>` sends in it, and of Pods, whose status Multus
 * sends in it, to JSON. Read only.
 *
 * Sources: apimachinery `pkg/runtime/serializer/protobuf`; field numbers from the `generated.proto` files of
 * `k8s.io/api/core/v1`, `k8s.io/api/apps/v1` and apimachinery `pkg/apis/meta/v1`.
 */
import type { Json, JsonObject } from "./json.ts";
import { protobufMessages } from "./protobuf_messages.ts";
import { ProtobufReader } from "./protobuf_reader.ts";
import { badRequest, unsupportedMediaType } from "./request_refusals.ts";

/** Media type of the encoding. */
export const protobufType = "application/vnd.kubernetes.protobuf";

const magic = [0x6b, 0x38, 0x73, 0x00];

/**
 * Decodes a request body: `k8s\0`, then a `runtime.Unknown` around the object.
 *
 * @throws {ApiError} 400 for malformed bytes, 415 for a Kind or a field that has no table here
 */
export function protobufToJson(bytes: Uint8Array): JsonObject {
  if (!magic.every((byte, i) => bytes[i] === byte)) {
    throw badRequest("provided data does not appear to be a protobuf message");
  }
  try {
    const envelope = decodeMessage(bytes.subarray(magic.length), "Unknown");
    const { typeMeta, raw } = envelope as { typeMeta?: JsonObject; raw?: Uint8Array };
    const kind = String(typeMeta?.kind ?? "");
    if (raw === undefined || protobufMessages[kind] === undefined || kind === "Unknown") throw unknownField(kind, 0);
    return { ...typeMeta, ...decodeMessage(raw, kind) as JsonObject };
  } catch (err) {
    if (err instanceof RangeError) throw badRequest(`couldn't decode protobuf: ${err.message}`);
    throw err;
  }
}

type Field = Json | Uint8Array;

function decodeMessage(bytes: Uint8Array, name: string): Record<string, Field> {
  const table = protobufMessages[name] ?? {};
  const result: Record<string, Field> = {};
  const reader = new ProtobufReader(bytes);
  for (let field = reader.next(); field !== undefined; field = reader.next()) {
    const entry = table[field.number];
    const isEmpty = typeof field.value === "bigint" ? field.value === 0n : field.value.length === 0;
    if (entry === undefined && !isEmpty) throw unknownField(name, field.number);
    if (entry === undefined || entry[1] === "ignored") continue;
    addField(result, { key: entry[0], type: entry[1], value: field.value });
  }
  return result;
}

function addField(
  result: Record<string, Field>,
  { key, type, value }: { key: string; type: string; value: bigint | Uint8Array },
): void {
  if (type.startsWith("map ")) {
    const { key: name, value: item } = decodeMessage(asBytes(value), type);
    result[key] = { ...result[key] as JsonObject, [String(name ?? "")]: (item ?? "") as Json };
  } else if (type.endsWith("[]")) {
    result[key] = [...(result[key] ?? []) as Json[], decodeValue(type.slice(0, -2), value) as Json];
  } else {
    const decoded = decodeValue(type, value);
    if (decoded !== "" && decoded !== 0 && decoded !== false) result[key] = decoded;
  }
}

function decodeValue(type: string, value: bigint | Uint8Array): Field {
  switch (type) {
    case "string":
      return new TextDecoder().decode(asBytes(value));
    case "bytes":
      return btoa(String.fromCharCode(...asBytes(value)));
    case "raw":
      return asBytes(value);
    case "int":
      return Number(BigInt.asIntN(64, asNumber(value)));
    case "bool":
      return asNumber(value) !== 0n;
    default:
      return decodeMessage(asBytes(value), type) as JsonObject;
  }
}

function asBytes(value: bigint | Uint8Array): Uint8Array {
  if (typeof value === "bigint") throw new RangeError("a number stands where bytes belong");
  return value;
}

function asNumber(value: bigint | Uint8Array): bigint {
  if (typeof value !== "bigint") throw new RangeError("bytes stand where a number belongs");
  return value;
}

function unknownField(message: string, number: number): Error {
  const what = number === 0 ? `of ${message || "no Kind"}` : `with field ${number} of ${message}`;
  return unsupportedMediaType(["application/json", "application/yaml", `not ${protobufType} ${what}`]);
}
