/**
 * The provider as Pulumi stores it with every resource: text that read and delete run, from the state, years later. A frozen
 * contract: never change a text that was published, add another.
 *
 * It resolves from the working folder, which is the program's, so that it works for an installed package and for a program inside
 * the package's own repository. It lies twice in the state of every resource, so it has no blanks, and quotes that JSON need not escape.
 */
export const referencePointExportText =
  "exports.handler=()=>require('module').createRequire(process.cwd()+'/')('pulumi-hyperv-reference-point/provider').referencePointExport";

/** The same of ReferencePoint. */
export const referencePointText =
  "exports.handler=()=>require('module').createRequire(process.cwd()+'/')('pulumi-hyperv-reference-point/provider').referencePoint";

/** The same of CheckpointExport. */
export const checkpointExportText =
  "exports.handler=()=>require('module').createRequire(process.cwd()+'/')('pulumi-hyperv-reference-point/provider').checkpointExport";

/** The same of ExportChain. */
export const exportChainText =
  "exports.handler=()=>require('module').createRequire(process.cwd()+'/')('pulumi-hyperv-reference-point/provider').exportChain";
