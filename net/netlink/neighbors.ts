import { type Family, formatAddress } from "../ip/mod.ts";
import {
  addressFamily,
  deleteNeighborPayload,
  familyOf,
  type Neighbor,
  neighborOf,
  neighborPayload,
  type NeighborSpec,
  newNeighborPayload,
} from "../route/mod.ts";
import { AF, NLM_F, RTM } from "../uapi/mod.ts";
import type { Connection } from "./connection.ts";
import { dumpFiltered } from "./filtered_dump.ts";

/** Which neighbors to list; what is left out does not matter. */
export interface NeighborFilter {
  /** ifindex of the link. */
  readonly index?: number | undefined;
  readonly family?: Family | undefined;
}

/** Neighbors (ARP and NDP) of the netns of the netlink socket. */
export interface NeighborOperations {
  /** Like `ip neigh show nud all [dev LINK]`. @throws {NetlinkError} */
  neighbors(filter?: NeighborFilter): Neighbor[];
  /** Like `ip neigh add ADDRESS lladdr MAC dev LINK nud permanent`. @throws {NetlinkError} EEXIST if it is there */
  addNeighbor(spec: NeighborSpec): void;
  /** Like `ip neigh replace ADDRESS lladdr MAC dev LINK nud permanent`. @throws {NetlinkError} */
  replaceNeighbor(spec: NeighborSpec): void;
  /** Like `ip neigh del ADDRESS dev LINK`. @throws {NetlinkError} ENOENT if there is none */
  deleteNeighbor(spec: Pick<NeighborSpec, "index" | "destination" | "flags">): void;
}

/** The neighbor operations over `connection`. */
export function neighborOperations(connection: Connection): NeighborOperations {
  function add(spec: NeighborSpec, { flags, operation }: { flags: number; operation: string }): void {
    const payload = neighborPayload.encode(newNeighborPayload(spec));
    connection.execute({ type: RTM.NEWNEIGH, flags, payload }, { operation, target: describe(spec) });
  }
  return {
    neighbors({ index, family } = {}) {
      const header = { family: family === undefined ? AF.UNSPEC : addressFamily(family) };
      const [wanted, all] = [
        neighborPayload.encode(neighborPayload.of(header, { filterIndex: index })),
        neighborPayload.encode(neighborPayload.of(header)),
      ];
      const operation = { operation: "list neighbors", target: "" };
      return dumpFiltered(connection, { type: RTM.GETNEIGH, wanted, all, operation })
        .map((message) => neighborPayload.decode(message.payload, { what: "neighbor", offset: 0 }))
        .filter((found) => familyOf(found.header.family) !== undefined) // a bridge lists its forwarding table too
        .map(neighborOf)
        .filter((neighbor) => index === undefined || neighbor.index === index); // kernels before 4.20 send all
    },
    addNeighbor: (spec) => add(spec, { flags: NLM_F.CREATE | NLM_F.EXCL, operation: "add neighbor" }),
    replaceNeighbor: (spec) => add(spec, { flags: NLM_F.CREATE | NLM_F.REPLACE, operation: "replace neighbor" }),
    deleteNeighbor(spec) {
      const payload = neighborPayload.encode(deleteNeighborPayload(spec));
      connection.execute({ type: RTM.DELNEIGH, payload }, { operation: "delete neighbor", target: describe(spec) });
    },
  };
}

function describe({ index, destination }: Pick<NeighborSpec, "index" | "destination">): string {
  return `${formatAddress(destination)} on link ${index}`;
}
