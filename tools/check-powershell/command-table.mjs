import { readFileSync } from "node:fs";

const { commands } = JSON.parse(readFileSync(new URL("tables/commands.json", import.meta.url), "utf8"));
const byName = new Map(Object.entries(commands).map(([name, parameters]) => [name.toLowerCase(), { name, parameters }]));

/**
 * A command that both 5.1 and 7 have.
 * @param {string} name
 * @returns {{ name: string, parameters: string[] } | undefined}
 */
export function findCommand(name) {
  return byName.get(name.replace(/^[\w.]+\\/, "").toLowerCase());
}

export const commonParameters =
  "Verbose Debug ErrorAction WarningAction InformationAction ErrorVariable WarningVariable InformationVariable OutVariable OutBuffer PipelineVariable".split(
    " ",
  );

/** Parameters that take no value, of the commands that a bridge would use. */
export const switches = new Set(
  (
    "force recurse passthru whatif confirm verbose debug file directory hidden readonly system wait asjob compress raw nonewline noclobber append shallow keyonly " +
    "unique descending casesensitive asplaintext assecurestring noemphasis noenumerate usessl isvalid leaf parent qualifier noqualifier resolve " +
    "isabsolute simplematch quiet allmatches notmatch list notypeinformation useculture reverse"
  ).split(" "),
);

/** Values of -Encoding. Later ones, such as utf8NoBOM, are no mere names: 5.1 refuses them. */
export const encodings = new Set(
  "unknown string unicode byte bigendianunicode bigendianutf32 utf8 utf7 utf32 ascii default oem".split(" "),
);

/** Aliases of 5.1. Some are other programs elsewhere (curl, sort, ls), and each can be changed by a profile. */
export const aliases = new Set(
  (
    "% ? ac asnp cat cd chdir clc clear clhy cli clp cls clv cnsn compare copy cp cpi cpp curl cvpa dbp del diff dir dnsn ebp echo epal epcsv epsn erase etsn " +
    "exsn fc fhx fl foreach ft fw gal gbp gc gcb gci gcim gcm gcms gcs gdr ghy gi gin gjb gl gm gmo gp gps gpv group gsn gsnp gsv gtz gu gv gwmi h history icim icm iex " +
    "ihy ii ipal ipcsv ipmo ipsn irm ise iwmi iwr kill lp ls man md measure mi mount move mp mv nal ncim ncms ndr ni nmo npssc nsn nv ogv oh popd ps pushd pwd r rbp " +
    "rcim rcjb rcms rcsn rd rdr ren ri rjb rm rmdir rmo rni rnp rp rsn rsnp rujb rv rvpa rwmi sajb sal saps sasv sbp sc scb scim select set shcm si sl sleep sls sort sp spjb " +
    "spps spsv start stz sujb sv swmi tee trcm type wget where wjb write"
  ).split(" "),
);
