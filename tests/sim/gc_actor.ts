import { agentClients } from "../../agent/ipam/clients.ts";
import { silentLog } from "../../net/base/log.ts";
import { AddressSet } from "../../net/ip/set.ts";
import { LocalPoolClaims } from "../../crd/ipam/claims.ts";
import type { SpiderEndpoint } from "../../crd/generated/mod.ts";
import { decideGc, type GcDecision } from "../../crd/ipam/gc_decide.ts";
import type { GcFacts } from "../../crd/ipam/gc_facts.ts";
import { podKeeping } from "../../crd/ipam/gc_pods.ts";
import { kubePoolStore } from "../../crd/ipam/kube_pool_store.ts";
import { type PoolRecord, type RecordEntry } from "../../crd/ipam/record.ts";
import { PoolRecords } from "../../crd/ipam/records.ts";
import type { PoolClaims } from "../../crd/ipam/requests.ts";
import { isWantedOrdinal, ordinalOfPod } from "../../crd/ipam/statefulset_ordinal.ts";
import { isWantedVm } from "../../crd/ipam/virtual_machine.ts";
import type { Pod } from "../../crd/core/mod.ts";
import type { KubeTransport, ObjectKey } from "../../crd/kube/contract.ts";
import type { Dice } from "./dice.ts";
import type { SimClock } from "./sim_clock.ts";
import type { Trace } from "./trace.ts";

/** Milliseconds between two scans. */
export const SCAN_INTERVAL_MS = 60_000;
const RELEASE_MS = 20_000;

/** What a {@linkcode GcActor} works with. */
export interface GcActorDeps {
  readonly transport: KubeTransport;
  readonly clock: SimClock;
  readonly dice: Dice;
  readonly trace: Trace;
  /** Deliberate damage, to see whether the checker notices it. */
  readonly mutateClaims?: (claims: PoolClaims, transport: KubeTransport) => PoolClaims;
}

interface Finding {
  readonly pool: string;
  readonly entry: RecordEntry;
}

/** The Pods that a record may be about. */
type PodsFound = Pick<GcFacts, "pod" | "podOfUid">;

/**
 * Garbage collection as the controller will run it: candidates from caches, which may be old; the verdict on live
 * reads that are made after the record was read; the release is a compare-and-delete.
 */
export class GcActor {
  readonly #deps: GcActorDeps;
  readonly #clients;
  readonly #claims: PoolClaims;
  /** When a living Pod's record was first seen that its endpoint does not list. */
  readonly #unlistedSince = new Map<string, number>();

  constructor(deps: GcActorDeps) {
    const { transport, clock, dice, mutateClaims } = deps;
    const shared = { clock, random: dice.fork("gc").random };
    this.#deps = deps;
    this.#clients = agentClients(transport, { clock, timeoutMs: 10_000 });
    const store = kubePoolStore(this.#clients.pools);
    const reserved = AddressSet.empty;
    const claims = new LocalPoolClaims({ ...shared, store, log: silentLog, reserved, maxRecords: 5000 });
    this.#claims = mutateClaims?.(claims, transport) ?? claims;
  }

  /** Scans regularly, for ever. */
  async run(): Promise<void> {
    for (;;) {
      await this.#deps.clock.sleep(SCAN_INTERVAL_MS);
      await this.scan();
    }
  }

  /** One scan over all pools. Whatever fails is left to the next one. */
  async scan(): Promise<void> {
    const { trace, clock, dice } = this.#deps;
    trace.add("gc", "scans");
    try {
      const { items } = await this.#clients.pools.listAll({ pageSize: 3 });
      const cached = await this.#clients.pods.listAll();
      await clock.sleep(dice.exponential(1000)); // caches are as old as this, and sometimes older
      for (const { metadata: { name: pool }, status } of items) {
        for (const entry of [...PoolRecords.parse(status?.allocatedIPs).entries()]) {
          await this.#look({ pool, entry }, cached.items);
        }
      }
    } catch (err) {
      trace.add("gc", `gives up: ${err instanceof Error ? err.message.slice(0, 120) : err}`);
    }
  }

  async #look(finding: Finding, cached: readonly Pod[]): Promise<void> {
    const first = await this.#factsOf(finding, (key) => podsAmong(cached, finding, key));
    this.#noteUnlisted(finding, first);
    if (decideGc(first).action !== "reclaim") return;
    const facts = await this.#factsOf(finding, (key) => this.#livePods(finding, key));
    const decision = decideGc(facts);
    if (decision.action === "reclaim") await this.#reclaim(finding, { decision, facts });
  }

