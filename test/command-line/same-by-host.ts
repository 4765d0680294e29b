import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { ListReport, VerifyReport } from "../../provider/domain/tree/tree-report";
import type { ExportedTree, TreeCopy } from "../support/exported-tree";
import { runTool } from "./run-tool";

interface Asked<Report> {
  readonly code: number | null;
  readonly report: Report;
}

/** Both ways to one report: what a host says of its directories is what a look at the very files says. */
export function sameByHost(
  there: () => { readonly tree: ExportedTree; readonly damaged: TreeCopy },
  host: () => string,
  env: () => Record<string, string>,
): void {
  const asked = async <Report>(words: readonly string[]): Promise<Asked<Report>> => {
    const { code, output } = await runTool([...words, "--json"], { env: env() });
    return { code, report: JSON.parse(output) };
  };

  it.each(["intact", "damaged"])("verify reads what is %s there, and comes to the same", async (state) => {
    const { tree, damaged } = there();
    const directory = state === "intact" ? tree.original.directory : damaged.directory;
    const byHost = await asked<VerifyReport>(["verify", "--content", "--host", host(), directory]);
    const here = await asked<VerifyReport>(["verify", "--content", directory]);
    const { host: name, ...rest } = byHost.report;
    expect(name).toMatch(/^the simulator in |^PowerShell on this machine$/);
    expect([byHost.code, rest]).toEqual([here.code, here.report]);
    expect([here.code, here.report.result]).toEqual(state === "intact" ? [0, "intact"] : [1, "damaged"]);
  });

  it("list names what lies there", async () => {
    const { damaged } = there();
    const { code, report } = await asked<ListReport>(["list", "--host", host(), damaged.chain]);
    expect([code, report.chains[0]?.generations.map(({ label }) => label)]).toEqual([0, ["night-1", "night-2", "night-3", "night-4"]]);
    expect(report.directories).toEqual([damaged.chain]);
  });

  it("what is not there, and a folder that holds nothing, are failures", async () => {
    const { tree } = there();
    const empty = join(tree.place.scene.directory, "nothing");
    mkdirSync(empty, { recursive: true });
    const missing = join(empty, "missing");
    const { code, report } = await asked<VerifyReport>(["verify", "--host", host(), missing, empty]);
    expect([code, report.failures.map((one) => one.code)]).toEqual([2, ["directory-not-found", "nothing-exported"]]);
  });
}
