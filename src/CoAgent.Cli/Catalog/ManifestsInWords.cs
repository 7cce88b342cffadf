using CoAgent.Runtime.Catalog.Execution;
using CoAgent.Runtime.Catalog.Folder;
using CoAgent.Runtime.Tools;

namespace CoAgent.Cli.Catalog;

/// <summary>Manifests that are looked at and not carried out: what calls touch is bound, and no server is called for it.</summary>
/// <remarks>Values that a profile asks programs for are asked for, as they are in the daemon.</remarks>
internal static class ManifestsInWords
{
    /// <summary>Makes who binds.</summary>
    /// <param name="states">What can be seen of the machine.</param>
    /// <param name="programs">Runs the programs that a profile's values come from.</param>
    public static ManifestsOfServer With(ToolStates states, IProgramRunner programs) =>
        new ManifestProfiles(new ExecutionPorts(new NoCalls(), programs, states.Paths, states.Kinds, new LateContents(), TimeProvider.System)).Create;

    private sealed class NoCalls : IServerCalls
    {
        public ValueTask<Execution> CallAsync(
            NamedCall onBehalfOf, string tool, ReadOnlyMemory<byte> argumentsUtf8, CancellationToken cancellationToken) =>
            ValueTask.FromResult<Execution>(new Execution.NotDone("Nothing is carried out here."));
    }
}
