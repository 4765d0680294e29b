import { expect, it } from "vitest";
import { runTool } from "./run-tool";

export async function script(shell: string): Promise<string> {
  const { code, output, errors } = await runTool(["completion", shell]);
  expect([code, errors]).toEqual([0, ""]);
  return output;
}

/** What each shell is to offer. The last word is the one that is being written. */
export const cases: readonly [string, readonly string[]][] = [
  ["ver", ["verify"]],
  ["re", ["report", "restore-plan"]],
  ["verify --con", ["--content"]],
  ["verify --content --po", ["--portion"]],
  ["list --format pro", ["prometheus"]],
  ["verify --format ", ["json", "prometheus", "text"]],
  ["doctor --host sim", ["simulator:"]],
  ["completion po", ["powershell"]],
  ["verify nig", ["nights"]],
  ["report --out nig", ["nights"]],
];

/** The options of a command as its help names them. */
async function optionsOf(command: string): Promise<string[]> {
  const { output } = await runTool([command, "--help"]);
  return [...output.matchAll(/^ {2}(--[a-z-]+)/gm)].map(([, flag]) => flag as string);
}

/** What a shell completes is what the tool takes: all of it, and nothing else. */
export function completesAll(complete: (line: string) => string[]): void {
  it("offers every command, and every option of each", async () => {
    const { output } = await runTool(["--help"]);
    const commands = [...output.matchAll(/^ {2}([a-z][a-z-]+) /gm)].map(([, name]) => name as string).filter((name) => name !== "help");
    expect(commands).toContain("doctor");
    expect(
      complete("")
        .filter((word) => !word.startsWith("-"))
        .sort(),
    ).toEqual([...commands].sort());
    for (const command of commands) expect(complete(`${command} --`).sort()).toEqual((await optionsOf(command)).sort());
  });
}
