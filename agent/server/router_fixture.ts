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
import type { HttpHandler, HttpRequest } from "./http.ts";
import { createRouter } from "./router.ts";

/** Arguments that every request may have. */
export const args = {
  containerID: "c",
  ifName: "eth0",
  netNamespace: "/n",
  podName: "p",
  podNamespace: "ns",
  podUID: "u",
};

/** Knows Pod `p`; other names make it fail in a way of their own. */
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

/** A request: `METHOD target`, its body, and its headers. */
export function requestOf({ line, body, ...headers }: Record<string, string> & { line: string }): HttpRequest {
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

/** The router of the unix socket; `stopped` is told when the agent is to stop. */
export function socketRouter(stopped: string[] = []): HttpHandler {
  const deps = {
    service: new FakeService(),
    clock: new FakeClock(),
    log: silentLog,
    requestStop: () => stopped.push("stop"),
  };
  return createRouter(createIpamHandlers(deps), { documents: { "/swagger.json": openApiDocument("1.0.0") } });
}

/** The body of an error in the framework's shape. */
export function problem(code: number, message: string): string {
  return `${JSON.stringify({ code, message })}\n`;
}

/** The body of an error that is a bare text. */
export function said(text: string): string {
  return `${JSON.stringify(text)}\n`;
}

/** Name, request line, what the body says beyond `args`, status, body of the answer, headers of the request. */
export type Row = readonly [
  name: string,
  line: string,
  body: Readonly<Record<string, unknown>> | undefined,
  status: number,
  answer?: string | undefined,
  headers?: Readonly<Record<string, string>>,
];

/** Registers a test for each row. */
export function testRows(rows: readonly Row[]): void {
  for (const [name, line, body, status, answer, headers] of rows) {
    Deno.test(`createRouter() answers ${name} with ${status}`, async () => {
      const request = { line, ...(body && { body: JSON.stringify({ ...args, ...body }) }), ...headers };
      const response = await socketRouter()(requestOf(request), new AbortController().signal);
      assert.deepEqual([response.status, response.body], [status, answer]);
      if (status === 405) assert.equal(response.headers?.Allow, "DELETE,POST");
    });
  }
}
