import type { Link } from "../../net/route/mod.ts";
import { bondModes } from "../../net/route/mod.ts";
import type { Step } from "../../net/steps/mod.ts";
import { refuseMemberInUse } from "./bond_member.ts";
import { invalidConfig } from "./errors.ts";
import { linkNamed, type Observed } from "./observed.ts";
import { setUp } from "./set_up.ts";
import type { BondSettings } from "./settings.ts";

/** What has to be changed for a bond. */
export interface BondPlan {
  readonly steps: readonly Step[];
  readonly activation: Step | undefined;
}

/**
 * Plans a bond. It is set up last, so one that is down and has members missing was left by a call that was killed: it is
 * completed. One that is up is whole, and is used only if mode and members are as wanted.
 *
 * @throws {CniError} code 7
 */
export function planBond(bond: BondSettings, observed: Observed): BondPlan {
  const existing = linkNamed(observed, bond.name);
  if (existing !== undefined) checkBond(existing, { bond, observed });
  if (existing?.up) return { steps: [], activation: undefined };
  const members = bond.members.map((name) => requireMember(name, { bond, observed }));
  const missing = members.filter((member) => !isMember(member, existing));
  for (const member of missing) refuseMemberInUse(member, { bond: bond.name, observed });
  const steps: Step[] = [
    ...(existing === undefined ? [creation(bond, members)] : []),
    ...members.flatMap((member) => missing.includes(member) ? enslavement(member, bond.name) : setUp(member)),
    ...setUp({ name: bond.name, up: false }),
  ];
  return { steps, activation: activationOf(bond) };
}

interface BondContext {
  readonly bond: BondSettings;
  readonly observed: Observed;
}

/** Compares kind, mode and members; options are those of whoever made it. */
function checkBond(existing: Link, { bond, observed: { links } }: BondContext): void {
  const difference = (text: string) => invalidConfig(`Cannot use link ${bond.name} as bond: ${text}`);
  const { kind = "hardware", info, index, up } = existing;
  if (kind !== "bond") throw difference(`its kind is ${kind}; give the bond another name`);
  const mode = info?.bond?.mode;
  if (mode !== bond.mode) {
    throw difference(`its mode is ${mode} (${bondModes[mode ?? -1]}), not ${bond.mode} (${bondModes[bond.mode]})`);
  }
  const names = links.filter(({ masterIndex }) => masterIndex === index).map(({ name }) => name);
  const extra = names.filter((name) => !bond.members.includes(name));
  if (extra.length > 0) throw difference(`${extra.join(", ")} is part of it and not wanted`);
  const missing = bond.members.filter((name) => !names.includes(name));
  if (up && missing.length > 0) {
    throw difference(`${missing.join(", ")} is not part of it; add it, or set the bond down to have it completed`);
  }
}

function requireMember(name: string, { bond, observed }: BondContext): Link {
  const link = linkNamed(observed, name);
  if (link !== undefined) return link;
  throw invalidConfig(`Cannot make bond ${bond.name}: there is no link ${name} on this node`);
}

function isMember({ masterIndex }: Link, bond: Link | undefined): boolean {
  return bond !== undefined && masterIndex === bond.index;
}

/** Members get the bond's MTU: the lowest of theirs, so that jumbo frames keep passing where all of them have it. */
function creation({ name, mode, primary, options }: BondSettings, members: readonly Link[]): Step {
  const mtu = Math.min(...members.map((member) => member.mtu));
  return { do: "createBond", place: "host", link: name, bond: { mode, mtu, primary, options } };
}

/** The kernel takes only links that are down, and undone the link is again as it was. */
function enslavement({ name, up }: Link, bond: string): Step[] {
  const change = { do: "changeLink", place: "host", link: name } as const;
  return [
    ...(up ? [{ ...change, to: { up: false }, from: { up: true } }] : []),
    { ...change, to: { master: bond }, from: { master: "" } },
    { ...change, to: { up: true }, from: { up: false } },
  ];
}

function activationOf({ name, activeMember }: BondSettings): Step | undefined {
  return activeMember === undefined
    ? undefined
    : { do: "activateMember", place: "host", link: name, member: activeMember };
}
