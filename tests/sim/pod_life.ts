import type { Dice } from "./dice.ts";
import { type AddOutcome, callAdd, callCheck, callConflict, type SandboxRef } from "./kubelet_calls.ts";
import { type PodFacts, textOf } from "./ledger.ts";
import type { NodeRuntime } from "./node_runtime.ts";
import type { EndStyle, PodOwner } from "./operation.ts";
import { podObject, staticHashOf } from "./pod_object.ts";
import type { PodNetwork } from "./pool_specs.ts";
import { endSandbox } from "./sandboxes.ts";
import type { SimDeps } from "./sim_deps.ts";
import { Violation } from "./violation.ts";

/** Longest pause between two tries to start a Pod, in milliseconds. */
const MAX_PAUSE_MS = 30_000;

/** Mean time that the containers of a Pod take to stop, in milliseconds. */
const STOP_MS = 1000;

/** What a Pod is to be. */
export interface PodPlan {
  readonly name: string;
  readonly owner: PodOwner;
  readonly node: NodeRuntime;
  readonly network: PodNetwork;
  /** The runtime does not say the Pod's UID. */
  readonly isAnonymous?: true;
}

/** Which life it is, and its own chances. */
export interface LifeOptions {
  readonly id: number;
  readonly dice: Dice;
}

/** One incarnation of a Pod, with its kubelet. */
export class PodLife {
  readonly id: number;
  readonly plan: PodPlan;
  readonly #deps: SimDeps;
  readonly #dice: Dice;
  readonly #stop = Promise.withResolvers<EndStyle>();
  /** Container IDs of all sandboxes that may have to be ended, oldest first. */
  readonly #sandboxes: string[] = [];
  readonly #adds = new Set<AbortController>();
  #facts: PodFacts | undefined;
  #isStopping = false;
  #isUp = false;
  #wake = Promise.withResolvers<void>();
  #containers = 0;
  #lastAdd: AddOutcome | undefined;

  constructor(deps: SimDeps, plan: PodPlan, { id, dice }: LifeOptions) {
    this.#deps = deps;
    this.plan = plan;
    this.id = id;
    this.#dice = dice;
  }

  /** UID of the Pod; empty before it was created. */
  get uid(): string {
    return this.#facts?.uid ?? "";
  }

  /** Whether all its NICs have their addresses. */
  get isUp(): boolean {
    return this.#isUp && !this.#isStopping;
  }

  get isStopping(): boolean {
    return this.#isStopping;
  }

  /** Whether an ADD runs right now. */
  get isAdding(): boolean {
    return this.#adds.size > 0;
  }

  /** What the last ADD said that ended. */
  get lastAdd(): AddOutcome | undefined {
    return this.#lastAdd;
  }

