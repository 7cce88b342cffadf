using CoAgent.Protocol.Notices;
using CoAgent.Protocol.Order;
using CoAgent.Protocol.Quarantines;
using CoAgent.Protocol.Trajectories;

namespace CoAgent.Protocol.Tests.Rules;

/// <summary>Sections 6, 7 and 9 of protocol.md: taking back, doubt, finishing.</summary>
internal static class EndingScenarios
{
    public static IEnumerable<RuleScenario> All { get; } =
    [
        new("An undo takes out one call and leaves what lies above", [Rule.UndoUnwinds], Undo),
        new("An abort takes out every call and tells who read them", [Rule.AbortTakesAll], Abort),
        new("An abort goes on around a stuck inverse, and ends when that is released", [], StuckAbort),
        new("An abort leaves what is irreversible", [], AbortAfterMail),
        new("What an inverse could not take out is not written again until it is released", [Rule.QuarantineRefuses], Quarantined),
        new("A quarantined object is read below the call in question, not above", [], ReadQuarantined),
        new("A change from outside is not overwritten", [Rule.OutsideWriteIsKept], Outside),
        new("A call in doubt is taken back and its agent told so", [Rule.DoubtIsRestored], Doubt),
        new("Without an inverse that restores, the probe decides on a call in doubt", [Rule.DoubtIsRestored], Probe),
        new("Without either, what a call in doubt wrote is quarantined", [Rule.DoubtIsRestored], InDoubt),
        new("A transaction finishes after the lower ranks", [Rule.FinishInOrder], InOrder),
        new("A transaction with an unseen notice does not finish", [Rule.FinishQuiescent], Quiescent),
        new("A displaced write keeps its transaction from finishing until it is settled", [Rule.FinishQuiescent], DisplacedKeeps),
        new("A finish waits for the plan that has displaced a write, and brings its notice", [], FinishDuringPlan),
        new("An abort uses up its own rank and no other", [], AbortKeepsRanks),
        new("A late notice answers a finish that waits", [Rule.LateNoticeReopens], Reopened),
        new("An unattended transaction keeps its calls and its notices", [Rule.UnattendedKeeps], Unattended),
        new("An agent that comes back is told what changed of what it had read", [Rule.LapsedReadsMoveAlong], Return),
        new("A deferred write whose premise is stale turns into a notice", [Rule.DeferredIsRechecked], Deferred),
        new("A deferred write is done when its gate opens", [Rule.IrreversibleGate], DeferredKept),
        new("What has finished leaves memory", [Rule.Folding], Folded),
    ];

    private static void Undo(RuleSet rules)
    {
        var script = new Script(rules);
        var (a, b) = (script.Begin("a"), script.Begin("b"));
        var first = script.Do(a, Calls.Append("x", "a"));
        var above = script.Do(b, Calls.Append("x", "b"));
        var undone = script.Undo(a, first);
        Assert.Equal("b", script.World["x"]);
        Assert.Equal(new UndoneCall(first, UndoFate.TakenBack), Assert.Single(undone.Calls));
        Assert.Equal(above, Assert.Single(undone.Replayed));
    }

    private static void Abort(RuleSet rules)
    {
        var script = new Script(rules);
        script.World["x"] = "0";
        var (a, b) = (script.Begin("a"), script.Begin("b"));
        script.Do(a, Calls.Set("x", "1"));
        script.Do(a, Calls.Append("y", "1"));
        script.Do(b, Calls.Read("x"));
        Assert.All(script.Abort(a).Calls, call => Assert.Equal(UndoFate.TakenBack, call.Fate));
        Assert.Equal("0", script.World["x"]);
        Assert.False(script.World.ContainsKey("y"));
        Assert.Equal("0", script.Text(Assert.Single(script.NoticesOf(b)).Entries[0].Now));
        script.Do(b, Calls.Read("z"));
        Assert.IsType<FinishResult.Finished>(script.Finish(b));
    }

