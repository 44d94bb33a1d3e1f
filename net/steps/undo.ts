import type { StepNetns } from "./step_netns.ts";

/** Netlink of the netns that a step acts in. */
export type StepNetlink = StepNetns["netlink"];

/** Takes back what one step did. @throws {NetlinkError} @throws {SyscallError} */
export type Undo = () => void;

/** Nothing was done, or nothing is to be taken back. */
export function nothing(): void {}
