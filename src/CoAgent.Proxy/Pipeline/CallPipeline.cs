using CoAgent.Protocol.Objects;
using CoAgent.Protocol.Trajectories;
using CoAgent.Proxy.Downstream;
using CoAgent.Proxy.Effects;
using CoAgent.Proxy.Sessions;
using CoAgent.Proxy.Wire;
using CoAgent.Runtime.Coordination;
using CoAgent.Runtime.Tools;
using Decision = CoAgent.Runtime.Coordination.CallAnswer;

namespace CoAgent.Proxy.Pipeline;

/// <summary>What happens to a tool call between its client and its server. The file to read first.</summary>
internal sealed class CallPipeline(
    Coordinator coordinator, CallBinder binder, OpenCalls open, ServerBook servers, CallTeller teller, ShownNames names, TimeProvider time)
{
    // What is not ordered reads nothing that anybody could change ("protocol": "none").
    private static readonly CallDeclaration Unordered =
        new(Footprint.Create([], [])) { View = ReadView.Live, CanReread = false };

    /// <summary>How often a call is bound anew that turns out to touch something else; each time it is known better.</summary>
    private const int RebindsMax = 5;

    private readonly OpenRounds _rounds = new();

    /// <summary>Whether calls are ordered; else each goes straight to its server (<c>"protocol": "none"</c>).</summary>
    public required bool IsOrdering { get; init; }

    /// <summary>Carries one call.</summary>
    /// <remarks>
    /// <code>
    ///  client ──▶ StreamableHttpEndpoint / BridgeEndpoint      reads one message, keeps its bytes
    ///         ──▶ ClientSession ──▶ RequestRouter              whose request, which server
    ///         ──▶ CallPipeline
    ///              (1) bind       what it reads and writes, told before it happens
    ///              (2) name       the call's name, under which its effects find its client's connection
    ///              (3) propose    the coordinator begins a transaction, orders, gates, unwinds, executes, rewinds
    ///                    ──▶ ToolWorld ──▶ the server gets the client's own bytes, through the client's connection
    ///              (4) ask        what a modern server needs to know from a legacy client; then (2) again, as the same call
    ///              (5) tell       the result as it came, what the call was in its _meta, notices before it
    ///         ◀── ClientExchange                               an answer that is lost: its notices are told again
    /// </code>
    /// </remarks>
    public async Task<Splice> InvokeAsync(ToolCall call)
    {
        // (1)
        servers.Note(call.Agent, call.Link.Definition);
        var bound = await binder.BindAsync(call, IsOrdering);
        var round = _rounds.Find(call);
        byte[] inputs = [];
        for (var count = 0; ; count++)
        {
            var (decision, made) = await MakeAsync(call, bound, inputs);
            for (var rebinds = 0; made is { HasChangedMeanwhile: true } && count == 0 && rebinds < RebindsMax; rebinds++)
            {
                var before = made.Decision;
                (decision, made) = await MakeAsync(call, await binder.BindAsync(call, IsOrdering), inputs);
                made = made?.Following(before);
            }

            if (made is null)
            {
                return CallAnswer.OfOurOwn(call.Exchange, ((Decision.NotBegun)decision).Message, CallAnswer.NoRecord);
            }

            // (4)
            if (made.InputRequired is not { } asked)
            {
                names.Note(made.Id, made.RecordAs(round).Id);
                return await teller.TellAsync(call, made, round);
            }

            var record = made.RecordAs(round);
            names.Note(made.Id, record.Id);
            round = new OpenRound(record.Id, record.Transaction.Id, record.Number);
            switch (await AskAsync(call, asked, count))
            {
                case Asking.Answered answered:
                    inputs = answered.Members;
                    break;
                case Asking.Failed failed:
                    return CallAnswer.OfOurOwn(call.Exchange, CallAnswer.Words(failed.Fault), record.ToMetaMember(CallStatus.Unknown));
                case Asking.Refused refused:
                    return ClientAnswer.From(call.Exchange, refused.Answer);
                default:
                    _rounds.Note(call, asked, round);
                    return await teller.TellAsync(call, made, round);
            }
        }
    }

    /// <summary>Why a connection that asks for a rank cannot have it; null when it can, and then its transaction has begun.</summary>
    public async Task<string?> RefusedRankAsync(ConnectionIdentity identity)
    {
        if (identity.Rank is null)
        {
            return null;
        }

        return await coordinator.BeginAsync(identity.OwnAgent, identity.Rank, CancellationToken.None) switch
        {
            BeginResult.Refused refused => refused.Refusal.Message,
            BeginResult.Full full => full.Message,
            _ => null,
        };
    }

    private async Task<(Decision Decision, MadeCall? Made)> MakeAsync(ToolCall call, BoundCall bound, byte[] inputs)
    {
        // (2)
        var named = new NamedCall(
            coordinator.NameCall(), call.Agent, new ToolRequest(call.Link.Name, call.Tool, CallBinder.ArgumentsOf(call)));
        var waiting = new OpenCall(call)
        {
            IsRelayed = !IsOrdering, Inputs = inputs, Profile = bound.Profile, IsWatched = IsOrdering && bound.IsWatched,
        };
        open.Add(named.Id, waiting);
        await using var held = new HeldProgress(call.Exchange, time);
        try
        {
            // (3)
            var proposal = new CallProposal(
                named, call.Identity.RankFor(call.Agent), IsOrdering ? bound.Declaration : bound.Declaration with { Call = Unordered })
            {
                Held = held.WaitFor,
            };
            var decision = await coordinator.CallAsync(proposal, waiting.Cancelled);
            open.Remove(named.Id);
            return (decision, decision is Decision.Decided decided
                ? new MadeCall(named.Id, named.Request, bound.Declaration, decided, waiting.Answer)
                : null);
        }
        catch (Exception)
        {
            open.GiveUp(named.Id);
            throw;
        }
    }

    /// <summary>Gets what a server asks for, while no call of anybody waits for it.</summary>
    private static async Task<Asking> AskAsync(ToolCall call, JsonRpcFrame asked, int count)
    {
        var request = new RelayRequest(call.Exchange.Request, call.Exchange, TimeSpan.Zero) { CancellationToken = call.Exchange.Cancelled };
        if (!call.Link.StandsBehindBridge)
        {
            return new Asking.ByClient();
        }

        if (count >= EraBridge.RoundsMax)
        {
            return new Asking.Failed(new ServerFault(
                FaultStage.Answering, $"The server '{call.Link.Name}' asked for input {EraBridge.RoundsMax} times without an end."));
        }

        if (InputRequests.FaultOf(asked) is { } fault)
        {
            return new Asking.Failed(new ServerFault(FaultStage.Answering, $"The server '{call.Link.Name}' {fault}"));
        }

        var inputs = await call.Link.AskClientAsync(asked, request);
        return inputs.Refusal is { } refusal ? new Asking.Refused(refusal) : new Asking.Answered(inputs.RetryMembers);
    }

    /// <summary>What came of a server's request for input.</summary>
    private abstract record Asking
    {
        private Asking()
        {
        }

        /// <summary>The client gets the request and brings the input in a retry.</summary>
        public sealed record ByClient : Asking;

        /// <summary>The client was asked and has answered.</summary>
        public sealed record Answered(byte[] Members) : Asking;

        /// <summary>The client was asked and would not answer.</summary>
        public sealed record Refused(JsonRpcFrame Answer) : Asking;

        /// <summary>The server asks in a way that cannot be put to a client.</summary>
        public sealed record Failed(ServerFault Fault) : Asking;
    }
}
