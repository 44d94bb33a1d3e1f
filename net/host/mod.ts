/**
 * The machine below: network namespaces and kernel settings. Synchronous, because a netns belongs to a thread.
 *
 * @module
 */
export { findMaster, type LinkMaster, type MasterOptions } from "./master.ts";
export { createNamedNetns, deleteNamedNetns, NETNS_FOLDER, netnsPath } from "./named_netns.ts";
export { isCurrentNetns, Netns, NetnsError, openCurrentNetns, openNetns } from "./netns.ts";
export { readSysctl, tryWriteSysctl, writeSysctl } from "./sysctl.ts";
export { withNetns } from "./with_netns.ts";
