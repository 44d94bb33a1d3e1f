import assert from "node:assert/strict";
import { FakeClock } from "../../net/base/fake_clock.ts";
import { silentLog } from "../../net/base/log.ts";
import {
  type ExplainQuery,
  type IpamAddArgs,
  type IpamBatchDelArgs,
  type IpamDelArgs,
  type IpamService,
  openApiDocument,
  ReleaseForbiddenError,
} from "../api/mod.ts";
import { createIpamHandlers } from "./handlers.ts";
import { createHealthHandlers } from "./health.ts";
import type { HttpHandler, HttpRequest } from "./http.ts";
import { createRouter } from "./router.ts";

const args = { containerID: "c", ifName: "eth0", netNamespace: "/n", podName: "p", podNamespace: "ns", podUID: "u" };

class FakeService implements IpamService {
  readonly calls: (IpamAddArgs | IpamDelArgs)[] = [];
  add(given: IpamAddArgs) {
    this.calls.push(given);
    if (given.podName === "full") return Promise.reject(new Error('Cannot allocate from IPPool "<a&b>": no address'));
    return Promise.resolve({
      ips: [{ version: 4 as const, address: "10.0.0.1/24", nic: "eth0", vlan: 0 }],
      routes: null,
    });
  }
  release(given: IpamDelArgs) {
    this.calls.push(given);
    return given.podName === "stuck" ? Promise.reject(new Error("later")) : Promise.resolve();
  }
  releaseBatch({ podName }: IpamBatchDelArgs) {
    if (podName === "web-0") return Promise.reject(new ReleaseForbiddenError("stateful", "it is fixed"));
    if (podName === "switched-off") return Promise.reject(new ReleaseForbiddenError("stateless", "it is off"));
    return podName === "stuck" ? Promise.reject(new Error("later")) : Promise.resolve();
  }
  explain({ podNamespace, podName, ...rest }: ExplainQuery) {
    if (podName !== "p") return Promise.resolve(undefined);
    const head = { podNamespace, podName, podUID: "u", node: "n", outcome: "not-scheduled", attachments: [] };
    return Promise.resolve({ ...head, text: JSON.stringify(rest) });
  }
  endpoint({ namespace, name }: { namespace: string; name: string }) {
    if (name !== "p") return Promise.resolve(undefined);
    return Promise.resolve({ podNamespace: namespace, podName: name, podUID: "u", node: "n", interfaces: [] });
  }
}

function requestOf({ line, body, ...headers }: Record<string, string> & { line: string }): HttpRequest {
  const [method = "", target = ""] = line.split(" ");
  const [path = "", query = ""] = target.split("?");
  const given = body === undefined ? headers : { "content-type": "application/json", ...headers };
  return {
    method,
    path,
    query: new URLSearchParams(query),
    headers: new Map(Object.entries(given)),
    body: new TextEncoder().encode(body ?? ""),
    keepAlive: true,
  };
}

function socketRouter(stopped: string[] = []): HttpHandler {
  const deps = {
    service: new FakeService(),
    clock: new FakeClock(),
    log: silentLog,
    requestStop: () => stopped.push("stop"),
  };
  return createRouter(createIpamHandlers(deps), { documents: { "/swagger.json": openApiDocument("1.0.0") } });
}

/** The answer's body: an error in the framework's shape, or a bare text. */
function problem(code: number, message: string): string {
  return `${JSON.stringify({ code, message })}\n`;
}
function said(text: string): string {
  return `${JSON.stringify(text)}\n`;
}

const granted = '{"ips":[{"address":"10.0.0.1/24","nic":"eth0","version":4}],"routes":null}\n';
const none = undefined;

/** Name, request line, what the body says beyond `args`, status, body of the answer, headers of the request. */
type Row = readonly [
  name: string,
  line: string,
  body: Readonly<Record<string, unknown>> | undefined,
  status: number,
  answer?: string | undefined,
  headers?: Readonly<Record<string, string>>,
];

