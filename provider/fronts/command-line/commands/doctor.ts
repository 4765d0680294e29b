import { HostChecks } from "../../../lifecycle/host-checks";
import { OpenHosts } from "../../open-hosts";
import { type ExitCode, exitCodes } from "../exit-codes";
import { hostOf, hostPath } from "../host-option";
import { stepLines, stepTitle, verdictLines } from "../output/doctor-lines";
import { jsonLines } from "../output/json-lines";
import { paintFor } from "../output/paint";
import { printable, printableText } from "../output/printable";
import { ProgressLine } from "../output/progress-line";
import { write } from "../output/write";

interface Options {
  readonly host: string;
  readonly directory: readonly string[];
  readonly stepTimeout: string;
  readonly json?: true;
}

const codes = { healthy: exitCodes.fine, problems: exitCodes.damaged, unknown: exitCodes.unknown } as const;

/** Each step is shown as it ends: whoever waits sees which one it is that does not. */
export async function doctor({ host: given, directory, stepTimeout, json }: Options): Promise<ExitCode> {
  const host = hostOf(given);
  const hosts = new OpenHosts();
  const directories = directory.map((one) => hostPath(hosts, host, one));
  const line = new ProgressLine(process.stderr);
  const paint = paintFor(process.stdout);
  try {
    const report = await new HostChecks(hosts).check(
      { host, directories, timeout: stepTimeout },
      {
        began: (step, of) => line.tell(`… ${printableText(stepTitle(step, of))}`),
        ended: (step) => {
          line.end();
          if (!json) write(process.stdout, stepLines(printable(step), paint));
        },
        renew: () => hosts.close(),
      },
    );
    write(process.stdout, json ? jsonLines(report) : verdictLines(printable(report), paint));
    return codes[report.result];
  } finally {
    line.end();
    await hosts.close();
  }
}
