/** A reflector on a server that follows a script. */
import type { Clock } from "../../net/base/clock.ts";
import { FakeClock } from "../../net/base/fake_clock.ts";
import { silentLog } from "../../net/base/log.ts";
import type { KubeList, KubeObject, WatchEvent } from "./contract.ts";
import { KubeApiError, KubeConnectionError } from "./errors.ts";
import { settled } from "./fake_transport.ts";
import { Reflector, type ReflectorState } from "./reflector.ts";
import { Store } from "./store.ts";

/** An object with a version. */
export function thing(name: string, resourceVersion: string): KubeObject {
  return { apiVersion: "v1", kind: "Thing", metadata: { name, resourceVersion } };
}

/** An answer to a list. */
export function listOf(resourceVersion: string, ...items: KubeObject[]): KubeList<KubeObject> {
  return { resourceVersion, items };
}

/** What is said of a version that is too old. */
export function gone(): KubeApiError {
  return new KubeApiError({ status: 410, reason: "Expired", message: "too old", request: "WATCH /x" });
}

/** What an overloaded server says. */
export function busy(retryAfterMs: number): KubeApiError {
  return new KubeApiError({ status: 429, reason: "TooManyRequests", message: "no", request: "GET /x", retryAfterMs });
}

/** A connection that breaks. */
export const broken = new KubeConnectionError("GET /x");

/** What a watch does: events, then an end, an error, or nothing more (`"open"`). */
interface WatchScript {
  readonly events?: readonly WatchEvent<KubeObject>[];
  readonly end: "closed" | "open" | Error;
  /** Milliseconds it stays open before its end. */
  readonly lastsMs?: number;
}

/** What the server does. */
export interface Script {
  /** One after the other; the last one again and again. */
  readonly lists: readonly (KubeList<KubeObject> | Error)[];
  /** One after the other; after the last one, open ones. */
  readonly watches?: readonly WatchScript[];
  readonly random?: () => number;
  /** The reflector's clock, whose sleeps are those of `time`. @default `time` itself */
  readonly clockOf?: (time: FakeClock) => Clock;
}

/** A reflector on a scripted server, and what it did: `0 list`, `500 watch 7`: milliseconds, call, version. */
export function setUp({ lists, watches = [], random = () => 0, clockOf = (time) => time }: Script) {
  const clock = new FakeClock();
  const calls: string[] = [];
  const states: ReflectorState[] = [];
  const heard: string[] = [];
  let listed = 0;
  let watched = 0;
  const store = new Store<KubeObject>({ log: silentLog });
  const text = ({ metadata }: KubeObject) => `${metadata.name}@${metadata.resourceVersion}`;
  store.subscribe({
    added: (object) => void heard.push(`added ${text(object)}`),
    updated: (object) => void heard.push(`updated ${text(object)}`),
    deleted: (object) => void heard.push(`deleted ${text(object)}`),
  });
  const reflector = new Reflector<KubeObject>({
    store,
    clock: clockOf(clock),
    random,
    log: silentLog,
    onState: (state) => void states.push(state),
    async list() {
      calls.push(`${clock.now()} list`);
      const list = lists[Math.min(listed++, lists.length - 1)];
      if (list === undefined || list instanceof Error) throw list;
      return await Promise.resolve(list);
    },
    async *watch({ resourceVersion, signal }) {
      calls.push(`${clock.now()} watch ${resourceVersion}`);
      const { events = [], end, lastsMs = 0 } = watches[watched++] ?? { end: "open" };
      yield* events;
      await clock.sleep(end === "open" ? Infinity : lastsMs, signal);
      if (end instanceof Error) throw end;
    },
  });
  const controller = new AbortController();
  const ended = reflector.run(controller.signal);
  async function runUntil(ms: number): Promise<void> {
    await settled();
    for (let next = clock.next(); next !== undefined && next <= ms; next = clock.next()) {
      clock.advance(next - clock.now());
      await settled();
    }
  }
  return { clock, calls, states, heard, store, reflector, controller, ended, runUntil };
}

/** An event of a watch. */
export function event(type: "ADDED" | "MODIFIED" | "DELETED", object: KubeObject): WatchEvent<KubeObject> {
  return { type, object };
}

/** A bookmark of a watch. */
export function bookmark(resourceVersion: string): WatchEvent<KubeObject> {
  return { type: "BOOKMARK", resourceVersion };
}