const rows: readonly Row[] = [
  ["healthy", "GET /v1/ipam/healthy", none, 200],
  ["ADD", "POST /v1/ipam/ip", {}, 200, granted],
  ["ADD with a charset", "POST /v1/ipam/ip", {}, 200, granted, { "content-type": "Application/JSON; charset=utf-8" }],
  [
    "ADD that fails",
    "POST /v1/ipam/ip",
    { podName: "full" },
    500,
    said('Cannot allocate from IPPool "<a&b>": no address'),
  ],
  [
    "ADD without a body (agent row 7.1)",
    "POST /v1/ipam/ip",
    none,
    422,
    problem(602, "ipamAddArgs in body is required"),
  ],
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
  ["DEL", "DELETE /v1/ipam/ip", {}, 200],
  ["DEL that fails", "DELETE /v1/ipam/ip", { podName: "stuck" }, 500, said("later")],
  [
    "DEL without a body (agent row 7.1)",
    "DELETE /v1/ipam/ip",
    none,
    422,
    problem(602, "ipamDelArgs in body is required"),
  ],
  ["the placeholder", "POST /v1/ipam/ips", none, 200],
  ["batch DEL (agent row 8.5.1)", "DELETE /v1/ipam/ips", {}, 200],
  ["batch DEL with conflicts", "DELETE /v1/ipam/ips", {
    conflictIPs: [{ ip: "10.0.0.1", mac: "02:00:00:00:00:01", nic: "eth0" }],
  }, 200],
  [
    "batch DEL of a fixed owner (agent row 8.5.4)",
    "DELETE /v1/ipam/ips",
    { podName: "web-0" },
    522,
    said("Cannot release addresses: forbid releasing IPs for stateful workload : it is fixed"),
  ],
  [
    "batch DEL that is switched off (agent row 8.5.3)",
    "DELETE /v1/ipam/ips",
    { podName: "switched-off" },
    521,
    said("Cannot release addresses: forbid releasing IPs for stateless workload: it is off"),
  ],
  ["batch DEL that fails (agent row 8.5.2)", "DELETE /v1/ipam/ips", { podName: "stuck" }, 500, said("later")],
  [
    "batch DEL without a body (agent row 7.1)",
    "DELETE /v1/ipam/ips",
    none,
    422,
    problem(602, "ipamBatchDelArgs in body is required"),
  ],
  [
    "batch DEL with a conflict that has no address",
    "DELETE /v1/ipam/ips",
    { conflictIPs: [{ nic: "eth0" }] },
    422,
    problem(602, "conflictIPs.0.ip in body is required"),
  ],
  [
    "a probe on the socket (agent row 7.9)",
    "GET /v1/runtime/startup",
    none,
    501,
    said("operation runtime.GetRuntimeStartup has not yet been implemented"),
  ],
  [
    "an endpoint (agent rows 8.6.1, 8.6.2)",
    "GET /v1/workloadendpoint?podNamespace=ns&podName=p",
    none,
    200,
    '{"interfaces":[],"node":"n","podName":"p","podNamespace":"ns","podUID":"u"}\n',
  ],
  [
    "no endpoint",
    "GET /v1/workloadendpoint?podNamespace=ns&podName=q",
    none,
    404,
    said('Cannot find SpiderEndpoint "ns/q": the Pod holds no address'),
  ],
  [
    "an endpoint of nobody (agent row 7.3)",
    "GET /v1/workloadendpoint",
    none,
    422,
    problem(602, "podName in query is required"),
  ],
  [
    "an explanation",
    "GET /v1/ipam/explain?podNamespace=ns&podName=p&ifName=eth0&defaultIPv4IPPool=a&defaultIPv4IPPool=b%2A&cleanGateway=true",
    none,
    200,
    '{"attachments":[],"node":"n","outcome":"not-scheduled","podName":"p","podNamespace":"ns","podUID":"u","text":"{\\"ifName\\":\\"eth0\\",\\"defaultIPv4IPPool\\":[\\"a\\",\\"b*\\"],\\"cleanGateway\\":true}"}\n',
  ],
  [
    "an explanation of no Pod",
    "GET /v1/ipam/explain?podNamespace=ns&podName=q",
    none,
    404,
    said('Cannot explain Pod "ns/q": there is no such Pod in the API'),
  ],
  [
    "an explanation of nobody",
    "GET /v1/ipam/explain?podNamespace=ns",
    none,
    422,
    problem(602, "podName in query is required"),
  ],
  [
    "an explanation of a name that cannot be",
    "GET /v1/ipam/explain?podNamespace=..%2Fkube-system&podName=p",
    none,
    422,
    problem(605, "podNamespace in query should match '^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$'"),
  ],
  [
    "an explanation with a flag that is none",
    "GET /v1/ipam/explain?podNamespace=ns&podName=p&cleanGateway=perhaps",
    none,
    422,
    problem(601, 'cleanGateway in query must be of type boolean: "perhaps"'),
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
];
for (const [name, line, body, status, answer, headers] of rows) {
  Deno.test(`createRouter() answers ${name} with ${status}`, async () => {
    const request = { line, ...(body && { body: JSON.stringify({ ...args, ...body }) }), ...headers };
    const response = await socketRouter()(requestOf(request), new AbortController().signal);
    assert.deepEqual([response.status, response.body], [status, answer]);
    if (status === 405) assert.equal(response.headers?.Allow, "DELETE,POST");
  });
}

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

const health: { name: string; started: boolean; ready: boolean; socket: boolean; want: number[] }[] = [
  { name: "all is well", started: true, ready: true, socket: true, want: [200, 200, 200] },
  { name: "starting", started: false, ready: false, socket: true, want: [500, 500, 200] },
  { name: "caches are not synced", started: true, ready: false, socket: true, want: [200, 500, 200] },
  { name: "the socket is silent", started: true, ready: true, socket: false, want: [200, 500, 500] },
];
for (const { name, started, ready, socket, want } of health) {
  Deno.test(`agent rows 6.5, 6.6, 6.7: createHealthHandlers(): ${name}`, async () => {
    const askSocket = () => socket ? Promise.resolve() : Promise.reject(new Error("silent"));
    const router = createRouter(createHealthHandlers({ started: () => started, ready: () => ready, askSocket }));
    const probes = ["startup", "readiness", "liveness"].map((probe) =>
      router(requestOf({ line: `GET /v1/runtime/${probe}` }), new AbortController().signal)
    );
    assert.deepEqual((await Promise.all(probes)).map(({ status }) => status), want);
  });
}
