using CoAgent.ProcessProbe;

// A stand-in for the daemon and for those who start it: tests kill it in ways that they cannot kill themselves.
return args switch
{
    ["family"] => await ChildrenProbe.RunFamilyAsync(),
    ["storm"] => await ChildrenProbe.RunStormAsync(),
    ["daemon", var workspace, .. var manners] => await DaemonProbe.RunAsync(workspace, manners),
    ["ensure", var workspace] => await EnsureProbe.RunAsync(workspace),
    ["journal", var path, var persistence] => await JournalProbe.RunAsync(path, persistence),
    ["lock", var workspace] => await LockProbe.RunAsync(workspace),
    _ => 64,
};
