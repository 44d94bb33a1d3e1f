import type { Link, LinkAddress, Route } from "../../net/route/mod.ts";

/** What the node has, as far as a plan looks at it. */
export interface Observed {
  readonly links: readonly Link[];
  /** Of all links; only read where a bond is to be made or completed. */
  readonly addresses: readonly LinkAddress[];
  /** Of all tables, by members of the bond; only read where that is to be made or completed. */
  readonly routes: readonly Route[];
}

/** The link of that name. */
export function linkNamed({ links }: Pick<Observed, "links">, name: string): Link | undefined {
  return links.find((link) => link.name === name);
}

/** The name of a link for messages; an index that is not listed stays a number. */
export function nameOf({ links }: Pick<Observed, "links">, index: number): string {
  return links.find((link) => link.index === index)?.name ?? `with index ${index}`;
}
