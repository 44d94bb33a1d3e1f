import type { Conf } from "../config/conf.ts";
import { planReload, type ReloadPlan } from "./plan.ts";

/** The `conf.yml` that an agent runs with. A change replaces all of it at once. */
export class LiveConf {
  #running: Conf;
  #seen: Conf;

  /** @param conf what the agent was started with */
  constructor(conf: Conf) {
    this.#running = this.#seen = conf;
  }

  /** As of now; it is never changed itself, so whoever keeps it sees no half of a change. */
  get current(): Conf {
    return this.#running;
  }

  /** Takes over what can be of `wanted`, which the file says now. */
  take(wanted: Conf): ReloadPlan {
    const plan = planReload({ running: this.#running, seen: this.#seen, wanted });
    this.#running = plan.conf;
    this.#seen = wanted;
    return plan;
  }
}
