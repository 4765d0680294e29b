import { describe, expect, it } from "vitest";
import type { ListReport } from "../../provider/domain/tree/tree-report";
import { prometheusLines } from "../../provider/fronts/command-line/output/prometheus-lines";

const now = new Date("2026-11-28T12:00:00Z");
const told = { problems: [], warnings: [] };
const report: ListReport = {
  format: "hyperv-export/list",
  version: 1,
  directories: ["/srv"],
  chains: [
    {
      directory: "/srv/sql01",
      virtualMachineName: "SQL01",
      virtualMachineId: "A",
      ...told,
      generations: [
        {
          directory: "/srv/sql01/night-1",
          label: "night-1",
          virtualMachineName: "SQL01",
          virtualMachineId: "A",
          kind: "full",
          date: "2026-11-28T02:00:00Z",
          bytes: 40,
          condition: "intact",
          ...told,
        },
      ],
    },
    { directory: "/srv/broken", problems: ["record-unreadable: x"], warnings: [], generations: [] },
  ],
  exports: [
    { directory: 'D:\\a "b"\nc', condition: "unknown", kind: "differential", date: "2026-11-28T12:00:05Z", ...told },
    { directory: "/srv/left", condition: "incomplete", date: "no date", ...told },
    { directory: "/srv/ahead", condition: "intact", date: "2030-01-01T00:00:00Z", ...told },
  ],
  failures: [{ directory: "/x", code: "directory-not-found", message: "", remedy: "" }],
};

const samples = (metric: string, of: ListReport = report) =>
  prometheusLines(of, now).filter((line) => line.startsWith(`${metric}{`) || line.startsWith(`${metric} `));

describe("metrics of a report", () => {
  it("tell of every export whether it is intact: what nobody can tell is not", () => {
    expect(samples("hyperv_export_intact")).toEqual([
      'hyperv_export_intact{machine="SQL01",machine_id="A",directory="/srv/sql01/night-1",kind="full",chain="/srv/sql01",label="night-1"} 1',
      'hyperv_export_intact{directory="D:\\\\a \\"b\\"\\nc",kind="differential"} 0',
      'hyperv_export_intact{directory="/srv/left"} 0',
      'hyperv_export_intact{directory="/srv/ahead"} 1',
    ]);
  });

  it("tell age and size where they are known, and no age of what a wrong clock has dated ahead", () => {
    expect(samples("hyperv_export_age_seconds").map((line) => line.split(" ").at(-1))).toEqual(["36000", "0"]);
    expect(samples("hyperv_export_bytes").map((line) => line.split(" ").at(-1))).toEqual(["40"]);
  });

  it("tell of records of chains, of failures, and when they were written", () => {
    expect(samples("hyperv_export_chain_record_intact")).toEqual([
      'hyperv_export_chain_record_intact{directory="/srv/sql01",machine="SQL01",machine_id="A"} 1',
      'hyperv_export_chain_record_intact{directory="/srv/broken"} 0',
    ]);
    expect(samples("hyperv_export_look_failures")).toEqual(["hyperv_export_look_failures 1"]);
    expect(samples("hyperv_export_look_timestamp_seconds")).toEqual([`hyperv_export_look_timestamp_seconds ${now.getTime() / 1000}`]);
  });

  it("carry the host where one was asked", () => {
    const lines = prometheusLines({ ...report, host: "hv01 (SSH)" }, now).filter((line) => !line.startsWith("#"));
    expect(lines.filter((line) => !/^[a-z_]+\{host="hv01 \(SSH\)"[,}]/.test(line))).toEqual([]);
  });

  it("each stand once below what they mean, and none without a sample", () => {
    const empty = prometheusLines({ ...report, chains: [], exports: [] }, now);
    expect(empty.filter((line) => line.startsWith("# TYPE"))).toHaveLength(2);
    const names = prometheusLines(report, now).map((line) => /^(?:# (?:HELP|TYPE) )?([a-z_]+)/.exec(line)?.[1]);
    const runs = names.filter((name, index) => name !== names[index - 1]);
    expect(runs).toHaveLength(new Set(runs).size);
    expect(prometheusLines(report, now).filter((line) => line.startsWith("# HELP"))).toHaveLength(new Set(runs).size);
  });
});
