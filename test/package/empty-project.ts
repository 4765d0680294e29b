import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { repository } from "../../tools/set-up/repository.mjs";
import { packInto } from "./pack";
import { runNpm } from "./run-npm";

/** A project outside this repository that has nothing but the packed package and a release of @pulumi/pulumi. */
export class EmptyProject {
  readonly scratch = realpathSync(mkdtempSync(join(tmpdir(), "packed-")));
  readonly folder = join(this.scratch, "project");

  private constructor() {
    mkdirSync(this.folder);
    this.write("package.json", JSON.stringify({ name: "empty", private: true }));
  }

  static async create(pulumiVersion: string): Promise<EmptyProject> {
    const project = new EmptyProject();
    project.install(await packInto(project.scratch), `@pulumi/pulumi@${pulumiVersion}`);
    return project;
  }

  install(...packages: string[]): void {
    runNpm(this.folder, "install", "--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund", ...packages);
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.folder, path)), { recursive: true });
    writeFileSync(join(this.folder, path), text);
  }

  /** Runs a JavaScript file of the project; answers what it printed. */
  node(path: string): string {
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(this.folder, path)], { cwd: this.folder, encoding: "utf8" });
    if (status !== 0) throw new Error(`node ${path} failed: ${stderr}`);
    return stdout.trim();
  }

  /**
   * Type-checks the folder types/; answers the complaints. The CLI would read a tsconfig.json beside the program.
   *
   * @param files default: all of the folder
   */
  typeCheck(compilerOptions: Record<string, unknown>, files?: readonly string[]): string {
    this.write("types/tsconfig.json", JSON.stringify({ compilerOptions: { noEmit: true, strict: true, ...compilerOptions }, files }));
    const compiler = join(repository, "node_modules", "typescript", "bin", "tsc");
    return spawnSync(process.execPath, [compiler, "-p", "types"], { cwd: this.folder, encoding: "utf8" }).stdout;
  }

  remove(): void {
    rmSync(this.scratch, { recursive: true, force: true });
  }
}
