import type { PeerExchange, PeerReply } from "../peer/mod.ts";
import type { InstrumentsOf } from "./instruments.ts";
import type { peerRows } from "./state_rows.ts";

/** `exchange`, whose messages are counted by what came of them. */
export function measuredExchange(exchange: PeerExchange, { asked }: InstrumentsOf<typeof peerRows>): PeerExchange {
  return {
    async send(peer, message, options) {
      const reply = await exchange.send(peer, message, options);
      asked.add({ operation: message.operation, outcome: outcomeOf(reply) });
      return reply;
    },
  };
}

function outcomeOf(reply: PeerReply): string {
  return reply.kind !== "answered" && reply.isSilent ? "silent" : reply.kind;
}
