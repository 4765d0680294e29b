import { existsSync, mkdtempSync, readdirSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type * as pulumi from "@pulumi/pulumi";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { Host, ReferencePointExport, type ReferencePointExportArgs } from "pulumi-hyperv-reference-point";
import { Simulator } from "pulumi-hyperv-reference-point/simulator";
import { expect } from "vitest";
import { TestStack } from "./test-stack";

/** Ids of the default lab, which are fixed. */
export const points = {
  sql01: [
    "Microsoft:5A010000-0000-4000-8000-000000000001",
    "Microsoft:5A010000-0000-4000-8000-000000000002",
    "Microsoft:5A010000-0000-4000-8000-000000000003",
  ],
  web01: "Microsoft:3EB01000-0000-4000-8000-000000000001",
  dc01: "Microsoft:DC010000-0000-4000-8000-000000000001",
} as const;

export const machines = {
  sql01: "5A010000-0000-4000-8000-00000000000A",
  test01: ["7E570100-0000-4000-8000-00000000000A", "7E570100-0000-4000-8000-00000000000B"],
} as const;

export const CLAIM = "reference-point-export.claim.json";
export const MANIFEST = "reference-point-export.manifest.json";
export const DATA_DISK = "Virtual Hard Disks/SQL01-data.vhdx";
export const SYSTEM_DISK = "Virtual Hard Disks/SQL01-system.vhdx";

/** What a test file works with: a scratch folder, a lab whose jobs end at once, stacks, and directories to export to. */
export class Workplace {
  private made = 0;

  private constructor(
    readonly scratch: string,
    readonly lab: Simulator,
  ) {}

  static async open(): Promise<Workplace> {
    const scratch = realpathSync(mkdtempSync(join(tmpdir(), "hyperv-engine-")));
    const lab = await Simulator.open(join(scratch, "lab"));
    await lab.configure({ bytesPerSecond: "unlimited", jobStartDelay: 0, finishedJobLifetime: "5m" });
    return new Workplace(scratch, lab);
  }

  close(): void {
    rmSync(this.scratch, { recursive: true, force: true, maxRetries: 5 });
  }

  stack(config: Parameters<typeof TestStack.create>[0]["config"] = {}, name = `stack${++this.made}`): Promise<TestStack> {
    return TestStack.create({ scratch: this.scratch, name, config });
  }

  /** The path of a directory that is not there yet; its parent is. */
  directory(): string {
    return join(this.scratch, `export${++this.made}`);
  }

  get host() {
    return Host.simulator({ directory: this.lab.directory });
  }

  /** A program that exports the second point of SQL01, or what the arguments say instead. */
  program(
    args: Partial<ReferencePointExportArgs> & Pick<ReferencePointExportArgs, "exportDirectory">,
    options: ProgramOptions = {},
  ): PulumiFn {
    return async () => {
      const { name = "export", ...resourceOptions } = options;
      const defaults = { host: this.host, virtualMachine: "SQL01", referencePoint: points.sql01[1] };
      const { exportId, status, problems, warnings } = new ReferencePointExport(name, { ...defaults, ...args }, resourceOptions);
      return { exportId, status, problems, warnings };
    };
  }

  /** Puts the disks together from the exports and holds them against the disks as they were at the last one's point. */
  async expectRestorable(exports: readonly string[], point: string, machine = "SQL01"): Promise<void> {
    const into = join(this.scratch, `restored${++this.made}`);
    const { disks } = await this.lab.restore({ exports, into });
    expect(disks.length).toBeGreaterThan(0);
    for (const { name, sha256 } of disks) {
      expect(sha256).toBe(await this.lab.diskSha256({ virtualMachine: machine, disk: name, referencePoint: point }));
    }
    rmSync(into, { recursive: true });
  }
}

type ProgramOptions = pulumi.CustomResourceOptions & { readonly name?: string };

/** Every file below a directory, relative, sorted; undefined when the directory is not there. */
export function filesIn(directory: string): string[] | undefined {
  if (!existsSync(directory)) return undefined;
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => !entry.isDirectory());
  return files
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(directory.length + 1)
        .replaceAll("\\", "/"),
    )
    .sort();
}
