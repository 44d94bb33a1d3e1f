import type { Clock } from "../../net/base/clock.ts";
import type { IpamAddArgs } from "../api/types.ts";
import type { AddEnd } from "./add_trace.ts";
import { podKey } from "./running_adds.ts";

/** The last ADD of one attachment. */
export interface RememberedAdd {
  readonly args: IpamAddArgs;
  /** When it ended, in milliseconds since the epoch. */
  readonly atMs: number;
  /** What it was refused with; `undefined` when it was served. */
  readonly refusal: string | undefined;
}

/** Pods that are remembered; a node rarely has more than 250. The one that is longest ago is forgotten. */
const MAX_PODS = 512;
/** NICs of one Pod. */
const MAX_NICS = 64;
/** Names of pools in a request that is remembered; one with more was not made by a CNI configuration. */
const MAX_NAMES = 256;
/** Characters of all texts of a request that is remembered. */
const MAX_TEXT = 64 * 1024;
/** Characters of a refusal. */
const MAX_REFUSAL = 4096;

/** What the last ADD of each attachment asked for and came to, so that `explain` need not be told. */
export class AddMemory {
  readonly #clock: Clock;
  /** Attachments by NIC, by Pod; Pods by last use, the oldest first. */
  readonly #pods = new Map<string, Map<string, RememberedAdd>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Remembers the end of an ADD. */
  note({ args, err }: Pick<AddEnd, "args" | "err">): void {
    const names = [...args.defaultIPv4IPPool ?? [], ...args.defaultIPv6IPPool ?? []];
    const texts = [
      ...names,
      args.podName,
      args.podNamespace,
      args.podUID,
      args.ifName,
      args.containerID,
      args.netNamespace,
    ];
    const length = texts.reduce((sum, text) => sum + text.length, 0);
    if (names.length > MAX_NAMES || length > MAX_TEXT) return;
    const key = podKey(args);
    const nics = this.#pods.get(key) ?? new Map<string, RememberedAdd>();
    if (nics.size >= MAX_NICS && !nics.has(args.ifName)) return;
    const message = err instanceof Error ? err.message : err === undefined ? undefined : String(err);
    nics.set(args.ifName, { args, atMs: this.#clock.now(), refusal: message?.slice(0, MAX_REFUSAL) });
    this.#pods.delete(key);
    this.#pods.set(key, nics);
    for (const oldest of this.#pods.keys()) {
      if (this.#pods.size <= MAX_PODS) return;
      this.#pods.delete(oldest);
    }
  }

  /** The last ADDs of a Pod by NIC, of whichever UID. */
  of(pod: { readonly podNamespace: string; readonly podName: string }): ReadonlyMap<string, RememberedAdd> {
    return this.#pods.get(podKey(pod)) ?? new Map();
  }
}
