import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { LocalFiles } from "../../provider/host/local-files/local-files";
import { localPathStyle } from "../../provider/host/local-files/local-paths";
import type { PollAnswer, PollRequest } from "../../provider/host/port";
import { fileContract } from "./file-contract";
import { localStageFiles } from "./local-stage-files";

/** What an adapter adds to be a host as far as its files are concerned. */
class LocalFilesSession extends LocalFiles {
  readonly pathStyle = localPathStyle;

  async poll({ tasks }: PollRequest): Promise<PollAnswer> {
    return { jobs: [], pointJobs: [], checkpointJobs: [], tasks: this.taskStates(tasks) };
  }
}

fileContract("local files, with no simulation", async () => {
  const scratch = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "local-files-contract-")));
  const host = new LocalFilesSession();
  return {
    host,
    scratch,
    files: localStageFiles,
    another: () => new LocalFilesSession(),
    dispose: async () => {
      await host.close();
      fs.rmSync(scratch, { recursive: true, force: true });
    },
  };
});
