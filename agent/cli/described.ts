import type { Command } from "commander";
import { createCli } from "../cli.ts";

/** The command line to be looked at, for pages and completions; it runs nothing. */
export function describedCli(): Command {
  return createCli({
    daemon: nothing,
    shutdown: nothing,
    metric: nothing,
    tuneNode: nothing,
    print: nothing,
    writePages: nothing,
  });
}

function nothing(): Promise<void> {
  return Promise.reject(new TypeError("Cannot run a command: this command line is only described"));
}
