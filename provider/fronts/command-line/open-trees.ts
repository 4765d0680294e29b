import { LocalFilesHost } from "../../host/local-files/local-files-host";
import { openSession } from "../../lifecycle/door";
import { Trees } from "../../lifecycle/trees";
import type * as hostTrees from "./host-trees";
import { absolute } from "./local-path";
import type { ReachedTrees } from "./reached-trees";

/**
 * Looks at directories of this machine, or of the host that is named, and lets go of them afterwards. What asks hosts is loaded where there
 * is one.
 */
export async function withTrees<T>(host: string | undefined, work: (open: ReachedTrees) => Promise<T>): Promise<T> {
  if (host !== undefined) {
    const { withHostTrees } = require("./host-trees") as typeof hostTrees;
    return withHostTrees(host, work);
  }
  const session = openSession(new LocalFilesHost());
  try {
    return await work({ trees: new Trees(session, "this machine"), pathOf: absolute });
  } finally {
    await session.host.close();
  }
}
