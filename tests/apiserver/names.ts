/** What names, labels and annotations must look like. Source: apimachinery, `util/validation`. */
import { type FieldError, forbidden, invalid, required } from "./field_error.ts";
import { isObject, type Json, type JsonObject } from "./json.ts";
import type { NameRule } from "./resource.ts";

const label = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const subdomain = `${label}(\\.${label})*`;
const label1035 = "[a-z]([-a-z0-9]*[a-z0-9])?";
const qualified = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";
const labelValue = `(${qualified})?`;

interface Format {
  readonly regexp: RegExp;
  readonly maxLength: number;
  readonly words: string;
}

const nameFormats: Readonly<Record<Exclude<NameRule, "path">, Format>> = {
  subdomain: {
    regexp: new RegExp(`^${subdomain}$`),
    maxLength: 253,
    words: "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must " +
      `start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '${subdomain}')`,
  },
  label: {
    regexp: new RegExp(`^${label}$`),
    maxLength: 63,
    words: "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and " +
      `end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '${label}')`,
  },
  label1035: {
    regexp: new RegExp(`^${label1035}$`),
    maxLength: 63,
    words: "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic " +
      "character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation " +
      `is '${label1035}')`,
  },
};

const qualifiedName = new RegExp(`^${qualified}$`);
const subdomainName = new RegExp(`^${subdomain}$`);
const labelValueText = new RegExp(`^${labelValue}$`);
const maxAnnotationBytes = 262_144;

/** Errors of `metadata.name`. */
export function nameErrors(name: string, rule: NameRule): FieldError[] {
  if (name === "") return [required("metadata.name", "name or generateName is required")];
  if (rule === "path") {
    const bad = name === "." || name === ".." || /[/%]/.test(name);
    return bad ? [invalid("metadata.name", name, "may not be '.' or '..' and may not contain '/' or '%'")] : [];
  }
  const { regexp, maxLength, words } = nameFormats[rule];
  const errors: FieldError[] = [];
  if (name.length > maxLength) errors.push(invalid("metadata.name", name, `must be no more than ${maxLength} bytes`));
  if (!regexp.test(name)) errors.push(invalid("metadata.name", name, words));
  return errors;
}

/** Errors of `metadata` that do not depend on the Kind, `name` aside. */
export function metadataErrors(metadata: Readonly<JsonObject>): FieldError[] {
  return [
    ...labelErrors(metadata.labels),
    ...annotationErrors(metadata.annotations),
    ...finalizerErrors(metadata.finalizers),
    ...ownerErrors(metadata.ownerReferences),
  ];
}

function labelErrors(labels: Json | undefined): FieldError[] {
  if (labels === undefined || !isObject(labels)) return mapErrors("metadata.labels", labels);
  return Object.entries(labels).flatMap(([key, value]) => {
    const errors = keyErrors("metadata.labels", key);
    if (typeof value !== "string") return [...errors, invalid("metadata.labels", value, "must be a string")];
    if (value.length > 63) errors.push(invalid("metadata.labels", value, "must be no more than 63 bytes"));
    if (!labelValueText.test(value)) errors.push(invalid("metadata.labels", value, labelValueWords));
    return errors;
  });
}

const labelValueWords =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', " +
  "and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used " +
  "for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

function annotationErrors(annotations: Json | undefined): FieldError[] {
  if (annotations === undefined || !isObject(annotations)) return mapErrors("metadata.annotations", annotations);
  let total = 0;
  const errors = Object.entries(annotations).flatMap(([key, value]) => {
    if (typeof value !== "string") return [invalid("metadata.annotations", value, "must be a string")];
    total += key.length + value.length;
    return keyErrors("metadata.annotations", key.toLowerCase());
  });
  if (total <= maxAnnotationBytes) return errors;
  return [...errors, {
    path: "metadata.annotations",
    reason: "FieldValueTooLong",
    message: `Too long: may not be more than ${maxAnnotationBytes} bytes`,
  }];
}

function mapErrors(path: string, value: Json | undefined): FieldError[] {
  return value === undefined || value === null ? [] : [invalid(path, value, "must be an object")];
}

function keyErrors(path: string, key: string): FieldError[] {
  const slash = key.indexOf("/");
  const prefix = slash < 0 ? undefined : key.slice(0, slash);
  const name = key.slice(slash + 1);
  if (prefix !== undefined && (prefix.length > 253 || !subdomainName.test(prefix))) {
    return [invalid(path, key, `prefix part ${nameFormats.subdomain.words}`)];
  }
  if (name.length <= 63 && qualifiedName.test(name)) return [];
  return [
    invalid(
      path,
      key,
      name.length > 63
        ? "name part must be no more than 63 bytes"
        : "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an " +
          "alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is " +
          "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
    ),
  ];
}

function finalizerErrors(finalizers: Json | undefined): FieldError[] {
  if (finalizers === undefined || finalizers === null) return [];
  if (!Array.isArray(finalizers)) return [invalid("metadata.finalizers", finalizers, "must be a list")];
  const errors = finalizers.flatMap((item) =>
    typeof item === "string"
      ? keyErrors("metadata.finalizers", item)
      : [invalid("metadata.finalizers", item, "must be a string")]
  );
  if (finalizers.includes("orphan") && finalizers.includes("foregroundDeletion")) {
    errors.push(
      invalid("metadata.finalizers", finalizers, "finalizer orphan and foregroundDeletion cannot be both set"),
    );
  }
  return errors;
}

function ownerErrors(owners: Json | undefined): FieldError[] {
  if (owners === undefined || owners === null) return [];
  if (!Array.isArray(owners)) return [invalid("metadata.ownerReferences", owners, "must be a list")];
  const errors = owners.flatMap((owner) => {
    const missing = ["apiVersion", "kind", "name", "uid"].filter((key) => !isObject(owner) || !owner[key]);
    return missing.map((key) =>
      invalid(`metadata.ownerReferences.${key}`, "", `${key === "apiVersion" ? "version " : ""}must not be empty`)
    );
  });
  const controllers = owners.filter((owner) => isObject(owner) && owner.controller === true);
  if (controllers.length <= 1) return errors;
  return [...errors, invalid("metadata.ownerReferences", owners, "Only one reference can have Controller set to true")];
}

/** Errors of a name or namespace that changes. */
export function immutableError(path: string, value: Json | undefined): FieldError {
  return invalid(path, value, "field is immutable");
}

/** Errors of finalizers added to an object that is going away. */
export function addedFinalizerErrors(before: readonly string[], after: readonly string[]): FieldError[] {
  const added = after.filter((item) => !before.includes(item));
  if (added.length === 0) return [];
  const list = added.map((item) => JSON.stringify(item)).join(", ");
  return [
    forbidden(
      "metadata.finalizers",
      `no new finalizers can be added if the object is being deleted, found new finalizers []string{${list}}`,
    ),
  ];
}
