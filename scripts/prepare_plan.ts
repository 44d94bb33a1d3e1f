/** A command or file of the system that tests or the demo use. */
export interface Requirement {
  /** Name of a command in `PATH`, or an absolute path. */
  readonly file: string;
  /** Debian package that has it. */
  readonly package: string;
}

/** What this machine is able to do about a missing {@linkcode Requirement}. */
export interface Ability {
  readonly isRoot: boolean;
  readonly hasApt: boolean;
}

/** What is to be done, and what to tell. */
export interface Preparation {
  /** Debian packages to install; sorted, each once. */
  readonly install: readonly string[];
  readonly message: string;
}

/** Decides what to install so that nothing is missing any more. */
export function planPreparation(missing: readonly Requirement[], { isRoot, hasApt }: Ability): Preparation {
  if (missing.length === 0) return { install: [], message: "nothing to install" };
  const packages = [...new Set(missing.map((requirement) => requirement.package))].sort();
  const files = missing.map(({ file }) => file).join(", ");
  if (isRoot && hasApt) {
    return { install: packages, message: `installing ${packages.join(", ")} (missing: ${files})` };
  }
  const obstacle = hasApt ? "only root can install packages" : "there is no apt-get here";
  return {
    install: [],
    message: `missing: ${files}; ${obstacle}; what needs Debian's ${packages.join(", ")} is skipped`,
  };
}
