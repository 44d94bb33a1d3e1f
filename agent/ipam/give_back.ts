import { steadyNow } from "../../net/base/clock.ts";
import type { Grant } from "./allocation.ts";
import { addressOfGrant } from "./allocation.ts";
import type { IpamDeps } from "./deps.ts";
import type { JournalKey } from "./journal.ts";

/** How long giving back is tried within a request that failed, in milliseconds; the journal takes over after that. */
const GIVE_BACK_MS = 10_000;

/** Gives back one address of a request that goes on; what fails stays in the journal. Never throws. */
export async function undoGrant(
  { claims, clock, log }: IpamDeps,
  { grant, podUid }: { grant: Grant; podUid: string },
): Promise<boolean> {
  const request = { kind: "release", pool: grant.pool.name, podUid, addresses: [addressOfGrant(grant)] } as const;
  try {
    await claims.release(request, { deadlineMs: steadyNow(clock) + GIVE_BACK_MS });
    return true;
  } catch (err) {
    log.warn("cannot give an address back yet", { pool: grant.pool.name, podUid, err });
    return false;
  }
}

/**
 * Frees whatever `podUid` holds in `pools` except `keep`, then forgets the journal entry. What fails stays in the
 * journal, which is looked through again later. Never throws.
 *
 * @returns whether everything is known to be free
 */
export async function giveBack(
  { claims, clock, journal, log }: IpamDeps,
  { entry, pools, keep }: { entry: JournalKey; pools: readonly string[]; keep: readonly string[] },
): Promise<boolean> {
  const { podUid } = entry;
  const options = { deadlineMs: steadyNow(clock) + GIVE_BACK_MS };
  try {
    await Promise.all(
      pools.map((pool) => claims.release({ kind: "release", pool, podUid, keep }, options)),
    );
    await journal.remove(entry);
    return true;
  } catch (err) {
    log.warn("cannot give addresses back yet, the journal keeps them", { podUid, pools, err });
    return false;
  }
}
