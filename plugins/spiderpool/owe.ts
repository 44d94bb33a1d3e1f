import { AgentAnswerError, type IpamDelArgs, owedFolderOf, removeOwed, writeOwed } from "../../agent/api/mod.ts";
import type { PluginLog } from "../cni/mod.ts";
import { agentOf } from "./agent.ts";
import type { IpamConf } from "./config.ts";

/** After so many milliseconds without an answer the note is left: a runtime may end the plugin before its own time-out. */
const NOTE_AFTER_MS = 1_000;

/** Where a release goes. */
export interface ReleaseInputs {
  readonly conf: IpamConf;
  readonly log: Pick<PluginLog, "info" | "warn" | "error">;
}

/**
 * Tells the agent to give back what the attachment holds. A release that it cannot carry out now is noted on the node: the
 * runtime may not come again, for a meta-plugin that forgets its delegates answers success the next time. The agent
 * carries it out as soon as it can. A DEL that succeeds at once touches no file.
 *
 * @throws what {@linkcode agentOf} throws, whether or not it could be noted
 */
export async function releaseOrOwe(args: IpamDelArgs, { conf, log }: ReleaseInputs): Promise<void> {
  const note = new OwedNote(args, { folder: owedFolderOf(conf.socketPath), log });
  const timer = setTimeout(() => note.leave(), NOTE_AFTER_MS);
  try {
    await agentOf(conf).release(args);
    note.takeAway();
  } catch (err) {
    if (isRefusedForGood(err)) note.takeAway();
    else note.leave();
    throw err;
  } finally {
    clearTimeout(timer);
  }
}

/** The request itself is at fault: it would be refused again. */
function isRefusedForGood(err: unknown): boolean {
  return err instanceof AgentAnswerError && (err.status === 400 || err.status === 422);
}

/** The note of one DEL. What goes wrong with it is said in the log and nowhere else. */
class OwedNote {
  readonly #args: IpamDelArgs;
  readonly #folder: string;
  readonly #log: ReleaseInputs["log"];
  #isLeft = false;

  constructor(args: IpamDelArgs, { folder, log }: { readonly folder: string; readonly log: ReleaseInputs["log"] }) {
    this.#args = args;
    this.#folder = folder;
    this.#log = log;
  }

  leave(): void {
    if (this.#isLeft) return;
    try {
      writeOwed(this.#folder, this.#args);
      this.#isLeft = true;
      this.#log.info("left a note for the agent, which carries the DEL out when it can", { folder: this.#folder });
    } catch (err) {
      this.#log.error("cannot leave a note of the DEL for the agent", { folder: this.#folder, err });
    }
  }

  takeAway(): void {
    if (!this.#isLeft) return;
    try {
      removeOwed(this.#folder, this.#args);
    } catch (err) {
      this.#log.warn("cannot take the note of the DEL away: the agent does it", { folder: this.#folder, err });
    }
  }
}
