import { decodeBody } from "./decode.ts";
import { encodeBody } from "./encode.ts";
import { ipamDelArgsModel } from "./ipam_models.ts";
import type { IpamDelArgs } from "./types.ts";

/** Folder of the notes, beside the agent's socket: a tmpfs, and a reboot ends the Pods, too. */
const FOLDER = "owed-dels";

/** Ends the name of every note. */
export const OWED_SUFFIX = ".json";
/** Ends the name of a note that is being written. */
export const OWED_TEMPORARY = ".tmp";
/** Most bytes of one note; an ordinary one has 300. */
export const MAX_OWED_BYTES = 16 * 1024;
/** Most notes of one node: many times the Pods that it may have. */
export const MAX_OWED = 4096;

/** Longest name in bytes, without its suffix: a file system takes 255. */
const MAX_NAME = 200;
/** What says whose addresses are meant; the UID may be missing. */
const needed = ["containerID", "ifName", "podName", "podNamespace"] as const;

/** Folder of the DELs that are owed to the agent which serves the socket at `socketPath`. */
export function owedFolderOf(socketPath: string): string {
  const end = socketPath.lastIndexOf("/");
  return `${end < 0 ? "." : socketPath.slice(0, end)}/${FOLDER}`;
}

/**
 * File name of the note about an attachment: the same for each of its DELs, and safe whatever its parts hold.
 *
 * @throws {RangeError} if it is too long for a file
 */
export function owedNameOf({ containerID, ifName }: Pick<IpamDelArgs, "containerID" | "ifName">): string {
  const name = `${encodeURIComponent(containerID.toWellFormed())}@${encodeURIComponent(ifName.toWellFormed())}`;
  if (name.length <= MAX_NAME) return `${name}${OWED_SUFFIX}`;
  throw new RangeError(`Cannot name a note "${name.slice(0, 40)}…": ${name.length} bytes are more than ${MAX_NAME}`);
}

/**
 * The text of a note.
 *
 * @throws {RangeError} if it is too large, or does not say whose addresses are meant
 */
export function encodeOwed(args: IpamDelArgs): string {
  const text = encodeBody(ipamDelArgsModel, args);
  const bytes = new TextEncoder().encode(text).length;
  if (bytes > MAX_OWED_BYTES) throw new RangeError(`Cannot note a DEL: ${bytes} bytes are more than ${MAX_OWED_BYTES}`);
  named(args);
  return text;
}

/**
 * Reads a note.
 *
 * @throws {ContractError} if it is cut or not of the contract's form
 * @throws {RangeError} if it is too large, or does not say whose addresses are meant
 */
export function decodeOwed(text: Uint8Array): IpamDelArgs {
  if (text.length > MAX_OWED_BYTES) {
    throw new RangeError(`Cannot read the note of a DEL: ${text.length} bytes are more than ${MAX_OWED_BYTES}`);
  }
  return named(decodeBody(text, { name: "owedDel", model: ipamDelArgsModel }));
}

function named(args: IpamDelArgs): IpamDelArgs {
  const missing = needed.filter((name) => args[name] === "");
  if (missing.length === 0) return args;
  throw new RangeError(`Cannot use the note of a DEL: ${missing.join(", ")} must not be empty`);
}
