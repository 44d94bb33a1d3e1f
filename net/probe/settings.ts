/** How the network is asked. */
export interface ProbeSettings {
  /** Frames that ask whether an address is in use, from 1. Each is waited for, and all must stay unanswered. */
  readonly conflictProbes: number;
  /** Most frames that ask for a gateway, from 1. The first answer ends it. */
  readonly gatewayProbes: number;
  /** Wait after each frame, in milliseconds. */
  readonly intervalMs: number;
  /** Longest wait for the link to carry frames, in milliseconds. */
  readonly linkWaitMs: number;
}

/** One frame and 100 ms for a conflict; a gateway that misses a frame gets two more. */
export const defaultProbeSettings: ProbeSettings = {
  conflictProbes: 1,
  gatewayProbes: 3,
  intervalMs: 100,
  linkWaitMs: 1000,
};
