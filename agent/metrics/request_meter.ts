import type { IpamService } from "../api/mod.ts";
import type { Monotonic } from "../peer/mod.ts";
import type { DurationMeter } from "./duration_meter.ts";
import { failureClasses } from "./failure_class.ts";
import type { InstrumentsOf } from "./instruments.ts";
import type { allocationRows, releaseRows } from "./request_rows.ts";

/** What {@linkcode measuredService} counts with. */
export interface RequestMeters {
  readonly allocation: InstrumentsOf<typeof allocationRows>;
  readonly allocationTime: DurationMeter;
  readonly release: InstrumentsOf<typeof releaseRows>;
  readonly releaseTime: DurationMeter;
  readonly monotonic: Monotonic;
}

/** Told of one request. */
interface RequestMeter {
  began(): void;
  failed(err: unknown, isCancelled: boolean): void;
  took(seconds: number): void;
}

/** `service`, whose ADDs and releases are counted and timed. Everything else is handed on as it is. */
export function measuredService(service: IpamService, meters: RequestMeters): IpamService {
  const adds = allocationMeter(meters);
  const releases = releaseMeter(meters);
  return {
    explain: (query, signal) => service.explain(query, signal),
    endpoint: (key, signal) => service.endpoint(key, signal),
    add: (args, signal) => measured(adds, () => service.add(args, signal), signal),
    release: (args, signal) => measured(releases, () => service.release(args, signal), signal),
    releaseBatch: (args, signal) => measured(releases, () => service.releaseBatch(args, signal), signal),
  };

  async function measured<T>(meter: RequestMeter, task: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const startedMs = meters.monotonic();
    meter.began();
    try {
      return await task();
    } catch (err) {
      meter.failed(err, signal.aborted);
      throw err;
    } finally {
      meter.took((meters.monotonic() - startedMs) / 1000);
    }
  }
}

function allocationMeter({ allocation, allocationTime }: RequestMeters): RequestMeter {
  return {
    began: () => allocation.counts.add({}),
    failed(err, isCancelled) {
      allocation.failures.add({});
      for (const found of failureClasses(err, { isCancelled })) allocation[found].add({});
    },
    took: (seconds) => allocationTime.observe(seconds),
  };
}

/** Upstream has two classes here. */
function releaseMeter({ release, releaseTime }: RequestMeters): RequestMeter {
  return {
    began: () => release.counts.add({}),
    failed(err, isCancelled) {
      release.failures.add({});
      const isLate = failureClasses(err, { isCancelled }).has("retriesExhausted");
      (isLate ? release.retriesExhausted : release.internal).add({});
    },
    took: (seconds) => releaseTime.observe(seconds),
  };
}
