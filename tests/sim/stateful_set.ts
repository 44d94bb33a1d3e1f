import type { Lives } from "./lives.ts";
import type { OperationOf } from "./operation.ts";
import { REPLICAS } from "./owners.ts";
import { statefulNetworks } from "./pool_specs.ts";
import type { SimDeps } from "./sim_deps.ts";

/** Most Pods of the StatefulSet. */
export const MAX_REPLICAS = 4;

/** Whoever scales the StatefulSet and changes its template. */
export class StatefulSetUsers {
  readonly #world: SimDeps;
  readonly #lives: Lives;
  #replicas = REPLICAS;
  #network = statefulNetworks[0]!;
  /** How the last Pod of each name was connected. */
  readonly #networks = new Map<string, number>();

  constructor(world: SimDeps, lives: Lives) {
    this.#world = world;
    this.#lives = lives;
    for (const name of this.names(REPLICAS)) world.checker.ledger.nameWanted(name);
  }

  /** Names of the first Pods. @default as many as are wanted now */
  names(count: number = this.#replicas): readonly string[] {
    return Array.from({ length: count }, (_, i) => this.#world.cluster.statefulPod(i));
  }

  /** Index into `podNetworks` of how its Pods are connected that are made from now on. */
  get network(): number {
    return this.#network;
  }

  retemplate({ network }: OperationOf<"retemplate">): void {
    this.#network = network;
  }

  /** Notes that a Pod is about to be made. @returns whether it is wanted */
  begin(name: string, network: number): boolean {
    const { ledger } = this.#world.checker;
    if (!ledger.isWanted(name)) return false;
    if (this.#networks.get(name) !== network) ledger.intentChanged(name);
    this.#networks.set(name, network);
    return true;
  }

  async scale({ replicas }: Omit<OperationOf<"scale">, "do">): Promise<void> {
    const { cluster, checker: { ledger }, trace } = this.#world;
    this.#replicas = replicas;
    trace.add("user", `scales to ${replicas}`);
    await cluster.scale(replicas);
    for (const name of this.names()) ledger.nameWanted(name);
    for (const name of this.names(MAX_REPLICAS).slice(replicas)) {
      ledger.nameUnwanted(name);
      const life = this.#lives.named(name);
      if (life?.isUp) await life.terminate("orderly");
    }
  }

  /** Wants no Pods any more. */
  async windUp(): Promise<void> {
    await this.#world.cluster.scale(0);
    for (const name of this.names(MAX_REPLICAS)) this.#world.checker.ledger.nameUnwanted(name);
  }
}
