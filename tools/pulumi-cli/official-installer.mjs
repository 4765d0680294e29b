// A process of its own because PulumiCommand.install cannot be given a time limit: from-download.mjs ends the whole process group.
import { PulumiCommand } from "@pulumi/pulumi/automation/index.js";

const [root, version] = process.argv.slice(2);

// A plain string serves as the version as long as the check is skipped; installation.mjs makes its own check afterwards.
await PulumiCommand.install({ root, version: /** @type {any} */ (version), skipVersionCheck: true });
