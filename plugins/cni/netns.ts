import { CniCode, CniError } from "./errors.ts";
import type { PluginIo } from "./io.ts";

/**
 * Checks that `path` is a network namespace: a file on the file system that the plugin's own one is on.
 *
 * @throws {CniError} code 4; "does not exist" and "is no network namespace" are told apart
 */
export function requireNetns(path: string, io: PluginIo): void {
  const given = io.netnsAt(path);
  if (given === undefined) {
    throw new CniError(CniCode.BadEnvironment, `Cannot open CNI_NETNS ${JSON.stringify(path)}: it does not exist`);
  }
  if (given.dev !== io.ownNetns().dev) {
    throw new CniError(
      CniCode.BadEnvironment,
      `Cannot open CNI_NETNS ${JSON.stringify(path)}: it is no network namespace`,
    );
  }
}
