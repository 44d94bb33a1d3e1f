/** A random walk over the operations of the API, on two servers in lockstep. */
import { systemClock } from "../../../net/base/clock.ts";
import type { Random } from "../../../net/base/random.ts";
import type { KubeTransport } from "../../../crd/kube/contract.ts";
import { arrayOr, isObject, type Json, objectOr, stringOf } from "../../apiserver/json.ts";
import { type Call, call, type CallResult } from "../../kube/call.ts";
import { cacheCaughtUp, isFromCache } from "./cache.ts";
import { Choose } from "./choose.ts";
import { type Difference, differencesOf, symbolic } from "./compare.ts";
import { inTime } from "./in_time.ts";
import { type WalkKind, walkKinds } from "./kinds.ts";
import { Memory } from "./memory.ts";
import { normalAnswer } from "./normal.ts";
import type { Context } from "./parts.ts";
import { deleteCall, deleteCollectionCall, getCall, listCall } from "./reads.ts";
import { type Pair, type Side, Symbols } from "./symbols.ts";
import { isWatch, type WatchAnswer, watchBoth, watchCall } from "./watches.ts";
import { patchCall } from "./patches.ts";
import { createCall, replaceCall } from "./writes.ts";

/** A step whose answers differ. */
export interface WalkDifference {
  readonly step: number;
  readonly call: Call;
  readonly differences: readonly Difference[];
}

/** Text of a difference: the request, then each place with both values. */
export function shownDifference({ step, call, differences }: WalkDifference): string {
  const lines = differences.map(({ path, values: [left, right] }) => `  ${path}:\n    ${left}\n    ${right}`);
  return `step ${step}: ${JSON.stringify(call)}\n${lines.join("\n")}`;
}

/** How to walk. */
export interface WalkOptions {
  readonly servers: Pair<KubeTransport>;
  /** A namespace that is there on both, and empty. */
  readonly namespace: string;
  /** Begins names of cluster-scoped objects. */
  readonly prefix: string;
  readonly random: Random;
  readonly steps: number;
}

/** Most differences of one walk: then it has been told. */
const maxDifferences = 20;

/** Between looks at what controllers do, and how often to look. */
const settleMs = 20;
const maxSettleTries = 2000; // a minute and more: a real garbage collector that met a Kind too early looks again after half a one

/** What came of a walk. */
export interface WalkReport {
  readonly differences: readonly WalkDifference[];
  /** How often what was answered alike: `POST 201`, or `watch 200` with events. */
  readonly tally: Readonly<Record<string, number>>;
}

/** Walks until the end, or until what the servers hold differs. */
export async function walk(options: WalkOptions): Promise<WalkReport> {
  const walker = new Walker(options);
  for (let step = 1; step <= options.steps && walker.canGoOn; step++) await walker.step(step);
  return walker;
}

class Walker implements WalkReport {
  readonly #options: WalkOptions;
  readonly #symbols = new Symbols();
  readonly #context: Context;
  readonly differences: WalkDifference[] = [];
  readonly tally: Record<string, number> = {};
  #diverged = false;

  constructor(options: WalkOptions) {
    this.#options = options;
    this.#context = { choose: new Choose(options.random), memory: new Memory(options) };
  }

  /** Whether further steps would tell something. */
  get canGoOn(): boolean {
    return !this.#diverged && this.differences.length < maxDifferences;
  }

