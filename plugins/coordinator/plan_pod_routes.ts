import { MAIN_TABLE } from "./names.ts";
import type { PlannedStep } from "./plan.ts";
import { wishRoute } from "./route_steps.ts";
import type { Scene } from "./scene.ts";

/** Steps for the operator's `policyRoutes`: by the current link, in its table; the Pod's first link has main. */
export function planPodRoutes({ settings, observed, role, link, families }: Scene): PlannedStep[] {
  const table = role.mode === "underlay" && role.first ? MAIN_TABLE : role.table;
  return settings.policyRoutes
    .filter(({ gateway }) => families.includes(gateway.family))
    .flatMap(({ destination, gateway }) =>
      wishRoute(observed, { place: "pod", route: { destination, gateway, link: link.name, table } })
    )
    .map((step) => ({ part: "podRoute", step }));
}
