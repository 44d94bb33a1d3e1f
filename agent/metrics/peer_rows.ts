import { counter, gauge } from "./metric_row.ts";

/** Other agents: what is asked of them, and what they ask. */
export const peerRows = {
  live: gauge({ name: "spiderpool_peer_agents", help: "Agents that can be asked to write, this one included" }),
  connections: gauge({ name: "spiderpool_peer_connections", help: "Connections to other agents that are open" }),
  asked: counter({
    name: "spiderpool_peer_requests_total",
    help: "Messages to other agents by operation and outcome: answered, refused, unreachable, silent, unknown",
    labels: ["operation", "outcome"],
  }),
  handedOver: counter({
    name: "spiderpool_peer_handed_over_total",
    help:
      "Claims and releases that another agent was asked to write, by what came of it: done, refused, late, failed, " +
      "unknown",
    labels: ["request", "outcome"],
  }),
  fellBack: counter({
    name: "spiderpool_peer_fallbacks_total",
    help: "Claims and releases that this agent wrote itself after another one was asked in vain",
    labels: ["request"],
  }),
  answered: counter({
    name: "spiderpool_peer_answers_total",
    help: "Messages of other agents by operation and HTTP status of the answer",
    labels: ["operation", "code"],
  }),
  served: counter({
    name: "spiderpool_peer_served_total",
    help: "Claims and releases that this agent worked on for others, by what came of it: done, late, failed",
    labels: ["request", "outcome"],
  }),
  turnedAway: counter({
    name: "spiderpool_peer_turned_away_total",
    help:
      "Callers of the peer port that got no further than the door, by reason: not-greeted, bad-token, not-an-agent, " +
      "too-many-tokens, token-not-reviewed, no-such-operation, hello-with-body",
    labels: ["reason"],
  }),
} as const;
