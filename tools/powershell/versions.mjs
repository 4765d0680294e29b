/** The PowerShell that is installed where there is none: a long-term release, as the .NET tool "PowerShell" of nuget.org. */
export const powerShellVersion = "7.6.9";

/** The oldest .NET SDK that installs and runs it. */
export const oldestSdkVersion = "10.0.0";

/** The oldest PowerShell 7 that the tests are written for: the first whose parser knows everything that is newer than 5.1. */
export const oldestPowerShellVersion = "7.4.0";

/** What every supported Windows host has. */
export const windowsPowerShellVersion = "5.1.0";
