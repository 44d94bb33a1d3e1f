import type { GeneratedFile } from "../gen_files.ts";
import { errorsPage } from "./errors.ts";
import { metricsPage } from "./metrics.ts";
import { confPage, flagsPage, variablesPage } from "./settings.ts";

/** Folder of the pages that are made from the code's own tables. */
export const referenceFolder = "docs/reference";

/** What makes each page. */
const pages: Readonly<Record<string, () => string>> = {
  "conf.md": confPage,
  "errors.md": errorsPage,
  "flags.md": flagsPage,
  "metrics.md": metricsPage,
  "variables.md": variablesPage,
};

/** The pages of {@linkcode referenceFolder}. */
export function referencePages(): GeneratedFile[] {
  return Object.entries(pages).map(([name, text]) => ({ path: `${referenceFolder}/${name}`, text: text() }));
}
