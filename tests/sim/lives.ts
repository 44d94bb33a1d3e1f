import type { PodLife } from "./pod_life.ts";

/** The Pods that there are, by the operation that created them. */
export class Lives {
  readonly #lives = new Map<number, PodLife>();

  all(): readonly PodLife[] {
    return [...this.#lives.values()];
  }

  get(id: number): PodLife | undefined {
    return this.#lives.get(id);
  }

  named(name: string): PodLife | undefined {
    return this.all().find(({ plan }) => plan.name === name);
  }

  /** Lets a Pod live from its creation until its object is gone. */
  async run(life: PodLife): Promise<void> {
    this.#lives.set(life.id, life);
    await life.run();
    this.#lives.delete(life.id);
  }
}
