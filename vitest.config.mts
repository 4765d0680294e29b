import { defineConfig } from "vitest/config";
import { shippedCode } from "./tools/testing/shipped-code.mjs";

export default defineConfig({
  plugins: [shippedCode()],
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: ["tools/testing/before-tests.mjs"],
    pool: "forks",
    // Each worker may start a CLI with its engine, language host and provider: more of them only make timings unreliable.
    maxWorkers: 2,
    testTimeout: 300_000,
    hookTimeout: 300_000,
    server: { deps: { external: [/\/dist\//] } },
  },
});
