import { systemClock } from "../../net/base/clock.ts";
import { systemRandom } from "../../net/base/random.ts";
import { transportFromEnvironment } from "../../crd/kube/mod.ts";
import { runProgram } from "./run.ts";

function getenv(name: string): string | undefined {
  return Deno.env.get(name);
}

function write(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(line));
}

if (import.meta.main) {
  const stop = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    Deno.addSignalListener(signal, () => stop.abort(new Error("Cannot go on: told to stop")));
  }
  const connect = () => transportFromEnvironment({ env: getenv, clock: systemClock, userAgent: "spiderpool-init" });
  Deno.exit(
    await runProgram({
      args: Deno.args,
      getenv,
      connect,
      write,
      clock: systemClock,
      random: systemRandom,
      stop: stop.signal,
    }),
  );
}
