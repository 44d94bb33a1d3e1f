import { noteWays } from "./link_ways.ts";
import type { Step } from "./step.ts";
import type { StepNetns } from "./step_netns.ts";
import { nothing, type Undo } from "./undo.ts";

/** Written, it is written to every link too. Source: Linux Documentation/networking/ip-sysctl.rst. */
const EVERY_LINK = "net/ipv6/conf/all/disable_ipv6";

/** Writes a setting; a kernel without IPv6 has none of its settings. @throws {SyscallError} */
export function writeSysctlUndoably(netns: StepNetns, step: Extract<Step, { do: "writeSysctl" }>): Undo {
  const { key, value, from } = step;
  const others = key === EVERY_LINK && from !== undefined ? readLinks(netns) : [];
  netns.writeSysctl(key, value);
  if (from === undefined) return nothing;
  return others.length === 0 ? () => void netns.writeSysctl(key, from) : () => restoreLinks(netns, { from, others });
}

/** What one link has, or what new ones get (`default`). */
interface LinkSetting {
  readonly key: string;
  readonly value: string;
  /** `undefined` of `default`. */
  readonly index: number | undefined;
}

function readLinks({ netlink, readSysctl }: StepNetns): LinkSetting[] {
  const links = [{ name: "default", index: undefined }, ...netlink.links()];
  return links.flatMap(({ name, index }) => {
    const key = `net/ipv6/conf/${name}/disable_ipv6`;
    const value = readSysctl(key);
    return value === undefined ? [] : [{ key, value, index }];
  });
}

/** A link that had IPv6 all the time loses its addresses on the way. */
function restoreLinks(netns: StepNetns, { from, others }: { from: string; others: readonly LinkSetting[] }): void {
  const differing = others.filter(({ value }) => value !== from);
  const putBack = differing.map(({ index }) =>
    index === undefined ? nothing : noteWays(netns.netlink, { index, family: 6 })
  );
  netns.writeSysctl(EVERY_LINK, from);
  for (const { key, value } of differing) netns.writeSysctl(key, value);
  for (const put of putBack) put();
}
