import type { Dice } from "./dice.ts";
import type { SandboxRef } from "./kubelet_args.ts";
import { type AddOutcome, callAdd } from "./kubelet_calls.ts";
import type { Attachment, PodFacts } from "./ledger.ts";
import type { PodPlan } from "./pod_plan.ts";
import { endSandbox } from "./sandboxes.ts";
import { type PodNetwork, podNetworks } from "./pool_specs.ts";
import type { SimDeps } from "./sim_deps.ts";

/** What a {@linkcode PodRuntime} works with. */
export interface PodRuntimeOptions {
  readonly plan: PodPlan;
  readonly facts: PodFacts;
  readonly dice: Dice;
  /** Whether the Pod is being deleted. */
  readonly isStopping: () => boolean;
}

/** What a node's container runtime does for one Pod: sandboxes, with an ADD and a DEL of each NIC. */
export class PodRuntime {
  readonly #deps: SimDeps;
  readonly #options: PodRuntimeOptions;
  /** Container IDs of all sandboxes that may have to be ended, oldest first. */
  readonly #sandboxes: string[] = [];
  readonly #adds = new Set<AbortController>();
  #containers = 0;
  #lastAdd: AddOutcome | undefined;

  constructor(deps: SimDeps, options: PodRuntimeOptions) {
    this.#deps = deps;
    this.#options = options;
  }

  /** Container ID of the newest sandbox. */
  get newest(): string | undefined {
    return this.#sandboxes.at(-1);
  }

  /** Container IDs of all sandboxes that may have to be ended, oldest first. */
  get all(): readonly string[] {
    return [...this.#sandboxes];
  }

  /** Whether an ADD runs right now. */
  get isAdding(): boolean {
    return this.#adds.size > 0;
  }

  /** What the last ADD said that ended. */
  get lastAdd(): AddOutcome | undefined {
    return this.#lastAdd;
  }

  /** Makes a sandbox. @returns its container ID */
  open(): string {
    const containerId = `${this.#options.facts.uid.slice(0, 4)}c${++this.#containers}`;
    this.#sandboxes.push(containerId);
    return containerId;
  }

  /** The sandbox as requests name it. */
  ref(containerId: string): SandboxRef {
    const { plan: { name: podName, isAnonymous }, facts: { runtimeUid: podUid } } = this.#options;
    return { podName, podUid, containerId, ...isAnonymous && { isAnonymous } };
  }

  /** Loses patience with the ADDs that run. */
  hangUp(): void {
    this.#deps.trace.add("kubelet", `hangs up on ${this.#options.plan.name}`);
    for (const add of this.#adds) add.abort(new Error("the caller hung up"));
  }

  /** All containers end: from now on nobody uses an address of any sandbox. */
  stopContainers(): void {
    const { checker: { ledger } } = this.#deps;
    for (const containerId of this.#sandboxes) ledger.delBegins(this.#options.facts.uid, containerId);
  }

  /** A runtime begins no ADD of a sandbox that it has begun to end; what runs goes on. @returns whether all succeeded */
  async addAll(containerId: string): Promise<boolean> {
    for (const nic of this.#options.plan.network.nics) {
      if (!this.#sandboxes.includes(containerId) || !await this.#add(containerId, nic)) return false;
    }
    return true;
  }

  /** Ends a sandbox, with its DELs. */
  async end(containerId: string): Promise<void> {
    this.#sandboxes.splice(this.#sandboxes.indexOf(containerId), 1);
    const { plan: { node, network: { nics } }, facts: { uid }, dice } = this.#options;
    await endSandbox(this.#deps, { node, uid, sandbox: this.ref(containerId), nics, dice });
  }

  /** Ends all sandboxes, in either order. One that is still being added to has to be ended again. */
  async endAll(): Promise<void> {
    const ended = [...this.#sandboxes];
    if (this.#options.dice.chance(0.5)) ended.reverse();
    for (const containerId of ended) {
      await this.end(containerId);
      if (this.isAdding) this.#sandboxes.push(containerId);
    }
  }

  async #add(containerId: string, nic: string): Promise<boolean> {
    const { checker } = this.#deps;
    const { plan: { node, network }, facts: pod } = this.#options;
    const hangUp = new AbortController();
    this.#adds.add(hangUp);
    try {
      const sandbox = this.ref(containerId);
      const outcome = this.#lastAdd = await callAdd(this.#deps, node, { sandbox, nic, network, signal: hangUp.signal });
      if (outcome.kind !== "ok") return false;
      const { addresses } = outcome;
      checker.checkPools(addresses, { nic, networks: this.#networks(), about: pod.name });
      if (this.#sandboxes.includes(containerId)) this.#goLive({ pod, nic, containerId, addresses });
      else checker.check();
      return true;
    } finally {
      this.#adds.delete(hangUp);
    }
  }

  /**
   * What an ADD may give. A VM's Pod stays connected as the VM was started; one that comes late, when the VM was deleted
   * and its addresses are free, gets what its own template says.
   */
  #networks(): readonly PodNetwork[] {
    const { plan: { network, launcher }, facts: { identity }, isStopping } = this.#options;
    const isKept = launcher === undefined || (this.#deps.checker.ledger.isWanted(identity) && !isStopping());
    return isKept ? [network] : [network, podNetworks[launcher.network]!];
  }

  /** A Pod that is being deleted, or a sandbox that another one replaced, uses nothing any more. */
  #goLive(attachment: Attachment): void {
    if (!this.#options.isStopping() && this.newest === attachment.containerId) this.#deps.checker.checkNew(attachment);
  }
}
