using System.Collections.Immutable;

namespace CoAgent.Runtime.Tools;

/// <summary>What can be seen of a machine from outside of the servers that change it.</summary>
/// <param name="Paths">Where paths lead.</param>
/// <param name="Kinds">The kinds of state that manifests can name; they live as long as the daemon.</param>
public sealed record ToolStates(IFilePaths Paths, ImmutableArray<IToolState> Kinds);
