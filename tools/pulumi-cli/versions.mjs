/** The Pulumi CLI that is downloaded or built, and the one the tests were written against. */
export const cliVersion = "3.259.0";

/** The oldest CLI on PATH that is used as it is: the first with every flag that the demo and the tests pass. */
export const oldestCliVersion = "3.200.0";
