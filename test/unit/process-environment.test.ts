import { execFileSync } from "node:child_process";
import { afterEach, expect, it, vi } from "vitest";
import { environmentForPrograms, withVariable } from "../../provider/host/powershell/transports/process-environment";

const NAME = "HYPERV_TEST_OF_A_WHILE";
afterEach(() => vi.unstubAllEnvs());

function seenByProgram(): string {
  return execFileSync(process.execPath, ["-p", `String(process.env.${NAME})`], { env: environmentForPrograms(), encoding: "utf8" }).trim();
}

it.each([undefined, "usual"])(
  "a variable that was %j is so for programs while it is another one here, and here again afterwards",
  async (usual) => {
    vi.stubEnv(NAME, usual);
    const seen = await withVariable(NAME, "another", async () => [process.env[NAME], seenByProgram()]);
    expect(seen).toEqual(["another", String(usual)]);
    expect(process.env[NAME]).toBe(usual);
    expect(seenByProgram()).toBe(String(usual));
  },
);

it("is put back where what was done with it has failed", async () => {
  vi.stubEnv(NAME, "usual");
  await expect(withVariable(NAME, "another", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect([process.env[NAME], seenByProgram()]).toEqual(["usual", "usual"]);
});
