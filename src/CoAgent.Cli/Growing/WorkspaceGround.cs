using System.Collections;
using System.Collections.Immutable;
using CoAgent.Cli.Catalog;
using CoAgent.Proxy.Workspaces;
using CoAgent.Runtime.Catalog.Folder;
using CoAgent.ToolSmith.Promotion;
using CoAgent.ToolSmith.Rules;
using CoAgent.ToolSmith.Sandboxing;
using CoAgent.Workspace.Foreign;

namespace CoAgent.Cli.Growing;

/// <summary>What the catalog of a workspace grows on: the shipped rules, the tree as it is, and the sandbox that this machine has.</summary>
internal static class WorkspaceGround
{
    private const string SurveyName = "survey.json";

    public static GrowthGround Of(WorkspaceFolder workspace, Func<CatalogFolders> folders)
    {
        var root = new FilePaths().Resolve(["/"], workspace.Root)?.Canonical ?? workspace.Root;
        return new GrowthGround(root, folders, new CommandAnalyst(), new TreeFiles(root), new FilePaths(), TimeProvider.System)
        {
            Support = static cancellationToken => SandboxSupport.FindAsync(TimeProvider.System, cancellationToken),
            Profile = TrialProfiles.Make,
            SurveyFile = Path.Combine(workspace.StateDirectory, SurveyName),
            Environment = Variables(),
        };
    }

    private static ImmutableSortedDictionary<string, string> Variables() => Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
        .ToImmutableSortedDictionary(static one => (string)one.Key, static one => (string?)one.Value ?? "", StringComparer.Ordinal);
}
