import {
  checkLinkName,
  type Link,
  type LinkChanges,
  linkChangesPayload,
  linkOf,
  type LinkPayload,
  linkPayload,
} from "../route/mod.ts";
import { RTEXT_FILTER, RTM } from "../uapi/mod.ts";
import type { Connection } from "./connection.ts";
import { unlessNetlinkError } from "./error.ts";

/** A netns by an open descriptor of it. */
export interface NetnsRef {
  readonly fd: number;
}

/** Links of the netns of the netlink socket. */
export interface LinkOperations {
  /** All links, by index. Like `ip link show`. */
  links(): Link[];
  /** Like `ip link show dev NAME`. @throws {NetlinkError} ENODEV if there is none */
  linkByName(name: string): Link;
  /** Like {@linkcode linkByName}, but `undefined` if there is none. */
  tryLinkByName(name: string): Link | undefined;
  /** @throws {NetlinkError} ENODEV if there is none */
  linkByIndex(index: number): Link;
  /** Like {@linkcode linkByIndex}, but `undefined` if there is none. */
  tryLinkByIndex(index: number): Link | undefined;
  /** Changes several things at once. Like `ip link set dev LINK mtu … address … name …`. @throws {NetlinkError} */
  changeLink(index: number, changes: LinkChanges): void;
  /** Like `ip link set dev LINK up`. @throws {NetlinkError} */
  setLinkUp(index: number): void;
  /** Like `ip link set dev LINK down`. @throws {NetlinkError} */
  setLinkDown(index: number): void;
  /** Like `ip link set dev LINK netns NETNS`. Its index may change on the way. @throws {NetlinkError} */
  setLinkNetns(index: number, netns: NetnsRef): void;
  /** Like `ip link del dev LINK`. @throws {NetlinkError} ENODEV if there is none */
  deleteLink(index: number): void;
  /** Like `ip link del dev NAME`; `false` if there is none. @throws {NetlinkError} */
  deleteLinkByName(name: string): boolean;
}

/** The link operations over `connection`. */
export function linkOperations(connection: Connection): LinkOperations {
  function get(payload: LinkPayload, target: string): Link {
    const [answer] = connection.execute(
      { type: RTM.GETLINK, payload: linkPayload.encode(payload) },
      { operation: "find link", target },
    );
    return linkOf(linkPayload.decode(answer?.payload ?? new Uint8Array(0), { what: "link", offset: 0 }));
  }
  function changeLink(index: number, changes: LinkChanges): void {
    const payload = linkPayload.encode(linkChangesPayload(index, changes));
    connection.execute({ type: RTM.SETLINK, payload }, { operation: "change link", target: describe(index, changes) });
  }
  function linkByName(name: string): Link {
    return get(linkPayload.of({}, { name: checkLinkName(name), extMask: RTEXT_FILTER.SKIP_STATS }), quote(name));
  }
  function linkByIndex(index: number): Link {
    return get(linkPayload.of({ index }, { extMask: RTEXT_FILTER.SKIP_STATS }), `with index ${index}`);
  }
  return {
    links() {
      const payload = linkPayload.encode(linkPayload.of({}, { extMask: RTEXT_FILTER.SKIP_STATS }));
      return connection.dump({ type: RTM.GETLINK, payload }, { operation: "list links", target: "" })
        .map((message) => linkOf(linkPayload.decode(message.payload, { what: "link", offset: 0 })));
    },
    linkByName,
    tryLinkByName: (name) => unlessNetlinkError(["ENODEV"], () => linkByName(name)),
    linkByIndex,
    tryLinkByIndex: (index) => unlessNetlinkError(["ENODEV"], () => linkByIndex(index)),
    changeLink,
    setLinkUp: (index) => changeLink(index, { up: true }),
    setLinkDown: (index) => changeLink(index, { up: false }),
    setLinkNetns: (index, netns) => changeLink(index, { netnsFd: netns.fd }),
    deleteLink(index) {
      const payload = linkPayload.encode(linkPayload.of({ index }));
      connection.execute({ type: RTM.DELLINK, payload }, { operation: "delete link", target: `with index ${index}` });
    },
    deleteLinkByName(name) {
      const payload = linkPayload.encode(linkPayload.of({}, { name: checkLinkName(name) }));
      const operation = { operation: "delete link", target: quote(name) };
      return unlessNetlinkError(["ENODEV"], () => connection.execute({ type: RTM.DELLINK, payload }, operation)) !==
        undefined;
    },
  };
}

function describe(index: number, changes: LinkChanges): string {
  const changed = Object.entries(changes).filter(([, value]) => value !== undefined).map(([key]) => key);
  return `with index ${index} (${changed.join(", ")})`;
}

function quote(name: string): string {
  return JSON.stringify(name);
}
