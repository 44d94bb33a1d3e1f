import { TestNetns } from "../shared/netns.ts";
import { type Answer, FakeAgent, type SeenRequest } from "./fake_agent.ts";
import { builtPlugin, type PluginRun } from "./plugin_process.ts";

/** What a call changes of an ordinary one; `undefined` removes a variable or a key. */
export interface CallChanges {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly conf?: Readonly<Record<string, unknown>>;
  readonly ipam?: Readonly<Record<string, unknown>>;
  /** Replaces the configuration. */
  readonly stdin?: string;
  /** Executable. @default spiderpool */
  readonly plugin?: string;
}

/** One Pod's attachment to a network: namespace, fake agent and log, all removed at the end. */
export class TestAttachment implements AsyncDisposable {
  readonly agent: FakeAgent;
  readonly netns = new TestNetns();
  readonly #folder = Deno.makeTempDirSync({ prefix: "cni-" });

  constructor(answer: Readonly<Record<string, Answer>> | ((request: SeenRequest) => Answer) = {}) {
    this.agent = new FakeAgent(this.#folder, answer);
  }

  get logPath(): string {
    return `${this.#folder}/log/spiderpool.log`;
  }

  /** Runs a plugin. */
  async call(command: string, changes: CallChanges = {}): Promise<PluginRun> {
    const { env = {}, conf = {}, ipam = {}, stdin, plugin = "spiderpool" } = changes;
    const built = await builtPlugin(plugin);
    const config = plugin === "spiderpool" ? this.config(conf, ipam) : { ...this.#chained(plugin), ...conf };
    return await built.run({
      env: {
        CNI_COMMAND: command,
        CNI_CONTAINERID: "c1",
        CNI_NETNS: this.netns.path,
        CNI_IFNAME: "eth0",
        CNI_PATH: "/opt/cni/bin",
        CNI_ARGS:
          "IgnoreUnknown=1;K8S_POD_NAMESPACE=ns1;K8S_POD_NAME=web-0;K8S_POD_UID=u1;K8S_POD_INFRA_CONTAINER_ID=c1",
        ...env,
      },
      stdin: stdin ?? config,
    });
  }

  /** The configuration of a main plugin that delegates to `spiderpool`. */
  config(conf: Readonly<Record<string, unknown>> = {}, ipam: Readonly<Record<string, unknown>> = {}): unknown {
    const own = { type: "spiderpool", ipam_unix_socket_path: this.agent.socket, log_file_path: this.logPath };
    return { cniVersion: "1.0.0", name: "net", type: "macvlan", master: "eth9", ipam: { ...own, ...ipam }, ...conf };
  }

  /** The configuration of a plugin that is called by the runtime. */
  #chained(type: string): Record<string, unknown> {
    const logOptions = { logFile: this.logPath };
    return { cniVersion: "1.0.0", name: "net", type, ipam_unix_socket_path: this.agent.socket, logOptions };
  }

  /** Lines of the plugin's log. */
  log(): Record<string, unknown>[] {
    const text = Deno.readTextFileSync(this.logPath);
    return text.trimEnd().split("\n").map((line) => JSON.parse(line));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.agent[Symbol.asyncDispose]();
    this.netns[Symbol.dispose]();
    Deno.removeSync(this.#folder, { recursive: true });
  }
}
