using CoAgent.Proxy.Downstream;
using CoAgent.Proxy.Wire;
using CoAgent.Runtime.Tools;

namespace CoAgent.Proxy.Effects;

/// <summary>What a server's reply says of the call's effect (protocol.md, section 9: a timeout is unknown, never failed).</summary>
internal static class Executions
{
    /// <summary>Why a call that asks for input has not been made: a latch is held while tools run, never while somebody thinks.</summary>
    public const string AsksForInput = "The tool asks for input before it goes on.";

    public static Execution Of(Reply reply) => reply switch
    {
        Reply.Answered { Frame: { Kind: FrameKind.Result } answer } when InputRequests.IsAskedBy(answer) =>
            new Execution.NotDone(AsksForInput),
        Reply.Answered answered => new Execution.Answered(ResultOf(answered.Frame)),
        Reply.Faulted { Fault: { MayHaveHappened: true } fault } => new Execution.Unknown(fault.Message),
        Reply.Faulted faulted => new Execution.NotDone(faulted.Fault.Message),
        _ => throw new InvalidOperationException("A reply is an answer or a fault."),
    };

    /// <summary>The result or error of an answer.</summary>
    public static ToolResult ResultOf(JsonRpcFrame answer) => new(KindOf(answer), answer.Memory(answer.Body));

    private static ToolResultKind KindOf(JsonRpcFrame answer) => answer.Kind == FrameKind.Error
        ? ToolResultKind.ProtocolError
        : answer.KeyOf(answer.Members.IsError) == "true" ? ToolResultKind.ToolError : ToolResultKind.Answer;
}
