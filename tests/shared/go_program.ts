import { findPrograms } from "../../scripts/cluster/build.ts";

/** A program that is built from Go modules, if it is there. */
export interface GoProgram {
  /** Absent where {@linkcode reason} stands. */
  readonly path?: string;
  /** Why it is missing, for {@linkcode testUnless}. */
  readonly reason?: string;
}

/** Looks for `name` among the programs of the test bed; builds nothing. */
export async function goProgram(name: string): Promise<GoProgram> {
  try {
    return { path: (await findPrograms())(name) };
  } catch (err) {
    if (!(err instanceof RangeError)) throw err;
    return { reason: `needs the program ${name} of scripts/k8s, which could not be built here` };
  }
}
