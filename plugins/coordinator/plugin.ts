import { cniVersions, type Plugin } from "../cni/mod.ts";

/** The chained plugin that lets Pods and their node reach each other. */
export const coordinatorPlugin: Plugin = {
  about: "Coordinator",
  supportedVersions: cniVersions,
  commands: {
    ADD: async () => (await import("./add.ts")).add,
    DEL: async () => (await import("./del.ts")).del,
    CHECK: async () => (await import("./check.ts")).check,
    STATUS: async () => (await import("./status.ts")).status,
    GC: async () => (await import("./gc.ts")).gc,
  },
};
