using System.Collections.Concurrent;
using CoAgent.Protocol.Order;
using CoAgent.Proxy.Downstream;
using CoAgent.Proxy.Sessions;
using CoAgent.Proxy.Wire;
using CoAgent.Runtime.Coordination;

namespace CoAgent.Proxy.Pipeline;

/// <summary>What happens to a tool call between its client and its server. The file to read first.</summary>
internal sealed class CallPipeline(Coordinator coordinator, FootprintBinder footprints)
{
    private readonly ConcurrentDictionary<AgentId, TransactionHandle> _open = new();
    private readonly OpenRounds _rounds = new();

    /// <summary>Carries one call.</summary>
    /// <remarks>
    /// <code>
    ///  client ──▶ StreamableHttpEndpoint / BridgeEndpoint      reads one message, keeps its bytes
    ///         ──▶ ClientSession ──▶ RequestRouter              whose request, which server
    ///         ──▶ CallPipeline
    ///              (1) begin      who calls, in which transaction, at which rank
    ///              (2) place      the call's name and its position in the serial order
    ///              (3) bind       what it reads and writes, told before it happens
    ///              (4) invoke     the server gets the client's own bytes
    ///              (5) tell       the result goes back as it came, with what the call was in its _meta
    ///         ◀── ClientExchange
    /// </code>
    /// </remarks>
    public async Task<Splice> InvokeAsync(ToolCall call)
    {
        // (1)
        switch (await BeginAsync(call.Identity, call.Agent, call.Exchange.Cancelled))
        {
            case BeginResult.Refused refused:
                return CallAnswer.OfOurOwn(call.Exchange, refused.Refusal.Message, CallAnswer.NoRecord);
            case BeginResult.Full full:
                return CallAnswer.OfOurOwn(call.Exchange, full.Message, CallAnswer.NoRecord);
            case BeginResult.Open open when Place(open.Handle, call) is { } placed:
                return await InvokeAsync(call, placed);
            default:
                // The transaction ended between (1) and (2): the agent's next transaction begins.
                _open.TryRemove(call.Agent, out _);
                return await InvokeAsync(call);
        }
    }

    /// <summary>Why a connection that asks for a rank cannot have it; null when it can, and then its transaction has begun.</summary>
    public async Task<string?> RefusedRankAsync(ConnectionIdentity identity)
    {
        if (identity.Rank is null)
        {
            return null;
        }

        return await BeginAsync(identity, identity.OwnAgent, CancellationToken.None) switch
        {
            BeginResult.Refused refused => refused.Refusal.Message,
            BeginResult.Full full => full.Message,
            _ => null,
        };
    }

    private async Task<Splice> InvokeAsync(ToolCall call, PlacedCall placed)
    {
        try
        {
            // (3)
            var record = new CallRecord(placed.Id, placed.Handle.Transaction, placed.Number, footprints.Bind(call));

            // (4)
            var reply = await call.Link.RequestAsync(ForServer(call));

            // (5)
            _rounds.Note(call, reply, placed);
            return CallAnswer.From(call.Exchange, reply, record);
        }
        finally
        {
            placed.Handle.EndCall();
        }
    }

    private async ValueTask<BeginResult> BeginAsync(ConnectionIdentity identity, AgentId agent, CancellationToken cancellationToken)
    {
        var rank = identity.RankFor(agent);
        if (_open.TryGetValue(agent, out var handle) && !handle.IsEnded && (rank is null || rank == handle.Transaction.Rank))
        {
            return new BeginResult.Open(handle, IsNew: false);
        }

        var result = await coordinator.BeginAsync(agent, rank, cancellationToken);
        if (result is BeginResult.Open open)
        {
            _open[agent] = open.Handle;
        }

        return result;
    }

    // (2) A retry that brings the input that a server asked for is the same call: it keeps its name and its place.
    private PlacedCall? Place(TransactionHandle handle, ToolCall call)
    {
        var started = _rounds.Find(call, handle) is { } same ? handle.ResumeCall(same) : handle.NextCall();
        return started is { } at ? new PlacedCall(handle, at.Id, at.Position.Number) : null;
    }

    private static RelayRequest ForServer(ToolCall call)
    {
        var request = call.Exchange.Request;
        return new RelayRequest(request, call.Exchange, call.Link.Definition.Options.Timeout)
        {
            CancellationToken = call.Exchange.Cancelled,
            Edits = call.IsRenamed ? [new Edit(request.Members.Name, ObjectEdit.Text(call.Tool))] : [],
            Name = call.Tool.Length > 0 ? call.Tool : null,
            ParameterHeaders = call.Exchange.ParameterHeaders ?? ParameterHeaders.Of(call.Link.Tools.Of(call.Tool), request),
        };
    }
}

/// <summary>A call that has a name and a place; its transaction counts it as open until it is ended.</summary>
internal sealed record PlacedCall(TransactionHandle Handle, CallId Id, long Number);
