import type { IpamAddArgs, IpamAddResponse, IpamDelArgs } from "../../agent/api/types.ts";
import { type Pod, pods } from "../../crd/core/mod.ts";
import { type SpiderEndpoint, spiderEndpoints, spiderIPPools } from "../../crd/generated/mod.ts";
import { annotationKeys } from "../../crd/ipam/annotations.ts";
import { isPodAlive } from "../../crd/ipam/pod_alive.ts";
import { resourceClient } from "../../crd/kube/client.ts";
import type { KubeTransport } from "../../crd/kube/contract.ts";
import { isConflict } from "../../crd/kube/errors.ts";
import { UpstreamPool } from "./cowriter_pool.ts";
import type { Dice } from "./dice.ts";
import type { NodeRuntime } from "./node_runtime.ts";
import type { SimClock } from "./sim_clock.ts";

/** Tries of one write, and the pause before the second, in milliseconds. */
const TRIES = 5;
const PAUSE_MS = 10;

/** One address that upstream's agent took. */
interface Taken {
  readonly nic: string;
  readonly pool: string;
  readonly address: string;
  readonly prefixLength: string;
}

/** What a {@linkcode CoWriter} works with. */
export interface CoWriterDeps {
  readonly name: string;
  readonly transport: KubeTransport;
  readonly clock: SimClock;
  readonly dice: Dice;
  /** Addresses of all SpiderReservedIPs, as its cache has them. */
  readonly reserved: () => ReadonlySet<string>;
}

/**
 * Another node's agent that writes the same pools as upstream's does (spec/ipam.md §7, §9, §14): GET and PUT per
 * address, five tries, the lowest free address, keys of a record that it does not know are dropped.
 */
export class CoWriter implements NodeRuntime {
  readonly isOurs = false;
  readonly name: string;
  readonly #deps: CoWriterDeps;
  readonly #pods;
  readonly #pools;
  readonly #endpoints;

  constructor(deps: CoWriterDeps) {
    const { name, transport, clock } = deps;
    this.name = name;
    this.#deps = deps;
    this.#pods = resourceClient(transport, pods, { clock });
    this.#pools = resourceClient(transport, spiderIPPools, { clock });
    this.#endpoints = resourceClient(transport, spiderEndpoints, { clock });
  }

  async add(args: IpamAddArgs): Promise<IpamAddResponse> {
    const key = { namespace: args.podNamespace, name: args.podName };
    const pod = await this.#pods.get(key);
    if (!isPodAlive(pod)) throw new Error(`Cannot allocate: Pod ${args.podName} is dead`);
    const endpoint = await this.#endpoints.tryGet(key);
    const current = endpoint?.status?.current;
    const stored = current?.uid === pod.metadata.uid ? takenOf(endpoint!) : [];
    if (stored.some(({ nic }) => nic === args.ifName)) return responseOf(stored);
    const candidates = candidatesOf(pod, args);
    const taken = await Promise.all(candidates.map(({ nic, pools }) => this.#takeFrom(pools, { nic, pod })));
    await this.#record(pod, endpoint, [...stored, ...taken]);
    return responseOf([...stored, ...taken]);
  }

  async release(args: IpamDelArgs): Promise<void> {
    const key = { namespace: args.podNamespace, name: args.podName };
    const pod = await this.#pods.tryGet(key);
    if (pod !== undefined && isPodAlive(pod)) return;
    const uid = pod?.metadata.uid ?? args.podUID;
    const endpoint = await this.#endpoints.tryGet(key);
    if (endpoint?.status?.current.uid !== uid) return;
    const poolNames = [...new Set(takenOf(endpoint).map(({ pool }) => pool))];
    await Promise.all(poolNames.map((name) => this.#write(name, (pool) => pool.drop(uid))));
    await this.#endpoints.patch(key, { type: "merge", patch: { metadata: { finalizers: [] } } });
  }

  async #takeFrom(pools: readonly string[], { nic, pod }: { nic: string; pod: Pod }): Promise<Taken> {
    let reason: unknown;
    for (const name of pools) {
      try {
        let address = "";
        const pool = await this.#write(name, (pool) => void (address = pool.take(pod)));
        return { nic, pool: name, address, prefixLength: pool.prefixLength };
      } catch (err) {
        reason = err;
      }
    }
    throw reason;
  }

  async #write(name: string, change: (pool: UpstreamPool) => void): Promise<UpstreamPool> {
    const { clock, dice, reserved } = this.#deps;
    for (let tries = 1;; tries++) {
      const pool = new UpstreamPool(await this.#pools.get({ name }), reserved());
      change(pool);
      try {
        await this.#pools.updateStatus(pool.object());
        return pool;
      } catch (err) {
        if (!isConflict(err) || tries === TRIES) throw err;
        await clock.sleep(PAUSE_MS * 1.5 ** (tries - 1) * dice.between(1, 1.1));
      }
    }
  }

  async #record(pod: Pod, existing: SpiderEndpoint | undefined, taken: readonly Taken[]): Promise<void> {
    const { name, namespace = "", uid = "" } = pod.metadata;
    const nics = [...new Set(taken.map(({ nic }) => nic))];
    const ips = nics.map((nic) => interfaceOf(nic, taken.filter((one) => one.nic === nic)));
    const current = { uid, node: pod.spec.nodeName ?? "", ips };
    const status = { current, ownerControllerType: "Deployment", ownerControllerName: "web" };
    const isOwn = existing?.status?.current.uid === uid;
    if (existing !== undefined && isOwn) {
      await this.#endpoints.update({ ...existing, status });
      return;
    }
    await this.#endpoints.create({
      apiVersion: "spiderpool.spidernet.io/v2beta1",
      kind: "SpiderEndpoint",
      metadata: {
        name,
        namespace,
        finalizers: ["spiderpool.spidernet.io"],
        ownerReferences: [{ apiVersion: "v1", kind: "Pod", name, uid }],
      },
      status,
    });
  }
}

