import { expect, it } from "vitest";
import type { ExportInputs } from "../../provider/domain/reference-point-export/properties";
import { forecastExport } from "../../provider/lifecycle/forecast/forecast";
import { systemClock } from "../../provider/lifecycle/session/clock";
import type { Surroundings } from "../../provider/lifecycle/session/operation";

function silence(): Promise<string> {
  return new Promise<string>(() => {});
}

/** A host of which only so many verbs answer. */
function surroundingsOf(host: object): Surroundings {
  return {
    host: { pathStyle: "posix", imagine: () => {}, ...host } as unknown as Surroundings["host"],
    hostName: "hv01 (SSH)",
    clock: systemClock,
    progress: () => {},
    warn: () => {},
    newExportId: () => "",
    connectionTries: 1,
  };
}

const inputs = { virtualMachine: "SQL01", exportDirectory: "/srv/sql01", createUrn: "" } as ExportInputs;

it.each<[string, object]>([
  ["that never says a word", { machineId: silence }],
  ["that falls silent after its first answer", { machineId: async () => "id", readDirectory: silence }],
])("a preview does not wait for a host %s", async (_, host) => {
  const forecast = await forecastExport(surroundingsOf(host), inputs, { firstAnswer: 20, whole: 20 });
  expect(forecast).toMatchObject({
    kind: "silent",
    error: { code: "timed-out", remedy: expect.stringContaining("Run the preview again") },
  });
});
