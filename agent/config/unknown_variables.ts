import { MAX_KEYS, type UnknownKey, unknownKey } from "./unknown_keys.ts";
import { variables } from "./variables.ts";

const PREFIX = "SPIDERPOOL_";
const HOST_SUFFIX = "_SERVICE_HOST";

/** Known names, of which only what follows the prefix is compared: it alone would make all names alike. */
const knownEnds = Object.values(variables).map(({ name }) => name).filter(isOurs).map(endOf);

/**
 * Variables among `names` that begin with `SPIDERPOOL_` and that nobody reads, at most 50. What Kubernetes adds for the
 * Services of a Pod's namespace, such as `SPIDERPOOL_AGENT_SERVICE_HOST`, is nobody's mistake.
 *
 * @param names all that are set, in any order
 */
export function unknownVariables(names: readonly string[]): UnknownKey[] {
  const services = names.filter((name) => name.endsWith(HOST_SUFFIX)).map((name) => name.slice(0, -HOST_SUFFIX.length));
  return names.filter((name) => isOurs(name) && !knownEnds.includes(endOf(name)))
    .filter((name) => !services.some((service) => isLinkOf(service, name)))
    .toSorted().slice(0, MAX_KEYS).map((name) => unknownKey(endOf(name), { prefix: PREFIX, known: knownEnds }));
}

/** Whether Kubernetes sets `name` for `service`. */
function isLinkOf(service: string, name: string): boolean {
  const rest = name.startsWith(service) ? name.slice(service.length) : "";
  return /^_SERVICE_(HOST|PORT(_.*)?)$|^_PORT(_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?$/.test(rest);
}

function isOurs(name: string): boolean {
  return name.startsWith(PREFIX);
}

function endOf(name: string): string {
  return name.slice(PREFIX.length);
}
