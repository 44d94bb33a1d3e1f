import { formatAddress } from "../../net/ip/address.ts";
import type { PoolOutcome } from "./requests.ts";

/** An outcome in a few words, for tests: `10.1.0.1 existing`, `refused used-out`, `released 10.1.0.1`. */
export function outcomeText(outcome: PoolOutcome): string {
  switch (outcome.kind) {
    case "other-incarnation":
      return `${outcome.kind} ${outcome.podUid}`;
    case "claimed":
      return `${formatAddress(outcome.address)}${outcome.existing ? " existing" : ""}`;
    case "refused":
      return `refused ${outcome.reason.code}`;
    case "released":
      return ["released", ...outcome.addresses].join(" ");
    case "quarantined":
      return ["quarantined", ...outcome.addresses.map(({ address }) => address)].join(" ");
    default:
      return outcome.kind;
  }
}
