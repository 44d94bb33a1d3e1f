import type { Dice } from "./dice.ts";
import { type AddOutcome, callCheck, callConflict } from "./kubelet_calls.ts";
import { type PodFacts, textOf } from "./ledger.ts";
import type { EndStyle } from "./operation.ts";
import { podObject } from "./pod_object.ts";
import { factsOf, type PodPlan } from "./pod_plan.ts";
import { PodRuntime } from "./pod_runtime.ts";
import { removePod, reportCompleted, reportRunning } from "./pod_status.ts";
import type { SimDeps } from "./sim_deps.ts";
import { Violation } from "./violation.ts";

/** Longest pause between two tries to start a Pod, in milliseconds. */
const MAX_PAUSE_MS = 30_000;

/** Mean time that the containers of a Pod take to stop, in milliseconds. */
const STOP_MS = 1000;

/** Which life it is, and its own chances. */
export interface LifeOptions {
  readonly id: number;
  readonly dice: Dice;
}

/** What ends with a Pod. */
interface TearDown {
  readonly facts: PodFacts;
  readonly runtime: PodRuntime;
  /** Settles when nobody tries to bring it up any more. */
  readonly up: Promise<void>;
}

/** One incarnation of a Pod, with its kubelet. */
export class PodLife {
  readonly id: number;
  readonly plan: PodPlan;
  readonly #deps: SimDeps;
  readonly #dice: Dice;
  readonly #stop = Promise.withResolvers<EndStyle>();
  /** This and the next are absent until the object is there. */
  #facts: PodFacts | undefined;
  #runtime: PodRuntime | undefined;
  #isStopping = false;
  #isUp = false;
  #wake = Promise.withResolvers<void>();

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
    return this.#runtime?.isAdding === true;
  }

  /** What the last ADD said that ended. */
  get lastAdd(): AddOutcome | undefined {
    return this.#runtime?.lastAdd;
  }

  /** From creation until the object is gone. */
  async run(): Promise<void> {
    const { cluster, clock, checker, trace } = this.#deps;
    const { name, node, owner } = this.plan;
    const object = podObject(this.plan, { owners: cluster.ownerOf(owner, node.name), id: this.id });
    const { metadata: { uid = "" } } = await cluster.pods.create(object);
    trace.add("cluster", `Pod ${name} ${uid.slice(0, 4)} created for ${node.name}`);
    const facts = this.#facts = factsOf(this.plan, { uid, id: this.id });
    const isStopping = () => this.#isStopping;
    const runtime = this.#runtime = new PodRuntime(this.#deps, {
      plan: this.plan,
      facts,
      dice: this.#dice,
      isStopping,
    });
    if (node.isOurs) checker.follow(facts);
    await clock.sleep(this.#dice.exponential(20));
    const up = this.#bringUp(runtime, runtime.open());
    this.#deps.tasks.spawn(() => up);
    const style = await this.#stop.promise;
    await this.#tearDown(style, { up, facts, runtime });
  }

  /** Deletes the Pod. */
  async terminate(style: EndStyle): Promise<void> {
    const facts = this.#facts;
    if (this.#isStopping || facts === undefined) return;
    const { cluster, trace, checker } = this.#deps;
    this.#isStopping = true;
    checker.ledger.podTerminating(facts.uid);
    trace.add("cluster", `Pod ${facts.name} ${facts.uid.slice(0, 4)} ends, ${style}`);
    if (style === "forced") await removePod(this.#deps, facts);
    else if (style !== "completed") await cluster.deletePod(facts);
    this.#wake.resolve();
    this.#stop.resolve(style);
  }

  /** The runtime loses patience with the ADDs that run. */
  hangUp(): void {
    this.#runtime?.hangUp();
  }

  /** The sandbox died: a new one takes its place; the old one's DEL comes before, or at some time. */
  async replaceSandbox(): Promise<void> {
    const runtime = this.#runtime;
    const old = runtime?.newest;
    if (runtime === undefined || old === undefined || !this.isUp) return;
    this.#isUp = false;
    if (this.isAdding) this.hangUp(); // a runtime ends the plugins of a sandbox before it makes another one
    runtime.stopContainers();
    if (this.#mustWait || this.#dice.chance(0.6)) await runtime.end(old);
    else this.#deps.tasks.spawn(() => runtime.end(old));
    await this.#bringUp(runtime, runtime.open());
  }

  /** A second ADD, of the same sandbox or of a new one, while the first one's addresses are in use. */
  async repeatAdd(): Promise<void> {
    const current = this.#runtime?.newest;
    if (this.#runtime === undefined || current === undefined || !this.isUp) return;
    const containerId = this.#mustWait || this.#dice.chance(0.5) ? current : this.#runtime.open();
    await this.#runtime.addAll(containerId);
  }

  /** The plugin hears somebody else answer for an address: it is set aside, and the attachment gets another. */
  async conflict(): Promise<void> {
    const { node } = this.plan;
    const runtime = this.#runtime;
    const containerId = runtime?.newest;
    const { checker: { ledger } } = this.#deps;
    const attachment = ledger.find(this.uid, "eth0");
    const isMeant = this.isUp && !this.isAdding && node.isOurs && this.#facts?.isFixed === false;
    if (!isMeant || runtime === undefined || containerId === undefined || attachment === undefined) return;
    this.#isUp = false;
    ledger.conflicts(this.uid, "eth0");
    const [address = ""] = attachment.addresses;
    await callConflict(this.#deps, node, { sandbox: runtime.ref(containerId), nic: "eth0", address });
    if (!this.#isStopping && runtime.newest === containerId) await this.#bringUp(runtime, containerId);
  }

  /** CHECK of each NIC: as long as it is in use, its addresses are known. @throws {Violation} I7 */
  async check(): Promise<void> {
    const runtime = this.#runtime;
    const containerId = runtime?.newest;
    if (runtime === undefined || containerId === undefined || !this.isUp || !this.plan.node.isOurs) return;
    const { ledger } = this.#deps.checker;
    for (const nic of this.plan.network.nics) {
      const before = ledger.find(this.uid, nic);
      const known = await callCheck(this.#deps, this.plan.node, { sandbox: runtime.ref(containerId), nic });
      if (before === undefined || known === undefined || ledger.find(this.uid, nic) !== before) continue;
      if (known.join() === before.addresses.join()) continue;
      throw new Violation("I7", `CHECK of ${textOf(before)} knows ${known.join(" ") || "nothing"}`, [this.plan.name]);
    }
  }

  /** Upstream's agent frees by Pod, whichever sandbox a DEL names: it only sees one sandbox at a time. */
  get #mustWait(): boolean {
    return !this.plan.node.isOurs;
  }

  /** ADDs until all NICs have addresses or the Pod is to stop. */
  async #bringUp(runtime: PodRuntime, firstId: string): Promise<void> {
    const { clock, tasks } = this.#deps;
    let containerId = firstId;
    for (let tries = 1; !await runtime.addAll(containerId); tries++) {
      const pauseMs = Math.min(200 + this.#dice.exponential(1500 * tries), MAX_PAUSE_MS);
      await Promise.race([clock.sleep(pauseMs), this.#wake.promise]);
      if (this.#isStopping) return;
      if (this.#dice.chance(0.4)) continue;
      const old = containerId;
      containerId = runtime.open();
      if (this.#mustWait || this.#dice.chance(0.7)) await runtime.end(old);
      else tasks.spawn(() => runtime.end(old));
      if (this.#isStopping) return;
    }
    this.#isUp = true;
    tasks.spawn(async () => {
      await clock.sleep(this.#dice.exponential(100));
      await reportRunning(this.#deps, this.#facts!);
    });
  }

  async #tearDown(style: EndStyle, { up, facts, runtime }: TearDown): Promise<void> {
    const { clock, tasks } = this.#deps;
    await clock.sleep(this.#dice.exponential(style === "forced" ? 2000 : STOP_MS));
    const patience = this.#dice.weighted([[1, "wait"], [1, "hang up"], [1, "go on"]] as const);
    if (patience === "hang up") this.hangUp();
    if (patience !== "go on") await up;
    runtime.stopContainers(); // the kubelet does that before the first DEL, and before the object goes
    if (style === "object-first" || style === "missed") await removePod(this.#deps, facts);
    if (style === "completed") await reportCompleted(this.#deps, facts);
    if (style !== "missed") await runtime.endAll();
    if (style === "completed") await clock.sleep(this.#dice.exponential(10_000));
    await removePod(this.#deps, facts);
    // An ADD that outlived the DEL is cleaned up when it ends.
    if (patience === "go on" && style !== "missed") {
      const late = runtime.all;
      tasks.spawn(async () => {
        await up;
        for (const containerId of late) await runtime.end(containerId);
      });
    }
  }
}
