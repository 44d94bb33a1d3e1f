import assert from "node:assert/strict";
import { args, problem, requestOf, said, socketRouter, testRows } from "./router_fixture.ts";

const granted = '{"ips":[{"address":"10.0.0.1/24","nic":"eth0","version":4}],"routes":null}\n';
const none = undefined;

testRows([
  ["healthy", "GET /v1/ipam/healthy", none, 200],
  ["ADD with a charset", "POST /v1/ipam/ip", {}, 200, granted, { "content-type": "Application/JSON; charset=utf-8" }],
  [
    "ADD without a Pod (agent row 7.2)",
    "POST /v1/ipam/ip",
    { podName: null },
    422,
    problem(602, "podName in body is required"),
  ],
  [
    "ADD of another type (agent row 7.5)",
    "POST /v1/ipam/ip",
    {},
    415,
    problem(415, 'unsupported media type "text/plain", only [application/json] are allowed'),
    { "content-type": "text/plain" },
  ],
  [
    "ADD of a type that is not known (agent row 7.5)",
    "POST /v1/ipam/ip",
    {},
    415,
    problem(415, 'unsupported media type "application/octet-stream", only [application/json] are allowed'),
    { "content-type": "application/octet-stream" },
  ],
  [
    "ADD with a number for a name (agent row 7.4)",
    "POST /v1/ipam/ip",
    { podName: 1 },
    400,
    problem(
      400,
      'parsing ipamAddArgs body from "" failed, because json: cannot unmarshal number into Go struct field ' +
        "IpamAddArgs.podName of type string",
    ),
  ],
  ["the placeholder", "POST /v1/ipam/ips", none, 200],
  [
    "a probe on the socket (agent row 7.9)",
    "GET /v1/runtime/startup",
    none,
    501,
    said("operation runtime.GetRuntimeStartup has not yet been implemented"),
  ],
  ["an unknown path (agent row 7.7)", "GET /v2/ipam", none, 404, problem(404, "path /v2/ipam was not found")],
  [
    "a wrong method (agent row 7.8)",
    "PUT /v1/ipam/ip",
    {},
    405,
    problem(405, "method PUT is not allowed, but [DELETE,POST] are"),
  ],
  [
    "a caller that wants no JSON (agent row 7.6)",
    "GET /v1/ipam/healthy",
    none,
    406,
    problem(406, "unsupported media type requested, only [application/json] are available"),
    { accept: "text/html, application/json;q=0" },
  ],
  ["a caller that wants anything", "GET /v1/ipam/healthy", none, 200, undefined, { accept: "text/html, */*;q=0.1" }],
  ["shutdown", "POST /v1/runtime/shutdown", none, 200],
]);

Deno.test("agent row 7.5: a body without a Content-Type is taken for bytes", async () => {
  const { headers, ...request } = requestOf({ line: "POST /v1/ipam/ip", body: JSON.stringify(args) });
  assert.deepEqual([...headers.keys()], ["content-type"]);
  const response = await socketRouter()({ ...request, headers: new Map() }, new AbortController().signal);
  assert.equal(response.status, 415);
  assert.match(response.body ?? "", /unsupported media type \\"application\/octet-stream\\"/);
});

Deno.test("POST /v1/runtime/shutdown asks the agent to stop", async () => {
  const stopped: string[] = [];
  await socketRouter(stopped)(requestOf({ line: "POST /v1/runtime/shutdown" }), new AbortController().signal);
  assert.deepEqual(stopped, ["stop"]);
});
