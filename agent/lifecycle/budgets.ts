/**
 * How long each gate of the agent's start and each step of its end may take, in milliseconds of real time. Two sums
 * must fit `manifests/50-agent.yaml`, which a test compares: a start ends within the startup probe, and an end within
 * the Pod's grace period.
 */

/** Between two looks whether the agent before this one has ended. */
export const PREDECESSOR_PAUSE_MS = 50;
/** How long a start waits for the agent before it: longer than {@linkcode STOP_MS}. */
export const PREDECESSOR_MS = 45_000;

/** How long a start waits for the API server. */
export const API_SERVER_MS = 30_000;
/** How long the API server may take to say whether it is ready. */
export const API_SERVER_ANSWER_MS = 2_000;
/** Between two questions. */
export const API_SERVER_PAUSE_MS = 2_000;

/**
 * How long requests that run may go on once the agent is told to stop: a little over their own deadline
 * (`agent.ipamDeadline`, 30 s) with the time to give back what a late one took.
 */
export const DRAIN_MS = 33_000;
/** When a stop that has not ended is given up. The difference is for farewells to peers, and for closing watches. */
export const STOP_MS = 42_000;
