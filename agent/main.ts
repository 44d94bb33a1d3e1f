import { CommanderError } from "commander";
import { transportFromEnvironment } from "../crd/kube/environment.ts";
import { systemClock } from "../net/base/clock.ts";
import { exitCodeOf } from "./cli/exit_codes.ts";
import { ipamOver } from "./create_ipam.ts";
import type { CreateIpam } from "./daemon.ts";
import { tracedTransport } from "./gops/mod.ts";
import { reportPanics, type TrimMemory } from "./lifecycle/mod.ts";
import { writeToStdout } from "./log.ts";
import { withoutSecrets } from "./log_secrets.ts";
import { runProgram } from "./run.ts";
import { hostSysctls } from "./sysctl/mod.ts";

function getenv(name: string): string | undefined {
  return Deno.env.get(name);
}

/** Names of all variables, of which `getenv` reads those that it may. */
async function variableNames(): Promise<string[]> {
  const { environmentNames } = await import("../net/ffi/environ.ts");
  return environmentNames();
}

/** Loads what gives unused memory back. */
async function memoryTrim(): Promise<TrimMemory> {
  const { trimMemory } = await import("../net/ffi/trim_memory.ts");
  return trimMemory;
}

const createIpam: CreateIpam = async (inputs) => {
  const transport = await transportFromEnvironment({ env: getenv, clock: systemClock, userAgent: "spiderpool-agent" });
  const { waits } = inputs;
  return await ipamOver(waits === undefined ? transport : tracedTransport(transport, waits))(inputs);
};

if (import.meta.main) {
  reportPanics({ write: writeToStdout, clock: systemClock });
  const stop = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT"] as const) Deno.addSignalListener(signal, () => stop.abort());
  try {
    const node = { sysctls: hostSysctls, trim: memoryTrim };
    await runProgram({ args: Deno.args, getenv, variableNames, createIpam, ...node, stop: stop.signal });
    Deno.exit(0);
  } catch (err) {
    const told = withoutSecrets(err instanceof Error ? err.message : String(err));
    // deno-lint-ignore no-console
    if (!(err instanceof CommanderError)) console.error(told); // Commander has told it
    Deno.exit(exitCodeOf(err));
  }
}
