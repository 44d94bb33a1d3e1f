/** Who can talk to whom: ICMP and TCP between network namespaces, with the answer of just the one who is asked for. */
import { BUSYBOX } from "../../scripts/cluster/busybox.ts";
import { runFreely } from "../../scripts/cluster/command.ts";
import { forEachLimited } from "../bench/limited.ts";
import { patiently } from "./patience.ts";

/** TCP port of everybody who serves its name. */
export const NAME_PORT = 8099;

/** Commands at a time. */
const AT_ONCE = 8;

/** Most failures that a message has. */
const MOST_SHOWN = 20;

/** One who asks. */
export interface Asker {
  readonly name: string;
  /** Path of its network namespace on the host. */
  readonly netns: string;
  /** Address that pings come from. @default what the routes say */
  readonly from?: string;
}

/** An address, and the name of who is to answer there. */
export interface Target {
  readonly name: string;
  readonly address: string;
}

/** One asks one. */
export interface Conversation {
  readonly asker: Asker;
  readonly target: Target;
}

/** All of `askers` with all of `targets` of the same family; nobody asks the address it asks from. */
export function conversationsOf(
  askers: readonly (Asker & { readonly isV6: boolean })[],
  targets: readonly Target[],
): Conversation[] {
  return askers.flatMap((asker) =>
    targets.filter(({ address }) => address.includes(":") === asker.isV6 && address !== asker.from)
      .map((target) => ({ asker, target }))
  );
}

/**
 * Has all of them ping and ask for the name by HTTP, until each has got its answer: a new address is known to neighbors
 * after a moment.
 *
 * @throws {WaitError} that names who got none
 */
export async function allTalk(conversations: readonly Conversation[]): Promise<void> {
  if (conversations.length === 0) throw new Error("Cannot see everybody answer: nobody asks");
  let open = conversations;
  const look = async () => {
    const failures = new Map<Conversation, string>();
    await forEachLimited(open, AT_ONCE, async (conversation) => {
      const failure = await failureOf(conversation);
      if (failure !== undefined) failures.set(conversation, failure);
    });
    open = [...failures.keys()];
    return open.length === 0 ? undefined : textOf([...failures.values()]);
  };
  await patiently("see everybody answer", look);
}

async function failureOf({ asker, target }: Conversation): Promise<string | undefined> {
  const { netns, from } = asker;
  const enter = ["nsenter", `--net=${netns}`];
  const source = from === undefined ? [] : ["-I", from];
  const who = `${asker.name}${from === undefined ? "" : ` (${from})`} to ${target.name} ${target.address}`;
  const ping = await runFreely([...enter, "ping", "-n", "-c", "1", "-W", "1", ...source, target.address]);
  if (ping.code !== 0) return `${who}: no answer to a ping`;
  const client = [...enter, BUSYBOX, "nc", "-w", "2", target.address, String(NAME_PORT)];
  const http = await runFreely(client, { stdin: "GET /hostname HTTP/1.0\r\n\r\n" });
  const [head = "", name = ""] = http.stdout.split("\r\n\r\n");
  if (!/^HTTP\/1\.\d 200 /.test(head)) return `${who}: no answer by TCP: ${head || http.stderr.trim()}`;
  return name.trim() === target.name ? undefined : `${who}: ${name.trim()} answered by TCP`;
}

/** Serves `name` by HTTP in a network namespace, from `folder`, which gets a file for it. Closing it ends that. */
export async function serveName(
  name: string,
  { netns, folder }: { readonly netns: string; readonly folder: string },
): Promise<AsyncDisposable> {
  const home = `${folder}/${name}`;
  await Deno.mkdir(home, { recursive: true });
  await Deno.writeTextFile(`${home}/hostname`, `${name}\n`);
  const server = new Deno.Command("nsenter", {
    args: [`--net=${netns}`, BUSYBOX, "httpd", "-f", "-p", String(NAME_PORT), "-h", home],
    stdin: "null",
  }).spawn();
  return {
    async [Symbol.asyncDispose]() {
      try {
        server.kill();
      } catch (err) {
        if (!(err instanceof TypeError)) throw err; // it has ended: the conversations told so
      }
      await server.status;
    },
  };
}

function textOf(failures: readonly string[]): string {
  const hidden = failures.length - MOST_SHOWN;
  const more = hidden > 0 ? [`and ${hidden} more`] : [];
  return [`${failures.length} did not`, ...failures.slice(0, MOST_SHOWN), ...more].join("\n  ");
}
