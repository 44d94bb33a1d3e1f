import { steadyNow } from "../../net/base/clock.ts";
import type { IpamCapacity } from "../api/gc_types.ts";
import type { HousekeepingService } from "../api/service.ts";
import { capacity } from "./capacity.ts";
import { collectGarbage, type GcDeps } from "./gc_collect.ts";
import { KeyedLock } from "./keyed_lock.ts";

/** How long an answer about pools holds, in milliseconds: runtimes ask for STATUS every few seconds. */
const CAPACITY_MS = 10_000;
/** Answers about pools that are kept; a node has a few CNI configurations. */
const MAX_ANSWERS = 16;

interface KeptAnswer {
  /** Steady milliseconds. */
  readonly atMs: number;
  readonly answer: IpamCapacity;
}

/** What the runtime asks about the node as a whole. */
export function createHousekeeping(deps: Omit<GcDeps, "turns">): HousekeepingService {
  const { ipam } = deps;
  const turns = new KeyedLock();
  const answers = new Map<string, KeptAnswer>();
  return {
    collect: (args, signal) => collectGarbage({ ...deps, turns }, args, signal),
    async capacity(query, signal) {
      const key = JSON.stringify([query.defaultIPv4IPPool, query.defaultIPv6IPPool]);
      const known = answers.get(key);
      if (known !== undefined && steadyNow(ipam.clock) - known.atMs < CAPACITY_MS) return known.answer;
      const answer = await capacity(ipam, query, signal);
      answers.delete(key);
      if (answers.size >= MAX_ANSWERS) answers.delete(answers.keys().next().value!);
      answers.set(key, { atMs: steadyNow(ipam.clock), answer });
      return answer;
    },
  };
}
