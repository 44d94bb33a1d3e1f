import { encodeText, type Json } from "./json.ts";
import { type ApiObject, withMeta } from "./object.ts";

/** One stored version of an object, with its texts made once and kept. */
export class StoredVersion {
  readonly #texts = new Map<string, string>();

  /**
   * @param object deeply frozen, `metadata.resourceVersion` set to `revision`
   * @param revision counts all writes of the server
   */
  constructor(readonly object: ApiObject, readonly revision: number) {}

  /** JSON text of the whole object. */
  get text(): string {
    return this.textAs("object", (object) => object as unknown as Json);
  }

  /** JSON text of a form of the object, such as its metadata; made on the first call for `form`. */
  textAs(form: string, make: (object: ApiObject) => Json): string {
    let text = this.#texts.get(form);
    if (text === undefined) {
      text = JSON.stringify(make(this.object));
      this.#texts.set(form, text);
    }
    return text;
  }

  /** The same object under a later resourceVersion: how a watch shows what left it. */
  departedAt(revision: number): StoredVersion {
    return new StoredVersion(withMeta(this.object, { resourceVersion: String(revision) }), revision);
  }
}

/** A write, as watches see it. */
export class Change {
  readonly #lines = new Map<string, Uint8Array<ArrayBuffer>>();
  #departed: StoredVersion | undefined;

  constructor(
    readonly revision: number,
    /** Before the write; absent for a create. */
    readonly previous: StoredVersion | undefined,
    /** After the write; absent for a delete. */
    readonly current: StoredVersion | undefined,
  ) {}

  /** The previous object under this change's resourceVersion. */
  get departed(): StoredVersion | undefined {
    return (this.#departed ??= this.previous?.departedAt(this.revision));
  }

  /** Bytes of a watch line, shared by all watchers of the same form. */
  line(key: string, make: () => string): Uint8Array<ArrayBuffer> {
    let bytes = this.#lines.get(key);
    if (bytes === undefined) {
      bytes = encodeText(make());
      this.#lines.set(key, bytes);
    }
    return bytes;
  }

  /** Gives the lines' memory back once the watchers of the moment have them; later ones make them again. */
  forgetLines(): void {
    this.#lines.clear();
  }
}
