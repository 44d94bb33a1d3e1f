import type { Clock } from "../../net/base/clock.ts";
import type { Log } from "../../net/base/log.ts";
import { commitOf, commitStamp, packageVersion } from "../../net/base/version.ts";
import type { AgentEnvironment } from "../config/environment.ts";
import { systemMonotonic } from "../peer/mod.ts";
import { type AgentMetrics, agentMetrics } from "./agent_metrics.ts";
import type { MetricRegistry } from "./instruments.ts";
import { serveMetrics } from "./listener.ts";
import { ProcessMeter, watchEventLoop } from "./process_meter.ts";
import { infoRows, processRows } from "./process_rows.ts";
import { openRegistry, scopeLabels } from "./registry.ts";

/** How long a scrape may go on once the agent stops, in milliseconds. */
const GRACE_MS = 1_000;

/** What {@linkcode startMetrics} is made of. */
export interface StartMetricsOptions {
  readonly environment: Pick<
    AgentEnvironment,
    "version" | "metricPort" | "enabledDebugMetric" | "enabledFormerMetricNames"
  >;
  readonly clock: Clock;
  readonly log: Log;
}

/** Metrics that are shown. */
export interface RunningMetrics {
  readonly metrics: AgentMetrics;
  /** TCP port of the listener. */
  readonly port: number;
  /** Ends the listener. */
  stop(): Promise<void>;
}

/**
 * Makes the agent's metrics and serves them.
 *
 * @throws {Error} if the port cannot be had
 */
export async function startMetrics({ environment, clock, log }: StartMetricsOptions): Promise<RunningMetrics> {
  const { metricPort, enabledDebugMetric: withDebug, enabledFormerMetricNames: withFormerNames } = environment;
  const version = environment.version || packageVersion;
  const registry = await openRegistry({ version, withFormerNames });
  const metrics = agentMetrics(registry, { monotonic: systemMonotonic, withDebug });
  showInfo(registry, version);
  const listener = serveMetrics(registry, { port: metricPort, clock, log });
  metrics.server("metrics", listener);
  const stop = new AbortController();
  const watching = watchProcess(registry, { clock, signal: stop.signal });
  log.info("serves metrics", { port: listener.port });
  return {
    metrics,
    port: listener.port,
    async stop() {
      stop.abort(new Error("Cannot go on: the agent stops"));
      await listener.stop(GRACE_MS);
      await watching;
    },
  };
}

/** What this program is, and what upstream's instruments tell of themselves. */
function showInfo(registry: MetricRegistry, version: string): void {
  const { build, target, otelScope } = registry.make(infoRows);
  build.set({ version, commit: commitOf(commitStamp), deno: Deno.version.deno }, 1);
  target.set({
    service_name: "spiderpool.spidernet.io",
    telemetry_sdk_name: "spiderpool",
    telemetry_sdk_language: "typescript",
    telemetry_sdk_version: version,
  }, 1);
  const { otel_scope_name = "", otel_scope_version = "" } = scopeLabels("agent", version);
  otelScope.set({ otel_scope_name, otel_scope_version }, 1);
}

function watchProcess(
  registry: MetricRegistry,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<void> {
  const instruments = registry.make(processRows);
  const meter = new ProcessMeter(instruments);
  registry.onScrape(() => meter.show());
  return watchEventLoop(instruments.loopLag, { clock, monotonic: systemMonotonic, signal });
}
