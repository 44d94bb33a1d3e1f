import assert from "node:assert/strict";
import { FakeClock } from "../../net/base/fake_clock.ts";
import { ContractError, type OperationName } from "../api/mod.ts";
import { createJsonLog } from "../log.ts";
import type { HttpRequest } from "./http.ts";
import { createIpamHandlers } from "./handlers.ts";
import { loggedErrors } from "./logged_errors.ts";
import type { OperationHandlers } from "./router.ts";

const body = JSON.stringify({
  containerID: "c1",
  ifName: "eth0",
  netNamespace: "/run/netns/a",
  podNamespace: "ns",
  podName: "a",
  podUID: "u1",
});

const request: HttpRequest = {
  method: "GET",
  path: "/",
  query: new URLSearchParams("podNamespace=ns&podName=a"),
  headers: new Map([["content-type", "application/json"]]),
  body: new TextEncoder().encode(body),
  keepAlive: true,
};

function fail(): Promise<never> {
  return Promise.reject(new Error("no luck"));
}

function handlersOf(write: (line: string) => void, others: OperationHandlers = {}): OperationHandlers {
  const clock = new FakeClock();
  const log = createJsonLog({ write, clock, level: "debug" });
  const service = { add: fail, release: fail, releaseBatch: fail, endpoint: fail, explain: fail };
  return loggedErrors({ ...createIpamHandlers({ service, clock, log, requestStop() {} }), ...others }, { log, clock });
}

const failing: OperationName[] = [
  "postIpamIP",
  "deleteIpamIP",
  "deleteIpamIps",
  "getWorkloadendpoint",
  "getIpamExplain",
  "getCoordinatorConfig",
  "postIpamGc",
  "getIpamCapacity",
];
for (const name of failing) {
  Deno.test(`agent 12: an error of ${name} is logged once`, async () => {
    const lines: string[] = [];
    const others = { getCoordinatorConfig: fail, postIpamGc: fail, getIpamCapacity: fail };
    const handler = handlersOf((line) => lines.push(line), others)[name];
    await assert.rejects(async () => await handler?.(request, new AbortController().signal), /no luck/);
    const [line, ...more] = lines.map((line) => JSON.parse(line));
    assert.deepEqual([line.level, line.msg, line.err, more], ["WARN", "refused request", "no luck", []]);
  });
}

const verbs: [OperationName, string][] = [
  ["postIpamIP", "ADD"],
  ["deleteIpamIP", "DEL"],
  ["deleteIpamIps", "batch DEL"],
];
for (const [name, verb] of verbs) {
  Deno.test(`agent 12: the line of a refused ${verb} carries upstream's keys`, async () => {
    const lines: string[] = [];
    await assert.rejects(async () =>
      await handlersOf((line) => lines.push(line))[name]?.(request, new AbortController().signal)
    );
    const { CNICommand, ContainerID, IfName, NetNamespace, PodNamespace, PodName, PodUID } = JSON.parse(lines[0] ?? "");
    assert.deepEqual([CNICommand, ContainerID, PodNamespace, PodName, PodUID], [verb, "c1", "ns", "a", "u1"]);
    assert.deepEqual([IfName, NetNamespace], ["eth0", "/run/netns/a"]);
  });
}

Deno.test("loggedErrors() leaves to the caller what the caller did wrong, and those that hung up", async () => {
  const lines: string[] = [];
  const wrong = () => Promise.reject(new ContractError(422, 602, "podName in query is required"));
  const handlers = handlersOf((line) => lines.push(line), { getIpamCapacity: wrong, postIpamGc: fail });
  await assert.rejects(async () => await handlers.getIpamCapacity?.(request, new AbortController().signal));
  await assert.rejects(async () => await handlers.postIpamGc?.(request, AbortSignal.abort()));
  assert.deepEqual(lines, []);
});
