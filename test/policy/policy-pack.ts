import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import type { HypervBackupPolicyOptions } from "pulumi-hyperv-reference-point/policy";
import { repository } from "../../tools/set-up/repository.mjs";

/**
 * A runtime that is no language, so that the CLI boots the pack by `pulumi-analyzer-policy-<runtime>`: a language host that is built with Go is too
 * old to run packs ("not supported"). The program is the one that such a host starts, too: run-policy-pack of the SDK.
 */
const SCRIPTED = "nodejs-by-script";

/** Folders of policy packs, for the real CLI. They lie below the repository, where they find the SDKs. */
export class PolicyPacks {
  private readonly folder: string;
  private readonly path = process.env.PATH;
  private made = 0;

  constructor() {
    mkdirSync(join(repository, ".scratch"), { recursive: true });
    this.folder = mkdtempSync(join(repository, ".scratch", "policy-"));
    mkdirSync(join(this.folder, "node_modules"));
    symlinkSync(repository, join(this.folder, "node_modules", "pulumi-hyperv-reference-point"), "junction");
    const bin = join(this.folder, "bin");
    mkdirSync(bin);
    const script = join(bin, `pulumi-analyzer-policy-${SCRIPTED}`);
    writeFileSync(script, `#!/bin/sh\nexec node "$(node -e "console.log(require.resolve('@pulumi/pulumi/cmd/run-policy-pack'))")" "$@"\n`);
    chmodSync(script, 0o755);
    process.env.PATH = [bin, this.path].join(delimiter);
  }

  /** A pack with the policies that the options make; answers its folder. */
  write(options: HypervBackupPolicyOptions, enforcementLevel = "mandatory"): string {
    return this.writeText(
      `import { PolicyPack } from "@pulumi/policy";
       import { hypervBackupPolicies } from "pulumi-hyperv-reference-point/policy";
       new PolicyPack("backups", { enforcementLevel: "${enforcementLevel}", policies: hypervBackupPolicies(${JSON.stringify(options)}) });`,
    );
  }

  writeText(program: string): string {
    const pack = join(this.folder, `pack${++this.made}`);
    mkdirSync(pack);
    writeFileSync(join(pack, "PulumiPolicy.yaml"), `runtime: ${SCRIPTED}\n`);
    writeFileSync(join(pack, "package.json"), JSON.stringify({ name: "backups", version: "0.0.1" }));
    writeFileSync(join(pack, "index.ts"), program);
    return pack;
  }

  remove(): void {
    process.env.PATH = this.path;
    rmSync(this.folder, { recursive: true, force: true });
  }
}