  /** What the verdict depends on, read after the record was; the Pod last: one that comes in between has another endpoint. */
  async #factsOf(
    finding: Finding,
    podsNow: (key: Required<ObjectKey>) => PodsFound | Promise<PodsFound>,
  ): Promise<GcFacts> {
    const { clock } = this.#deps;
    const { pool, entry } = finding;
    const [namespace = "", name = ""] = entry.record.pod.split("/");
    const key = { namespace, name };
    const endpoint = await this.#clients.endpoints.tryGet(key);
    const wanted = await this.#isWanted(key, endpoint);
    const { pod, podOfUid } = await podsNow(key);
    const nodeName = (pod ?? podOfUid)?.spec.nodeName;
    const since = this.#unlistedSince.get(`${pool} ${entry.key} ${entry.record.podUid}`);
    return {
      address: entry.key,
      record: entry.record,
      pod,
      podOfUid,
      endpoint,
      wanted,
      node: nodeName === undefined ? undefined : await this.#clients.nodes.tryGet({ name: nodeName }),
      features: { enableStatefulSet: true, enableKubevirt: true },
      switches: { onReadyNode: true, onNotReadyNode: true, onEmptyPodIPs: false, additionalDelayMs: 0 },
      nowMs: clock.now(),
      unlistedForMs: since === undefined ? 0 : clock.now() - since,
      unlistedGraceMs: 2 * SCAN_INTERVAL_MS,
    };
  }

  /** By name, which most Pods are known by; else all are looked through. */
  async #livePods(finding: Finding, key: ObjectKey): Promise<PodsFound> {
    const pod = await this.#clients.pods.tryGet(key);
    if (pod !== undefined) return { pod, podOfUid: undefined };
    return podsAmong((await this.#clients.pods.listAll()).items, finding, key);
  }

  async #isWanted(
    { namespace = "", name }: ObjectKey,
    endpoint: SpiderEndpoint | undefined,
  ): Promise<boolean | undefined> {
    if (endpoint?.status?.ownerControllerType === "VirtualMachineInstance") {
      const vmi = await this.#clients.virtualMachineInstances.tryGet({ namespace, name });
      return isWantedVm({ vmi, vm: await this.#clients.virtualMachines.tryGet({ namespace, name }) });
    }
    const set = ordinalOfPod(name)?.statefulSet;
    if (set === undefined) return undefined;
    return isWantedOrdinal(name, await this.#clients.statefulSets.tryGet({ namespace, name: set }));
  }

  /** Starts or ends the time for which a record of a living Pod has been unlisted. */
  #noteUnlisted({ pool, entry }: Finding, { pod, endpoint }: GcFacts): void {
    const key = `${pool} ${entry.key} ${entry.record.podUid}`;
    const texts = JSON.stringify(endpoint?.status?.current ?? {});
    const isUnlisted = pod?.metadata.uid === entry.record.podUid && !texts.includes(`"${entry.key}/`);
    if (!isUnlisted) this.#unlistedSince.delete(key);
    else if (!this.#unlistedSince.has(key)) this.#unlistedSince.set(key, this.#deps.clock.now());
  }

  async #reclaim(
    { pool, entry }: Finding,
    { decision, facts }: { decision: GcDecision; facts: GcFacts },
  ): Promise<void> {
    const { clock, trace } = this.#deps;
    trace.add("gc", `${decision.reason}: ${pool} ${entry.key} ${textOf(entry.record)}`);
    const call = { deadlineMs: clock.now() + RELEASE_MS, signal: new AbortController().signal };
    if (decision.releaseRecord) {
      const { podUid } = entry.record;
      await this.#claims.release({ kind: "release", pool, podUid, addresses: [entry.key] }, call);
    }
    if (decision.releaseEndpoint && facts.endpoint !== undefined) await this.#removeEndpoint(facts.endpoint);
  }

  /** Deletes the endpoint as it was judged; one that a new Pod took over meanwhile is another version. */
  async #removeEndpoint({ metadata }: SpiderEndpoint): Promise<void> {
    const { name, namespace = "", uid = "", resourceVersion } = metadata;
    const key = { namespace, name };
    if (metadata.deletionTimestamp === undefined) {
      await this.#clients.endpoints.delete(key, { uid, ...(resourceVersion !== undefined && { resourceVersion }) });
    }
    const left = await this.#clients.endpoints.tryGet(key);
    if (left?.metadata.uid !== uid || left.metadata.deletionTimestamp === undefined) return;
    const patch = { metadata: { resourceVersion: left.metadata.resourceVersion, finalizers: [] } };
    await this.#clients.endpoints.patch(key, { type: "merge", patch });
  }
}

function textOf({ pod, podUid }: PoolRecord): string {
  return `${pod.split("/").at(-1)} ${podUid.slice(0, 4)}`;
}

function podsAmong(pods: readonly Pod[], { entry: { record } }: Finding, { name }: ObjectKey): PodsFound {
  return {
    pod: pods.find(({ metadata }) => metadata.name === name),
    podOfUid: podKeeping(record, pods),
  };
}
