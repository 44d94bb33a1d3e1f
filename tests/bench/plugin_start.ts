import { join } from "node:path";
import { bundleExecutable, executables, launcherText } from "../../scripts/bundle.ts";
import { FakeAgent } from "../cni/fake_agent.ts";
import { median } from "./stats.ts";

/** What one start of a program costs. */
export interface PluginStartRow {
  readonly program: string;
  /** From its start to its end. */
  readonly medianMs: number;
  /** More than an empty Deno program. */
  readonly overEmptyMs: number;
}

/** A program to start, and what it is given. */
interface Program {
  readonly program: string;
  readonly path: string;
  readonly env: Readonly<Record<string, string>>;
  readonly stdin: string;
}

/** Starts each program `runs` times, in turns, so that all see the same machine. The first of them is the empty one. */
export async function measurePluginStart({ runs }: { readonly runs: number }): Promise<readonly PluginStartRow[]> {
  const folder = await Deno.makeTempDir({ prefix: "bench-plugin-" });
  try {
    await using agent = new FakeAgent(folder, { "POST /v1/ipam/ip": { status: 200, json: answer } });
    const programs = await prepare(folder, agent.socket);
    for (const program of programs) await run(program); // the first run compiles
    const samples = programs.map((): number[] => []);
    for (let i = 0; i < runs; i++) {
      for (const [index, program] of programs.entries()) samples[index]?.push(await run(program));
    }
    const emptyMs = median(samples[0] ?? []);
    return programs.map(({ program }, i) => {
      const medianMs = median(samples[i] ?? []);
      return { program, medianMs, overEmptyMs: medianMs - emptyMs };
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function prepare(folder: string, socket: string): Promise<readonly Program[]> {
  const executable = executables.find(({ name }) => name === "spiderpool");
  if (executable === undefined) throw new Error("Cannot measure starts: no executable is called spiderpool");
  const path = await bundleExecutable(executable, { outDir: folder });
  const empty = { program: "empty Deno program", path: emptyProgram(folder), env: {}, stdin: "" };
  const version = { CNI_COMMAND: "VERSION" };
  const config = configOf(folder, socket);
  return [
    empty,
    { program: "spiderpool VERSION", path, env: version, stdin: JSON.stringify({ cniVersion: "1.0.0" }) },
    { program: "spiderpool ADD", path, env: addEnvironment, stdin: JSON.stringify(config) },
  ];
}

/** An empty module behind the same kind of launcher. */
function emptyProgram(folder: string): string {
  const script = join(folder, "empty.js");
  const path = join(folder, "empty");
  Deno.writeTextFileSync(script, "");
  const launcher = launcherText({ script, permissions: ["--allow-all"], denoDir: join(folder, "deno") });
  Deno.writeTextFileSync(path, launcher, { mode: 0o755 });
  return path;
}

/** Milliseconds from start to end. @throws {Error} if the program failed */
async function run({ program, path, env, stdin }: Program): Promise<number> {
  const start = performance.now();
  const child = new Deno.Command(path, { clearEnv: true, env, stdin: "piped", stdout: "piped", stderr: "piped" })
    .spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(stdin)).then(() => writer.close()).catch(() => undefined); // it may have ended
  const { success, stdout, stderr } = await child.output();
  const ms = performance.now() - start;
  const decoder = new TextDecoder();
  if (!success) {
    throw new Error(`Cannot measure ${program}: it says ${decoder.decode(stdout)}${decoder.decode(stderr)}`);
  }
  return ms;
}

/**
 * A namespace of another kind stands for the Pod's: an ADD without probes only looks whether it is a namespace and not the
 * plugin's own, and a measurement needs no root this way.
 */
const addEnvironment = {
  CNI_COMMAND: "ADD",
  CNI_CONTAINERID: "sandbox-1",
  CNI_NETNS: "/proc/self/ns/uts",
  CNI_IFNAME: "eth0",
  CNI_PATH: "/opt/cni/bin",
  CNI_ARGS: "IgnoreUnknown=1;K8S_POD_NAMESPACE=bench;K8S_POD_NAME=web-0;K8S_POD_UID=uid-0",
};

const answer = {
  ips: [{ version: 4, address: "10.9.0.1/16", nic: "eth0", gateway: "10.9.255.254", ipPool: "bench-v4", vlan: 0 }],
  routes: [{ ifName: "eth0", dst: "0.0.0.0/0", gw: "10.9.255.254" }],
};

function configOf(folder: string, socket: string) {
  const ipam = { type: "spiderpool", ipam_unix_socket_path: socket, log_file_path: join(folder, "spiderpool.log") };
  return { cniVersion: "1.0.0", name: "bench", type: "macvlan", master: "eth9", ipam };
}