  /** From creation until the object is gone. */
  async run(): Promise<void> {
    const { cluster, clock, checker, trace } = this.#deps;
    const { name, node, owner } = this.plan;
    const object = podObject(this.plan, { owners: cluster.ownerOf(owner, node.name), id: this.id });
    const { metadata: { uid = "" } } = await cluster.pods.create(object);
    const runtimeUid = owner === "static" ? staticHashOf(this.id) : uid;
    trace.add("cluster", `Pod ${name} ${uid.slice(0, 4)} created for ${node.name}`);
    this.#facts = { name, uid, runtimeUid, isFixed: owner === "StatefulSet", isOurs: node.isOurs };
    if (node.isOurs) checker.follow(this.#facts);
    await clock.sleep(this.#dice.exponential(20));
    const up = this.#bringUp(this.#newSandbox());
    this.#deps.tasks.spawn(() => up);
    const style = await this.#stop.promise;
    await this.#tearDown(style, up);
  }

  /** Deletes the Pod. */
  async terminate(style: EndStyle): Promise<void> {
    const facts = this.#facts;
    if (this.#isStopping || facts === undefined) return;
    const { cluster, trace, checker } = this.#deps;
    this.#isStopping = true;
    checker.ledger.podTerminating(facts.uid);
    trace.add("cluster", `Pod ${facts.name} ${facts.uid.slice(0, 4)} ends, ${style}`);
    if (style === "forced") await this.#removeObject(facts);
    else if (style !== "completed") await cluster.deletePod(facts);
    this.#wake.resolve();
    this.#stop.resolve(style);
  }

  /** The runtime loses patience with the ADDs that run. */
  hangUp(): void {
    this.#deps.trace.add("kubelet", `hangs up on ${this.plan.name}`);
    for (const add of this.#adds) add.abort(new Error("the caller hung up"));
  }

  /** The sandbox died: a new one takes its place; the old one's DEL comes before, or at some time. */
  async replaceSandbox(): Promise<void> {
    const { tasks, checker } = this.#deps;
    const old = this.#sandboxes.at(-1);
    if (old === undefined || !this.isUp) return;
    this.#isUp = false;
    if (this.isAdding) this.hangUp(); // a runtime ends the plugins of a sandbox before it makes another one
    for (const containerId of this.#sandboxes) checker.ledger.delBegins(this.#facts!.uid, containerId);
    if (this.#mustWait || this.#dice.chance(0.6)) await this.#end(old);
    else tasks.spawn(() => this.#end(old));
    await this.#bringUp(this.#newSandbox());
  }

  /** A second ADD, of the same sandbox or of a new one, while the first one's addresses are in use. */
  async repeatAdd(): Promise<void> {
    const current = this.#sandboxes.at(-1);
    if (current === undefined || !this.isUp) return;
    const containerId = this.#mustWait || this.#dice.chance(0.5) ? current : this.#newSandbox();
    await this.#addAll(containerId);
  }

  /** The plugin hears somebody else answer for an address: it is set aside, and the attachment gets another. */
  async conflict(): Promise<void> {
    const { node, owner } = this.plan;
    const containerId = this.#sandboxes.at(-1);
    const { checker: { ledger } } = this.#deps;
    const attachment = ledger.find(this.uid, "eth0");
    if (
      !this.isUp || this.isAdding || !node.isOurs || owner === "StatefulSet" || containerId === undefined ||
      attachment === undefined
    ) return;
    this.#isUp = false;
    ledger.conflicts(this.uid, "eth0");
    const [address = ""] = attachment.addresses;
    await callConflict(this.#deps, node, { sandbox: this.#ref(containerId), nic: "eth0", address });
    if (!this.#isStopping && this.#sandboxes.at(-1) === containerId) await this.#bringUp(containerId);
  }

  /** CHECK of each NIC: as long as it is in use, its addresses are known. @throws {Violation} I7 */
  async check(): Promise<void> {
    const containerId = this.#sandboxes.at(-1);
    if (containerId === undefined || !this.isUp || !this.plan.node.isOurs) return;
    const { ledger } = this.#deps.checker;
    for (const nic of this.plan.network.nics) {
      const before = ledger.find(this.#facts!.uid, nic);
      const known = await callCheck(this.#deps, this.plan.node, { sandbox: this.#ref(containerId), nic });
      if (before === undefined || known === undefined || ledger.find(this.#facts!.uid, nic) !== before) continue;
      if (known.join() === before.addresses.join()) continue;
      throw new Violation("I7", `CHECK of ${textOf(before)} knows ${known.join(" ") || "nothing"}`, [this.plan.name]);
    }
  }

  /** Upstream's agent frees by Pod, whichever sandbox a DEL names: it only sees one sandbox at a time. */
  get #mustWait(): boolean {
    return !this.plan.node.isOurs;
  }

  #newSandbox(): string {
    const containerId = `${this.#facts!.uid.slice(0, 4)}c${++this.#containers}`;
    this.#sandboxes.push(containerId);
    return containerId;
  }

  /** ADDs until all NICs have addresses or the Pod is to stop. */
  async #bringUp(containerId: string): Promise<void> {
    const { clock, tasks } = this.#deps;
    for (let tries = 1; !await this.#addAll(containerId); tries++) {
      const pauseMs = Math.min(200 + this.#dice.exponential(1500 * tries), MAX_PAUSE_MS);
      await Promise.race([clock.sleep(pauseMs), this.#wake.promise]);
      if (this.#isStopping) return;
      if (this.#dice.chance(0.4)) continue;
      const old = containerId;
      containerId = this.#newSandbox();
      if (this.#mustWait || this.#dice.chance(0.7)) await this.#end(old);
      else tasks.spawn(() => this.#end(old));
      if (this.#isStopping) return;
    }
    this.#isUp = true;
    tasks.spawn(() => this.#report());
  }

  /** A runtime begins no ADD of a sandbox that it has begun to end; what runs goes on. */
  async #addAll(containerId: string): Promise<boolean> {
    for (const nic of this.plan.network.nics) {
      if (!this.#sandboxes.includes(containerId) || !await this.#add(containerId, nic)) return false;
    }
    return true;
  }

  async #add(containerId: string, nic: string): Promise<boolean> {
    const { checker } = this.#deps;
    const { node, network } = this.plan;
    const pod = this.#facts!;
    const hangUp = new AbortController();
    this.#adds.add(hangUp);
    try {
      const sandbox = this.#ref(containerId);
      const outcome = this.#lastAdd = await callAdd(this.#deps, node, { sandbox, nic, network, signal: hangUp.signal });
      if (outcome.kind !== "ok") return false;
      const { addresses } = outcome;
      checker.checkPools(addresses, { nic, network, about: pod.name });
      if (this.#sandboxes.includes(containerId)) this.#goLive({ pod, nic, containerId, addresses });
      else checker.check();
      return true;
    } finally {
      this.#adds.delete(hangUp);
    }
  }

  /** A Pod that is being deleted, or a sandbox that another one replaced, uses nothing any more. */
  #goLive(attachment: Parameters<SimDeps["checker"]["checkNew"]>[0]): void {
    const isNewest = this.#sandboxes.at(-1) === attachment.containerId;
    if (!this.#isStopping && isNewest) this.#deps.checker.checkNew(attachment);
  }

  #ref(containerId: string): SandboxRef {
    const { name: podName, isAnonymous } = this.plan;
    return { podName, podUid: this.#facts!.runtimeUid, containerId, ...isAnonymous && { isAnonymous } };
  }

  async #end(containerId: string): Promise<void> {
    this.#sandboxes.splice(this.#sandboxes.indexOf(containerId), 1);
    const { node, network: { nics } } = this.plan;
    const { uid } = this.#facts!;
    await endSandbox(this.#deps, { node, uid, sandbox: this.#ref(containerId), nics, dice: this.#dice });
  }

  /** Tells the API server what runs: phase and addresses. */
  async #report(): Promise<void> {
    const { cluster, clock, checker } = this.#deps;
    await clock.sleep(this.#dice.exponential(100));
    const { name, uid } = this.#facts!;
    const live = [...checker.ledger.live()].filter(({ pod, nic }) => pod.uid === uid && nic === "eth0");
    const pod = await cluster.pod(name);
    if (pod?.metadata.uid !== uid || live.length === 0) return;
    const podIPs = live.flatMap(({ addresses }) => addresses).map((ip) => ({ ip }));
    await cluster.pods.updateStatus({ ...pod, status: { phase: "Running", podIPs } });
  }

  async #tearDown(style: EndStyle, up: Promise<void>): Promise<void> {
    const { clock, checker, tasks } = this.#deps;
    const facts = this.#facts!;
    await clock.sleep(this.#dice.exponential(style === "forced" ? 2000 : STOP_MS));
    const patience = this.#dice.weighted([[1, "wait"], [1, "hang up"], [1, "go on"]] as const);
    if (patience === "hang up") this.hangUp();
    if (patience !== "go on") await up;
    // The kubelet ends all containers of a Pod before the first DEL, and before the object goes.
    for (const containerId of this.#sandboxes) checker.ledger.delBegins(facts.uid, containerId);
    if (style === "object-first" || style === "missed") await this.#removeObject(facts);
    if (style === "completed") await this.#complete(facts);
    if (style !== "missed") await this.#endAll();
    if (style === "completed") await clock.sleep(this.#dice.exponential(10_000));
    await this.#removeObject(facts);
    // An ADD that outlived the DEL is cleaned up when it ends.
    if (patience === "go on" && style !== "missed") {
      const late = [...this.#sandboxes];
      tasks.spawn(async () => {
        await up;
        for (const containerId of late) await this.#end(containerId);
      });
    }
  }

  async #complete({ name, uid }: PodFacts): Promise<void> {
    const pod = await this.#deps.cluster.pod(name);
    if (pod?.metadata.uid !== uid) return;
    await this.#deps.cluster.pods.updateStatus({ ...pod, status: { ...pod.status, phase: "Succeeded" } });
  }

  async #endAll(): Promise<void> {
    const ended = [...this.#sandboxes];
    if (this.#dice.chance(0.5)) ended.reverse();
    for (const containerId of ended) {
      await this.#end(containerId);
      if (this.isAdding) this.#sandboxes.push(containerId);
    }
  }

  async #removeObject({ name, uid }: PodFacts): Promise<void> {
    const { cluster, checker, trace } = this.#deps;
    checker.ledger.podGone(uid);
    if (await cluster.deletePod({ name, uid }, 0)) trace.add("cluster", `Pod ${name} ${uid.slice(0, 4)} gone`);
  }
}
