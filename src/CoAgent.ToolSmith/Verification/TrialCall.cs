using CoAgent.Protocol.Objects;
using CoAgent.Protocol.Order;
using CoAgent.Runtime.Results;
using CoAgent.Runtime.Tools;
using CoAgent.ToolSmith.Sandboxing;

namespace CoAgent.ToolSmith.Verification;

/// <summary>The call of an example, made and taken back as the coordinator would.</summary>
internal sealed class TrialCall(
    IToolProfile profile, TrialTool server, TrialContents contents, NamedCall call, Footprint declared)
{
    private const int CharsShown = 300;
    private Captured? _captured;
    private Func<CancellationToken, ValueTask<ReadOnlyMemory<byte>>>? _look;

    /// <summary>What its server looked at when it was last executed.</summary>
    internal ReadTrace Reads { get; private set; } = new([], "it was not executed");

    /// <summary>Prepares and executes it.</summary>
    /// <returns>What the tool complained of; null when it did not.</returns>
    /// <exception cref="SandboxException">It could not be made.</exception>
    internal async Task<string?> MakeAsync(bool isReplay, CancellationToken cancellationToken)
    {
        var effect = new WriteEffect(call, isReplay, Beneath: null) { Declared = declared };
        var preparation = await profile.PrepareAsync(effect, cancellationToken);
        if (preparation is not Preparation.Ready ready)
        {
            var why = preparation is Preparation.NotPossible impossible ? impossible.Reason : "somebody else has changed what was there";
            throw new SandboxException($"it could not be prepared: {why}");
        }

        contents.Keep(ready.Before);
        var result = await ExecuteAsync(cancellationToken);
        var after = await profile.LookAfterAsync(effect, ready, result, cancellationToken);
        _look = token => profile.LookAfterAsync(effect, ready, result, token);
        _captured = new Captured(ready.Before, after);
        return Complaint(result);
    }

    /// <summary>Executes it without preparing anything: a read, or what cannot be taken back.</summary>
    internal async Task<string?> MakeUnpreparedAsync(CancellationToken cancellationToken) => Complaint(await ExecuteAsync(cancellationToken));

    /// <summary>Whether its guard shows now what it showed right after the call.</summary>
    internal async Task<bool> GuardShowsTheSameAsync(CancellationToken cancellationToken) =>
        _look is not null && (await _look(cancellationToken)).Span.SequenceEqual(_captured!.AfterUtf8.Span);

    /// <summary>Takes it back.</summary>
    internal async Task<Inversion> TakeBackAsync(CancellationToken cancellationToken) =>
        await profile.InvertAsync(call, _captured ?? throw new InvalidOperationException("What was not made is not taken back."), cancellationToken);

    private async Task<ToolResult> ExecuteAsync(CancellationToken cancellationToken)
    {
        (var execution, Reads) = await server.ExecuteAsync(profile, call, cancellationToken);
        return execution switch
        {
            Execution.Answered answered => answered.Result,
            Execution.NotDone notDone => throw new SandboxException(notDone.Reason),
            Execution.Unknown unknown => throw new SandboxException(unknown.Reason),
            _ => throw new InvalidOperationException($"There is no outcome {execution}."),
        };
    }

    private static string? Complaint(ToolResult result)
    {
        if (result.Kind == ToolResultKind.Answer)
        {
            return null;
        }

        var text = ResultText.Of(result);
        return text.Length <= CharsShown ? text : text[..CharsShown];
    }
}
