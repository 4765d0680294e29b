import { createHash, randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { z } from "zod";
import { errorCode, hostErrorFrom } from "../../local-files/file-errors";
import { HostError } from "../../port";
import { type FullFault, fault, faultTable } from "./fault-table";
import type { Fault } from "./fault-types";

const fileForm = z.strictObject({ version: z.literal(1), edition: z.string().optional(), faults: z.array(z.unknown()) });

/** A fault that is on, with the key under which its uses are counted. */
export interface ActiveFault {
  readonly key: string;
  readonly fault: FullFault;
}

/**
 * `<lab>/faults.json`: what setFaults writes and a person may edit; a bare array will do. Read again whenever it changed. A changed
 * fault, and any fault that is set again, starts counting anew.
 */
export class FaultFile {
  readonly file: string;
  private cached: { readonly key: string; readonly faults: readonly ActiveFault[] } | undefined;

  constructor(labDirectory: string) {
    this.file = path.join(labDirectory, "faults.json");
  }

  read(): readonly ActiveFault[] {
    try {
      const found = fs.statSync(this.file, { bigint: true, throwIfNoEntry: false });
      if (!found) return [];
      const key = `${found.ino}:${found.mtimeNs}:${found.size}`;
      if (this.cached?.key !== key) this.cached = { key, faults: this.parse(fs.readFileSync(this.file, "utf8")) };
      return this.cached.faults;
    } catch (error) {
      if (errorCode(error) === "ENOENT" || errorCode(error) === "ENOTDIR") return [];
      throw hostErrorFrom(error, "read the simulator's faults", this.file);
    }
  }

  write(faults: readonly Fault[]): void {
    const checked = faults.map((one, index) => {
      const parsed = parseFault(one, index);
      if (typeof parsed === "string") throw new HostError("invalidParameter", parsed);
      return one;
    });
    const temporary = `${this.file}.${randomBytes(6).toString("hex")}.tmp`;
    try {
      fs.mkdirSync(path.dirname(this.file), { recursive: true });
      const edition = randomBytes(6).toString("hex");
      fs.writeFileSync(temporary, `${JSON.stringify({ version: 1, edition, faults: checked }, undefined, 2)}\n`, { flush: true });
      fs.renameSync(temporary, this.file);
    } catch (error) {
      fs.rmSync(temporary, { force: true });
      throw hostErrorFrom(error, "write the simulator's faults", this.file);
    }
  }

  clear(): void {
    fs.rmSync(this.file, { force: true });
  }

  private parse(text: string): ActiveFault[] {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (error) {
      throw this.bad((error as Error).message);
    }
    const form = fileForm.safeParse(Array.isArray(value) ? { version: 1, faults: value } : value);
    if (!form.success) throw this.bad('expected { "version": 1, "faults": [...] } or an array of faults');
    return form.data.faults.map((one, index) => {
      const parsed = parseFault(one, index);
      if (typeof parsed === "string") throw this.bad(parsed);
      const key = createHash("sha256")
        .update(JSON.stringify([form.data.edition ?? "", index, one]))
        .digest("hex")
        .slice(0, 24);
      return { key, fault: parsed };
    });
  }

  private bad(why: string): HostError {
    return new HostError("damagedState", `The simulator's fault file ${this.file} cannot be used: ${why}.`, {
      path: this.file,
      remedy: "Mend the file, or delete it to switch every fault off.",
    });
  }
}

function parseFault(value: unknown, index: number): FullFault | string {
  const name = value !== null && typeof value === "object" ? (value as { fault?: unknown }).fault : undefined;
  if (!faultTable.some((entry) => entry.name === name)) {
    return `fault ${index + 1} has the unknown name ${JSON.stringify(name)}; known: ${faultTable.map((entry) => entry.name).join(", ")}`;
  }
  const parsed = fault.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  return `fault ${index + 1} (${String(name)}): ${[issue?.path.join("."), issue?.message].filter(Boolean).join(": ")}`;
}
