import { ensurePrograms } from "./build.ts";
import { findGo } from "./go.ts";
import { goModules, programsOf } from "./programs.ts";
import type { Say } from "./steps.ts";

/** Builds `programs` of the test bed where there is Go. What stays missing makes its tests skip. */
export async function tryBuild(programs: readonly string[], say: Say): Promise<void> {
  if ((await findGo()).kind === "none") return;
  const modules = goModules.filter((module) => programsOf(module).some((name) => programs.includes(name)));
  try {
    await ensurePrograms({ say, modules });
  } catch (err) {
    say(`${err instanceof Error ? err.message : err}; what needs ${programs.join(", ")} is skipped`);
  }
}
