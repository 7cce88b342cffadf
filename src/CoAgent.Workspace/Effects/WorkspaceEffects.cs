using System.Text.Json;
using CoAgent.Protocol.Objects;
using CoAgent.Runtime.Tools;
using CoAgent.Workspace.Arguments;
using CoAgent.Workspace.Bash;
using CoAgent.Workspace.Captures;
using CoAgent.Workspace.Commands;
using CoAgent.Workspace.Files;
using CoAgent.Workspace.Layers;
using CoAgent.Workspace.Tools;

namespace CoAgent.Workspace.Effects;

/// <summary>The effects of the workspace tools: captured before they are made, taken back, and looked at as they were earlier.</summary>
public sealed class WorkspaceEffects : IToolWorld, IDisposable
{
    private readonly WorkspaceTools _tools;
    private readonly IContentSource _contents;
    private readonly FileEffects _files;
    private readonly WorkspaceCommands _commands;
    private readonly WorkspaceDeclarations _declarations;

    /// <summary>The effects of a workspace's tools.</summary>
    /// <param name="tools">The tools.</param>
    /// <param name="contents">Where captured contents are found again.</param>
    /// <param name="analyst">What is known of commands before they run; null where nothing is, and each is taken to touch everything.</param>
    /// <param name="profiles">What is known of what commands do outside of files; null where nothing is.</param>
    public WorkspaceEffects(WorkspaceTools tools, IContentSource contents, ICommandAnalyst? analyst, IToolProfiles? profiles = null)
        : this(tools, contents, analyst, profiles ?? new NoProfiles(), LayerSupport.FindAsync)
    {
    }

    internal WorkspaceEffects(
        WorkspaceTools tools, IContentSource contents, ICommandAnalyst? analyst, IToolProfiles profiles, Func<Task<LayerSupport?>> findLayers)
    {
        _tools = tools;
        _contents = contents;
        _files = new FileEffects(tools.Tree.Limits, contents, tools.Root.Path, InTurnAsync);
        _commands = new WorkspaceCommands(tools, _files, analyst, profiles, findLayers);
        _declarations = new WorkspaceDeclarations(tools.Root, _files.Positions);
    }

