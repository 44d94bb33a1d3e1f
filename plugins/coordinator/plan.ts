import type { Step } from "../../net/steps/mod.ts";
import type { Bytes } from "../../net/wire/mod.ts";
import { planLinks } from "./plan_links.ts";
import { planHostWays } from "./plan_host_ways.ts";
import { forgottenTexts, planNeighbors } from "./plan_neighbors.ts";
import { planPodRoutes } from "./plan_pod_routes.ts";
import { planReplies } from "./plan_replies.ts";
import { planTuning } from "./plan_tuning.ts";
import { macOf } from "./mac.ts";
import type { Observed } from "./observed.ts";
import { observedAfter } from "./observed_after.ts";
import { sceneOf } from "./scene.ts";
import type { CoordinatorSettings } from "./settings.ts";

/** What a step is for. */
export type Part =
  | "pair"
  | "link"
  | "sysctl"
  | "podNeighbor"
  | "podRoute"
  | "hostNeighbor"
  | "hostRule"
  | "hostRoute"
  | "reply"
  | "podRule"
  | "tuning";

/** A step and what it is for. */
export interface PlannedStep {
  readonly part: Part;
  readonly step: Step;
}

/** What has to be changed. */
export interface Plan {
  /** In order; empty when everything is as it should be. */
  readonly steps: readonly PlannedStep[];
  /** Link-layer address that the current link has afterwards, where this plugin chooses it. */
  readonly address: Bytes | undefined;
  /** What could not be wished for, and what was in the way. */
  readonly warnings: readonly string[];
}

/**
 * Plans what makes a Pod and its node reach each other, and answers leave by the link their question came in on. Compares with
 * what is there: planned again after it was applied, nothing is left to do. The current link must be up.
 *
 * @throws {CniError} code 7 when settings and Pod do not fit
 */
export function planCoordinator(settings: CoordinatorSettings, observed: Observed): Plan {
  const scene = sceneOf(settings, observed);
  const ways = planHostWays(scene);
  const tuning = planTuning({ ...scene, observed: observedAfter(observed, ways.map(({ step }) => step)) });
  return {
    steps: [
      ...planLinks(scene),
      ...planNeighbors(scene),
      ...ways,
      ...planReplies(scene),
      ...tuning.steps,
      ...planPodRoutes(scene),
    ],
    address: macOf(scene),
    warnings: [...scene.warnings, ...forgottenTexts(scene), ...tuning.warnings],
  };
}
