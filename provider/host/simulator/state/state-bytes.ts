import type { LabState } from "./lab-state";

/** Records of a list whose bytes are made anew together when one of them has changed. */
const AT_ONCE = 32;

interface WrittenList {
  readonly records: readonly unknown[];
  readonly parts: readonly Buffer[];
}

/**
 * The states of a lab as JSON, one after the other. Each change of a lab writes all of it, and leaves most of its records the same objects:
 * the bytes of those are kept, so that a lab of a thousand machines costs a change little more than what it has changed.
 */
export class StateBytes {
  private readonly texts = new WeakMap<object, string>();
  private lists: ReadonlyMap<string, WrittenList> = new Map();

  of(state: LabState): Buffer {
    const lists = new Map<string, WrittenList>();
    const members = Object.entries(state).flatMap(([name, value], index) => {
      const begin = `${index === 0 ? "{" : ","}${JSON.stringify(name)}:`;
      if (!Array.isArray(value)) return [Buffer.from(begin + JSON.stringify(value))];
      const list = this.written(value, this.lists.get(name));
      lists.set(name, list);
      return [Buffer.from(`${begin}[`), ...list.parts, Buffer.from("]")];
    });
    this.lists = lists;
    return Buffer.concat([...members, Buffer.from("}")]);
  }

  private written(records: readonly unknown[], before: WrittenList | undefined): WrittenList {
    const parts: Buffer[] = [];
    for (let from = 0; from < records.length; from += AT_ONCE) {
      const known = before && isSame(records, before.records, from) ? before.parts[from / AT_ONCE] : undefined;
      parts.push(known ?? this.part(records, from));
    }
    return { records, parts };
  }

  private part(records: readonly unknown[], from: number): Buffer {
    const texts = records.slice(from, from + AT_ONCE).map((record) => this.textOf(record));
    return Buffer.from(`${from === 0 ? "" : ","}${texts.join(",")}`);
  }

  private textOf(record: unknown): string {
    if (typeof record !== "object" || record === null) return JSON.stringify(record);
    const text = this.texts.get(record) ?? JSON.stringify(record);
    this.texts.set(record, text);
    return text;
  }
}

function isSame(left: readonly unknown[], right: readonly unknown[], from: number): boolean {
  const end = Math.min(from + AT_ONCE, left.length);
  if (Math.min(from + AT_ONCE, right.length) !== end) return false;
  for (let index = from; index < end; index++) if (left[index] !== right[index]) return false;
  return true;
}
