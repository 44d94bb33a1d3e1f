import { networkOf, tryParseAddress, tryParsePrefix } from "../../net/ip/mod.ts";
import { annotationKeys } from "./annotations.ts";
import { type AnnotationText, decodeAnnotation, maxNames, wrongInput } from "./annotation_text.ts";
import { goArray, goObject, goString } from "./go_json.ts";
import type { CustomRoute } from "./routes.ts";

const routeTexts = goArray(goObject<{ dst: string; gw: string }>({ dst: goString, gw: goString }), maxNames);

/**
 * Reads `ipam.spidernet.io/routes`. Host bits of `dst` are cleared.
 *
 * @throws {IpamError} `wrong-input` if a `dst` is not a CIDR, or its `gw` not an address of the same family
 */
export function parseRoutes(annotation: AnnotationText): CustomRoute[] {
  return decodeAnnotation(annotation, { key: annotationKeys.routes, decoder: routeTexts }).map((text, i) => {
    const route = routeOf(text);
    if (typeof route === "string") throw wrongInput(annotationKeys.routes, annotation, `$[${i}]: ${route}`);
    return route;
  });
}

/** @returns what is wrong with the texts, where something is */
function routeOf({ dst, gw }: { readonly dst: string; readonly gw: string }): CustomRoute | string {
  const prefix = tryParsePrefix(dst);
  const gateway = tryParseAddress(gw);
  if (prefix === undefined) return `dst ${JSON.stringify(dst)} is not a CIDR`;
  if (gateway === undefined) return `gw ${JSON.stringify(gw)} is not an address`;
  if (gateway.family !== prefix.address.family) return `dst ${dst} and gw ${gw} are of different families`;
  return { family: gateway.family, dst: networkOf(prefix), gateway };
}
