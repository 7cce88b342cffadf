using CoAgent.Proxy.Downstream;
using CoAgent.Proxy.Wire;
using CoAgent.Runtime.Tools;
using Polly;
using Polly.Retry;

namespace CoAgent.Proxy.Effects;

/// <summary>Makes calls over MCP: the first time as their clients sent them, again in words of the daemon's own.</summary>
internal sealed class ForeignCalls
{
    /// <summary>How often a call that surely did not happen is tried again.</summary>
    public const int RetryCount = 3;

    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan RetryDelayMax = TimeSpan.FromSeconds(5);

    private readonly OpenCalls _open;
    private readonly ServerBook _servers;
    private readonly ResiliencePipeline<Reply> _retry;

    public ForeignCalls(OpenCalls open, ServerBook servers, TimeProvider time)
    {
        _open = open;
        _servers = servers;
        _retry = new ResiliencePipelineBuilder<Reply> { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions<Reply>
            {
                // What was sent and not answered may have happened: it is never sent again.
                ShouldHandle = static attempt => ValueTask.FromResult(
                    attempt.Outcome.Result is Reply.Faulted { Fault: { MayHaveHappened: false, IsLasting: false } }),
                MaxRetryAttempts = RetryCount,
                BackoffType = DelayBackoffType.Exponential,
                Delay = RetryDelay,
                MaxDelay = RetryDelayMax,
                UseJitter = true,
            })
            .Build();
    }

    /// <summary>Makes a call.</summary>
    /// <param name="call">The call.</param>
    /// <param name="isAgain">Whether it was made before: its client has had, or given up, the answer of that time.</param>
    /// <param name="isTakenBack">
    /// Whether its effect can be taken back. It is waited for then, although its client may not: a server that is told to stop seldom says when it
    /// has, and what it does after the inverse has run would look like somebody else's doing.
    /// </param>
    /// <param name="cancellationToken">The workspace is going down.</param>
    public async ValueTask<Execution> MakeAsync(NamedCall call, bool isAgain, bool isTakenBack, CancellationToken cancellationToken) =>
        !isAgain && _open.Find(call.Id) is { } open
            ? Executions.Of(await open.RequestAsync(isWaitedFor: isTakenBack))
            : Executions.Of(await MakeAgainAsync(call, cancellationToken));

    private async Task<Reply> MakeAgainAsync(NamedCall call, CancellationToken cancellationToken)
    {
        try
        {
            return await _retry.ExecuteAsync(async token => await TryAgainAsync(call, token), cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return new Reply.Faulted(new ServerFault(FaultStage.Sending, "The daemon is going down."));
        }
    }

    private async ValueTask<Reply> TryAgainAsync(NamedCall call, CancellationToken cancellationToken)
    {
        Reply reply = new Reply.Faulted(new ServerFault(
            FaultStage.Starting, $"The server '{call.Request.Server}' is no longer in the configuration.") { IsLasting = true });
        foreach (var way in _servers.WaysTo(call))
        {
            reply = await way.RequestAsync(RequestOf(call.Request, way, cancellationToken));
            if (reply is not Reply.Faulted { Fault.MayHaveHappened: false })
            {
                return reply;
            }
        }

        return reply;
    }

    private static RelayRequest RequestOf(ToolRequest call, ServerLink way, CancellationToken cancellationToken)
    {
        var frame = JsonRpcFrame.Parse(JsonRpcError.Call("0"u8, MethodNames.ToolsCall, ParametersOf(call, way.IsModern)));
        return new RelayRequest(frame, Requester: null, way.Definition.Options.Timeout)
        {
            CancellationToken = cancellationToken,
            LeavesInputRequests = true, // nobody is there to answer
            Name = call.Tool,
            ParameterHeaders = ParameterHeaders.Of(way.Tools.Of(call.Tool), frame),
        };
    }

    private static byte[] ParametersOf(ToolRequest call, bool isModern)
    {
        byte[] meta = isModern ? [(byte)',', .. ObjectEdit.Member("_meta", OwnMetadata.OfModernRequest)] : [];
        return
        [
            (byte)'{', .. ObjectEdit.Member("name", ObjectEdit.Text(call.Tool)), (byte)',',
            .. ObjectEdit.Member("arguments", call.ArgumentsUtf8.Span), .. meta, (byte)'}',
        ];
    }
}
