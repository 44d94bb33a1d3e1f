import type { PeerExchange, PeerObserver, PeerReply } from "../peer/mod.ts";
import type { InstrumentsOf } from "./instruments.ts";
import type { peerRows } from "./peer_rows.ts";

/** `exchange`, whose messages are counted by what came of them. */
export function measuredExchange(
  exchange: PeerExchange,
  { asked }: Pick<InstrumentsOf<typeof peerRows>, "asked">,
): PeerExchange {
  return {
    async send(peer, message, options) {
      const reply = await exchange.send(peer, message, options);
      asked.add({ operation: message.operation, outcome: outcomeOf(reply) });
      return reply;
    },
  };
}

/** Counts what goes on between agents. */
export function peerObserver(
  { answered, turnedAway, served, handedOver, fellBack }: InstrumentsOf<typeof peerRows>,
): PeerObserver {
  return {
    answered: (operation, status) => answered.add({ operation, code: String(status) }),
    turnedAway: (reason) => turnedAway.add({ reason }),
    served: (request, outcome) => served.add({ request, outcome }),
    handedOver: (request, outcome) => handedOver.add({ request, outcome }),
    fellBack: (request) => fellBack.add({ request }),
  };
}

/** A refusal without a status is nobody's answer: no connection was to be had, or the certificate is somebody else's. */
function outcomeOf(reply: PeerReply): string {
  if (reply.kind === "answered") return "answered";
  if (reply.isSilent) return "silent";
  return reply.kind === "refused" && reply.status === undefined ? "unreachable" : reply.kind;
}
