using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json.Nodes;
using CoAgent.Protocol;
using CoAgent.Protocol.Order;
using CoAgent.Proxy.Configuration;
using CoAgent.Proxy.Pipeline;
using CoAgent.Proxy.Sessions;
using CoAgent.Proxy.Wire;
using CoAgent.Runtime.Coordination;
using CoAgent.Runtime.Tools;
using Microsoft.Extensions.Logging;

namespace CoAgent.Proxy.OwnTools;

/// <summary>Answers the calls of our own tools (mcp.md, "What we put on the wire").</summary>
internal sealed partial class OwnToolCalls(
    Coordinator coordinator,
    NoticeBlocks notices,
    ShownNames names,
    Func<ProxyConfiguration> configuration,
    TimeProvider time,
    ILogger<OwnToolCalls> logger)
{
    private readonly ConcurrentDictionary<(string Server, string Tool), bool> _shadowed = new();

    /// <summary>How long a finish waits when its agent does not say.</summary>
    public static readonly TimeSpan WaitDefault = TimeSpan.FromSeconds(20);

    /// <summary>The longest that a finish waits.</summary>
    public static readonly TimeSpan WaitMax = TimeSpan.FromMinutes(10);

    /// <summary>Whether transactions end in order; else a finish ends one at once (<c>"protocol": "none"</c>).</summary>
    public required bool IsOrdering { get; init; }

    /// <summary>The tools that were called and that nobody has declared.</summary>
    /// <value>None.</value>
    public Func<ImmutableArray<CalledUnknown>> UnknownTools { get; init; } = static () => [];

    /// <summary>Who finds and grows tools; null where nobody does.</summary>
    /// <value>Null.</value>
    public IToolSmith? Smith { get; init; }

    /// <summary>What is done when a tool was grown: its list is read anew.</summary>
    /// <value>Nothing.</value>
    public Action ToolsGrown { get; init; } = static () => { };

    /// <summary>Answers a call.</summary>
    /// <param name="exchange">The call.</param>
    /// <param name="tool">One of <see cref="OwnTool.Names"/>.</param>
    /// <param name="agent">Who calls.</param>
    public async Task<Splice> InvokeAsync(ClientExchange exchange, string tool, AgentId agent)
    {
        using var arguments = new OwnArguments(exchange.Request);
        var open = await coordinator.OpenTransactionOfAsync(agent, exchange.Cancelled);
        var answer = tool switch
        {
            OwnTool.Status => await StatusAsync(agent, open, exchange.Cancelled),
            OwnTool.Finish => await FinishAsync(exchange, open, arguments),
            OwnTool.Undo => await UndoAsync(open, arguments, exchange.Cancelled),
            OwnTool.Resolve => await ResolveAsync(open, arguments, exchange.Cancelled),
            OwnTool.RequestTool => await RequestAsync(exchange, arguments),
            _ => throw new ArgumentOutOfRangeException(nameof(tool)),
        };
        if (open is { Id: var transaction } && answer.Notices is { IsEmpty: false })
        {
            exchange.WhenLost = () => coordinator.RedeliverAsync(transaction, CancellationToken.None);
        }

        return answer.For(exchange);
    }

    /// <summary>Says, once for each, which tools of a server cannot be called because they have the name of one of ours.</summary>
    public void Shadow(string server, IEnumerable<string> tools)
    {
        foreach (var tool in tools.Where(OwnTool.Is))
        {
            if (_shadowed.TryAdd((server, tool), true))
            {
                LogShadowed(server, tool);
            }
        }
    }

    private async Task<OwnAnswer> StatusAsync(AgentId agent, Transaction? open, CancellationToken cancellationToken)
    {
        var snapshot = await coordinator.SnapshotAsync(cancellationToken);
        var calls = open is null ? [] : await coordinator.CallsAsync(open.Id, cancellationToken);
        calls = [.. calls.Select(call => call with { Call = names.Of(call.Call) })];
        return new StatusReport(agent, open, snapshot, calls) { Names = names, UnknownTools = UnknownTools() }
            .ToAnswer(open is null ? null : notices.MarkerOf(open.Id), configuration().Options.Gate);
    }

    private async Task<OwnAnswer> RequestAsync(ClientExchange exchange, OwnArguments arguments)
    {
        if (arguments.Request() is not { } request)
        {
            return OwnAnswer.Wrong($"\"request\" is what the tool is to do, in words or as a command, in at most {OwnArguments.RequestCharsMax} characters.");
        }

        if (Smith is null)
        {
            return OwnAnswer.Wrong("No tools are grown here: use those that are listed.");
        }

        await using var held = new HeldProgress(exchange, time);
        held.Wait("Looks for a tool, and tries it.", HeldProgress.Period);
        var offer = await Smith.RequestAsync(request, exchange.Cancelled);
        if (offer.Kind == ToolOfferKind.Grown)
        {
            ToolsGrown();
        }

        return RequestedTool.Of(offer);
    }

    private async Task<OwnAnswer> FinishAsync(ClientExchange exchange, Transaction? open, OwnArguments arguments)
    {
        if (arguments.Wait(WaitDefault, WaitMax) is not { } wait)
        {
            return OwnAnswer.Wrong("\"wait\" is a number of seconds, such as 20.");
        }

        if (open is null)
        {
            return FinishReport.Finished();
        }

        await using var held = new HeldProgress(exchange, time);
        if (IsOrdering && wait > TimeSpan.Zero)
        {
            held.Wait("Waits to finish: for the agents before this one.", HeldProgress.Period);
        }

        var answer = await coordinator.FinishAsync(open.Id, IsOrdering ? wait : TimeSpan.Zero, exchange.Cancelled);
        if (!IsOrdering && answer.Result is FinishResult.Waiting)
        {
            // Nothing was ordered, so nothing is taken back and nobody is waited for.
            await coordinator.AbortAsync(open.Id, CancellationToken.None);
            return FinishReport.Finished();
        }

        return FinishReport.Of(
            answer with { Changed = names.Of(answer.Changed) },
            notices.Of(open.Id, isGated: false, answer.Notices, answer.Changed));
    }

    private async Task<OwnAnswer> UndoAsync(Transaction? open, OwnArguments arguments, CancellationToken cancellationToken)
    {
        if (arguments.Calls() is not { } calls)
        {
            return OwnAnswer.Wrong("\"calls\" is a list of ids of your own calls, such as [\"c12\"]; coagent_status lists them.");
        }

        if (open is null)
        {
            return OwnAnswer.Wrong("You have no open transaction: there is no call of yours that could be taken back.");
        }

        var answer = await coordinator.UndoAsync(open.Id, [.. calls.Select(names.Meant)], cancellationToken);
        return UndoReport.Of(names.Of(answer), notices.Of(open.Id, isGated: false, answer.Notices, answer.Changed));
    }

    private async Task<OwnAnswer> ResolveAsync(Transaction? open, OwnArguments arguments, CancellationToken cancellationToken)
    {
        if (arguments.Notice() is not { } notice || arguments.Decision() is not { } decision)
        {
            return OwnAnswer.Wrong("\"notice\" is an id such as \"n4\"; \"decision\" is \"keep\", \"revised\" or \"retracted\".");
        }

        if (open is null)
        {
            return OwnAnswer.Wrong("You have no open transaction, and no open notice.");
        }

        var result = await coordinator.ResolveAsync(open.Id, notice, decision, arguments.Reason(), cancellationToken);
        var (state, words) = result switch
        {
            ResolveResult.Settled => ("settled", $"{notice} is settled."),
            ResolveResult.AskedAgain => ("asked again",
                $"What you keep still contains the value that is no longer so. {notice} comes once more; if you decide to keep it again, it is settled."),
            ResolveResult.ChangedMeanwhile => ("changed", $"{notice} says something new since; it comes with your next answer."),
            ResolveResult.NotFound => ("not found", $"You have no open notice {notice}."),
            _ => throw new InvalidOperationException($"Nobody knows the result {result}."),
        };
        return new OwnAnswer(words, new JsonObject { ["notice"] = notice.ToString(), ["state"] = state })
        {
            IsError = result == ResolveResult.NotFound,
        };
    }

    [LoggerMessage(261, LogLevel.Warning, "Server {Server} has a tool {Tool} of its own: CoAgent's is the one that is called")]
    private partial void LogShadowed(string server, string tool);
}
