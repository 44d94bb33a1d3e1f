import { encodeOwed, MAX_OWED, OWED_TEMPORARY, owedNameOf } from "./owed_del.ts";
import type { IpamDelArgs } from "./types.ts";

/**
 * Leaves a note in `folder` that a DEL is owed; it replaces an earlier one of the attachment, and appears whole or not at
 * all. The folder is made where there is none: after a reboot a runtime may come before the first agent.
 *
 * @throws {RangeError} if there are too many notes, or this one cannot be one
 * @throws what the file system says, such as no room
 */
export function writeOwed(folder: string, args: IpamDelArgs): void {
  const name = owedNameOf(args);
  const text = encodeOwed(args);
  makeFolder(folder);
  const others = [...Deno.readDirSync(folder)].filter((file) => file.name !== name).length;
  if (others >= MAX_OWED) throw new RangeError(`Cannot note a DEL in ${folder}: there are ${others} notes already`);
  const temporary = Deno.makeTempFileSync({ dir: folder, suffix: OWED_TEMPORARY }); // 0600
  try {
    Deno.writeTextFileSync(temporary, text);
    Deno.renameSync(temporary, `${folder}/${name}`);
  } catch (err) {
    removeIfThere(temporary);
    throw err;
  }
}

/** Takes the note about an attachment away; without one nothing happens. */
export function removeOwed(folder: string, args: Pick<IpamDelArgs, "containerID" | "ifName">): void {
  removeIfThere(`${folder}/${owedNameOf(args)}`);
}

/** The folder is for root alone; that of the socket, where it is missing, is as the agent's Pod would get it. */
function makeFolder(folder: string): void {
  Deno.mkdirSync(folder.slice(0, folder.lastIndexOf("/")), { recursive: true, mode: 0o755 });
  Deno.mkdirSync(folder, { recursive: true, mode: 0o700 });
}

function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (err) {
    if (!(err instanceof Deno.errors.NotFound)) throw err;
  }
}
