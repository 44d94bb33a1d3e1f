import type { Clock } from "../../net/base/clock.ts";
import type { Random } from "../../net/base/random.ts";
import { deployments, nodes, type Pod, pods, replicaSets, type StatefulSet, statefulSets } from "../../crd/core/mod.ts";
import {
  type SpiderEndpoint,
  spiderEndpoints,
  type SpiderIPPool,
  spiderIPPools,
  spiderReservedIPs,
} from "../../crd/generated/mod.ts";
import { resourceClient } from "../../crd/kube/client.ts";
import { isNotFound } from "../../crd/kube/errors.ts";
import type { OwnerReference } from "../../crd/kube/contract.ts";
import { EmbeddedApi } from "../apiserver/server.ts";
import { readSpiderpoolCrds } from "../apiserver/spiderpool_crds.ts";
import { poolSpecs, quarantine, reservedIps } from "./pool_specs.ts";

/** Namespace of all Pods. */
export const NAMESPACE = "default";

/** Number of Pods the StatefulSet begins with. */
export const REPLICAS = 3;

const STATEFUL_SET = "db";
const crds = readSpiderpoolCrds();

/** The API server with what a cluster has before Pods come, and whoever acts on it without faults: users, controllers. */
export class Cluster {
  readonly api: EmbeddedApi;
  readonly pods;
  readonly pools;
  readonly endpoints;
  readonly #statefulSets;
  readonly #transport;
  readonly #clock: Clock;
  #owners = new Map<string, OwnerReference>();

  constructor({ clock, random }: { clock: Clock; random: Random }) {
    this.#clock = clock;
    this.api = new EmbeddedApi({ clock, random, crds });
    const transport = this.#transport = this.api.connect("admin");
    this.pods = resourceClient(transport, pods, { clock });
    this.pools = resourceClient(transport, spiderIPPools, { clock });
    this.endpoints = resourceClient(transport, spiderEndpoints, { clock });
    this.#statefulSets = resourceClient(transport, statefulSets, { clock });
  }

  /** Creates nodes, pools, reservations and the owners of Pods. */
  async setUp(nodeNames: readonly string[]): Promise<void> {
    const [transport, options] = [this.#transport, { clock: this.#clock }];
    for (const name of nodeNames) {
      const status = { conditions: [{ type: "Ready", status: "True" as const }] };
      await resourceClient(transport, nodes, options).create({
        apiVersion: "v1",
        kind: "Node",
        metadata: { name },
        status,
      });
    }
    const apiVersion = "spiderpool.spidernet.io/v2beta1";
    for (const [i, ip] of reservedIps.entries()) {
      const reserved = {
        apiVersion,
        kind: "SpiderReservedIP",
        metadata: { name: `r${i}` },
        spec: { ips: [ip] },
      } as const;
      await resourceClient(transport, spiderReservedIPs, options).create({ ...reserved, spec: { ips: [ip] } });
    }
    for (const [name, spec] of Object.entries(poolSpecs)) {
      await this.pools.create({ apiVersion, kind: "SpiderIPPool", metadata: { name }, spec });
    }
    await this.#putInQuarantine();
    await this.#createOwners();
  }

  /** The reference by which a Pod of this kind names its controller. */
  ownerOf(kind: "ReplicaSet" | "StatefulSet"): OwnerReference {
    return this.#owners.get(kind)!;
  }

  /** Name of the StatefulSet's Pod `ordinal`. */
  statefulPod(ordinal: number): string {
    return `${STATEFUL_SET}-${ordinal}`;
  }

  /** How many Pods the StatefulSet is to have. */
  async scale(replicas: number): Promise<void> {
    const set = await this.#statefulSets.get({ namespace: NAMESPACE, name: STATEFUL_SET });
    await this.#statefulSets.update({ ...set, spec: { ...set.spec, replicas } });
  }

  /** The Pod as it is now. */
  pod(name: string): Promise<Pod | undefined> {
    return this.pods.tryGet({ namespace: NAMESPACE, name });
  }

  /** Deletes this incarnation; without `gracePeriodSeconds` it is only marked. @returns whether it was there */
  async deletePod({ name, uid }: { name: string; uid: string }, gracePeriodSeconds?: number): Promise<boolean> {
    try {
      await this.pods.delete({ namespace: NAMESPACE, name }, { uid, gracePeriodSeconds });
      return true;
    } catch (err) {
      if (isNotFound(err) || (err instanceof Error && err.message.includes("UID in precondition"))) return false;
      throw err;
    }
  }

  /** Changes a pool's spec. */
  async editPool(
    name: string,
    change: (spec: NonNullable<SpiderIPPool["spec"]>) => SpiderIPPool["spec"],
  ): Promise<void> {
    for (;;) {
      const pool = await this.pools.get({ name });
      try {
        await this.pools.update({ ...pool, spec: change(pool.spec!)! });
        return;
      } catch (err) {
        if (!(err instanceof Error && err.message.includes("409"))) throw err;
      }
    }
  }

  /** All pools as they are stored. */
  storedPools(): readonly SpiderIPPool[] {
    return this.api.snapshot(spiderIPPools) as unknown as readonly SpiderIPPool[];
  }

  /** All endpoints as they are stored. */
  storedEndpoints(): readonly SpiderEndpoint[] {
    return this.api.snapshot(spiderEndpoints) as unknown as readonly SpiderEndpoint[];
  }

  async #putInQuarantine(): Promise<void> {
    const { pool: name, address, record } = quarantine;
    const pool = await this.pools.get({ name });
    const allocatedIPs = JSON.stringify({ [address]: record });
    await this.pools.updateStatus({ ...pool, status: { allocatedIPs, allocatedIPCount: 1 } });
  }

  async #createOwners(): Promise<void> {
    const metadata = { namespace: NAMESPACE };
    const template = { metadata: { labels: { app: "x" } } };
    const spec = { replicas: REPLICAS, selector: { matchLabels: { app: "x" } }, template };
    const options = { clock: this.#clock };
    const deployment = await resourceClient(this.#transport, deployments, options).create({
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { ...metadata, name: "web" },
      spec,
    });
    const replicaSet = await resourceClient(this.#transport, replicaSets, options).create({
      apiVersion: "apps/v1",
      kind: "ReplicaSet",
      metadata: { ...metadata, name: "web-1", ownerReferences: [controllerRef(deployment)] },
      spec,
    });
    const set: StatefulSet = {
      apiVersion: "apps/v1",
      kind: "StatefulSet",
      metadata: { ...metadata, name: STATEFUL_SET },
      spec,
    };
    this.#owners.set("ReplicaSet", controllerRef(replicaSet));
    this.#owners.set("StatefulSet", controllerRef(await this.#statefulSets.create(set)));
  }
}

function controllerRef(
  { apiVersion, kind, metadata: { name, uid = "" } }: {
    apiVersion: string;
    kind: string;
    metadata: { name: string; uid?: string };
  },
): OwnerReference {
  return { apiVersion, kind, name, uid, controller: true };
}
