import type { FaultPlan } from "../apiserver/server.ts";
import type { Dice } from "./dice.ts";

/** Watches are slow, late, cut after a while or after some events; nothing else is touched. */
export function watchFaults(dice: Dice): FaultPlan {
  return ({ verb }) => {
    if (verb !== "watch") return undefined;
    const delayEventsMs = dice.chance(0.2) ? dice.between(200, 10_000) : dice.exponential(20);
    const cutAs = dice.chance(0.5) ? "end" as const : "broken" as const;
    const cut = dice.weighted([
      [4, {}],
      [2, { cutAfterMs: dice.between(50, 90_000) }],
      [1, { cutAfterEvents: 1 + dice.below(20) }],
    ]);
    return { watch: { delayEventsMs, cutAs, ...cut } };
  };
}