type Candidate = { readonly nic: string; readonly pools: readonly string[] };

function candidatesOf({ metadata: { annotations = {} } }: Pod, args: IpamAddArgs): Candidate[] {
  const single = annotations[annotationKeys.ippool];
  const several = annotations[annotationKeys.ippools];
  const items: { interface: string; ipv4?: string[] | null; ipv6?: string[] | null }[] = several !== undefined
    ? JSON.parse(several)
    : single !== undefined
    ? [{ interface: args.ifName, ...JSON.parse(single) }]
    : [{ interface: args.ifName, ipv4: args.defaultIPv4IPPool ?? null, ipv6: args.defaultIPv6IPPool ?? null }];
  return items.flatMap(({ interface: nic, ipv4, ipv6 }) =>
    [ipv4 ?? [], ipv6 ?? []].filter((pools) => pools.length > 0).map((pools) => ({ nic, pools }))
  );
}

function interfaceOf(nic: string, taken: readonly Taken[]) {
  const v4 = taken.find(({ address }) => !address.includes(":"));
  const v6 = taken.find(({ address }) => address.includes(":"));
  return {
    interface: nic,
    vlan: 0,
    ...(v4 !== undefined && { ipv4: `${v4.address}/${v4.prefixLength}`, ipv4Pool: v4.pool }),
    ...(v6 !== undefined && { ipv6: `${v6.address}/${v6.prefixLength}`, ipv6Pool: v6.pool }),
  };
}

function takenOf({ status }: SpiderEndpoint): Taken[] {
  return (status?.current.ips ?? []).flatMap((entry) => {
    const pairs = [[entry.ipv4, entry.ipv4Pool], [entry.ipv6, entry.ipv6Pool]] as const;
    return pairs.flatMap(([text, pool]) => {
      if (text === undefined || pool === undefined) return [];
      const [address = "", prefixLength = ""] = text.split("/");
      return [{ nic: entry.interface, pool, address, prefixLength }];
    });
  });
}

function responseOf(taken: readonly Taken[]): IpamAddResponse {
  const ips = taken.map(({ nic, pool, address, prefixLength }) => ({
    version: address.includes(":") ? 6 as const : 4 as const,
    address: `${address}/${prefixLength}`,
    nic,
    ipPool: pool,
  }));
  return { ips, routes: [] };
}
