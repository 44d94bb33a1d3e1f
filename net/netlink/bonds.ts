import { type BondData, linkPayload, newLinkPayload } from "../route/mod.ts";
import { NLM_F, RTM } from "../uapi/mod.ts";
import type { Connection } from "./connection.ts";
import type { NewLinkOptions } from "./new_links.ts";

/** A bond to make. */
export interface BondSpec extends Omit<NewLinkOptions, "netns"> {
  /** Mode and options; of links the ifindex. */
  readonly bond: BondData;
}

/** Bonds of the netns of the netlink socket; their members come and go with `changeLink(index, { masterIndex })`. */
export interface BondOperations {
  /** Like `ip link add NAME type bond mode MODE …`. @throws {NetlinkError} EEXIST if the name is taken */
  createBond(spec: BondSpec): void;
  /** Changes options. Like `ip link set dev LINK type bond active_slave MEMBER`. @throws {NetlinkError} */
  changeBond(index: number, bond: BondData): void;
}

/** The operations on bonds, over `connection`. */
export function bondOperations(connection: Connection): BondOperations {
  return {
    createBond({ bond, ...spec }) {
      const payload = linkPayload.encode(newLinkPayload({ ...spec, info: { kind: "bond", bond } }));
      const operation = { operation: "create bond link", target: JSON.stringify(spec.name) };
      connection.execute({ type: RTM.NEWLINK, flags: NLM_F.CREATE | NLM_F.EXCL, payload }, operation);
    },
    changeBond(index, bond) {
      // RTM_NEWLINK without NLM_F_CREATE: RTM_SETLINK passes over the data of a kind
      const payload = linkPayload.encode(linkPayload.of({ index }, { info: { kind: "bond", bond } }));
      const changed = Object.keys(bond).join(", ");
      const operation = { operation: "change bond", target: `with index ${index} (${changed})` };
      connection.execute({ type: RTM.NEWLINK, payload }, operation);
    },
  };
}
