using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Json;
using CoAgent.Workspace.Arguments;
using CoAgent.Workspace.Bash;
using CoAgent.Workspace.Files;
using CoAgent.Workspace.Tools;

namespace CoAgent.Workspace;

/// <summary>The tools of one workspace: their list, and the dispatch of calls to them.</summary>
/// <remarks>
/// Safe for calls from several threads. Calls that only read run side by side, and so do commands; calls that change files run one after the
/// other, so that an edit never loses another edit. Commands are not held back by either.
/// </remarks>
public sealed class WorkspaceTools(WorkspaceRoot root, WorkspaceLimits limits, TimeProvider time) : IDisposable
{
    private readonly FileTree _tree = new(root, limits);
    private readonly SemaphoreSlim _changes = new(1, 1);

    internal static ImmutableArray<WorkspaceTool> All { get; } =
    [
        ReadFile.Tool, WriteFile.Tool, EditFile.Tool, ListDirectory.Tool, FindFiles.Tool, Search.Tool,
        CreateDirectory.Tool, DeleteFile.Tool, MoveFile.Tool, CopyFile.Tool, BashTool.Tool,
    ];

    private static FrozenDictionary<string, WorkspaceTool> ByName { get; } = All.ToFrozenDictionary(tool => tool.Definition.Name);

    internal FileTree Tree => _tree;

    internal TimeProvider Time => time;

    /// <summary>The directory that the tools work in.</summary>
    public WorkspaceRoot Root => root;

    internal static WorkspaceTool? Find(string tool) => ByName.GetValueOrDefault(tool);

    /// <summary>Carries out one call. What the agent can mend is an answer; only cancellation throws.</summary>
    public ValueTask<ToolAnswer> CallAsync(string tool, JsonElement arguments, CancellationToken cancellationToken) =>
        CallAsync(tool, () => ToolArguments.MembersOf(arguments), LiveFiles.Instance, cancellationToken);

    /// <summary>The same in a view of the tree, for tools that only read.</summary>
    internal async ValueTask<ToolAnswer> CallAsync(
        string tool,
        Func<IEnumerable<KeyValuePair<string, JsonElement>>> members,
        IFileView files,
        CancellationToken cancellationToken)
    {
        if (Find(tool) is not { } found)
        {
            return ToolAnswer.Failed($"There is no tool '{tool}' here; there are {string.Join(", ", ByName.Keys.Order(StringComparer.Ordinal))}.");
        }

        try
        {
            return await RunAsync(found, ToolArguments.Check(found.Definition, members()), files, cancellationToken);
        }
        catch (CallRefusedException refused)
        {
            return ToolAnswer.Failed(refused.Message);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return ToolAnswer.Failed(FileFailure.Explain(tool, failure));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _changes.Dispose();

    private async Task<ToolAnswer> RunAsync(
        WorkspaceTool tool, ToolArguments arguments, IFileView files, CancellationToken cancellationToken)
    {
        switch (tool)
        {
            case WorkspaceTool.Command:
                return await BashTool.RunAsync(_tree, arguments, time, cancellationToken);
            case WorkspaceTool.OnFiles { Definition.Hints.ReadOnly: true } reading:
                return await Task.Run(() => reading.Run(_tree.In(files), arguments, cancellationToken), cancellationToken);
            case WorkspaceTool.OnFiles changing:
                return await ChangeAsync(() => changing.Run(_tree, arguments, cancellationToken), cancellationToken);

            default:
                throw new InvalidOperationException("a tool works on files or runs commands");
        }
    }

    /// <summary>Makes a change while no other one is made.</summary>
    internal async Task<T> ChangeAsync<T>(Func<T> change, CancellationToken cancellationToken)
    {
        await _changes.WaitAsync(cancellationToken);
        try
        {
            // The disk is read synchronously; whoever carries messages must not wait for it.
            return await Task.Run(change, cancellationToken);
        }
        finally
        {
            _changes.Release();
        }
    }
}
