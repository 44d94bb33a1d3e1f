import { formatPrefix } from "../ip/mod.ts";
import type { Family } from "../ip/mod.ts";
import {
  addressFamily,
  addressPayload,
  deleteAddressPayload,
  type LinkAddress,
  linkAddressOf,
  type LinkAddressSpec,
  newAddressPayload,
} from "../route/mod.ts";
import { AF, NLM_F, RTM } from "../uapi/mod.ts";
import type { Bytes } from "../wire/mod.ts";
import type { Connection } from "./connection.ts";
import { dumpFiltered } from "./filtered_dump.ts";

/** Which addresses to list; what is left out does not matter. */
export interface AddressFilter {
  /** ifindex of the link. */
  readonly index?: number | undefined;
  readonly family?: Family | undefined;
}

/** Addresses of the links in the netns of the netlink socket. */
export interface AddressOperations {
  /** IPv4 before IPv6. Like `ip addr show [dev LINK]`. @throws {NetlinkError} ENODEV if there is no such link */
  addresses(filter?: AddressFilter): LinkAddress[];
  /** Like `ip addr add PREFIX brd + dev LINK`. @throws {NetlinkError} EEXIST if the link has it */
  addAddress(spec: LinkAddressSpec): void;
  /** Like `ip addr replace PREFIX brd + dev LINK`. @throws {NetlinkError} */
  replaceAddress(spec: LinkAddressSpec): void;
  /** Like `ip addr del PREFIX dev LINK`. @throws {NetlinkError} EADDRNOTAVAIL if the link does not have it */
  deleteAddress(spec: Pick<LinkAddressSpec, "index" | "prefix" | "peer">): void;
}

/** The address operations over `connection`. */
export function addressOperations(connection: Connection): AddressOperations {
  function add(spec: LinkAddressSpec, { flags, operation }: { flags: number; operation: string }): void {
    const payload = addressPayload.encode(newAddressPayload(spec));
    connection.execute({ type: RTM.NEWADDR, flags, payload }, { operation, target: describe(spec) });
  }
  return {
    addresses(filter = {}) {
      const target = filter.index === undefined ? "" : `of link ${filter.index}`;
      const operation = { operation: "list addresses", target };
      const [wanted, all] = [filterPayload(filter), filterPayload({ family: filter.family })];
      return dumpFiltered(connection, { type: RTM.GETADDR, wanted, all, operation })
        .map((message) => linkAddressOf(addressPayload.decode(message.payload, { what: "address", offset: 0 })))
        .filter((address) => matches(address, filter)); // kernels before 4.20 send all
    },
    addAddress: (spec) => add(spec, { flags: NLM_F.CREATE | NLM_F.EXCL, operation: "add address" }),
    replaceAddress: (spec) => add(spec, { flags: NLM_F.CREATE | NLM_F.REPLACE, operation: "replace address" }),
    deleteAddress(spec) {
      const payload = addressPayload.encode(deleteAddressPayload(spec));
      connection.execute({ type: RTM.DELADDR, payload }, { operation: "delete address", target: describe(spec) });
    },
  };
}

function filterPayload({ index = 0, family }: AddressFilter): Bytes {
  const header = { family: family === undefined ? AF.UNSPEC : addressFamily(family), index };
  return addressPayload.encode(addressPayload.of(header));
}

function matches(address: LinkAddress, { index, family }: AddressFilter): boolean {
  return (index === undefined || address.index === index) &&
    (family === undefined || address.prefix.address.family === family);
}

function describe({ index, prefix }: Pick<LinkAddressSpec, "index" | "prefix">): string {
  return `${formatPrefix(prefix)} of link ${index}`;
}
