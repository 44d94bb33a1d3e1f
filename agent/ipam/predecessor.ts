import type { LocalPoolClaims } from "../../crd/ipam/claims.ts";
import type { OwnClaims } from "../peer/mod.ts";
import type { Journal } from "./journal.ts";

/**
 * Claims of an agent that was started again. What its predecessor had sent when it died may still be done by the API
 * server: an address that a repeated ADD finds recorded and answers with would be freed under a living Pod. So pools
 * that the journal names are treated as after a lost write: the first answer about them is written, never only read.
 */
export function claimsAfterPredecessor(claims: LocalPoolClaims, journal: Journal): OwnClaims {
  let preparing: Promise<void> | undefined;
  return {
    /** Looks through the journal; before that nothing is claimed or released. Later calls do nothing. */
    prepare,
    distrust: (pool) => claims.distrust(pool),
    isDoubtful: (pool) => claims.isDoubtful(pool),
    async claim(request, options) {
      await prepare();
      return await claims.claim(request, options);
    },
    async release(request, options) {
      await prepare();
      return await claims.release(request, options);
    },
    async quarantine(request, options) {
      await prepare();
      return await claims.quarantine(request, options);
    },
  };

  function prepare(): Promise<void> {
    return preparing ??= distrust().catch((err) => {
      preparing = undefined;
      throw err;
    });
  }

  async function distrust(): Promise<void> {
    for (const { pools } of await journal.list()) for (const pool of pools) claims.distrust(pool);
  }
}
