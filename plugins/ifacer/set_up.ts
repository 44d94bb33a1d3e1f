import type { Link } from "../../net/route/mod.ts";
import type { Step } from "../../net/steps/mod.ts";

/** Sets a link up that is not. It stays up whatever happens: meanwhile others may count on it. */
export function setUp({ name, up }: Pick<Link, "name" | "up">): Step[] {
  return up ? [] : [{ do: "changeLink", place: "host", link: name, to: { up: true }, from: {} }];
}
