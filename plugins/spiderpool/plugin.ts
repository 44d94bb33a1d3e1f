import { cniVersions, type Plugin } from "../cni/mod.ts";
import { giveAwayFfi } from "./permissions.ts";

/** The IPAM plugin. 0.1.0 and 0.2.0 are refused, as upstream does. */
export const spiderpoolPlugin: Plugin = {
  about: "Spiderpool IPAM 0.1.0",
  supportedVersions: cniVersions.filter((version) => version !== "0.1.0" && version !== "0.2.0"),
  commands: {
    ADD: async () => (await import("./add.ts")).createAdd({ giveAwayFfi }),
    DEL: async () => (await import("./del.ts")).del,
    CHECK: async () => (await import("./check.ts")).check,
    STATUS: async () => (await import("./status.ts")).status,
    GC: async () => (await import("./gc.ts")).gc,
  },
};
