import { type FieldError, forbidden } from "./field_error.ts";
import { arrayOr, at, equalJson, type JsonObject, objectOr } from "./json.ts";
import type { ApiObject } from "./object.ts";

/** What an update of a Pod may not change. Source: kubernetes, `ValidatePodUpdate`. */
export function podUpdateErrors(object: ApiObject, old: ApiObject): FieldError[] {
  for (const key of ["containers", "initContainers"]) {
    const [next, before] = [object, old].map(({ spec }) => arrayOr(objectOr(spec)[key]).length);
    if (next !== before) return [forbidden(`spec.${key}`, "pod updates may not add or remove containers")];
  }
  if (equalJson(fixedPodSpec(object), fixedPodSpec(old)) && isGraceAllowed(object, old)) return [];
  return [
    forbidden(
      "spec",
      "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`," +
        "`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations)," +
        "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)",
    ),
  ];
}

/** A grace period may only become one second, and only from less than none. */
function isGraceAllowed(object: ApiObject, old: ApiObject): boolean {
  const [next, before] = [object, old].map(({ spec }) => at(objectOr(spec), "terminationGracePeriodSeconds"));
  return equalJson(next, before) || (next === 1 && typeof before === "number" && before < 0);
}

function fixedPodSpec(object: ApiObject): JsonObject {
  const spec: JsonObject = { ...objectOr(object.spec) };
  for (const key of ["activeDeadlineSeconds", "tolerations", "terminationGracePeriodSeconds"]) delete spec[key];
  for (const key of ["containers", "initContainers"]) {
    if (spec[key] !== undefined) spec[key] = arrayOr(spec[key]).map((item) => ({ ...objectOr(item), image: "" }));
  }
  return spec;
}
