import assert from "node:assert/strict";
import { type LogFields, silentLog } from "../../net/base/log.ts";
import type { IpamService } from "../api/mod.ts";
import { createIpamHandlers } from "./handlers.ts";

const args = { containerID: "c", ifName: "eth0", netNamespace: "/n", podName: "p", podNamespace: "ns", podUID: "u" };

for (const outcome of ["served", "refused"] as const) {
  Deno.test(`createIpamHandlers() logs how long a ${outcome} request took, also when somebody sets the clock meanwhile`, async () => {
    let nowMs = 5_000;
    let steadyMs = 5_000;
    const clock = { now: () => nowMs, steady: () => steadyMs, sleep: () => Promise.resolve() };
    const lines: [string, unknown][] = [];
    const note = (message: string, fields: LogFields = {}) => void lines.push([message, fields["durationMs"]]);
    const log = { ...silentLog, debug: note, warn: note, child: () => log };
    const add = () => {
      nowMs -= 3_600_000;
      steadyMs += 7;
      return outcome === "served" ? Promise.resolve({ ips: null, routes: null }) : Promise.reject(new Error("no"));
    };
    const service = { add } as Partial<IpamService> as IpamService; // nothing else is asked
    const { postIpamIP } = createIpamHandlers({ service, clock, log, requestStop: () => {} });
    const body = new TextEncoder().encode(JSON.stringify(args));
    const head = { method: "POST", path: "/v1/ipam/ip", query: new URLSearchParams(), headers: new Map() };
    const answered = postIpamIP?.({ ...head, body, keepAlive: true }, new AbortController().signal);
    await answered?.catch(() => {});
    assert.deepEqual(lines, [[`${outcome} request`, 7]]);
  });
}
