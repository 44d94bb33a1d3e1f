/** A file inside a package of the npm registry. */
export interface PackagedFile {
  /** Name and version, as `npm pack` takes them. */
  readonly package: string;
  /** Path below the package's folder. */
  readonly path: string;
}

/** A file whose content is known beforehand. */
export interface PinnedFile extends PackagedFile {
  /** SHA-256 of what is used of it, in hexadecimal digits. */
  readonly sha256: string;
}

/** A Deno and the base binary of `deno compile` that is made for it: their versions must be equal. */
export interface PinnedToolchain {
  readonly denoVersion: string;
  readonly deno: PinnedFile;
  /** A program that `deno compile` made; the base binary is the ELF file at its beginning, and that is what is pinned. */
  readonly base: PinnedFile;
}

/**
 * The newest base binary that the npm registry has, by architecture (`Deno.build.arch`). Deno's project publishes it at
 * its own download address only; `@stdy/cli-linux-x64` is a program compiled with it.
 */
export const pinnedToolchains: Readonly<Record<string, PinnedToolchain>> = {
  x86_64: {
    denoVersion: "2.7.11",
    deno: {
      package: "@deno/linux-x64-glibc@2.7.11",
      path: "deno",
      sha256: "e518fbc96877fbc2b37820ec54a02e473166cb25a5d4d627ffde37360fd7d210",
    },
    base: {
      package: "@stdy/cli-linux-x64@0.22.2",
      path: "bin/steady",
      sha256: "f12d5d3886d5ea138304fb8d67d7396cfbedf53656676132152cb89f3fa4d8e6",
    },
  },
};

/** Deno for a glibc Linux, as the npm registry has it; only npm's own integrity check guards versions that are not pinned. */
export function denoPackage(denoVersion: string, arch: string): PackagedFile {
  const name = arch === "aarch64" ? "@deno/linux-arm64-glibc" : "@deno/linux-x64-glibc";
  return { package: `${name}@${denoVersion}`, path: "deno" };
}
