import type { RealSetting } from "./setting.ts";

/** A setting with the name it is chosen by. */
export interface NamedSetting extends RealSetting {
  /** Such as `10-exact-IPv4-direct`. */
  readonly name: string;
}

/** Pods that ask, and calls at a time, by the number of agents: as the replaced system was measured. */
function loadOf(agents: number): { readonly pods: number; readonly calls: number } {
  return agents < 40 ? { pods: 1000, calls: 64 } : { pods: 400, calls: 200 };
}

/** All settings of the full bench: what is alone in the cluster has nobody to share writes with. */
export function fullMatrix(): readonly NamedSetting[] {
  return [1, 10, 40, 100].flatMap((agents) =>
    (["IPv4", "dual"] as const).flatMap((stack) =>
      (["exact", "plenty"] as const).flatMap((room) =>
        committersOf({ agents, stack }).map((committers) => named({ agents, stack, room, committers }))
      )
    )
  );
}

/** Some of them, with fewer Pods. */
export function quickMatrix(): readonly NamedSetting[] {
  return fullMatrix().filter(({ name }) => quickNames.includes(name))
    .map((setting) => ({ ...setting, pods: 200, addresses: 200 * setting.addresses / setting.pods }));
}

const quickNames = [
  "1-exact-IPv4",
  "1-plenty-dual",
  "10-plenty-IPv4",
  "10-exact-IPv4",
  "10-exact-IPv4-direct",
  "40-exact-IPv4",
  "100-exact-IPv4",
];

/** How the size of a pool shows: 200 Pods get the last addresses of pools of these sizes. */
export function sizeMatrix(sizes: readonly number[]): readonly NamedSetting[] {
  return [1, 10].flatMap((agents) =>
    sizes.map((addresses): NamedSetting => ({
      name: `${agents}-size-${addresses}`,
      agents,
      stack: "IPv4",
      pods: 200,
      addresses,
      filled: addresses - 200,
      calls: 64,
      committers: agents > 1,
      phases: ["create", "delete all"],
    }))
  );
}

/** Writes of each agent alone are measured beside, for one family. */
function committersOf({ agents, stack }: { agents: number; stack: string }): readonly boolean[] {
  if (agents === 1) return [false];
  return stack === "IPv4" ? [true, false] : [true];
}

function named(
  { agents, stack, room, committers }: Pick<RealSetting, "agents" | "stack" | "committers"> & {
    readonly room: "exact" | "plenty";
  },
): NamedSetting {
  const { pods, calls } = loadOf(agents);
  const name = `${agents}-${room}-${stack}${agents > 1 && !committers ? "-direct" : ""}`;
  return { name, agents, stack, pods, addresses: room === "exact" ? pods : 2 * pods, calls, committers };
}

/** Those whose name begins with one of `prefixes`; all when there are none. */
export function chosen(settings: readonly NamedSetting[], prefixes: readonly string[]): readonly NamedSetting[] {
  return settings.filter(({ name }) => prefixes.length === 0 || prefixes.some((prefix) => name.startsWith(prefix)));
}
