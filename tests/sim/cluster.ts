import type { Clock } from "../../net/base/clock.ts";
import type { Random } from "../../net/base/random.ts";
import { nodes, type Pod, pods, statefulSets } from "../../crd/core/mod.ts";
import {
  type SpiderEndpoint,
  spiderEndpoints,
  type SpiderIPPool,
  spiderIPPools,
  type SpiderReservedIP,
  spiderReservedIPs,
} from "../../crd/generated/mod.ts";
import { resourceClient } from "../../crd/kube/client.ts";
import { isConflict, isNotFound } from "../../crd/kube/errors.ts";
import type { OwnerReference } from "../../crd/kube/contract.ts";
import { EmbeddedApi } from "../apiserver/server.ts";
import { readSpiderpoolCrds } from "../apiserver/spiderpool_crds.ts";
import { controllerRef, createOwners } from "./owners.ts";
import type { PodOwner } from "./operation.ts";
import type { StoredRecord } from "./pool_mirror.ts";
import { isQuarantine } from "./quarantine.ts";
import { poolSpecs, quarantine, reservedIps } from "./pool_specs.ts";
import { kubevirtCrds, VmObjects } from "./vm_objects.ts";

/** Namespace of all Pods. */
export const NAMESPACE = "default";

const STATEFUL_SET = "db";
const API_VERSION = "spiderpool.spidernet.io/v2beta1";
const POOL_FINALIZER = "spiderpool.spidernet.io";
const crds = [...readSpiderpoolCrds(), ...kubevirtCrds];

/** The API server with what a cluster has before Pods come, and whoever acts on it without faults: users, controllers. */
export class Cluster {
  readonly api: EmbeddedApi;
  readonly pods;
  readonly pools;
  readonly endpoints;
  readonly vms: VmObjects;
  readonly #statefulSets;
  readonly #transport;
  readonly #clock: Clock;
  readonly #reservedIPs;
  /** By Kind; nodes by name. */
  readonly #owners = new Map<string, OwnerReference>();

  constructor({ clock, random }: { clock: Clock; random: Random }) {
    this.#clock = clock;
    this.api = new EmbeddedApi({ clock, random, crds });
    const transport = this.#transport = this.api.connect("admin");
    this.pods = resourceClient(transport, pods, { clock });
    this.pools = resourceClient(transport, spiderIPPools, { clock });
    this.endpoints = resourceClient(transport, spiderEndpoints, { clock });
    this.#statefulSets = resourceClient(transport, statefulSets, { clock });
    this.vms = new VmObjects(transport, { clock, namespace: NAMESPACE });
    this.#reservedIPs = resourceClient(transport, spiderReservedIPs, { clock });
  }

  /** Creates nodes, pools, reservations and the owners of Pods. */
  async setUp(nodeNames: readonly string[]): Promise<void> {
    const [transport, options] = [this.#transport, { clock: this.#clock }];
    for (const name of nodeNames) {
      const status = { conditions: [{ type: "Ready", status: "True" as const }] };
      const node = await resourceClient(transport, nodes, options).create({
        apiVersion: "v1",
        kind: "Node",
        metadata: { name },
        status,
      });
      this.#owners.set(name, controllerRef(node));
    }
    for (const [i, ip] of reservedIps.entries()) await this.reserve(`r${i}`, ip);
    for (const name of Object.keys(poolSpecs)) await this.createPool(name);
    await this.#putInQuarantine();
    const owners = await createOwners(transport, {
      clock: this.#clock,
      namespace: NAMESPACE,
      statefulSet: STATEFUL_SET,
    });
    for (const [kind, owner] of owners) this.#owners.set(kind, owner);
  }

  /** The reference by which a Pod names its controller; a static Pod's is its node. */
  ownerOf(owner: PodOwner, node: string): readonly OwnerReference[] {
    if (owner === "none" || owner === "VM") return []; // a VM's Pods name the instance that they run
    return [this.#owners.get(owner === "static" ? node : owner)!];
  }

  /** Creates one of the pools as it is meant to be, with the finalizer that the controller puts on pools. */
  async createPool(name: string): Promise<void> {
    const metadata = { name, finalizers: [POOL_FINALIZER] };
    await this.pools.create({ apiVersion: API_VERSION, kind: "SpiderIPPool", metadata, spec: poolSpecs[name]! });
  }

  /** Lets a pool that is being deleted go, as the controller does once nothing is recorded in it. @returns whether it is gone */
  async finalizePool(name: string): Promise<boolean> {
    const pool = await this.pools.tryGet({ name });
    if (pool?.metadata.deletionTimestamp === undefined) return pool === undefined;
    const records = Object.values<StoredRecord>(JSON.parse(pool.status?.allocatedIPs ?? "{}"));
    if (!records.every(isQuarantine)) return false;
    try {
      await this.pools.update({ ...pool, metadata: { ...pool.metadata, finalizers: [] } });
      return true;
    } catch (err) {
      if (isConflict(err)) return false; // somebody still took an address
      throw err;
    }
  }

  /** Reserves an address. */
  async reserve(name: string, ip: string): Promise<void> {
    await this.#reservedIPs.create({
      apiVersion: API_VERSION,
      kind: "SpiderReservedIP",
      metadata: { name },
      spec: { ips: [ip] },
    });
  }

  /** Ends a reservation. */
  async unreserve(name: string): Promise<void> {
    await this.#reservedIPs.delete({ name });
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
      const pool = await this.pools.tryGet({ name });
      if (pool === undefined) return;
      try {
        await this.pools.update({ ...pool, spec: change(pool.spec!)! });
        return;
      } catch (err) {
        if (!isConflict(err)) throw err;
      }
    }
  }

  /** All pools as they are stored. */
  storedPools(): readonly SpiderIPPool[] {
    return this.api.snapshot(spiderIPPools) as unknown as readonly SpiderIPPool[];
  }

  /** All reserved addresses as they are stored. */
  storedReservations(): ReadonlySet<string> {
    const stored = this.api.snapshot(spiderReservedIPs) as unknown as readonly SpiderReservedIP[];
    return new Set(stored.flatMap(({ spec }) => spec?.ips ?? []));
  }

  /** All Pods as they are stored. */
  storedPods(): readonly Pod[] {
    return this.api.snapshot(pods) as unknown as readonly Pod[];
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
}