    private static void StuckAbort(RuleSet rules)
    {
        var script = new Script(rules);
        var (a, b) = (script.Begin("a"), script.Begin("b"));
        var other = script.Do(a, Calls.Append("y", "a"));
        var below = script.Do(a, Calls.Append("x", "1"));
        var stuck = script.Do(a, Calls.Append("x", "2"));
        script.Step(new Input.Abort(new RequestId(100), a));
        script.End(script.OutOf(stuck), new Outcome.Failed(script.Digest("error: stuck")));
        script.Run();
        var answer = Assert.Single(script.Log.OfType<Effect.AbortAnswered>());
        Assert.Equal([stuck, below], answer.Calls.Where(call => call.Fate == UndoFate.Kept).Select(call => call.Call));
        Assert.Contains(new UndoneCall(other, UndoFate.TakenBack), answer.Calls);
        Assert.IsType<FinishResult.Waiting>(script.Finish(b));
        script.World["x"] = "1";
        script.Release(Assert.Single(script.Log.OfType<Effect.Quarantined>()).Quarantine.Id, ReleaseVerdict.TakenBack);
        Assert.Empty(script.World);
        Assert.IsType<FinishResult.Finished>(script.Finish(b));
    }

    private static void AbortAfterMail(RuleSet rules)
    {
        var script = new Script(rules);
        var (a, b) = (script.Begin("a"), script.Begin("b"));
        script.Do(a, Calls.Set("x", "1"));
        var mail = script.Do(a, Calls.Send("mail"));
        script.Do(a, Calls.Set("x", "2"));
        var kept = Assert.Single(script.Abort(a).Calls, call => call.Fate == UndoFate.Kept);
        Assert.Equal(new UndoneCall(mail, UndoFate.Kept, new Refusal.Irreversible(mail)), kept);
        Assert.Equal("mail", Assert.Single(script.World).Value);
        Assert.IsType<FinishResult.Finished>(script.Finish(b));
    }

    private static void Quarantined(RuleSet rules)
    {
        var script = new Script(rules);
        var (a, b) = (script.Begin("a"), script.Begin("b"));
        var stuck = script.Do(b, Calls.Append("x", "b"));
        var late = script.Propose(a, Calls.Append("x", "a"));
        script.End(script.OutOf(stuck), new Outcome.Failed(script.Digest("error: stuck")));
        script.Run();
        Assert.IsType<Refusal.Quarantined>(script.Result<CallResult.Refused>(late).Refusal);
        var quarantine = Assert.Single(script.Log.OfType<Effect.Quarantined>()).Quarantine;
        Assert.Equal((stuck, QuarantineReason.InverseFailed), (quarantine.Call, quarantine.Reason));
        var refused = script.Result<CallResult.Refused>(script.Do(a, Calls.Set("x", "1")));
        Assert.Equal(quarantine, Assert.IsType<Refusal.Quarantined>(refused.Refusal).Quarantine);
        script.World["x"] = "";
        script.Release(quarantine.Id, ReleaseVerdict.TakenBack);
        script.Result<CallResult.Applied>(script.Do(a, Calls.Append("x", "a")));
        Assert.Equal("a", script.World["x"]);
        Assert.Contains(script.NoticesOf(b), notice => notice.Kind == NoticeKind.Reverted);
    }

    private static void ReadQuarantined(RuleSet rules)
    {
        var script = new Script(rules);
        script.World["x"] = "0";
        var (a, b, c) = (script.Begin("a"), script.Begin("b"), script.Begin("c"));
        var stuck = script.Do(b, Calls.Append("x", "b"));
        var seen = script.Do(c, Calls.Read("x"));
        script.Propose(a, Calls.Append("x", "a"));
        script.End(script.OutOf(stuck), new Outcome.Failed(script.Digest("error: stuck")));
        script.Run();
        Assert.Equal("0", script.Told(script.Do(a, Calls.Read("x"))));
        var quarantine = Assert.IsType<Refusal.Quarantined>(script.Result<CallResult.Refused>(script.Do(c, Calls.Read("x"))).Refusal);
        script.World["x"] = "0";
        script.Release(quarantine.Quarantine.Id, ReleaseVerdict.TakenBack);
        Assert.Equal(new NoticeEntry(seen, script.Digest("0b"), script.Digest("0")), Assert.Single(script.NoticesOf(c)).Entries[0]);
    }

    private static void Outside(RuleSet rules)
    {
        var script = new Script(rules);
        var (a, b) = (script.Begin("a"), script.Begin("b"));
        var write = script.Do(b, Calls.Append("x", "b"));
        script.World["x"] = "theirs";
        var late = script.Propose(a, Calls.Append("x", "a"));
        script.End(script.OutOf(write), new Outcome.OutsideWrite());
        script.Run();
        Assert.Equal("theirs", script.World["x"]);
        script.Result<CallResult.Refused>(late);
        Assert.Equal(NoticeKind.Outside, Assert.Single(script.NoticesOf(b)).Kind);
    }

