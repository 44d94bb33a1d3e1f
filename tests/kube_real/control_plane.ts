/** Which real API server the suites run against, and why there is none. */
import { findPrograms } from "../../scripts/cluster/build.ts";
import { runFreely } from "../../scripts/cluster/command.ts";
import { clusterPaths, ControlPlane, nameHere, takeLock } from "../../scripts/cluster/mod.ts";
import { printLine } from "../../scripts/print.ts";
import type { RealServer } from "../kube/real_server.ts";
import { firstReason, needsPath } from "../shared/skip.ts";

/** Name of the control plane: one that a killed run of this checkout left is found and removed by it. */
const NAME = nameHere("spk");

/** Another run in this checkout would remove this one's control plane: it waits. */
let lock: Disposable | undefined;

/** Programs of Go that it runs. */
const programs = ["kube-apiserver", "kube-controller-manager"];

/** A server to test, and how it is started and ended. */
export interface TestServer extends RealServer {
  start(): Promise<void>;
  end(): Promise<void>;
}

/**
 * The server that `SPIDERPOOL_TEST_KUBECONFIG` leads to or, without it, a control plane of this run alone.
 *
 * The variable's server keeps what is of Spiderpool there unless `SPIDERPOOL_TEST_DESTRUCTIVE` is `true`, and has controllers if
 * `SPIDERPOOL_TEST_CONTROLLERS` is.
 */
export async function testServer(): Promise<TestServer> {
  const kubeconfig = Deno.env.get("SPIDERPOOL_TEST_KUBECONFIG");
  if (kubeconfig === undefined) return { ...ownControlPlane, hasWatchProgress: await etcdHasWatchProgress() };
  return {
    kubeconfig,
    hasControllers: Deno.env.get("SPIDERPOOL_TEST_CONTROLLERS") === "true",
    mayDestroy: Deno.env.get("SPIDERPOOL_TEST_DESTRUCTIVE") === "true",
    hasWatchProgress: true,
    isOwn: false,
    start: async () => {},
    end: async () => {},
  };
}

const ownControlPlane: Omit<TestServer, "hasWatchProgress"> = {
  kubeconfig: clusterPaths(NAME).kubeconfig,
  hasControllers: true,
  mayDestroy: true,
  isOwn: true,
  start: startOwn,
  end: endOwn,
};

async function startOwn(): Promise<void> {
  lock = await takeLock({ say: printLine, path: import.meta.dirname!, work: "runs these tests here" });
  await ControlPlane.down(NAME);
  try {
    await ControlPlane.up({ name: NAME });
  } catch (err) {
    await endOwn();
    throw err;
  }
}

async function endOwn(): Promise<void> {
  await ControlPlane.down(NAME);
  lock?.[Symbol.dispose]();
}

/** Source: apiserver, `storage/feature/feature_support_checker.go`. */
async function etcdHasWatchProgress(): Promise<boolean> {
  const { stdout } = await runFreely(["etcd", "--version"]);
  const [, minor = 0, patch = 0] = (/etcd Version: 3\.(\d+)\.(\d+)/.exec(stdout) ?? []).map(Number);
  return minor > 5 || (minor === 5 && patch >= 13) || (minor === 4 && patch >= 31);
}

/**
 * Why there is no server to test; `undefined`: there is one.
 *
 * A control plane is built here only when `CI` or `SPIDERPOOL_TEST_BUILD` is `true`: it takes ten minutes. `deno task cluster up` builds
 * it, too.
 */
export async function whyNoServer(): Promise<string | undefined> {
  if (Deno.env.get("SPIDERPOOL_TEST_KUBECONFIG") !== undefined) return undefined;
  return await ControlPlane.obstacle() ?? (mayBuild() ? undefined : await whyNotBuilt());
}

function mayBuild(): boolean {
  return ["CI", "SPIDERPOOL_TEST_BUILD"].some((name) => Deno.env.get(name) === "true");
}

async function whyNotBuilt(): Promise<string | undefined> {
  const pathOf = await findPrograms();
  const hint = "built by deno task cluster up, or here with SPIDERPOOL_TEST_BUILD=true";
  return firstReason(...programs.map((program) => needsPath(pathOf(program), `${program}, ${hint}`)));
}
