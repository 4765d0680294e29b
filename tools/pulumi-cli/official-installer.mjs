// A process of its own because PulumiCommand.install cannot be given a time limit: from-download.mjs ends the whole process group.
import { PulumiCommand } from "@pulumi/pulumi/automation/index.js";

const [root, version] = process.argv.slice(2);

try {
  // A plain string serves as the version as long as the check is skipped; installation.mjs makes its own check afterwards.
  await PulumiCommand.install({ root, version: /** @type {any} */ (version), skipVersionCheck: true });
} catch (error) {
  // The message holds a dump of the whole error object after the installer's own words.
  process.stderr.write(`${/stderr: ([\s\S]*?)\n err\?:/.exec(error.message)?.[1] ?? error.message}\n`);
  process.exitCode = 1;
}
