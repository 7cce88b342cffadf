using CoAgent.Proxy.Downstream;
using CoAgent.Proxy.Sessions;
using CoAgent.Proxy.Wire;

namespace CoAgent.Proxy.Pipeline;

/// <summary>The answer to a tool call: the server's own, with what the call was in its <c>_meta</c>.</summary>
internal static class CallAnswer
{
    /// <summary>What stands in the <c>_meta</c> of a call that was refused before it had a name.</summary>
    public static readonly byte[] NoRecord = "\"coagent/call\":{\"status\":\"refused\"}"u8.ToArray();

    /// <summary>What stands in the <c>_meta</c> of a call whose daemon went away before it was answered.</summary>
    public static readonly byte[] UnknownRecord = "\"coagent/call\":{\"status\":\"unknown\"}"u8.ToArray();

    public static Splice From(ClientExchange exchange, Reply reply, CallRecord record) => reply switch
    {
        Reply.Answered { Frame: { Kind: FrameKind.Result, BodyIsObject: true } answer } =>
            ClientAnswer.From(exchange, answer, ObjectEdit.IntoMeta(answer, record.ToMetaMember(StatusOf(answer, record)))),
        Reply.Answered answered => ClientAnswer.From(exchange, answered.Frame),
        Reply.Faulted faulted => OfOurOwn(exchange, Words(faulted.Fault), record.ToMetaMember(StatusOf(faulted.Fault))),
        _ => throw new InvalidOperationException("A reply is an answer or a fault."),
    };

    /// <summary>A result that the proxy gives itself: an error that the model sees, with what to do.</summary>
    public static Splice OfOurOwn(ClientExchange exchange, string message, ReadOnlySpan<byte> metaMembers) =>
        ClientAnswer.Result(exchange, ErrorResult(RequestRouter.IsModern(exchange.Request), message, metaMembers));

    /// <summary>The same as JSON.</summary>
    public static byte[] ErrorResult(bool isModern, string message, ReadOnlySpan<byte> metaMembers)
    {
        byte[] modern = isModern ? [.. "\"resultType\":\"complete\","u8] : [];
        return
        [
            (byte)'{', .. modern, .. "\"content\":[{\"type\":\"text\",\"text\":"u8, .. ObjectEdit.Text(message),
            .. "}],\"isError\":true,\"_meta\":{"u8, .. metaMembers, .. "}}"u8,
        ];
    }

    private static string Words(ServerFault fault) => fault.MayHaveHappened
        ? $"{fault.Message}\nIt is unknown whether this call took effect: look before you repeat it."
        : $"{fault.Message}\nThis call did not take effect.";

    private static CallStatus StatusOf(ServerFault fault) => fault.MayHaveHappened ? CallStatus.Unknown : CallStatus.Failed;

    private static CallStatus StatusOf(JsonRpcFrame answer, CallRecord record)
    {
        if (InputRequests.IsAskedBy(answer))
        {
            return CallStatus.Held;
        }

        if (answer.Members.Task.Exists || answer.TextOf(answer.Members.ResultType) == "task")
        {
            return CallStatus.Unknown; // a task goes on after this answer
        }

        var isError = answer.KeyOf(answer.Members.IsError) == "true";
        return isError && !record.Footprint.IsErrorAnOutcome ? CallStatus.Failed
            : record.Footprint.IsRead ? CallStatus.Read
            : CallStatus.Applied;
    }
}
