import type { ClaimRequest } from "../../crd/ipam/requests.ts";
import type { AllocateContext, Need } from "./allocation.ts";

/** The claim of `need` in `pool`. */
export function claimRequest(
  need: Need,
  pool: Need["pools"][number],
  { owner, held }: Pick<AllocateContext, "owner" | "held">,
): ClaimRequest {
  const { metadata } = pool.pool;
  return {
    kind: "claim",
    pool: pool.name,
    generation: metadata.generation ?? 0,
    poolUid: metadata.uid ?? "",
    identity: { ...owner, nic: need.nic },
    otherNics: [...held].flatMap(([nic, addresses]) => nic === need.nic ? [] : addresses),
    ...(need.want === undefined ? {} : { want: need.want }),
    ...(need.formerUid === undefined ? {} : { formerUid: need.formerUid }),
  };
}
