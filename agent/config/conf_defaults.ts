/** Keys of this project's own below `agent`, and what they are when not given. Times in milliseconds. */
export const agentDefaults = {
  /** `agent.ipamDeadline`: how long one ADD or DEL may take in the agent. */
  ipamDeadlineMs: 30_000,
  /** `agent.waitForFreeAddress`: how long an ADD waits, holding nothing, for an address of a full pool. */
  waitForFreeAddressMs: 1_000,
  /** `agent.conflictQuarantine`: how long an address stays aside that somebody else in the network has. */
  conflictQuarantineMs: 600_000,
  /** `agent.detection`: frames that ask whether an address is in use, and the most that ask for a gateway. */
  conflictProbes: 1,
  gatewayProbes: 3,
  /** `agent.detection.interval`: wait after each of these frames. */
  probeIntervalMs: 100,
  /** `agent.detection.linkWait`: how long a link may take until it carries frames. */
  linkWaitMs: 1_000,
  /** `agent.peerCommit.port`: TCP port for other agents. */
  peerPort: 5713,
  /** `agent.peerCommit.timeout`: how long another agent may work on a request before this one does it itself. */
  peerTimeoutMs: 1_000,
  /** `iaasNetworkProvider.httpRequestTimeout`. */
  iaasRequestTimeoutMs: 50_000,
} as const;
