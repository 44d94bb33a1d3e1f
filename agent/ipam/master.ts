import type { MasterFacts } from "../../crd/ipam/facts.ts";
import type { IpamAddArgs } from "../api/types.ts";

/**
 * Looks for the host's addresses on the master of the NIC that is being added: its PF, or the link it sits on
 * (spec/ipam.md §5.2, rule 9). What is missing to tell them is a value, never an error.
 */
export type ReadMaster = (args: Pick<IpamAddArgs, "netNamespace" | "ifName">) => Promise<MasterFacts>;
