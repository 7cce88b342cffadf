using System.Collections.Immutable;
using CoAgent.Runtime.Tools;

namespace CoAgent.Runtime.Catalog.Execution;

/// <summary>What carrying manifests out needs of the world.</summary>
/// <param name="Calls">The way to the servers.</param>
/// <param name="Programs">Runs programs.</param>
/// <param name="Paths">Where paths lead.</param>
/// <param name="States">The kinds of state that are seen from outside.</param>
/// <param name="Contents">Where captured contents are found again.</param>
/// <param name="Time">The clock.</param>
public sealed record ExecutionPorts(
    IServerCalls Calls,
    IProgramRunner Programs,
    IFilePaths Paths,
    ImmutableArray<IToolState> States,
    IContentSource Contents,
    TimeProvider Time);

/// <summary>How much the steps of one manifest may take.</summary>
public static class ExecutionLimits
{
    /// <summary>How long one program may run.</summary>
    public static readonly TimeSpan ProgramTimeout = TimeSpan.FromSeconds(30);

    /// <summary>How much one program may print, and one saved result may hold, in bytes.</summary>
    public const int ResultBytesMax = 16 * 1024 * 1024;
}
