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

const add = JSON.stringify(args);
const cases: { name: string; request: Record<string, string> & { line: string }; status: number; body?: string }[] = [
  { name: "healthy", request: { line: "GET /v1/ipam/healthy" }, status: 200 },
  {
    name: "ADD",
    request: { line: "POST /v1/ipam/ip", body: add },
    status: 200,
    body: '{"ips":[{"address":"10.0.0.1/24","nic":"eth0","version":4}],"routes":null}\n',
  },
  {
    name: "ADD with a charset",
    request: { line: "POST /v1/ipam/ip", body: add, "content-type": "Application/JSON; charset=utf-8" },
    status: 200,
    body: '{"ips":[{"address":"10.0.0.1/24","nic":"eth0","version":4}],"routes":null}\n',
  },
  {
    name: "ADD that fails",
    request: { line: "POST /v1/ipam/ip", body: JSON.stringify({ ...args, podName: "full" }) },
    status: 500,
    body: '"Cannot allocate from IPPool \\"<a&b>\\": no address"\n',
  },
  {
    name: "ADD without a body",
    request: { line: "POST /v1/ipam/ip" },
    status: 422,
    body: '{"code":602,"message":"ipamAddArgs in body is required"}\n',
  },
  {
    name: "ADD without a Pod",
    request: { line: "POST /v1/ipam/ip", body: JSON.stringify({ ...args, podName: null }) },
    status: 422,
    body: '{"code":602,"message":"podName in body is required"}\n',
  },
  {
    name: "ADD of another type",
    request: { line: "POST /v1/ipam/ip", body: add, "content-type": "text/plain" },
    status: 415,
    body: '{"code":415,"message":"unsupported media type \\"text/plain\\", only [application/json] are allowed"}\n',
  },
  { name: "DEL", request: { line: "DELETE /v1/ipam/ip", body: add }, status: 200 },
  {
    name: "DEL that fails",
    request: { line: "DELETE /v1/ipam/ip", body: JSON.stringify({ ...args, podName: "stuck" }) },
    status: 500,
    body: '"later"\n',
  },
  {
    name: "DEL without a body",
    request: { line: "DELETE /v1/ipam/ip" },
    status: 422,
    body: '{"code":602,"message":"ipamDelArgs in body is required"}\n',
  },
  { name: "the placeholder", request: { line: "POST /v1/ipam/ips" }, status: 200 },
  { name: "batch DEL", request: { line: "DELETE /v1/ipam/ips", body: add }, status: 200 },
  {
    name: "batch DEL with conflicts",
    request: {
      line: "DELETE /v1/ipam/ips",
      body: JSON.stringify({ ...args, conflictIPs: [{ ip: "10.0.0.1", mac: "02:00:00:00:00:01", nic: "eth0" }] }),
    },
    status: 200,
  },
  {
    name: "batch DEL of a fixed owner",
    request: { line: "DELETE /v1/ipam/ips", body: JSON.stringify({ ...args, podName: "web-0" }) },
    status: 522,
    body: '"Cannot release addresses: forbid releasing IPs for stateful workload : it is fixed"\n',
  },
  {
    name: "batch DEL that is switched off",
    request: { line: "DELETE /v1/ipam/ips", body: JSON.stringify({ ...args, podName: "switched-off" }) },
    status: 521,
    body: '"Cannot release addresses: forbid releasing IPs for stateless workload: it is off"\n',
  },
  {
    name: "batch DEL that fails",
    request: { line: "DELETE /v1/ipam/ips", body: JSON.stringify({ ...args, podName: "stuck" }) },
    status: 500,
    body: '"later"\n',
  },
  {
    name: "batch DEL without a body",
    request: { line: "DELETE /v1/ipam/ips" },
    status: 422,
    body: '{"code":602,"message":"ipamBatchDelArgs in body is required"}\n',
  },
  {
    name: "batch DEL with a conflict that has no address",
    request: { line: "DELETE /v1/ipam/ips", body: JSON.stringify({ ...args, conflictIPs: [{ nic: "eth0" }] }) },
    status: 422,
    body: '{"code":602,"message":"conflictIPs.0.ip in body is required"}\n',
  },
  {
    name: "a probe on the socket",
    request: { line: "GET /v1/runtime/startup" },
    status: 501,
    body: '"operation runtime.GetRuntimeStartup has not yet been implemented"\n',
  },
  {
    name: "an endpoint",
    request: { line: "GET /v1/workloadendpoint?podNamespace=ns&podName=p" },
    status: 200,
    body: '{"interfaces":[],"node":"n","podName":"p","podNamespace":"ns","podUID":"u"}\n',
  },
  {
    name: "no endpoint",
    request: { line: "GET /v1/workloadendpoint?podNamespace=ns&podName=q" },
    status: 404,
    body: '"Cannot find SpiderEndpoint \\"ns/q\\": the Pod holds no address"\n',
  },
  {
    name: "an endpoint of nobody",
    request: { line: "GET /v1/workloadendpoint" },
    status: 422,
    body: '{"code":602,"message":"podName in query is required"}\n',
  },
  {
    name: "an explanation",
    request: {
      line:
        "GET /v1/ipam/explain?podNamespace=ns&podName=p&ifName=eth0&defaultIPv4IPPool=a&defaultIPv4IPPool=b%2A&cleanGateway=true",
    },
    status: 200,
    body: '{"attachments":[],"node":"n","outcome":"not-scheduled","podName":"p","podNamespace":"ns","podUID":"u",' +
      '"text":"{\\"ifName\\":\\"eth0\\",\\"defaultIPv4IPPool\\":[\\"a\\",\\"b*\\"],\\"cleanGateway\\":true}"}\n',
  },
  {
    name: "an explanation of no Pod",
    request: { line: "GET /v1/ipam/explain?podNamespace=ns&podName=q" },
    status: 404,
    body: '"Cannot explain Pod \\"ns/q\\": there is no such Pod in the API"\n',
  },
  {
    name: "an explanation of nobody",
    request: { line: "GET /v1/ipam/explain?podNamespace=ns" },
    status: 422,
    body: '{"code":602,"message":"podName in query is required"}\n',
  },
  {
    name: "an explanation of a name that cannot be",
    request: { line: "GET /v1/ipam/explain?podNamespace=..%2Fkube-system&podName=p" },
    status: 422,
    body: '{"code":605,"message":"podNamespace in query should match \'^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$\'"}\n',
  },
  {
    name: "an explanation with a flag that is none",
    request: { line: "GET /v1/ipam/explain?podNamespace=ns&podName=p&cleanGateway=perhaps" },
    status: 422,
    body: '{"code":601,"message":"cleanGateway in query must be of type boolean: \\"perhaps\\""}\n',
  },
  {
    name: "an unknown path",
    request: { line: "GET /v2/ipam" },
    status: 404,
    body: '{"code":404,"message":"path /v2/ipam was not found"}\n',
  },
  {
    name: "a wrong method",
    request: { line: "PUT /v1/ipam/ip", body: add },
    status: 405,
    body: '{"code":405,"message":"method PUT is not allowed, but [DELETE,POST] are"}\n',
  },
  {
    name: "a caller that wants no JSON",
    request: { line: "GET /v1/ipam/healthy", accept: "text/html, application/json;q=0" },
    status: 406,
    body: '{"code":406,"message":"unsupported media type requested, only [application/json] are available"}\n',
  },
  {
    name: "a caller that wants anything",
    request: { line: "GET /v1/ipam/healthy", accept: "text/html, */*;q=0.1" },
    status: 200,
  },
  { name: "shutdown", request: { line: "POST /v1/runtime/shutdown" }, status: 200 },
];
for (const { name, request, status, body } of cases) {
  Deno.test(`createRouter() answers ${name} with ${status}`, async () => {
    const response = await socketRouter()(requestOf(request), new AbortController().signal);
    assert.deepEqual([response.status, response.body], [status, body]);
    if (status === 405) assert.equal(response.headers?.Allow, "DELETE,POST");
  });
}

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
  Deno.test(`createHealthHandlers(): ${name}`, async () => {
    const askSocket = () => socket ? Promise.resolve() : Promise.reject(new Error("silent"));
    const router = createRouter(createHealthHandlers({ started: () => started, ready: () => ready, askSocket }));
    const probes = ["startup", "readiness", "liveness"].map((probe) =>
      router(requestOf({ line: `GET /v1/runtime/${probe}` }), new AbortController().signal)
    );
    assert.deepEqual((await Promise.all(probes)).map(({ status }) => status), want);
  });
}
