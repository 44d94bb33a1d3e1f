import { cniVersions, type Plugin } from "../cni/mod.ts";

/** The chained plugin that makes the node's VLAN sub-interfaces and bonds which a main plugin puts Pods on. */
export const ifacerPlugin: Plugin = {
  about: "Subvlan",
  supportedVersions: cniVersions,
  commands: {
    ADD: async () => (await import("./add.ts")).add,
    CHECK: async () => (await import("./check.ts")).check,
    DEL: async () => (await import("./nothing.ts")).nothing,
    STATUS: async () => (await import("./nothing.ts")).nothing,
    GC: async () => (await import("./nothing.ts")).nothing,
  },
};
