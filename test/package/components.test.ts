import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import declared from "../../package.json" with { type: "json" };
import { localStack } from "../../tools/pulumi-cli/local-stack.mjs";
import { EmptyProject } from "./empty-project";

const range = declared.peerDependencies["@pulumi/pulumi"];

/** Components with so many exports, at the top and in an outer component; under mocks where there is no engine. */
const program = `
const pulumi = require("@pulumi/pulumi");
const { Host, ReferencePointExport } = require("${declared.name}");

class Exports extends pulumi.ComponentResource {
  constructor(name, children, opts) {
    super("ops:backup:Exports", name, {}, opts);
    const host = Host.simulator({ directory: process.env.LAB });
    const args = (index) => ({ host, virtualMachine: "WEB01", exportDirectory: process.env.EXPORTS + "/" + name + "/" + index });
    this.exports = Array.from({ length: children }, (_, index) => new ReferencePointExport(name + "-" + index, args(index), { parent: this }));
    this.registerOutputs({});
  }
}
class Outer extends pulumi.ComponentResource {
  constructor(name, inner, children) {
    super("ops:backup:Outer", name);
    this.exports = Array.from({ length: inner }, (_, index) => new Exports(name + "-" + index, children, { parent: this })).flatMap((one) => one.exports);
    this.registerOutputs({});
  }
}
const declare = () => [...new Exports("one", 1).exports, ...new Exports("two", 2).exports, ...new Outer("many", 6, 5).exports];
const intact = (exports) => pulumi.all(exports.map(({ status }) => status)).apply((all) => all.filter((status) => status === "intact").length);

async function underMocks() {
  const state = { status: "intact" };
  await pulumi.runtime.setMocks({ newResource: ({ name, inputs }) => ({ id: name, state: { ...inputs, result: state } }), call: ({ inputs }) => inputs });
  // Exits by itself: nothing else keeps the process.
  intact(declare()).apply((count) => console.log(count + " intact"));
}

if (process.env.MOCKED) underMocks();
else exports.intact = intact(declare());
`;

describe.each([
  ["oldest", range.replace("^", "")],
  ["newest", range],
])("components, with the %s SDK that the package allows", (_, version) => {
  let project: EmptyProject;
  beforeAll(async () => {
    project = await EmptyProject.create(version);
    project.write("index.js", program);
    project.write("Pulumi.yaml", "name: packed\nruntime: nodejs\nmain: index.js\n");
  }, 300_000);
  afterAll(() => project?.remove());

  it("of one, two and six times five exports resolve under mocks", () => {
    project.write("mocked.js", 'process.env.MOCKED = "yes"; process.env.LAB = "lab"; require("./index.js");');
    expect(project.node("mocked.js")).toBe("33 intact");
  });

  it("are previewed, made and removed", { timeout: 300_000 }, async () => {
    const pulumiPath = process.env.HYPERV_TEST_PULUMI as string;
    const env = { LAB: join(project.scratch, "lab"), EXPORTS: join(project.scratch, "exports") };
    const stack = localStack(
      { pulumi: pulumiPath, binFolder: dirname(pulumiPath) },
      { project: project.folder, scratch: project.scratch, stack: "components", env },
    );
    const succeed = async (...commandArguments: string[]) => {
      const { status, output } = await stack.pulumi(commandArguments);
      expect(status, output).toBe(0);
      return output;
    };
    await succeed("stack", "init");
    const preview = await succeed("preview", "--non-interactive");
    expect(preview).toContain("+ 43 to create");
    expect(preview).not.toMatch(/still active|was waiting/);
    await succeed("up", "--yes", "--skip-preview");
    expect(await succeed("stack", "output", "intact")).toContain("33");
    await succeed("destroy", "--yes", "--skip-preview");
  });
});