    /// <summary>What is known of a call before it is made.</summary>
    /// <param name="tool">The tool's name.</param>
    /// <param name="arguments">The call's arguments.</param>
    /// <param name="mayTry">Whether a command may be run in a layer to find out.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async ValueTask<ToolDeclaration> DeclareAsync(
        string tool, JsonElement arguments, bool mayTry, CancellationToken cancellationToken) =>
        WorkspaceTools.Find(tool) is WorkspaceTool.Command
            ? await _commands.Declarations.DeclareAsync(arguments, mayTry, cancellationToken)
            : _declarations.Declare(tool, arguments);

    /// <summary>What is kept of commands that have run is gone.</summary>
    public void Dispose() => _commands.Dispose();

    /// <inheritdoc/>
    public async ValueTask<Preparation> PrepareAsync(WriteEffect effect, CancellationToken cancellationToken)
    {
        if (WorkspaceTools.Find(effect.Call.Request.Tool) is not { } tool)
        {
            return new Preparation.Ready(Capture.Empty);
        }

        return await FileEffects.GuardAsync(tool.Definition.Name, () => tool is WorkspaceTool.Command
            ? Task.Run(() => PrepareCommandAsync(effect, cancellationToken), cancellationToken)
            : Task.Run(() => Prepare(tool, effect, cancellationToken), cancellationToken));
    }

    /// <inheritdoc/>
    public async ValueTask<Execution> ExecuteAsync(
        WriteEffect effect, Preparation.Ready prepared, CancellationToken cancellationToken)
    {
        var request = effect.Call.Request;
        if (WorkspaceTools.Find(request.Tool) is null)
        {
            return new Execution.Answered(ResultJson.UnknownTool(request.Tool));
        }

        if (prepared.State is CallRefusedException refusal)
        {
            return new Execution.Answered(ResultJson.Of(ToolAnswer.Failed(refusal.Message)));
        }

        try
        {
            if (prepared.State is CommandPlan plan)
            {
                return await _commands.Writes.ExecuteAsync(effect, plan, ParseArguments(request), cancellationToken);
            }

            var answer = await _tools.CallAsync(request.Tool, ParseArguments(request), cancellationToken);
            return new Execution.Answered(ResultJson.Of(answer), FileEffects.LookAfter(prepared));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or NotCapturableException)
        {
            return new Execution.Unknown(FileFailure.Explain(request.Tool, failure));
        }
        catch (OperationCanceledException)
        {
            return new Execution.Unknown(FileEffects.Stopped);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<Inversion> InvertAsync(NamedCall call, Captured captured, CancellationToken cancellationToken)
    {
        if (!IsCommand(call))
        {
            return await _files.InvertAsync(captured, cancellationToken);
        }

        if (captured.Before.ManifestUtf8.IsEmpty)
        {
            return new Inversion.Failed("The command was not captured: it cannot be taken back.");
        }

        try
        {
            var outer = OuterCapture.TryParse(captured.Before.ManifestUtf8);
            var inversion = outer is null
                ? new Inversion.Done()
                : await _commands.Outer.InvertAsync(call, captured, outer, cancellationToken);
            return inversion is Inversion.Done ? await _files.InvertAsync(captured, cancellationToken) : inversion;
        }
        catch (FormatException fault)
        {
            return new Inversion.Failed(fault.Message);
        }
    }

    /// <inheritdoc/>
    public ValueTask<Finding> ProbeAsync(NamedCall call, Captured captured, CancellationToken cancellationToken) =>
        IsCommand(call) && (captured.Before.ManifestUtf8.IsEmpty || OuterCapture.TryParse(captured.Before.ManifestUtf8) is not null)
            ? ValueTask.FromResult(Finding.Unclear)
            : FileEffects.ProbeAsync(captured, cancellationToken);

    private static bool IsCommand(NamedCall call) => call.Request.Tool == BashTool.Tool.Definition.Name;

    /// <inheritdoc/>
    public async ValueTask<Execution> ReadAsync(ReadEffect effect, CancellationToken cancellationToken)
    {
        var request = effect.Call.Request;
        if (WorkspaceTools.Find(request.Tool) is not { } tool)
        {
            return new Execution.Answered(ResultJson.UnknownTool(request.Tool));
        }

        try
        {
            var arguments = ParseArguments(request);
            var earlier = EarlierOf(effect);
            if (tool is WorkspaceTool.Command)
            {
                return await _commands.Reads.ReadAsync(effect, arguments, earlier, cancellationToken);
            }

            IFileView files = earlier is null ? LiveFiles.Instance : earlier;
            var touched = _declarations.Bind(tool, arguments, files);
            if (!touched.IsRead || !_files.Positions.IsDeclared(PositionedFootprints.KeyOf(request.Tool, arguments), effect.Declared, touched))
            {
                return new Execution.NotDone(FileEffects.Changed);
            }

            var answer = await _tools.CallAsync(request.Tool, () => ToolArguments.MembersOf(arguments), files, cancellationToken);
            return new Execution.Answered(ResultJson.Of(answer));
        }
        catch (CallRefusedException refusal)
        {
            return new Execution.Answered(ResultJson.Of(ToolAnswer.Failed(refusal.Message)));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or NotCapturableException)
        {
            return new Execution.NotDone(FileFailure.Explain(request.Tool, failure));
        }
        catch (Exception fault) when (fault is FormatException or KeyNotFoundException)
        {
            return new Execution.NotDone("The files as they were at its position cannot be shown: what a later call captured cannot be read.");
        }
        catch (OperationCanceledException)
        {
            return new Execution.NotDone(FileEffects.Stopped);
        }
    }

    private async Task<Preparation> PrepareCommandAsync(WriteEffect effect, CancellationToken cancellationToken)
    {
        try
        {
            return await _commands.Writes.PrepareAsync(effect, ParseArguments(effect.Call.Request), cancellationToken);
        }
        catch (CallRefusedException refusal)
        {
            return new Preparation.Ready(CommandWrites.Untouched, refusal);
        }
    }

    private Preparation Prepare(WorkspaceTool tool, WriteEffect effect, CancellationToken cancellationToken)
    {
        try
        {
            var arguments = ParseArguments(effect.Call.Request);
            var touched = _declarations.Bind(tool, arguments, LiveFiles.Instance);
            return _files.Prepare(effect, PositionedFootprints.KeyOf(effect.Call.Request.Tool, arguments), touched, Foresee(tool, arguments), cancellationToken);
        }
        catch (CallRefusedException refusal)
        {
            return new Preparation.Ready(Capture.Empty, refusal);
        }
    }

    private IReadOnlyDictionary<string, Expectation> Foresee(WorkspaceTool tool, JsonElement arguments)
    {
        try
        {
            return tool is WorkspaceTool.OnFiles files
                ? files.Foresee(_tools.Tree, ToolArguments.Check(tool.Definition, ToolArguments.MembersOf(arguments)))
                : WorkspaceTool.Nothing;
        }
        catch (CallRefusedException)
        {
            return WorkspaceTool.Nothing;
        }
    }

    private EarlierFiles? EarlierOf(ReadEffect effect)
    {
        var hidden = effect.Hidden.Select(static write => write.Captured.Before).Where(static capture => !capture.ManifestUtf8.IsEmpty).ToList();
        return hidden.Count == 0 ? null : new EarlierFiles(hidden, _contents);
    }

    private Task<bool> InTurnAsync(Action change, CancellationToken cancellationToken) => _tools.ChangeAsync(
        () =>
        {
            change();
            return true;
        },
        cancellationToken);

    private static JsonElement ParseArguments(ToolRequest request)
    {
        using var document = JsonDocument.Parse(request.ArgumentsUtf8, new JsonDocumentOptions { MaxDepth = 1_000 });
        return document.RootElement.Clone();
    }
}
