import { planPreparation, type Requirement } from "./prepare_plan.ts";
import { printLine } from "./print.ts";

/** What the kernel, CNI and kubectl tests use. */
export const requirements: readonly Requirement[] = [
  { file: "/usr/lib/cni/macvlan", package: "containernetworking-plugins" },
  { file: "ip", package: "iproute2" },
  { file: "ping", package: "iputils-ping" },
  { file: "kubectl", package: "kubernetes-client" },
];

/** Installs what is missing where that is possible, and says what it does. What stays missing makes tests skip. */
export async function prepare(needed: readonly Requirement[] = requirements): Promise<void> {
  const missing = needed.filter(({ file }) => !isPresent(file));
  const { install, message } = planPreparation(missing, { isRoot: Deno.uid() === 0, hasApt: isPresent("apt-get") });
  printLine(`prepare: ${message}`);
  if (install.length === 0) return;
  const updated = await run("apt-get", ["update", "-q"]);
  const installed = await run("apt-get", ["install", "-q", "-y", "--no-install-recommends", ...install]);
  if (!updated || !installed) printLine("prepare: apt-get failed; what needs these packages is skipped");
}

function isPresent(file: string): boolean {
  const folders = file.startsWith("/") ? [""] : (Deno.env.get("PATH") ?? "").split(":").map((folder) => `${folder}/`);
  return folders.some((folder) => isFile(folder + file));
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false; // absent or not readable: not usable either way
  }
}

async function run(command: string, args: readonly string[]): Promise<boolean> {
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  const child = new Deno.Command(command, {
    args: [...args],
    env,
    stdin: "null",
    stdout: "inherit",
    stderr: "inherit",
  });
  return (await child.spawn().status).success;
}

if (import.meta.main) await prepare();
