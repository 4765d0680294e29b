import type { HostInput } from "../hosts/host-input";

/** What a host's declaration names of its site. */
export function declaredNames(host: HostInput): { HOST: string[]; ACCOUNT: string[]; DIRECTORY: string[] } {
  switch (host.kind) {
    case "local":
      return { HOST: [], ACCOUNT: [], DIRECTORY: [] };
    case "simulator":
      return { HOST: [], ACCOUNT: [], DIRECTORY: [host.directory] };
    case "ssh": {
      const jumps = (host.jumpHost?.split(",") ?? []).map((jump) => /^(?:(.*)@)?(.*?)(?::\d+)?$/.exec(jump) ?? []);
      const names = [host.hostName, ...jumps.map(([, , name]) => name)];
      const accounts = [host.userName, ...jumps.map(([, account]) => account)];
      return { HOST: names.filter(isGiven), ACCOUNT: accounts.filter(isGiven), DIRECTORY: [] };
    }
    case "winrm":
      return { HOST: [host.computerName], ACCOUNT: [host.credential?.userName].filter(isGiven), DIRECTORY: [] };
  }
}

function isGiven(name: string | undefined): name is string {
  return name !== undefined;
}
