using CoAgent.Protocol;
using CoAgent.Protocol.Order;
using CoAgent.Protocol.Trajectories;
using CoAgent.Proxy.Downstream;
using CoAgent.Proxy.Wire;
using CoAgent.Runtime.Tools;
using Decision = CoAgent.Runtime.Coordination.CallAnswer.Decided;

namespace CoAgent.Proxy.Pipeline;

/// <summary>A call of which the coordinator has decided.</summary>
/// <param name="Id">Its name in the workspace.</param>
/// <param name="Request">What was asked.</param>
/// <param name="Declaration">What it reads and writes.</param>
/// <param name="Decision">What became of it.</param>
/// <param name="Answer">What its server answered to it, in the server's own bytes; null when it was not asked this way.</param>
internal sealed record MadeCall(
    CallId Id, ToolRequest Request, ToolDeclaration Declaration, Decision Decision, JsonRpcFrame? Answer)
{
    /// <summary>How whoever prepares a call says that it was bound too early.</summary>
    private const string BindAnew = "make it again";

    /// <summary>The answer by which its server asks for input before it goes on; null when it does not.</summary>
    public JsonRpcFrame? InputRequired =>
        Decision.Result is CallResult.NotDone or CallResult.Read && Answer is { Kind: FrameKind.Result } answer && InputRequests.IsAskedBy(answer)
            ? answer
            : null;

    /// <summary>Whether what it touches was another thing when its turn came: bound anew, it may pass.</summary>
    public bool HasChangedMeanwhile =>
        Decision is { Result: CallResult.NotDone, Reason: { } reason } && reason.Contains(BindAnew, StringComparison.OrdinalIgnoreCase);

    /// <summary>The same with what an attempt before it has told of notices.</summary>
    public MadeCall Following(Decision before) => this with
    {
        Decision = Decision with
        {
            Notices = [.. before.Notices.ExceptBy(Decision.Notices.Select(static told => told.Notice.Id), static told => told.Notice.Id), .. Decision.Notices],
            Changed = [.. before.Changed, .. Decision.Changed],
        },
    };

    /// <summary>Its record, under the name and the number that its agent knows it by.</summary>
    public CallRecord RecordAs(OpenRound? round)
    {
        var isSame = round is not null && round.Transaction == Decision.Transaction.Id;
        return new CallRecord(
            isSame ? round!.Shown : Id,
            Decision.Transaction,
            isSame ? round!.Number : Decision.Position?.Number,
            Request,
            Declaration)
        {
            IsNotExecuted = InputRequired is null && Decision.Result is CallResult.NotDone or CallResult.TakenBack,
            View = Decision.Result is CallResult.Read { View: { } view } ? view : ReadView.Live,
        };
    }

    /// <summary>What became of it, in one word.</summary>
    public CallStatus StatusOf(JsonRpcFrame? shown) => Decision.Result switch
    {
        _ when InputRequired is not null => CallStatus.Held,
        CallResult.Applied or CallResult.Read or CallResult.Failed when shown is not null && GoesOn(shown) => CallStatus.Unknown,
        CallResult.Failed => CallStatus.Failed,
        CallResult.Applied or CallResult.Read when IsFailure(shown) => CallStatus.Failed,
        CallResult.Applied => CallStatus.Applied,
        CallResult.Read => Declaration.Call.IsRead ? CallStatus.Read : CallStatus.Applied, // written unordered ("protocol": "none")
        CallResult.Gated => CallStatus.Gated,
        CallResult.Deferred => CallStatus.Deferred,
        CallResult.NotDone or CallResult.TakenBack => CallStatus.Failed,
        CallResult.Unknown => CallStatus.Unknown,
        CallResult.Cancelled or CallResult.Refused => CallStatus.Refused,
        _ => throw new InvalidOperationException($"Nobody knows the result {Decision.Result.GetType().Name}."),
    };

    private bool IsFailure(JsonRpcFrame? shown) =>
        !Declaration.IsErrorAnOutcome && shown is not null && shown.KeyOf(shown.Members.IsError) == "true";

    // A task goes on after this answer.
    private static bool GoesOn(JsonRpcFrame shown) =>
        shown.Members.Task.Exists || shown.TextOf(shown.Members.ResultType) == "task";
}
