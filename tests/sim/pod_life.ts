import type { Pod } from "../../crd/core/mod.ts";
import { NAMESPACE } from "./cluster.ts";
import { callAdd, type SandboxRef } from "./kubelet_calls.ts";
import type { PodFacts } from "./ledger.ts";
import type { NodeRuntime } from "./node_runtime.ts";
import type { PodNetwork } from "./pool_specs.ts";
import { endSandbox } from "./sandboxes.ts";
import type { SimDeps } from "./sim_deps.ts";

/** What a Pod is to be. */
export interface PodPlan {
  readonly name: string;
  readonly owner: "none" | "ReplicaSet" | "StatefulSet";
  readonly node: NodeRuntime;
  readonly network: PodNetwork;
}

/**
 * How a Pod ends. `orderly`: DEL, then the object goes; `object-first`: the other way round; `forced`: the object goes
 * at once, the kubelet notices later; `missed`: no DEL ever comes; `completed`: its work is done, the object stays a while.
 */
export type EndStyle = "orderly" | "object-first" | "forced" | "missed" | "completed";

/** One incarnation of a Pod, with its kubelet. */
export class PodLife {
  readonly plan: PodPlan;
  readonly #deps: SimDeps;
  readonly #stop = Promise.withResolvers<EndStyle>();
  /** Container IDs of all sandboxes that may have to be ended, oldest first. */
  readonly #sandboxes: string[] = [];
  readonly #adds = new Set<AbortController>();
  #facts: PodFacts | undefined;
  #isStopping = false;
  #isUp = false;
  #wake = Promise.withResolvers<void>();
  #containers = 0;

  constructor(deps: SimDeps, plan: PodPlan) {
    this.#deps = deps;
    this.plan = plan;
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

  /** From creation until the object is gone. */
  async run(): Promise<void> {
    const { cluster, clock, dice, checker, trace } = this.#deps;
    const { name, node, owner } = this.plan;
    const { metadata: { uid = "" } } = await cluster.pods.create(this.#object());
    trace.add("cluster", `Pod ${name} ${uid.slice(0, 4)} created for ${node.name}`);
    this.#facts = { name, uid, isFixed: owner === "StatefulSet", isOurs: node.isOurs };
    if (node.isOurs) checker.follow(this.#facts);
    await clock.sleep(dice.exponential(20));
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
    const { dice, tasks, checker } = this.#deps;
    const old = this.#sandboxes.at(-1);
    if (old === undefined || !this.isUp) return;
    this.#isUp = false;
    for (const containerId of this.#sandboxes) checker.ledger.delBegins(this.#facts!.uid, containerId);
    if (this.#mustWait || dice.chance(0.6)) await this.#end(old);
    else tasks.spawn(() => this.#end(old));
    await this.#bringUp(this.#newSandbox());
  }

  /** A second ADD, of the same sandbox or of a new one, while the first one's addresses are in use. */
  async repeatAdd(): Promise<void> {
    const current = this.#sandboxes.at(-1);
    if (current === undefined || !this.isUp) return;
    const containerId = this.#mustWait || this.#deps.dice.chance(0.5) ? current : this.#newSandbox();
    await this.#addAll(containerId);
  }

  /** Upstream's agent frees by Pod, whichever sandbox a DEL names: it only sees one sandbox at a time. */
  get #mustWait(): boolean {
    return !this.plan.node.isOurs;
  }

  #object(): Pod {
    const { name, owner, node, network } = this.plan;
    const ownerReferences = owner === "none" ? [] : [this.#deps.cluster.ownerOf(owner)];
    return {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { namespace: NAMESPACE, name, annotations: { ...network.annotations }, ownerReferences },
      spec: {
        nodeName: node.name,
        restartPolicy: owner === "none" ? "Never" : "Always",
        containers: [{ name: "c", image: "i" }],
      },
      status: { phase: "Pending" },
    };
  }

  #newSandbox(): string {
    const containerId = `${this.#facts!.uid.slice(0, 4)}c${++this.#containers}`;
    this.#sandboxes.push(containerId);
    return containerId;
  }

  /** ADDs until all NICs have addresses or the Pod is to stop. */
  async #bringUp(containerId: string): Promise<void> {
    const { clock, dice, tasks } = this.#deps;
    while (!await this.#addAll(containerId)) {
      await Promise.race([clock.sleep(200 + dice.exponential(3000)), this.#wake.promise]);
      if (this.#isStopping) return;
      if (dice.chance(0.4)) continue;
      const old = containerId;
      containerId = this.#newSandbox();
      if (this.#mustWait || dice.chance(0.7)) await this.#end(old);
      else tasks.spawn(() => this.#end(old));
      if (this.#isStopping) return;
    }
    this.#isUp = true;
    tasks.spawn(() => this.#report());
  }

  async #addAll(containerId: string): Promise<boolean> {
    for (const nic of this.plan.network.nics) if (!await this.#add(containerId, nic)) return false;
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
      const addresses = await callAdd(this.#deps, node, { sandbox, nic, network, signal: hangUp.signal });
      if (addresses === undefined) return false;
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
    return { podName: this.plan.name, podUid: this.#facts!.uid, containerId };
  }

  async #end(containerId: string): Promise<void> {
    this.#sandboxes.splice(this.#sandboxes.indexOf(containerId), 1);
    const { node, network: { nics } } = this.plan;
    await endSandbox(this.#deps, { node, sandbox: this.#ref(containerId), nics });
  }

  /** Tells the API server what runs: phase and addresses. */
  async #report(): Promise<void> {
    const { cluster, clock, dice, checker } = this.#deps;
    await clock.sleep(dice.exponential(100));
    const { name, uid } = this.#facts!;
    const live = [...checker.ledger.live()].filter(({ pod, nic }) => pod.uid === uid && nic === "eth0");
    const pod = await cluster.pod(name);
    if (pod?.metadata.uid !== uid || live.length === 0) return;
    const podIPs = live.flatMap(({ addresses }) => addresses).map((ip) => ({ ip }));
    await cluster.pods.updateStatus({ ...pod, status: { phase: "Running", podIPs } });
  }

  async #tearDown(style: EndStyle, up: Promise<void>): Promise<void> {
    const { clock, dice, checker, tasks } = this.#deps;
    const facts = this.#facts!;
    await clock.sleep(dice.exponential(style === "forced" ? 2000 : 100));
    const patience = dice.weighted([[1, "wait"], [1, "hang up"], [1, "go on"]] as const);
    if (patience === "hang up") this.hangUp();
    if (patience !== "go on") await up;
    // The kubelet ends all containers of a Pod before the first DEL, and before the object goes.
    for (const containerId of this.#sandboxes) checker.ledger.delBegins(facts.uid, containerId);
    if (style === "object-first" || style === "missed") await this.#removeObject(facts);
    if (style === "completed") await this.#complete(facts);
    if (style !== "missed") await this.#endAll();
    if (style === "completed") await clock.sleep(dice.exponential(10_000));
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
    if (this.#deps.dice.chance(0.5)) ended.reverse();
    for (const containerId of ended) {
      await this.#end(containerId);
      if (this.isAdding) this.#sandboxes.push(containerId);
    }
  }

  async #removeObject(facts: PodFacts): Promise<void> {
    const { cluster, checker, trace } = this.#deps;
    checker.ledger.podGone(facts.uid);
    if (await cluster.deletePod(facts, 0)) trace.add("cluster", `Pod ${facts.name} ${facts.uid.slice(0, 4)} gone`);
  }
}
