import { ensurePrograms } from "../cluster/build.ts";
import { findGo } from "../cluster/go.ts";
import { goModules, programsOf } from "../cluster/programs.ts";
import type { Say } from "./cache.ts";
import { guestGoPrograms } from "./requirements.ts";

/** Builds the programs of the cluster's test bed that go along, where that is possible. What stays missing makes its tests skip. */
export async function ensureGoPrograms(say: Say): Promise<void> {
  if ((await findGo()).kind === "none") return;
  const modules = goModules.filter((module) => programsOf(module).some((name) => guestGoPrograms.includes(name)));
  try {
    await ensurePrograms({ say, modules });
  } catch (err) {
    say(`${err instanceof Error ? err.message : err}; what needs ${guestGoPrograms.join(", ")} is skipped`);
  }
}
