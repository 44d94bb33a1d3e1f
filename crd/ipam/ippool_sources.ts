import { type AnnotationText, wrongInput } from "./annotation_text.ts";
import { annotationKeys } from "./annotations.ts";
import { type AddFacts, multusFactsOf } from "./facts.ts";
import { nicNames } from "./multus.ts";
import { type NicPools, parseIpPool, parseIpPools } from "./pool_annotations.ts";
import { currentNic, type Finding, podAnnotation } from "./source_finding.ts";

/** What `ipam.spidernet.io/ippools` of the Pod lists for all its NICs. @throws {IpamError} if that cannot be used */
export function annotatedNics(facts: AddFacts): Finding {
  const annotation = podAnnotation(annotationKeys.ippools, facts);
  return annotation === undefined ? "absent" : nicsOf(annotation, facts);
}

/** What `ipam.spidernet.io/ippool` of the Pod lists. @throws {IpamError} if that cannot be read */
export function annotatedPools(facts: AddFacts): Finding {
  const annotation = podAnnotation(annotationKeys.ippool, facts);
  return annotation === undefined ? "absent" : [currentNic(parseIpPool(annotation), facts)];
}

/** Items without an interface are the Pod's NICs in Multus' order. */
function nicsOf(annotation: AnnotationText, facts: AddFacts): NicPools[] {
  const key = annotationKeys.ippools;
  const items = parseIpPools(annotation);
  const named = items[0]?.interface === "" ? nameNics(items, annotation, facts) : items;
  if (!named.some((item) => item.interface === facts.request.nic)) {
    const listed = named.map((item) => item.interface).join(", ");
    throw wrongInput(key, annotation, `no item is for ${JSON.stringify(facts.request.nic)}, only for ${listed}`);
  }
  return named;
}

function nameNics(items: NicPools[], annotation: AnnotationText, facts: AddFacts): NicPools[] {
  const names = namesOfNics(items.length, annotation, facts);
  const repeated = names.find((name, i) => names.indexOf(name) !== i);
  if (repeated !== undefined) {
    const detail = `two networks of ${annotationKeys.networks} ask for ${
      JSON.stringify(repeated)
    }: name the interfaces`;
    throw wrongInput(annotationKeys.ippools, annotation, detail);
  }
  return items.map((item, i) => ({ ...item, interface: names[i]! }));
}

function namesOfNics(count: number, annotation: AnnotationText, facts: AddFacts): string[] {
  try {
    return nicNames(count, multusFactsOf(facts));
  } catch (error) {
    if (error instanceof SyntaxError) throw wrongInput(annotationKeys.ippools, annotation, error.message);
    throw error;
  }
}