  async step(number: number): Promise<void> {
    const call = this.#choose();
    if (isFromCache(call)) await cacheCaughtUp(this.#options.servers[1], this.#context.memory.collectionOf(call.path));
    const answers = isWatch(call) ? await this.#watch(call) : await this.#both(call);
    this.#compare(number, { call, answers });
    if (isForControllers(call, this.#context.memory)) await this.#settle(number);
  }

  #choose(): Call {
    const { choose, memory } = this.#context;
    const target = choose.one(memory.objects);
    const make = choose.weighted([
      [target.last === undefined ? 8 : 2, () => createCall(target, this.#context)],
      [3, () => replaceCall(target, this.#context)],
      [4, () => patchCall(target, this.#context)],
      [1, () => getCall(target, this.#context)],
      [3, () => listCall(this.#context)],
      [1.5, () => watchCall(this.#context) ?? listCall(this.#context)],
      [1.5, () => deleteCall(target, this.#context)],
      [0.2, () => deleteCollectionCall(this.#context)],
    ]);
    return make();
  }

  async #both(request: Call): Promise<Pair<CallResult>> {
    const { servers } = this.#options;
    const answers = Promise.all([
      call(servers[0], this.#resolved(request, 0)),
      call(servers[1], this.#resolved(request, 1)),
    ]);
    return await inTime(answers, `${request.method} ${request.path}`);
  }

  async #watch(request: Call): Promise<Pair<WatchAnswer>> {
    return await watchBoth(this.#options.servers, [this.#resolved(request, 0), this.#resolved(request, 1)]);
  }

  /** A request in the words of one server. */
  #resolved(request: Call, side: Side): Call {
    return JSON.parse(this.#symbols.resolve(JSON.stringify(request), side));
  }

  #compare(step: number, { call, answers: [left, right] }: { call: Call; answers: Pair<WatchAnswer> }): void {
    const shown = ({ status, headers, json }: WatchAnswer): Json => ({
      status,
      warning: headers.get("warning")?.replaceAll(/\b299 - /g, "") ?? null, // no resourceVersion
      json: normalAnswer(json),
    });
    const differences = differencesOf([shown(left), shown(right)], this.#symbols);
    if (differences.length > 0) {
      const changed = call.method !== "GET" && (left.status < 300 || right.status < 300);
      return this.#note({ step, call, differences }, changed);
    }
    this.#count(call, left);
    if (isWatch(call)) return; // it tells of the past
    const answer = symbolic(normalAnswer(left.json), this.#symbols);
    this.#context.memory.learn(answer);
    this.#rememberList(call, left.json);
  }

  #count(call: Call, { status, json }: WatchAnswer): void {
    const isEmpty = isObject(json) && Object.keys(json).length === 0;
    const key = isWatch(call) ? `watch ${status}${isEmpty ? " without events" : ""}` : `${call.method} ${status}`;
    this.tally[key] = (this.tally[key] ?? 0) + 1;
  }

  #note(difference: WalkDifference, diverged: boolean): void {
    this.differences.push(difference);
    this.#diverged ||= diverged;
  }

  #rememberList({ path, query }: Call, answer: Json): void {
    if (!isObject(answer) || !Array.isArray(answer.items)) return;
    const { memory } = this.#context;
    const at = this.#symbols.latest("at");
    if (at !== undefined) memory.positions.push({ path, symbol: `{{${at}}}` });
    if (stringOf(objectOr(answer.metadata).continue)) {
      const { resourceVersion: _version, resourceVersionMatch: _match, ...rest } = query ?? {};
      memory.pages.push({ path, query: { ...rest, continue: `{{${this.#symbols.latest("token")}}}` } });
    }
  }

  /** Waits until the controllers of both servers have come to rest at the same, then compares it all. */
  async #settle(step: number): Promise<void> {
    for (let tries = 1;; tries++) {
      const lists = await Promise.all(walkKinds.map((kind) => this.#list(kind)));
      const differences = lists.flatMap(({ call, answers }) => this.#roughDifferences(call, answers));
      if (differences.length === 0) return lists.forEach((list) => this.#compare(step, list));
      if (tries >= maxSettleTries) {
        return this.#note({ step, call: { method: "GET", path: "(after the controllers)" }, differences }, true);
      }
      await systemClock.sleep(settleMs);
    }
  }

  async #list(kind: WalkKind): Promise<{ call: Call; answers: Pair<CallResult> }> {
    const call: Call = { method: "GET", path: this.#context.memory.collection(kind) };
    return { call, answers: await this.#both(call) };
  }

  /** Compares what controllers change: which objects there are, and their metadata. Learns no names. */
  #roughDifferences({ path }: Call, [left, right]: Pair<CallResult>): Difference[] {
    const values = [this.#essence(left.json, 0), this.#essence(right.json, 1)] as const;
    return values[0] === values[1] ? [] : [{ path, values }];
  }

  #essence(list: Json, side: Side): string {
    const items = isObject(list) && Array.isArray(list.items) ? list.items : [];
    return items.map((item) => {
      const { name, deletionTimestamp, finalizers, ownerReferences } = objectOr(objectOr(item).metadata);
      const text = JSON.stringify([name, deletionTimestamp !== undefined, finalizers, ownersOf(ownerReferences)]);
      return this.#symbols.shown(text, side);
    }).join("\n");
  }
}

/** Whether controllers may act on a request: on deletions and, where objects have owners, on every write. */
function isForControllers({ method }: Call, { hasOwners }: Memory): boolean {
  return method === "DELETE" || (method !== "GET" && hasOwners);
}

function ownersOf(references: Json | undefined): Json {
  return arrayOr(references).map((owner) => objectOr(owner).uid ?? null);
}
