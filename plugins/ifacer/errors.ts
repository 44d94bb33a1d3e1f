import { CniCode, CniError } from "../cni/mod.ts";

/** The node cannot do what is asked: its kernel has no VLANs or bonds, a Pod holds the VLAN. */
export const NODE_UNFIT = 100;
/** CHECK found that something is not as it should be. */
export const CHECK_MISMATCH = 101;

/** The error for a configuration that is wrong, or that the links of the node do not fit: code 7. */
export function invalidConfig(message: string, options: ErrorOptions = {}): CniError {
  return new CniError(CniCode.InvalidConfig, message, options);
}
