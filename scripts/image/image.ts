import { join } from "node:path";
import { packageVersion } from "../../net/base/version.ts";
import { build, type BuildDeps, type BuildOptions } from "../build/build.ts";
import { buildCache, withTempFolder } from "../build/folders.ts";
import { memoryVariables } from "../build/memory.ts";
import { debianArchitecture, unpackPackages } from "./debian.ts";
import { type Image, imageOf } from "./oci.ts";
import { programFolder, programTrees } from "./program_trees.ts";
import { basePackages, copyrightPackages, NON_ROOT, rootTree } from "./root_tree.ts";

/** Environment of every program in the image, beside {@linkcode memoryVariables}. */
const variables = { PATH: "/usr/bin:/bin", SSL_CERT_FILE: "/etc/ssl/certs/ca-certificates.crt", HOME: "/tmp" };

/** What {@linkcode buildImage} makes. */
export interface ImageOptions extends Omit<BuildOptions, "outDir"> {
  /** Full name, such as `docker.io/spiderpool/spiderpool:v0.1.0`. */
  readonly name: string;
  /** Seconds since the epoch that the image says it was made at. @default 0 */
  readonly sourceDateEpoch?: number;
}

/** Builds the executables and an image of them on a minimal root file system of this machine's distribution. */
export async function buildImage(options: ImageOptions, deps: BuildDeps): Promise<Image> {
  return await withTempFolder(async (folder) => {
    const built = join(folder, "built");
    const { format } = await build({ ...options, outDir: built }, deps);
    deps.say(`built the executables, format ${format}`);
    const unpacked = join(folder, "root");
    const places = { cacheDir: join(buildCache, "debian"), to: unpacked };
    await unpackPackages(basePackages, places);
    await unpackPackages(copyrightPackages(unpacked), places);
    deps.say(`unpacked ${basePackages.join(", ")}`);
    return await imageOf([rootTree(unpacked), ...programTrees(built)], {
      name: options.name,
      version: packageVersion,
      revision: options.commit,
      architecture: await debianArchitecture(),
      entrypoint: [`/${programFolder}/spiderpool-agent`],
      user: `${NON_ROOT}:${NON_ROOT}`,
      env: Object.entries({ ...variables, ...memoryVariables }).map(([name, value]) => `${name}=${value}`),
      created: new Date((options.sourceDateEpoch ?? 0) * 1000).toISOString().replace(".000Z", "Z"),
    });
  });
}
