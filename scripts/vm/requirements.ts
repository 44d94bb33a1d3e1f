import { firstReason, needsCommand, needsPath, needsRoot } from "../../tests/shared/skip.ts";
import type { Requirement } from "../prepare_plan.ts";
import { findKernel, kernelPackage } from "./kernel.ts";

/** What the virtual machine needs from the distribution, beside the kernel. */
export const vmRequirements: readonly Requirement[] = [
  { file: "qemu-system-x86_64", package: "qemu-system-x86" },
  { file: "/bin/busybox", package: "busybox-static" },
];

/** Programs that go along into the virtual machine. */
export const guestCommands: readonly string[] = ["ip", "ping", "nsenter"];

/** Main plugins that go along, where they are installed: {@link file://../../tests/shared/stage.ts} has their folder. */
export const guestPlugins: readonly string[] = ["macvlan", "ipvlan", "vlan", "loopback", "host-local"];

/** Programs of the cluster's test bed that go along, where they are built: {@link file://../cluster/programs.ts} has them. */
export const guestGoPrograms: readonly string[] = ["multus"];

/** Why the virtual machine cannot run its tests here, or `undefined`: nothing stands in the way. */
export function vmObstacle(): string | undefined {
  const kernel = findKernel() === undefined
    ? `needs Debian's ${kernelPackage}, which deno task test fetches`
    : undefined;
  return firstReason(programObstacle(), kernel);
}

/** Like {@linkcode vmObstacle}, but a kernel need not be there. */
export function programObstacle(): string | undefined {
  if (Deno.build.os !== "linux" || Deno.build.arch !== "x86_64") return "needs Linux on x86_64";
  return firstReason(
    needsRoot(),
    ...vmRequirements.map(({ file }) => file.startsWith("/") ? needsPath(file, file) : needsCommand(file)),
    needsCommand("setpriv"),
    ...guestCommands.map(needsCommand),
  );
}
