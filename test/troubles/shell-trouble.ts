import type { PowerShellLane } from "../support/powershell-lane";
import type { LastWords } from "../support/watched-shells";
import type { Cut, Moods } from "../support/wmi/moods";
import { isMethod, type Trouble } from "./trouble";

type ShellTrouble = Trouble<PowerShellLane>;

/** Calls of the port that ask WMI. */
function asksWmi(key: string): boolean {
  return /^(findVirtualMachines|listReferencePoints|exportReferencePoints|findExportJobs|terminateJobs|poll-jobs)#/.test(key);
}

const killedBefore: ShellTrouble = {
  name: "its shell killed before the request is written",
  happen: async (_, run, lane) => {
    await lane.shell();
    lane.shells.kill();
    return run();
  },
  end: () => "well",
};

function killedAtAnswer(heard: LastWords): ShellTrouble {
  return {
    name: heard === "nothing" ? "its shell killed before the answer is read" : "its shell killed in the middle of its answer",
    happen: async (_, run, lane) => {
      await lane.shell();
      lane.shells.killAtAnswer(heard);
      return run();
    },
    end: () => "well",
  };
}

/** The network or the machine stands still; the process is there. */
const stopped: ShellTrouble = {
  name: "its shell stopped",
  happen: async (_, run, lane) => {
    process.kill(await lane.shell(), "SIGSTOP");
    return run();
  },
  end: () => "well",
};

/** The host's WMI goes away. A query may say so; whether a method ran is looked up. */
function cut(at: Cut["at"]): ShellTrouble {
  return {
    name: `WMI cut off, ${at}`,
    happensTo: asksWmi,
    happen: async (_, run, lane) => {
      lane.wmi.moods.cut = { at, times: 1 };
      try {
        return await run();
      } finally {
        lane.wmi.moods.cut = undefined;
      }
    },
    end: (_, key) => (isMethod(key) ? "well" : "either"),
  };
}

/** What WMI shows while a call is made. */
function mood(name: string, change: Partial<Moods>): ShellTrouble {
  return {
    name,
    happensTo: asksWmi,
    happen: async (_, run, lane) => {
      const before = { ...lane.wmi.moods };
      Object.assign(lane.wmi.moods, change);
      try {
        return await run();
      } finally {
        Object.assign(lane.wmi.moods, before);
      }
    },
    end: () => "either",
  };
}

/**
 * What can happen to a shell and behind it. What a test answers in a call's place ({@link troubles}) never comes to the shell, so the
 * simulator shows all of it. Jobs that are hidden without a word have a test of their own, in test/powershell/: nothing gets over them.
 */
export const shellTroubles: readonly ShellTrouble[] = [
  killedBefore,
  killedAtAnswer("half"),
  killedAtAnswer("nothing"),
  stopped,
  cut("before"),
  cut("inAnswer"),
  cut("after"),
  mood("WMI shows the account nothing", { rights: "noRows" }),
  mood("WMI denies the account everything", { rights: "denied" }),
  mood("vmms stopped", { managementService: "stopped" }),
  mood("WMI at its quota", { quotaExceeded: true }),
  mood("the namespace missing", { missingNamespaces: ["root/virtualization/v2"] }),
];
