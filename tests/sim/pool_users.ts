import type { Lives } from "./lives.ts";
import type { OperationOf } from "./operation.ts";
import { poolSpecs } from "./pool_specs.ts";
import type { SimDeps } from "./sim_deps.ts";

/** Pause between two looks whether a pool may go, in milliseconds. */
const FINALIZE_MS = 1000;

/** Whoever edits pools and reserves addresses, for a while. */
export class PoolUsers {
  readonly #world: SimDeps;
  readonly #lives: Lives;

  constructor(world: SimDeps, lives: Lives) {
    this.#world = world;
    this.#lives = lives;
  }

  async edit({ pool, change, forMs }: OperationOf<"edit-pool">): Promise<void> {
    const { cluster, clock, trace } = this.#world;
    const spec = poolSpecs[pool]!;
    trace.add("user", `edits ${pool}: ${JSON.stringify(change)}`);
    await cluster.editPool(pool, (old) => ({ ...old, ...change }));
    await clock.sleep(forMs);
    trace.add("user", `restores ${pool}`);
    const { excludeIPs = [] } = spec;
    await cluster.editPool(pool, (old) => ({ ...spec, ips: old.ips ?? [], disable: false, excludeIPs }));
  }

  async recreate({ pool, forMs }: OperationOf<"recreate-pool">): Promise<void> {
    const { cluster, clock, trace, checker, tasks } = this.#world;
    const stored = await cluster.pools.tryGet({ name: pool });
    if (stored === undefined || stored.metadata.deletionTimestamp !== undefined) return;
    trace.add("user", `deletes pool ${pool}`);
    await cluster.pools.delete({ name: pool });
    const holders = new Set([...checker.mirror.recordsOf(pool).values()].map(({ podUid }) => podUid));
    for (const life of this.#lives.all()) if (holders.has(life.uid)) tasks.spawn(() => life.terminate("orderly"));
    while (!await cluster.finalizePool(pool)) await clock.sleep(FINALIZE_MS);
    trace.add("cluster", `pool ${pool} gone`);
    await clock.sleep(forMs);
    await cluster.createPool(pool);
    trace.add("user", `creates pool ${pool}`);
  }

  async reserve(id: number, { address, forMs }: OperationOf<"reserve">): Promise<void> {
    const { cluster, clock, trace, checker: { reservations } } = this.#world;
    trace.add("user", `reserves ${address}`);
    await cluster.reserve(`reserved-${id}`, address);
    const end = reservations.begin(address, () => clock.now());
    await clock.sleep(forMs);
    await cluster.unreserve(`reserved-${id}`);
    end();
    trace.add("user", `no longer reserves ${address}`);
  }
}
