using System.Text.Json;
using CoAgent.Protocol.Objects;
using CoAgent.Runtime.Tools;
using CoAgent.Workspace.Arguments;
using CoAgent.Workspace.Bash;
using CoAgent.Workspace.Captures;
using CoAgent.Workspace.Files;
using CoAgent.Workspace.Layers;
using CoAgent.Workspace.Tools;

namespace CoAgent.Workspace.Effects;

/// <summary>The effects of the workspace tools: captured before they are made, taken back, and looked at as they were earlier.</summary>
public sealed class WorkspaceEffects : IToolWorld
{
    private readonly WorkspaceTools _tools;
    private readonly IContentSource _contents;
    private readonly FileEffects _files;
    private readonly BashEffects _bash;
    private readonly WorkspaceDeclarations _declarations;

    /// <summary>The effects of a workspace's _tools.</summary>
    /// <param name="tools">The _tools.</param>
    /// <param name="contents">Where captured contents are found again.</param>
    public WorkspaceEffects(WorkspaceTools tools, IContentSource contents)
        : this(tools, contents, LayerSupport.FindAsync)
    {
    }

    internal WorkspaceEffects(WorkspaceTools tools, IContentSource contents, Func<Task<LayerSupport?>> findLayers)
    {
        _tools = tools;
        _contents = contents;
        _files = new FileEffects(tools.Tree.Limits, contents, tools.Root.Path, InTurnAsync);
        _bash = new BashEffects(tools, _files.Capture, findLayers);
        _declarations = new WorkspaceDeclarations(tools.Root, _files.Positions);
    }

    /// <summary>Where the layers are kept in which commands run; null on a machine that has none.</summary>
    public static async Task<string?> FindLayersAsync() => (await LayerSupport.FindAsync())?.Place;

    /// <summary>What is known of a call before it is made.</summary>
    /// <param name="tool">The tool's name.</param>
    /// <param name="arguments">The call's arguments.</param>
    public ToolDeclaration Declare(string tool, JsonElement arguments)
    {
        var declared = _declarations.Declare(tool, arguments);
        return tool == BashTool.Tool.Definition.Name && !declared.Call.IsRead
            ? DeclareCommand(declared, _bash.IsIrreversible(arguments))
            : declared;
    }

    // Of a command that was not captured nobody can tell whether it happened.
    private static ToolDeclaration DeclareCommand(ToolDeclaration declared, bool isIrreversible) => declared with
    {
        Call = declared.Call with
        {
            IsIrreversible = isIrreversible, IsInverseIdempotent = !isIrreversible, HasProbe = !isIrreversible,
        },
    };

    /// <inheritdoc/>
    public async ValueTask<Preparation> PrepareAsync(WriteEffect effect, CancellationToken cancellationToken)
    {
        if (WorkspaceTools.Find(effect.Call.Request.Tool) is not { } tool)
        {
            return new Preparation.Ready(Capture.Empty);
        }

        return await FileEffects.GuardAsync(tool.Definition.Name, () => tool is WorkspaceTool.Command
            ? Task.Run(() => PrepareCommandAsync(effect.Call.Request, cancellationToken), cancellationToken)
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
            if (prepared.State is BashEffects.Plan plan)
            {
                return await _bash.ExecuteAsync(plan, ParseArguments(request), cancellationToken);
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
    public ValueTask<Inversion> InvertAsync(NamedCall call, Captured captured, CancellationToken cancellationToken) =>
        IsUncaptured(call, captured)
            ? ValueTask.FromResult<Inversion>(new Inversion.Failed("The command was not captured: it cannot be taken back."))
            : _files.InvertAsync(captured, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<Finding> ProbeAsync(NamedCall call, Captured captured, CancellationToken cancellationToken) =>
        IsUncaptured(call, captured) ? ValueTask.FromResult(Finding.Unclear) : FileEffects.ProbeAsync(captured, cancellationToken);

    private static bool IsUncaptured(NamedCall call, Captured captured) =>
        captured.Before.ManifestUtf8.IsEmpty && call.Request.Tool == BashTool.Tool.Definition.Name;

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
            var files = ViewOf(effect);
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
        catch (Exception fault) when (fault is FormatException or KeyNotFoundException)
        {
            return new Execution.NotDone("The files as they were at its position cannot be shown: what a later call captured cannot be read.");
        }
        catch (OperationCanceledException)
        {
            return new Execution.NotDone(FileEffects.Stopped);
        }
    }

    private async Task<Preparation> PrepareCommandAsync(ToolRequest request, CancellationToken cancellationToken)
    {
        try
        {
            var preparation = await _bash.PrepareAsync(ParseArguments(request), cancellationToken);
            if (preparation is Preparation.Ready { State: BashEffects.Plan.Promote plan })
            {
                _files.Learn(plan.Promotion.Manifest);
            }

            return preparation;
        }
        catch (CallRefusedException refusal)
        {
            return new Preparation.Ready(BashEffects.Untouched, refusal);
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

    private IFileView ViewOf(ReadEffect effect)
    {
        var hidden = effect.Hidden.Select(static write => write.Captured.Before).Where(static capture => !capture.ManifestUtf8.IsEmpty).ToList();
        return hidden.Count == 0 ? LiveFiles.Instance : new EarlierFiles(hidden, _contents);
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