    private static void Doubt(RuleSet rules)
    {
        var script = new Script(rules);
        var a = script.Begin("a");
        var write = script.Propose(a, Calls.Append("x", "a"));
        script.Carry(script.OutOf(write));
        script.End(script.OutOf(write), new Outcome.Unknown());
        script.Run();
        script.Result<CallResult.TakenBack>(write);
        Assert.False(script.World.ContainsKey("x"));
    }

    private static void Probe(RuleSet rules)
    {
        var script = new Script(rules);
        var a = script.Begin("a");
        var probed = Calls.Append("x", "a").As(call => call with { IsInverseIdempotent = false, HasProbe = true });
        var done = script.Propose(a, probed);
        script.Carry(script.OutOf(done));
        script.End(script.OutOf(done), new Outcome.Unknown());
        script.End(Assert.IsType<Effect.Probe>(script.OutOf(done)), new Outcome.Done(default));
        Assert.Null(script.Result<CallResult.Unknown>(done).Quarantine);
        script.Undo(a, done);
        Assert.False(script.World.ContainsKey("x"));
    }

    private static void InDoubt(RuleSet rules)
    {
        var script = new Script(rules);
        var a = script.Begin("a");
        var write = script.Propose(a, Calls.Append("x", "a").As(call => call with { IsInverseIdempotent = false }));
        script.End(script.OutOf(write), new Outcome.Unknown());
        Assert.NotNull(script.Result<CallResult.Unknown>(write).Quarantine);
        script.Result<CallResult.Refused>(script.Do(a, Calls.Set("x", "1")));
    }

    private static void InOrder(RuleSet rules)
    {
        var script = new Script(rules);
        var (a, b) = (script.Begin("a"), script.Begin("b"));
        var waiting = Assert.IsType<FinishResult.Waiting>(script.Finish(b));
        Assert.Equal(new Rank(1), Assert.Single(waiting.Ranks));
        Assert.Null(script.Finish(b, wait: true));
        var held = script.LastRequest;
        Assert.IsType<FinishResult.Finished>(script.Finish(a));
        Assert.IsType<FinishResult.Finished>(script.FinishOf(held));
    }

    private static void Quiescent(RuleSet rules)
    {
        var script = new Script(rules);
        var (a, b) = (script.Begin("a"), script.Begin("b"));
        script.Do(b, Calls.Read("x"));
        script.Do(a, Calls.Set("x", "1"));
        script.Finish(a);
        Assert.Single(Assert.IsType<FinishResult.Waiting>(script.Finish(b)).Notices);
        Assert.IsType<FinishResult.Finished>(script.Finish(b));
    }

    private static void DisplacedKeeps(RuleSet rules)
    {
        var script = new Script(rules);
        script.World["x"] = "old";
        var (a, b) = (script.Begin("a"), script.Begin("b"));
        var edit = script.Do(b, Calls.Edit("x", "old", "new"));
        script.Do(a, Calls.Set("x", "other"));
        script.Finish(a);
        script.Finish(b);
        Assert.Equal(edit, Assert.Single(Assert.IsType<FinishResult.Waiting>(script.Finish(b)).Displaced));
        script.Do(b, Calls.Edit("x", "other", "new"));
        Assert.IsType<FinishResult.Finished>(script.Finish(b));
    }

    private static void FinishDuringPlan(RuleSet rules)
    {
        var script = new Script(rules);
        script.World["x"] = "old";
        var (a, b, c) = (script.Begin("a"), script.Begin("b"), script.Begin("c"));
        var edit = script.Do(b, Calls.Edit("x", "old", "new"));
        var above = script.Do(c, Calls.Append("x", "c"));
        script.Propose(a, Calls.Set("x", "other"));
        while (script.Out[0].Call != above || script.Out[0] is not Effect.Execute)
        {
            script.Do(script.Out[0]);
        }

        script.Step(new Input.Finish(new RequestId(100), b, Wait: true));
        Assert.Null(script.FinishOf(new RequestId(100)));
        script.Run();
        var waiting = Assert.IsType<FinishResult.Waiting>(script.FinishOf(new RequestId(100)));
        Assert.Equal((NoticeKind.Displaced, edit), (Assert.Single(waiting.Notices).Kind, Assert.Single(waiting.Displaced)));
    }

