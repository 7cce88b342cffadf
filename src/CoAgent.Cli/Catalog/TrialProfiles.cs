using System.Collections.Immutable;
using CoAgent.Runtime.Catalog.Execution;
using CoAgent.Runtime.Tools;
using CoAgent.ToolSmith.Verification;
using CoAgent.Workspace.Foreign;

namespace CoAgent.Cli.Catalog;

/// <summary>What drives manifests in trials: the same that drives them in the daemon.</summary>
internal static class TrialProfiles
{
    public static IToolProfile Make(
        ForeignServer server, TrialSubject subject, IServerCalls calls, IProgramRunner programs, IContentSource contents)
    {
        ImmutableArray<IToolState> states = [new FileToolState(contents)];
        var ports = new ExecutionPorts(calls, programs, new FilePaths(), states, contents, TimeProvider.System);
        return new ManifestProfiles(ports).Create(server, subject.Profile, subject.Tools);
    }
}
