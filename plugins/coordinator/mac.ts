import { bytesOfAddress } from "../../net/ip/mod.ts";
import type { Bytes } from "../../net/wire/mod.ts";
import type { Scene } from "./scene.ts";

/** The wished prefix and the last four bytes of the link's first address; `undefined` where none is wished. */
export function macOf(
  { settings: { macPrefix }, addresses: [address] }: Pick<Scene, "settings" | "addresses">,
): Bytes | undefined {
  if (macPrefix === undefined || address === undefined) return undefined;
  return Uint8Array.of(...macPrefix, ...bytesOfAddress(address).slice(-4));
}
