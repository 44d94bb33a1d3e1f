import type { IpamConfig } from "../../agent/ipam/mod.ts";
import { QUARANTINE_MS } from "./quarantine.ts";

/** What all agents of the simulation are configured as. */
export const agentConfig: Omit<IpamConfig, "nodeName"> = {
  features: {
    enableIPv4: true,
    enableIPv6: true,
    enableSpiderSubnet: false,
    enableAutoPool: false,
    enableStatefulSet: true,
    enableKubevirt: true,
  },
  agentNamespace: "kube-system",
  enableIPConflictDetection: false,
  enableGatewayDetection: false,
  deadlineMs: 30_000,
  waitForFreeMs: 1_000,
  maxHistory: 5,
  conflictQuarantineMs: QUARANTINE_MS,
};
