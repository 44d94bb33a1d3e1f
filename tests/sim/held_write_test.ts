import assert from "node:assert/strict";
import { createIpam, MemoryJournal } from "../../agent/ipam/mod.ts";
import { seededRandom } from "../../net/base/random.ts";
import { silentLog } from "../../net/base/log.ts";
import type { KubeRequest, KubeResponse, KubeTransport } from "../../crd/kube/contract.ts";
import { KubeConnectionError } from "../../crd/kube/errors.ts";
import { Cluster, NAMESPACE } from "./cluster.ts";
import { Process } from "./process.ts";
import { drive } from "./scheduler.ts";
import { agentConfig } from "./agent_config.ts";
import { SimClock } from "./sim_clock.ts";

/** A way to the server that keeps back what the test asks for: the sender sees a broken connection. */
class HoldingTransport implements KubeTransport {
  readonly held: (() => Promise<KubeResponse>)[] = [];
  /** Which requests are kept back. */
  holds: (request: KubeRequest) => boolean = () => false;
  readonly #api: KubeTransport;
  readonly #process: Process;

  constructor(api: KubeTransport, process: Process) {
    this.#api = api;
    this.#process = process;
  }

  request(request: KubeRequest): Promise<KubeResponse> {
    if (!this.#process.isAlive) return new Promise(() => undefined);
    if (!this.holds(request)) return this.#process.guard(this.#api.request(request));
    const { signal: _signal, ...unbound } = request;
    this.held.push(() => this.#api.request(unbound));
    return Promise.reject(new KubeConnectionError(`${request.method} ${request.path}`));
  }
}

Deno.test("an agent started again is not overtaken by a release that its predecessor sent", async () => {
  const clock = new SimClock(Date.UTC(2026, 0, 1));
  await drive(scenario(clock), { clock, afterStep() {} });
});

/** An ADD fails, its give-back is on its way, the agent is killed, the repeated ADD gets the address, the give-back lands. */
async function scenario(clock: SimClock): Promise<void> {
  const cluster = new Cluster({ clock, random: seededRandom(1) });
  await cluster.setUp(["n1"]);
  const annotations = { "ipam.spidernet.io/ippool": JSON.stringify({ ipv4: ["c4"] }) };
  const pod = await cluster.pods.create({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { namespace: NAMESPACE, name: "p", annotations },
    spec: { nodeName: "n1", containers: [{ name: "c", image: "i" }] },
    status: { phase: "Pending" },
  });
  const args = {
    containerID: "c1",
    ifName: "eth0",
    netNamespace: "",
    podNamespace: NAMESPACE,
    podName: "p",
    podUID: pod.metadata.uid ?? "",
  };
  const journal = new MemoryJournal();
  const first = startAgent({ clock, cluster, journal });
  const isPoolWrite = ({ method, path }: KubeRequest) => method === "PUT" && path.includes("/spiderippools/");
  const stop = new AbortController();
  first.transport.holds = ({ method, path }) => {
    if (method !== "POST" || !path.endsWith("/spiderendpoints")) return false;
    first.transport.holds = isPoolWrite; // from here on the ADD fails, and gives back
    stop.abort(new Error("the caller hung up"));
    return true;
  };
  await assert.rejects(Promise.race([first.ipam.service.add(args, stop.signal), clock.sleep(20_000).then(fail)]));
  assert.ok(first.transport.held.length > 1, "the give-back was kept back");
  first.process.kill();

  const second = startAgent({ clock, cluster, journal });
  const { ips } = await second.ipam.service.add(args, new AbortController().signal);
  for (const land of first.transport.held.splice(0)) await land();
  const records = (await cluster.pools.get({ name: "c4" })).status?.allocatedIPs ?? "{}";
  const address = ips?.[0]?.address.split("/")[0] ?? "";
  assert.equal(JSON.parse(records)[address]?.podUid, args.podUID);
}

function startAgent({ clock, cluster, journal }: { clock: SimClock; cluster: Cluster; journal: MemoryJournal }) {
  const process = new Process();
  const transport = new HoldingTransport(cluster.api.transport, process);
  const ipam = createIpam({
    transport,
    journal,
    config: { ...agentConfig, nodeName: "n1" },
    clock: process.clock(clock),
    random: seededRandom(2),
    log: silentLog,
    maxAllocatedIPs: 5000,
  });
  void ipam.run(new AbortController().signal);
  return { process, transport, ipam };
}

function fail(): never {
  throw new Error("the ADD did not end");
}