    private static void AbortKeepsRanks(RuleSet rules)
    {
        var script = new Script(rules);
        script.Begin("a", rank: 5);
        var b = script.Begin("b", rank: 9);
        script.Abort(b);
        script.Begin("c", rank: 7);
        var taken = script.Step(new Input.Begin(AgentId.Create("d"), new Rank(9)));
        Assert.Equal(RankRefusalReason.Taken, Assert.IsType<Effect.BeginRefused>(Assert.Single(taken)).Refusal!.Reason);
        var next = script.Step(new Input.Begin(AgentId.Create("d"), Given: null));
        Assert.Equal(new Rank(10), Assert.IsType<Effect.Began>(Assert.Single(next)).Transaction.Rank);
    }

    private static void Reopened(RuleSet rules)
    {
        var script = new Script(rules);
        var (a, b) = (script.Begin("a"), script.Begin("b"));
        script.Do(b, Calls.Read("x"));
        Assert.Null(script.Finish(b, wait: true));
        var held = script.LastRequest;
        script.Do(a, Calls.Set("x", "1"));
        Assert.Single(Assert.IsType<FinishResult.Waiting>(script.FinishOf(held)).Notices);
    }

    private static void Unattended(RuleSet rules)
    {
        var script = new Script(rules);
        var (a, b) = (script.Begin("a"), script.Begin("b"));
        script.Do(b, Calls.Read("x"));
        script.Do(b, Calls.Append("y", "b"));
        script.Step(new Input.Leave(b));
        script.Do(a, Calls.Set("x", "1"));
        script.Do(a, Calls.Append("y", "a"));
        Assert.Equal("ab", script.World["y"]);
        script.Finish(a);
        var folded = script.Log.OfType<Effect.Folded>().Single(fold => fold.Transaction.Id == b);
        Assert.Equal(NoticeKind.Stale, Assert.Single(folded.Open).Kind);
    }

    private static void Return(RuleSet rules)
    {
        var script = new Script(rules);
        var (a, b) = (script.Begin("a"), script.Begin("b"));
        var same = script.Do(a, Calls.Read("y"));
        var read = script.Do(a, Calls.Read("x"));
        script.Step(new Input.Leave(a));
        script.Do(b, Calls.Set("x", "1"));
        var back = script.Begin("a");
        script.Run();
        var told = Assert.Single(script.Answer(script.Do(back, Calls.Set("z", "1"))).Notices);
        Assert.Equal(new NoticeEntry(read, script.Digest("none"), script.Digest("1")), Assert.Single(told.Entries));
        Assert.True(script.State.Calls.ContainsKey(same));
        script.Do(b, Calls.Set("y", "1"));
        Assert.Equal(2, script.NoticesOf(back).Count());
    }

    private static void Deferred(RuleSet rules)
    {
        var script = new Script(rules, options => options with { Irreversible = IrreversibleMode.Defer });
        var (a, b) = (script.Begin("a"), script.Begin("b"));
        script.Do(b, Calls.Read("x"));
        var mail = script.Do(b, Calls.Send("none"));
        script.Result<CallResult.Deferred>(mail);
        script.Do(a, Calls.Set("x", "1"));
        script.Finish(a);
        script.Run();
        Assert.False(script.World.ContainsKey("outbox"));
        Assert.Contains(script.NoticesOf(b), notice => notice.Kind == NoticeKind.Reverted && notice.Entries[0].Call == mail);
    }

    private static void DeferredKept(RuleSet rules)
    {
        var script = new Script(rules, options => options with { Irreversible = IrreversibleMode.Defer });
        var (a, b) = (script.Begin("a"), script.Begin("b"));
        script.Result<CallResult.Deferred>(script.Do(b, Calls.Send("mail")));
        Assert.False(script.World.ContainsKey("outbox"));
        Assert.Null(script.Finish(b, wait: true));
        var held = script.LastRequest;
        script.Finish(a);
        script.Run();
        Assert.Equal("mail", script.World["outbox"]);
        Assert.IsType<FinishResult.Finished>(script.FinishOf(held));
    }

    private static void Folded(RuleSet rules)
    {
        var script = new Script(rules);
        for (var i = 0; i < 10; i++)
        {
            var a = script.Begin("a");
            script.Do(a, Calls.Read("x"));
            script.Do(a, Calls.Append("x", "a"));
            Assert.IsType<FinishResult.Finished>(script.Finish(a));
        }

        Assert.Equal((0, 0, 0), (script.State.Calls.Count, script.State.Trajectories.EntryCount, script.State.Latches.EntryCount));
        Assert.Equal((0, 0L), (script.State.Transactions.Count, script.State.CapturedBytes));
    }
}
