/** What the tests of meters share. */
import { Exposition } from "./exposition_fixture.ts";
import { type AgentMetrics, agentMetrics } from "./agent_metrics.ts";
import { openRegistry } from "./registry.ts";

/** An agent's metrics on a time of their own. */
export class MeterBench {
  readonly metrics: AgentMetrics;
  readonly #text: () => Promise<string>;
  /** Milliseconds. */
  nowMs = 0;

  private constructor(registry: Awaited<ReturnType<typeof openRegistry>>, withDebug: boolean) {
    this.metrics = agentMetrics(registry, { monotonic: () => this.nowMs, withDebug });
    this.#text = () => registry.text();
  }

  static async open({ withDebug = false }: { withDebug?: boolean } = {}): Promise<MeterBench> {
    return new MeterBench(await openRegistry({ version: "1.2.3" }), withDebug);
  }

  /** What a scrape sees. */
  async scrape(): Promise<Exposition> {
    return new Exposition(await this.#text());
  }
}
