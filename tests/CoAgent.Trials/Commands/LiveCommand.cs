using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CoAgent.Protocol.Objects;
using CoAgent.Protocol.Order;
using CoAgent.Protocol.Trajectories;
using CoAgent.Runtime.Tools;
using CoAgent.Workspace;
using CoAgent.Workspace.Effects;

namespace CoAgent.Trials.Commands;

/// <summary>One command line as the coordinator makes it: declared, captured, executed, taken back, made again.</summary>
/// <remarks>What is bound too early is bound again, as the proxy does; what turns out irreversible is left alone.</remarks>
internal sealed class LiveCommand : IContentSource, IDisposable
{
    private const int BindingsMax = 8;

    private readonly ConcurrentDictionary<ContentId, ReadOnlyMemory<byte>> _kept = new();
    private readonly WorkspaceTools _tools;
    private readonly WorkspaceEffects _effects;
    private readonly JsonElement _arguments;
    private readonly NamedCall _call;

    /// <summary>A line that is to run in a tree.</summary>
    /// <param name="root">The full path of the tree.</param>
    /// <param name="text">The line.</param>
    /// <param name="timeoutSeconds">How long it may run.</param>
    /// <param name="analyst">What is known of commands before they run.</param>
    public LiveCommand(string root, string text, ICommandAnalyst analyst, int timeoutSeconds = 60)
    {
        _tools = new WorkspaceTools(new WorkspaceRoot(root), WorkspaceLimits.Default, TimeProvider.System);
        _effects = new WorkspaceEffects(_tools, this, analyst);
        _arguments = JsonSerializer.SerializeToElement(new { command = text, timeout = timeoutSeconds });
        var request = new ToolRequest("served", "bash", JsonSerializer.SerializeToUtf8Bytes(_arguments));
        _call = new NamedCall(new CallId(1), AgentId.Create("a"), request);
    }

    /// <summary>What was captured, once it was made.</summary>
    private Captured? Captured { get; set; }

    /// <summary>Makes the call.</summary>
    public async Task<LiveOutcome> MakeAsync(bool isReplay, CancellationToken cancellationToken)
    {
        var reason = "";
        for (var binding = 1; binding <= BindingsMax; binding++)
        {
            var declared = (await _effects.DeclareAsync("bash", _arguments, mayTry: true, cancellationToken)).Call;
            if (declared.IsIrreversible)
            {
                return new LiveOutcome.Irreversible(reason.Length > 0 ? reason : "it is declared irreversible");
            }

            switch (await MakeAsync(declared, isReplay, cancellationToken))
            {
                case Execution.Answered answered:
                    return new LiveOutcome.Made(declared, Text(answered.Result), binding);
                case Execution.NotDone refused:
                    reason = refused.Reason;
                    break;
                case Execution.Unknown unknown:
                    return new LiveOutcome.Failed($"nobody knows whether it happened: {unknown.Reason}");
            }
        }

        return new LiveOutcome.Failed($"bound {BindingsMax} times without an end: {reason}");
    }

    /// <summary>Takes it back; gives what went wrong, null when nothing did.</summary>
    public async Task<string?> TakeBackAsync(CancellationToken cancellationToken) =>
        Captured is not { } captured ? null : await _effects.InvertAsync(_call, captured, cancellationToken) switch
        {
            Inversion.Done => null,
            Inversion.Failed failed => failed.Reason,
            Inversion.Unknown unknown => unknown.Reason,
            Inversion.OutsideWrite => "it says that somebody outside has changed what the line left",
            var other => throw new InvalidOperationException($"There is no inversion {other}."),
        };

    /// <inheritdoc/>
    public ValueTask<ReadOnlyMemory<byte>> ReadAsync(ContentId id, CancellationToken cancellationToken) =>
        ValueTask.FromResult(_kept.TryGetValue(id, out var bytes) ? bytes : throw new KeyNotFoundException());

    /// <inheritdoc/>
    public void Dispose()
    {
        _effects.Dispose();
        _tools.Dispose();
    }

    private async Task<Execution> MakeAsync(CallDeclaration declared, bool isReplay, CancellationToken cancellationToken)
    {
        if (declared.IsRead)
        {
            var read = new ReadEffect(_call, [], IsReread: isReplay) { Declared = declared.Footprint };
            return await _effects.ReadAsync(read, cancellationToken);
        }

        var effect = new WriteEffect(_call, isReplay, Beneath: null) { Declared = declared.Footprint };
        switch (await _effects.PrepareAsync(effect, cancellationToken))
        {
            case Preparation.Ready ready:
                Keep(ready.Before);
                var execution = await _effects.ExecuteAsync(effect, ready, cancellationToken);
                if (execution is Execution.Answered answered)
                {
                    Captured = new Captured(ready.Before.NamesOnly(), answered.AfterUtf8);
                }

                return execution;
            case Preparation.NotPossible refused:
                return new Execution.NotDone(refused.Reason);
            default:
                return new Execution.NotDone("somebody outside has written");
        }
    }

    private void Keep(Capture capture)
    {
        foreach (var content in capture.Contents.Where(static content => !content.IsKnown))
        {
            _kept[content.Id] = content.Bytes;
        }
    }

    private static string Text(ToolResult result) =>
        (string?)JsonNode.Parse(Encoding.UTF8.GetString(result.Utf8.Span))?["content"]?[0]?["text"] ?? "";
}

/// <summary>What became of a line that was made as the coordinator makes it.</summary>
internal abstract record LiveOutcome
{
    private LiveOutcome()
    {
    }

    /// <summary>It was answered.</summary>
    /// <param name="Declared">What was declared of it.</param>
    /// <param name="Answer">The answer.</param>
    /// <param name="BindingCount">How often it was bound.</param>
    internal sealed record Made(CallDeclaration Declared, string Answer, int BindingCount) : LiveOutcome
    {
        /// <summary>What it was said to read and write.</summary>
        public Protocol.Objects.Footprint Footprint => Declared.Footprint;
    }

    /// <summary>It would wait until nothing can come before it any more; it was not made.</summary>
    /// <param name="Reason">Why.</param>
    internal sealed record Irreversible(string Reason) : LiveOutcome;

    /// <summary>Something is wrong.</summary>
    /// <param name="Reason">What.</param>
    internal sealed record Failed(string Reason) : LiveOutcome;
}
