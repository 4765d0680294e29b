@{
  RootModule = 'CimCmdlets.psm1'
  ModuleVersion = '1.0.0.0'
  GUID = '7f1f5b2e-0d55-4a5e-9a2e-5a3b7c0c6d11'
  PowerShellVersion = '5.1'
  FunctionsToExport = 'Get-CimInstance', 'Get-CimAssociatedInstance', 'Invoke-CimMethod', 'New-CimInstance', 'Get-CimClass', 'New-CimSession', 'Get-CimSession', 'Remove-CimSession', 'New-CimSessionOption'
  AliasesToExport = 'gcim', 'gcai', 'gcls', 'icim', 'ncim'
  CmdletsToExport = @()
  VariablesToExport = @()
}
