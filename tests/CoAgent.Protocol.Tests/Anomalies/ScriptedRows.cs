using System.Collections.Immutable;
using CoAgent.Protocol.Notices;
using CoAgent.Protocol.Order;
using CoAgent.Protocol.Quarantines;
using CoAgent.Protocol.Tests.Rules;

namespace CoAgent.Protocol.Tests.Anomalies;

/// <summary>What agents do not do, but what happens: a lease runs out, an inverse fails, a person writes.</summary>
internal static class ScriptedRows
{
    public static IEnumerable<ScriptedRow> All { get; } =
    [
        new("L2 while away", "four changes are one notice, and it says the latest value", WhileAway),
        new("L3 lease, keep", "the held call says for whom it waits, and goes when the lease is out", LeaseKeep),
        new("L3 lease, abort", "the held call is answered with what the abort changed, not executed", LeaseAbort),
        new("L4 wait cycle", "who waits says at once for which ranks; a lease ends the cycle", WaitCycle),
        new("T2 late after leaving", "what an agent that left had read is kept as an open notice", AfterLeaving),
        new("T6 wrong inverse", "at run time: quarantined, what was captured is kept, the rest goes on", WrongInverse),
        new("T7 outside writer", "nothing of theirs is overwritten, the owner is told", OutsideWriter),
        new("T8 no way to know", "quarantined, never executed twice", NoWayToKnow),
        new("T13 stuck halfway", "a partial effect that cannot be undone is quarantined", StuckHalfway),
    ];

    private static void WhileAway(RuleSet rules)
    {
        var script = new Script(rules);
        var (a, b, c) = (script.Begin("a"), script.Begin("b"), script.Begin("c"));
        var read = script.Do(c, Calls.Read("x"));
        foreach (var (who, value) in new[] { (a, "1"), (b, "3"), (a, "2"), (b, "4") })
        {
            script.Do(who, Calls.Set("x", value));
        }

        var told = Assert.Single(script.Answer(script.Do(c, Calls.Set("y", "none"))).Notices);
        Assert.Equal(new NoticeEntry(read, script.Digest("none"), script.Digest("4")), Assert.Single(told.Entries));
        Assert.IsType<FinishResult.Finished>(script.Finish(a));
        Assert.IsType<FinishResult.Finished>(script.Finish(b));
        Assert.IsType<FinishResult.Finished>(script.Finish(c));
    }

    private static void LeaseKeep(RuleSet rules)
    {
        var script = new Script(rules);
        var (a, b) = (script.Begin("a"), script.Begin("b"));
        script.Do(a, Calls.Set("x", "1"));
        Assert.Equal("1", script.Told(script.Do(b, Calls.Read("x"))));
        var sent = script.Do(b, Calls.Send("1"));
        Assert.Equal("1", RanksOf(Assert.Single(script.Log.OfType<Effect.Held>(), held => held.Call == sent).Ranks));
        Assert.False(script.World.ContainsKey("outbox"));
        script.Step(new Input.Leave(a));
        script.Run();
        script.Result<CallResult.Applied>(sent);
        Assert.Equal(("1", "1"), (script.World["x"], script.World["outbox"]));
        Assert.IsType<FinishResult.Finished>(script.Finish(b));
    }

    private static void LeaseAbort(RuleSet rules)
    {
        var script = new Script(rules);
        script.World["x"] = "0";
        var (a, b) = (script.Begin("a"), script.Begin("b"));
        script.Do(a, Calls.Set("x", "1"));
        script.Do(b, Calls.Read("x"));
        var sent = script.Do(b, Calls.Send("1"));
        script.Abort(a);
        script.Result<CallResult.Gated>(sent);
        Assert.Equal("0", script.Text(Assert.Single(script.Answer(sent).Notices).Entries[0].Now));
        Assert.False(script.World.ContainsKey("outbox"));
        script.Result<CallResult.Applied>(script.Do(b, Calls.Send("0")));
        Assert.IsType<FinishResult.Finished>(script.Finish(b));
    }

    /// <summary>
    /// B waits for A's finish, and A for an answer of B outside. The core cannot see what is outside: it names the
    /// ranks that are waited for, so that whoever sees both can tell, and a lease on A ends it.
    /// </summary>
    private static void WaitCycle(RuleSet rules)
    {
        var script = new Script(rules);
        var (a, b, c) = (script.Begin("a"), script.Begin("b"), script.Begin("c"));
        var sent = script.Do(b, Calls.Send("ready"));
        Assert.Equal("1", RanksOf(Assert.Single(script.Log.OfType<Effect.Held>(), held => held.Call == sent).Ranks));
        Assert.Equal("1 2", RanksOf(Assert.IsType<FinishResult.Waiting>(script.Finish(c)).Ranks));
        Assert.Null(script.Finish(b, wait: true));
        var held = script.LastRequest;
        script.Step(new Input.WaitEnded(b));
        var waiting = Assert.IsType<FinishResult.Waiting>(script.FinishOf(held));
        Assert.Equal("1", RanksOf(waiting.Ranks));
        Assert.Equal(sent, Assert.Single(waiting.OpenCalls));
        script.Step(new Input.Leave(a));
        script.Run();
        script.Result<CallResult.Applied>(sent);
        Assert.IsType<FinishResult.Finished>(script.Finish(b));
        Assert.IsType<FinishResult.Finished>(script.Finish(c));
    }

