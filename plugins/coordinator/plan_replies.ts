import type { Prefix } from "../../net/ip/mod.ts";
import type { Step } from "../../net/steps/mod.ts";
import { REPLY_MARK, REPLY_TABLE, RULE_PRIORITY } from "./names.ts";
import type { PlannedStep } from "./plan.ts";
import { wayThroughHost } from "./plan_host_ways.ts";
import { wishRoute, wishRule } from "./route_steps.ts";
import type { Scene } from "./scene.ts";

/** Steps that let answers to connections that came in by the pair leave by it: a mark, a rule for it, a default route. */
export function planReplies(scene: Scene): PlannedStep[] {
  const { role, families, pair, observed } = scene;
  if (role.mode !== "underlay" || !role.first) return [];
  const unmarked = families.filter((family) => !observed.marked.includes(family));
  const rules = { families: unmarked, link: pair.pod.name, mark: REPLY_MARK };
  const marked: Step[] = unmarked.length === 0 ? [] : [{ do: "markConnections", place: "pod", rules }];
  const routed = families.flatMap((family): Step[] => {
    const everything: Prefix = { address: { family, value: 0n }, length: 0 };
    const rule = { family, priority: RULE_PRIORITY, mark: REPLY_MARK, mask: REPLY_MARK, table: REPLY_TABLE };
    return [
      ...wayThroughHost(scene, { prefix: everything, table: REPLY_TABLE })
        .flatMap((route) => wishRoute(observed, { place: "pod", route })),
      ...wishRule(observed, { place: "pod", rule }),
    ];
  });
  return [...marked, ...routed].map((step) => ({ part: "reply", step }));
}
