using System.Collections.Immutable;
using CoAgent.Runtime.Catalog.Folder;
using CoAgent.Runtime.Tools;
using CoAgent.ToolSmith.Sandboxing;
using CoAgent.ToolSmith.Survey;
using CoAgent.ToolSmith.Verification;

namespace CoAgent.ToolSmith.Promotion;

/// <summary>What a growing catalog stands on.</summary>
/// <param name="Root">The canonical path of the workspace's root: where commands run.</param>
/// <param name="Folders">The catalogs; the workspace's is the one that grows.</param>
/// <param name="Analyst">The rules of known commands.</param>
/// <param name="Files">The tree as it is.</param>
/// <param name="Paths">Where the paths of templates lead.</param>
/// <param name="Time">The clock.</param>
public sealed record GrowthGround(
    string Root, Func<CatalogFolders> Folders, ICommandAnalyst Analyst, ICommandFiles Files, IFilePaths Paths, TimeProvider Time)
{
    /// <summary>How tools are tried; asked once, when the first is.</summary>
    public required Func<CancellationToken, Task<SandboxSupport>> Support { get; init; }

    /// <summary>What drives manifests in trials.</summary>
    public required TrialProfile Profile { get; init; }

    /// <summary>How much a trial may use.</summary>
    public SandboxLimits Limits { get; init; } = new();

    /// <summary>How much of what was seen is kept.</summary>
    public SurveyLimits Survey { get; init; } = new();

    /// <summary>Where what was seen is kept over restarts; null for nowhere.</summary>
    public string? SurveyFile { get; init; }

    /// <summary>The variables that commands get.</summary>
    public ImmutableSortedDictionary<string, string> Environment { get; init; } = ImmutableSortedDictionary<string, string>.Empty;
}