    private static void AfterLeaving(RuleSet rules)
    {
        var script = new Script(rules);
        var (a, b) = (script.Begin("a"), script.Begin("b"));
        script.Do(b, Calls.Read("x"));
        script.Do(b, Calls.Set("y", "none"));
        script.Step(new Input.Leave(b));
        script.Do(a, Calls.Set("x", "1"));
        script.Finish(a);
        var open = Assert.Single(script.Log.OfType<Effect.Folded>().Single(fold => fold.Transaction.Id == b).Open);
        Assert.Equal((NoticeKind.Stale, "1"), (open.Kind, script.Text(open.Entries[0].Now)));
        Assert.Equal("none", script.World["y"]);
    }

    private static void WrongInverse(RuleSet rules)
    {
        var script = new Script(rules);
        var (a, b) = (script.Begin("a"), script.Begin("b"));
        var write = script.Do(b, Calls.Append("x", "b"));
        var late = script.Propose(a, Calls.Append("x", "a"));
        script.End(script.OutOf(write), new Outcome.Failed(script.Digest("error: not as it was")));
        script.Run();
        var quarantine = Assert.Single(script.Log.OfType<Effect.Quarantined>()).Quarantine;
        Assert.Equal((write, QuarantineReason.InverseFailed), (quarantine.Call, quarantine.Reason));
        AssertQuarantined(script, late);
        AssertQuarantined(script, script.Do(a, Calls.Set("x", "a")));
        Assert.Equal(("b", 1L), (script.World["x"], script.State.CapturedBytes));
        script.Result<CallResult.Applied>(script.Do(a, Calls.Append("y", "a")));
        Assert.Contains(script.NoticesOf(b), notice => notice.Entries[0].Call == write);
    }

    private static void OutsideWriter(RuleSet rules)
    {
        var script = new Script(rules);
        var (a, b) = (script.Begin("a"), script.Begin("b"));
        var write = script.Do(b, Calls.Set("x", "b"));
        script.World["x"] = "a person's";
        var request = new RequestId(1_000);
        script.Step(new Input.Undo(request, b, [write]));
        script.End(script.OutOf(write), new Outcome.OutsideWrite());
        script.Run();
        var undone = script.Log.OfType<Effect.UndoAnswered>().Single(answer => answer.Request == request);
        Assert.Equal(UndoFate.Kept, Assert.Single(undone.Calls).Fate);
        Assert.Equal("a person's", script.World["x"]);
        AssertQuarantined(script, script.Do(a, Calls.Set("x", "a")));
        Assert.Equal("a person's", script.World["x"]);
        Assert.Equal(NoticeKind.Outside, Assert.Single(script.NoticesOf(b)).Kind);
    }

    private static void NoWayToKnow(RuleSet rules)
    {
        var script = new Script(rules);
        var (a, b) = (script.Begin("a"), script.Begin("b"));
        var write = script.Propose(b, Calls.Append("x", "b").As(call => call with { IsInverseIdempotent = false }));
        script.Carry(script.OutOf(write));
        script.End(script.OutOf(write), new Outcome.Unknown());
        Assert.NotNull(script.Result<CallResult.Unknown>(write).Quarantine);
        script.Result<CallResult.Refused>(script.Do(a, Calls.Append("x", "a")));
        script.Result<CallResult.Refused>(script.Do(b, Calls.Append("x", "b")));
        Assert.Equal("b", script.World["x"]);
        Assert.Single(script.Log.OfType<Effect.Execute>());
        script.Result<CallResult.Applied>(script.Do(a, Calls.Append("y", "a")));
    }

    private static void StuckHalfway(RuleSet rules)
    {
        var script = new Script(rules);
        script.World["x"] = "0";
        var a = script.Begin("a");
        var edit = script.Do(a, Calls.Edit("x", "1", "2"));
        Assert.Equal("error: not found", script.Told(edit));
        Assert.Equal("0!", script.World["x"]);
        var request = new RequestId(1_000);
        script.Step(new Input.Undo(request, a, [edit]));
        script.End(script.OutOf(edit), new Outcome.Failed(script.Digest("error: stuck")));
        var undone = script.Log.OfType<Effect.UndoAnswered>().Single(answer => answer.Request == request);
        Assert.Equal(UndoFate.Kept, Assert.Single(undone.Calls).Fate);
        AssertQuarantined(script, script.Do(a, Calls.Set("x", "1")));
    }

    private static void AssertQuarantined(Script script, CallId call) =>
        Assert.IsType<Refusal.Quarantined>(script.Result<CallResult.Refused>(call).Refusal);

    private static string RanksOf(ImmutableArray<Rank> ranks) => string.Join(' ', ranks.Select(rank => rank.Value));
}
