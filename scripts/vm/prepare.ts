import { printLine } from "../print.ts";
import { fetchKernel } from "./kernel.ts";
import { programObstacle } from "./requirements.ts";

/** Fetches the kernel of the virtual machine where one can be run. What stays missing makes its tests skip. */
export async function prepareVm(): Promise<void> {
  if (programObstacle() !== undefined) return;
  try {
    await fetchKernel((line) => printLine(`prepare: ${line}`));
  } catch (err) {
    printLine(`prepare: ${err instanceof Error ? err.message : err}; the tests of the virtual machine are skipped`);
  }
}
