using CoAgent.Protocol;
using CoAgent.Proxy.Configuration;
using CoAgent.Proxy.Downstream;
using CoAgent.Proxy.Effects;
using CoAgent.Proxy.Wire;
using CoAgent.Runtime.Coordination;

namespace CoAgent.Proxy.Pipeline;

/// <summary>Tells a client what became of its call, and its agent what has changed (mcp.md, "What reaches a model").</summary>
/// <remarks>
/// A notice counts as told only where the client shows it to its model. Where it does not, or where the answer does not
/// reach the client, the coordinator tells the notice again.
/// </remarks>
internal sealed class CallTeller(Coordinator coordinator, NoticeBlocks notices, Func<ProxyConfiguration> configuration)
{
    /// <summary>The answer to a call.</summary>
    public async ValueTask<Splice> TellAsync(ToolCall call, MadeCall made, OpenRound? round)
    {
        var (decision, exchange) = (made.Decision, call.Exchange);
        var answer = made.InputRequired ?? AnswerOf(call, made);
        var record = made.RecordAs(round).ToMetaMember(made.StatusOf(answer));
        var told = notices.Of(decision.Transaction.Id, decision.Result is CallResult.Gated, decision.Notices, decision.Changed);
        if (answer is null)
        {
            WatchDelivery(call, told, decision);
            var words = DecisionWords.Of(decision, configuration().Options.Gate);
            var isModern = RequestRouter.IsModern(exchange.Request);
            // The notices that hold a call back say so themselves, and how to go on.
            IEnumerable<string> blocks = decision.Result is CallResult.Gated && told.HasNotices ? [told.Text] : told.Before(words);
            return ClientAnswer.Result(exchange, CallAnswer.Result(
                isModern, decision.Result is not CallResult.Deferred, blocks, [.. record, .. told.MetaMember]));
        }

        if (answer.Kind == FrameKind.Error || !answer.BodyIsObject)
        {
            await RedeliverAsync(told, decision);
            return ClientAnswer.From(exchange, answer);
        }

        if (told.IsEmpty)
        {
            return ClientAnswer.From(exchange, answer, ObjectEdit.IntoMeta(answer, record));
        }

        byte[] members = [.. record, .. told.MetaMember];
        if (made.InputRequired is not null || !CanCarry(call, answer, out var givesStructuredAsText))
        {
            await RedeliverAsync(told, decision);
            return ClientAnswer.From(exchange, answer, ObjectEdit.IntoMeta(answer, members));
        }

        WatchDelivery(call, told, decision);
        return ClientAnswer.From(exchange, answer, NoticedResult.Of(answer, told.Text, members, givesStructuredAsText));
    }

    // The server's own bytes where they are what the coordinator tells; what was answered elsewhere is put into a frame.
    private static JsonRpcFrame? AnswerOf(ToolCall call, MadeCall made)
    {
        if (made.Decision.Tool is not { } tool)
        {
            return null;
        }

        return made.Answer is { } own && own.Span(own.Body).SequenceEqual(tool.Utf8.Span)
            ? own
            : AnswerFrame.Of(tool, RequestRouter.IsModern(call.Exchange.Request));
    }

    private bool CanCarry(ToolCall call, JsonRpcFrame answer, out bool givesStructuredAsText)
    {
        givesStructuredAsText = false;
        if (!answer.BodyMember("structuredContent"u8).Exists)
        {
            return true;
        }

        var manner = ClientManner.Of(call.Handshake, call.Exchange.Request);
        var isError = answer.KeyOf(answer.Members.IsError) == "true";
        givesStructuredAsText = isError ? !manner.ShowsTextOfStructuredErrors : !manner.ShowsTextBesideStructured;

        // A result without what its tool's schema promises would be refused by the client; an error need not keep to it.
        return !givesStructuredAsText || isError
            || configuration().Options.OutputSchemas == OutputSchemaMode.Strip
            || call.Link.Tools.Of(call.Tool) is not { HasOutputSchema: true };
    }

    private void WatchDelivery(ToolCall call, NoticeBlock told, Runtime.Coordination.CallAnswer.Decided decision)
    {
        if (!told.IsEmpty)
        {
            var transaction = decision.Transaction.Id;
            call.Exchange.WhenLost = () => coordinator.RedeliverAsync(transaction, CancellationToken.None);
        }
    }

    private ValueTask RedeliverAsync(NoticeBlock told, Runtime.Coordination.CallAnswer.Decided decision) =>
        told.HasNotices ? coordinator.RedeliverAsync(decision.Transaction.Id, CancellationToken.None) : ValueTask.CompletedTask;
}
