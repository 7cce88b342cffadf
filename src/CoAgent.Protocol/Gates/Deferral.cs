using CoAgent.Protocol.Notices;
using CoAgent.Protocol.Trajectories;

namespace CoAgent.Protocol.Gates;

/// <summary>An irreversible write that is promised now and done when its gate opens (protocol.md, section 7).</summary>
internal static class Deferral
{
    /// <summary>Answers with a receipt.</summary>
    public static void Promise(WorkspaceState state, Call call)
    {
        call.IsDeferred = true;
        var notices = NoticeFiling.Deliver(state, call.Transaction);
        state.Emit(new Effect.Answer(call.Id, call.Position, new CallResult.Deferred(), notices, []));
    }

    /// <summary>Tells what became of a promise, unless it was simply kept.</summary>
    public static void Tell(WorkspaceState state, Call call, CallResult result)
    {
        var cause = new NoticeCause(call.Id, Rank: null);
        switch (result)
        {
            case CallResult.Applied or CallResult.Cancelled:
                break;
            case CallResult.Failed(var error):
                call.Told = null; // only a receipt so far
                NoticeFiling.File(state, NoticeKind.Result, call, about: null, error, cause);
                break;
            case CallResult.Unknown:
                NoticeFiling.File(state, NoticeKind.Result, call, about: null, now: null, cause);
                break;
            default:
                NoticeFiling.File(state, NoticeKind.Reverted, call, about: null, now: null, cause);
                break;
        }
    }
}
