import { transportFromEnvironment } from "../crd/kube/environment.ts";
import { systemClock } from "../net/base/clock.ts";
import { ipamOver } from "./create_ipam.ts";
import type { CreateIpam } from "./daemon.ts";
import { runProgram } from "./run.ts";

function getenv(name: string): string | undefined {
  return Deno.env.get(name);
}

const createIpam: CreateIpam = async (inputs) => {
  const transport = await transportFromEnvironment({ env: getenv, clock: systemClock, userAgent: "spiderpool-agent" });
  return await ipamOver(transport)(inputs);
};

if (import.meta.main) {
  const stop = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT"] as const) Deno.addSignalListener(signal, () => stop.abort());
  try {
    await runProgram({ args: Deno.args, getenv, createIpam, stop: stop.signal });
    Deno.exit(0);
  } catch (err) {
    // deno-lint-ignore no-console
    console.error(err instanceof Error ? err.message : err);
    Deno.exit(1);
  }
}
