import assert from "node:assert/strict";
import { protobufToJson } from "./protobuf.ts";
import { ApiError } from "./api_error.ts";

/** `kubectl create configmap conf --from-literal=a=b -n shop`, as kubectl 1.32 sends it, without its empty Time. */
const configMap = envelope("ConfigMap", [
  ...field(1, [...field(1, text("conf")), ...field(2, []), ...field(3, text("shop")), ...field(5, []), 0x38, 0x00]),
  ...field(2, [...field(1, text("a")), ...field(2, text("b"))]),
]);

function text(value: string): number[] {
  return [...new TextEncoder().encode(value)];
}

function field(number: number, bytes: readonly number[]): number[] {
  return [number << 3 | 2, bytes.length, ...bytes];
}

function envelope(kind: string, raw: readonly number[]): Uint8Array {
  const typeMeta = [...field(1, text("v1")), ...field(2, text(kind))];
  return new Uint8Array([...text("k8s\0"), ...field(1, typeMeta), ...field(2, raw), ...field(3, []), ...field(4, [])]);
}

Deno.test("protobufToJson() decodes a ConfigMap", () => {
  assert.deepEqual(protobufToJson(configMap), {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "conf", namespace: "shop" },
    data: { a: "b" },
  });
});

Deno.test("protobufToJson() decodes a Pod with its status, as Multus sends it", () => {
  const spec = [...field(10, text("node-a")), 0xf0, 0x01, 0x01]; // enableServiceLinks is field 30
  const status = [...field(1, text("Running")), ...field(12, field(1, text("10.0.0.5")))];
  const pod = [...field(1, field(1, text("web"))), ...field(2, spec), ...field(3, status)];
  assert.deepEqual(protobufToJson(envelope("Pod", pod)), {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "web" },
    spec: { nodeName: "node-a", enableServiceLinks: true },
    status: { phase: "Running", podIPs: [{ ip: "10.0.0.5" }] },
  });
});

Deno.test("protobufToJson() refuses a message cut at any length, or takes less of it", () => {
  for (let length = 0; length < configMap.length; length++) {
    try {
      protobufToJson(configMap.subarray(0, length));
    } catch (err) {
      assert.ok(err instanceof ApiError && (err.code === 400 || err.code === 415), String(err));
    }
  }
});

Deno.test("protobufToJson() refuses a Kind or field it has no table for", () => {
  for (const bytes of [envelope("Role", []), envelope("ConfigMap", field(15, text("x"))), envelope("Unknown", [])]) {
    assert.throws(() => protobufToJson(bytes), (err) => err instanceof ApiError && err.code === 415);
  }
});

Deno.test("protobufToJson() refuses bytes without the magic", () => {
  assert.throws(() => protobufToJson(text("{}") as never), (err) => err instanceof ApiError && err.code === 400);
});
