/**
 * Makes the container image without a container engine:
 * `deno task image [--format auto|compile|bundle] [--out <file>] [--name <image name>]`.
 *
 * @module
 */
import { Command, Option } from "commander";
import { resolve } from "node:path";
import { packageVersion } from "../net/base/version.ts";
import { type BuildOptions, formats } from "./build/build.ts";
import { currentCommit } from "./build/commit.ts";
import { executables } from "./build/executables.ts";
import { repository } from "./build/folders.ts";
import { systemToolchain } from "./build/system_toolchain.ts";
import { writeAtomically } from "./build/write_file.ts";
import { buildImage } from "./image/image.ts";
import { printLine } from "./print.ts";

/** What the command line says. */
interface ImageFlags {
  readonly format: BuildOptions["format"];
  readonly out: string;
  readonly name: string;
}

async function run({ format, out, name }: ImageFlags): Promise<void> {
  const options = { executables, format, name, commit: await currentCommit(), ...createdAt() };
  const image = await buildImage(options, { obtainToolchain: () => systemToolchain(printLine), say: printLine });
  const path = resolve(repository, out);
  writeAtomically(path, { bytes: image.archive, mode: 0o644 });
  printLine(`wrote ${path}: ${megabytes(image.archive.length)}`);
  printLine(`  image  ${name}`);
  printLine(`  digest ${image.digest}`);
  printLine(`  layers ${image.layerSizes.map(megabytes).join(", ")}`);
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(2)} MB`;
}

/** Source: reproducible-builds.org, SOURCE_DATE_EPOCH. */
function createdAt(): { sourceDateEpoch?: number } {
  const text = Deno.env.get("SOURCE_DATE_EPOCH") ?? "";
  if (text === "") return {};
  if (!/^\d{1,11}$/.test(text)) throw new Error(`Cannot use SOURCE_DATE_EPOCH=${text}: it is no number of seconds`);
  return { sourceDateEpoch: Number(text) };
}

function createCli(): Command {
  return new Command("deno task image")
    .description("Makes the container image without a container engine")
    .addOption(new Option("--format <format>", "format of the executables").choices(formats).default("bundle"))
    .option("--out <file>", "the archive, from the root of the repository", `dist/spiderpool-${packageVersion}.tar`)
    .option("--name <name>", "full name of the image", `docker.io/spiderpool/spiderpool:v${packageVersion}`)
    .action(run);
}

if (import.meta.main) {
  try {
    await createCli().parseAsync([...Deno.args], { from: "user" });
  } catch (err) {
    printLine(err instanceof Error ? err.message : String(err));
    Deno.exit(1);
  }
}
