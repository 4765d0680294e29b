// The arrows between the rooms of provider/ (see ARCHITECTURE.md). Each rule names what a room may import; everything else is an error.

const room = (name) => `^provider/${name}/`;
const zod = "^node_modules/zod/";
const pulumi = "^node_modules/@pulumi/pulumi/";
const harmlessBuiltins = "^(node:)?(crypto|buffer|string_decoder|util|timers|timers/promises)$";

/** From the plan down to the tools it uses: a folder imports only folders that stand below it. */
const lifecycleFolders = [
  "probe",
  "tree",
  "chain",
  "forecast",
  "operations",
  "takeover",
  "repair",
  "checkpoint",
  "reference-point",
  "look-up",
  "target",
  "export-job",
  "directory",
  "session",
];

/** What every front may import. */
const frontReach = [
  "^provider/fronts/",
  "^provider/lifecycle/(chains|checkpoint-exports|door|exports|host-checks|look-ups|points|probes|trees)\\.ts$",
  room("host"),
  room("domain"),
  "^(node:)?[a-z_]+(/promises)?$",
];

/** A rule: files of `from` import nothing but files that match one of `allowed`. */
const only = (name, comment, from, allowed) => ({ name, comment, severity: "error", from, to: { pathNot: allowed } });

module.exports = {
  forbidden: [
    only("domain", "Values and rules stand alone: no I/O, no Pulumi, no host.", { path: room("domain") }, [
      room("domain"),
      zod,
      "^(node:)?crypto$",
    ]),
    only(
      "resources",
      "What a program touches must not load the provider's side.",
      { path: room("resources"), pathNot: "^provider/resources/(preview|look-ups/look-up)\\.ts$" },
      [room("resources"), room("domain"), pulumi, "^(node:)?(module|path)$"],
    ),
    only(
      "resources-in-a-preview",
      "Only a preview asks hosts from the program's process, by its own front.",
      { path: "^provider/resources/preview\\.ts$" },
      [room("resources"), room("domain"), "^provider/fronts/preview/look-ahead\\.ts$", pulumi],
    ),
    only(
      "resources-in-a-look-up",
      "Only a look-up asks hosts from the program's process, by its own front.",
      { path: "^provider/resources/look-ups/look-up\\.ts$" },
      [room("resources"), room("domain"), "^provider/fronts/look-ups/look-ups\\.ts$", pulumi],
    ),
    only("lifecycle", "Everything outside is reached through the Host port.", { path: room("lifecycle") }, [
      room("lifecycle"),
      room("domain"),
      "^provider/host/port\\.ts$",
      harmlessBuiltins,
    ]),
    ...lifecycleFolders.map((folder, index) => ({
      name: `lifecycle-${folder}`,
      comment: `Each folder of lifecycle/ imports only folders that stand below it: ${lifecycleFolders.join(", ")}.`,
      severity: "error",
      from: { path: room(`lifecycle/${folder}`) },
      to: { path: room("lifecycle"), pathNot: lifecycleFolders.slice(index).map((below) => room(`lifecycle/${below}`)) },
    })),
    only(
      "front",
      "A front translates between a world and the doors of lifecycle/; it builds the adapters.",
      { path: room("fronts"), pathNot: room("fronts/command-line") },
      [...frontReach, pulumi],
    ),
    only("command-line", "The command line works without Pulumi: it is a front of its own world.", { path: room("fronts/command-line") }, [
      ...frontReach,
      "^node_modules/commander/",
    ]),
    only("policy", "Policies judge what an engine shows them: no I/O, no host, no lifecycle.", { path: room("policy") }, [
      room("policy"),
      room("domain"),
      zod,
      "^node_modules/@pulumi/policy/",
    ]),
    {
      name: "fronts-apart",
      comment: "One front knows nothing of another.",
      severity: "error",
      from: { path: "^provider/fronts/([^/]+)/" },
      to: { path: "^provider/fronts/[^/]+/", pathNot: "^provider/fronts/$1/" },
    },
    only(
      "host-port",
      "The port is a contract, not an implementation.",
      { path: "^provider/host/(port|checkpoints|host-error|host-job|precondition|test-machines)\\.ts$" },
      [room("domain"), "^provider/host/(checkpoints|host-error|host-job|precondition|test-machines)\\.ts$"],
    ),
    only("host-shared", "What stands beside the port serves every adapter and knows none.", { path: "^provider/host/[^/]+\\.ts$" }, [
      "^provider/host/[^/]+\\.ts$",
      room("domain"),
      "^(node:)?[a-z_]+(/promises)?$",
    ]),
    only(
      "local-files",
      "Real files of this machine, for any adapter that runs where the files are: no simulation.",
      { path: room("host/local-files") },
      [room("host/local-files"), "^provider/host/[^/]+\\.ts$", room("domain"), "^(node:)?[a-z_]+(/promises)?$"],
    ),
    {
      name: "host-adapter",
      comment: "An adapter knows the port, the domain and local files, never another adapter, the lifecycle or Pulumi.",
      severity: "error",
      from: { path: "^provider/host/([^/]+)/" },
      to: {
        path: "^(provider|node_modules)/",
        pathNot: [
          "^provider/host/$1/",
          "^provider/host/[^/]+\\.ts$",
          room("host/local-files"),
          room("domain"),
          zod,
          "^node_modules/(node-powershell|undici|saxes)/",
        ],
      },
    },
    only("public-surface", "The entry re-exports resources and nothing else.", { path: "^provider/index\\.ts$" }, [
      room("resources"),
      room("domain"),
    ]),
    {
      name: "no-test-code",
      comment: "What ships imports nothing of tests, examples or tools.",
      severity: "error",
      from: { path: "^provider/" },
      to: { path: "^(test|examples|tools)/" },
    },
    {
      name: "tools-stand-alone",
      comment:
        "Tools set up the toolchain: they run before anything is built. The bench is the exception: it is started there, and kept with the tests.",
      severity: "error",
      from: { path: "^tools/", pathNot: "^tools/bench\\.mjs$" },
      to: { path: "^(provider|test)/" },
    },
    {
      name: "examples-as-users",
      comment: "An example is written as a user would write it: against the package, never against its files.",
      severity: "error",
      from: { path: "^examples/" },
      to: { path: "^(provider|test|tools)/" },
    },
    {
      name: "no-cycle",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "no-orphan",
      comment: "A file that nothing imports and that imports nothing is forgotten.",
      severity: "error",
      from: { orphan: true, path: "^(provider|tools)/", pathNot: ["\\.d\\.ts$"] },
      to: {},
    },
    {
      name: "declared",
      comment: "What ships uses only what package.json declares for users.",
      severity: "error",
      from: { path: "^provider/" },
      // An optional peer has both: dependency-cruiser takes its "peerDependenciesMeta" for a list of dependencies.
      to: { dependencyTypes: ["npm-no-pkg", "npm-unknown", "unknown"], dependencyTypesNot: ["npm-peer"] },
    },
    {
      name: "no-development-dependency",
      severity: "error",
      from: { path: "^provider/" },
      to: { dependencyTypes: ["npm-dev"], dependencyTypesNot: ["npm-peer", "type-only"], pathNot: [pulumi, "^node_modules/@types/"] },
    },
    {
      name: "resolvable",
      severity: "error",
      from: { path: "^(provider|tools|test)/" },
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "(^|/)dist/" },
    tsPreCompilationDeps: true, // imports of types are arrows too
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "require", "node", "default", "types"] },
  },
};
