using CoAgent.Protocol.Notices;
using CoAgent.Protocol.Trajectories;

namespace CoAgent.Protocol.Tests.Rules;

/// <summary>Section 3 of protocol.md: writing.</summary>
internal static class WritingScenarios
{
    public static IEnumerable<RuleScenario> All { get; } =
    [
        new("A write of an agent with an unseen notice is answered with the notice", [Rule.PremiseGate], Gated),
        new("A write that was proposed before a notice was delivered is gated too", [Rule.PremiseGateSeesDelivery], GatedByDelivery),
        new("An irreversible write waits until every lower rank has finished", [Rule.IrreversibleGate], Irreversible),
        new("A late write lands below the later one", [Rule.LaterSet, Rule.Rewind], Late),
        new("A late write moves what depends on what it moves", [Rule.LaterSetIsClosed], Closed),
        new("Effects that are out at one time touch disjoint objects", [Rule.Latches], Disjoint),
        new("Who asks for a busy object is not overtaken", [Rule.FairQueue], Fair),
        new("A call waits behind an own one that is held and conflicts", [Rule.OwnOrder], OwnOrder),
        new("Inverses run from the top", [Rule.UnwindDescending], Descending),
        new("What a failed write left is taken out and put back with it", [Rule.FailedWriteStays], FailedStays),
        new("A call that must not run twice is displaced", [Rule.ReplayNever], Never),
        new("A replay that fails is taken out as a whole and told", [Rule.FailedReplayIsDisplaced], Displaced),
        new("A replay that answers something else is told", [Rule.ChangedResultIsTold], Changed),
        new("A tool that fails again may have left something else", [], FailsOtherwise),
        new("A write that fails beneath is tried again with the later ones out of the way", [], FailsBeneath),
        new("A blind write goes beneath blind ones without an inverse", [Rule.BlindBeneath], Beneath),
    ];

    private static void Gated(RuleSet rules)
    {
        var script = new Script(rules);
        var (a, b) = (script.Begin("a"), script.Begin("b"));
        script.Do(b, Calls.Read("x"));
        script.Do(a, Calls.Set("x", "1"));
        var gated = script.Do(b, Calls.Set("y", "none"));
        script.Result<CallResult.Gated>(gated);
        Assert.Equal("1", script.Text(Assert.Single(Assert.Single(script.Answer(gated).Notices).Entries).Now));
        Assert.False(script.World.ContainsKey("y"));
        script.Result<CallResult.Applied>(script.Do(b, Calls.Set("y", "1")));
    }

    private static void GatedByDelivery(RuleSet rules)
    {
        var script = new Script(rules);
        var (a, b) = (script.Begin("a"), script.Begin("b"));
        var read = script.Do(b, Calls.Read("x"));
        var busy = script.Propose(b, Calls.Append("y", "1"));
        var queued = script.Propose(b, Calls.Append("y", "2"));
        script.Do(script.OutOf(script.Propose(a, Calls.Set("x", "1"))));
        script.Do(script.OutOf(read));
        script.Run();
        Assert.Single(script.Answer(busy).Notices, notice => notice.Kind == NoticeKind.Stale);
        script.Result<CallResult.Gated>(queued);
    }

    private static void Irreversible(RuleSet rules)
    {
        var script = new Script(rules);
        var (a, b) = (script.Begin("a"), script.Begin("b"));
        var sent = script.Do(b, Calls.Send("mail"));
        Assert.Contains(script.Log, effect => effect is Effect.Held { Ranks: [{ Value: 1 }] } held && held.Call == sent);
        Assert.False(script.IsAnswered(sent));
        Assert.IsType<FinishResult.Finished>(script.Finish(a));
        script.Result<CallResult.Applied>(sent);
        Assert.Equal("mail", script.World["outbox"]);
    }

    private static void Late(RuleSet rules)
    {
        var script = new Script(rules);
        var (a, b) = (script.Begin("a"), script.Begin("b"));
        script.Do(b, Calls.Append("log", "b"));
        script.Do(a, Calls.Append("log", "a"));
        Assert.Equal("ab", script.World["log"]);
    }

    private static void Closed(RuleSet rules)
    {
        var script = new Script(rules);
        var (a, b, c) = (script.Begin("a"), script.Begin("b"), script.Begin("c"));
        script.World["x"] = "0";
        script.Do(b, Calls.Copy("x", "y"));
        script.Do(c, Calls.Copy("y", "z"));
        script.Do(a, Calls.Set("x", "1"));
        Assert.Equal("1", script.World["z"]);
    }

    private static void Disjoint(RuleSet rules)
    {
        var script = new Script(rules);
        var (a, b) = (script.Begin("a"), script.Begin("b"));
        script.Propose(b, Calls.Append("x", "b"));
        script.Propose(a, Calls.Append("x", "a"));
        script.Propose(a, Calls.Append("y", "a"));
        Assert.Equal(2, script.Out.Count);
        script.Run();
        Assert.Equal("ab", script.World["x"]);
    }

    private static void Fair(RuleSet rules)
    {
        var script = new Script(rules);
        var (a, b) = (script.Begin("a"), script.Begin("b"));
        script.Propose(a, Calls.Read("x"));
        var write = script.Propose(a, Calls.Set("x", "1"));
        script.Propose(b, Calls.Read("x"));
        Assert.Single(script.Out);
        script.Do(script.Out[0]);
        Assert.Equal(write, Assert.Single(script.Out).Call);
        script.Run();
    }

    private static void OwnOrder(RuleSet rules)
    {
        var script = new Script(rules);
        var (a, b) = (script.Begin("a"), script.Begin("b"));
        var sent = script.Propose(b, Calls.Send("mail"));
        var read = script.Do(b, Calls.Read("outbox"));
        Assert.False(script.IsAnswered(read));
        var other = script.Do(a, Calls.Read("outbox"));
        Assert.Equal("none", script.Told(other));
        script.Finish(a);
        Assert.Equal("sent", script.Told(sent));
        Assert.Equal("mail", script.Told(read));
    }

    private static void Descending(RuleSet rules)
    {
        var script = new Script(rules);
        var (a, b, c) = (script.Begin("a"), script.Begin("b"), script.Begin("c"));
        var low = script.Do(b, Calls.Append("x", "b"));
        var high = script.Do(c, Calls.Append("x", "c"));
        script.Do(a, Calls.Append("x", "a"));
        Assert.Equal([high, low], script.Log.OfType<Effect.Invert>().Select(invert => invert.Call));
        Assert.Equal("abc", script.World["x"]);
    }

    private static void FailedStays(RuleSet rules)
    {
        var script = new Script(rules);
        script.World["x"] = "0";
        var (a, b) = (script.Begin("a"), script.Begin("b"));
        var edit = script.Do(b, Calls.Edit("x", "1", "2"));
        script.Result<CallResult.Failed>(edit);
        Assert.Equal("0!", script.World["x"]);
        script.Do(a, Calls.Append("x", "1"));
        Assert.Equal("02", script.World["x"]);
        Assert.Equal("ok", script.Text(Assert.Single(Assert.Single(script.NoticesOf(b)).Entries).Now));
    }

    private static void Never(RuleSet rules)
    {
        var script = new Script(rules);
        var (a, b) = (script.Begin("a"), script.Begin("b"));
        var once = script.Do(b, Calls.Append("x", "b").As(call => call with { IsReplaySafe = false }));
        script.Do(a, Calls.Append("x", "a"));
        Assert.Equal("a", script.World["x"]);
        var notice = Assert.Single(script.NoticesOf(b));
        Assert.Equal((NoticeKind.Displaced, once), (notice.Kind, notice.Entries[0].Call));
    }

    private static void Displaced(RuleSet rules)
    {
        var script = new Script(rules);
        script.World["x"] = "old";
        var (a, b) = (script.Begin("a"), script.Begin("b"));
        script.Do(b, Calls.Edit("x", "old", "new"));
        script.Do(a, Calls.Set("x", "other"));
        Assert.Equal("other", script.World["x"]);
        Assert.Equal(NoticeKind.Displaced, Assert.Single(script.NoticesOf(b)).Kind);
    }

    private static void Changed(RuleSet rules)
    {
        var script = new Script(rules);
        var (a, b) = (script.Begin("a"), script.Begin("b"));
        script.Do(b, Calls.AppendAndTell("x", "b"));
        script.Do(a, Calls.Append("x", "a"));
        var notice = Assert.Single(script.NoticesOf(b));
        Assert.Equal(NoticeKind.Result, notice.Kind);
        Assert.Equal(("b", "ab"), (script.Text(notice.Entries[0].Was), script.Text(notice.Entries[0].Now)));
    }

    private static void FailsOtherwise(RuleSet rules)
    {
        var script = new Script(rules);
        script.World["x"] = "0";
        var (a, b, c) = (script.Begin("a"), script.Begin("b"), script.Begin("c"));
        var failing = script.Propose(b, Calls.Append("x", "b"));
        script.End(script.OutOf(failing), new Outcome.Failed(script.Digest("error: fault")));
        Assert.Equal("0", script.Told(script.Do(c, Calls.Read("x"))));
        var read = script.Propose(a, Calls.Read("x").As(call => call with { View = ReadView.Rewind }));
        script.Do(script.OutOf(failing)); // its inverse
        script.Do(script.OutOf(read));
        script.World["x"] = "0b";
        script.End(script.OutOf(failing), new Outcome.Failed(script.Digest("error: fault")));
        script.Run();
        Assert.Equal("0b", script.Text(Assert.Single(Assert.Single(script.NoticesOf(c)).Entries).Now));
    }

    private static void FailsBeneath(RuleSet rules)
    {
        var script = new Script(rules);
        script.World["x"] = "0";
        var (a, b) = (script.Begin("a"), script.Begin("b"));
        var later = script.Do(b, Calls.Set("x", "2"));
        var earlier = script.Propose(a, Calls.Set("x", "1"));
        script.Carry(script.OutOf(earlier));
        script.World["x"] = "half";
        script.End(script.OutOf(earlier), new Outcome.Failed(script.Digest("error: half")));
        script.Do(Assert.IsType<Effect.Invert>(script.OutOf(earlier)));
        Assert.Equal("0", script.World["x"]);
        script.Run();
        Assert.Equal(("2", "ok"), (script.World["x"], script.Told(earlier)));
        script.Undo(b, later);
        Assert.Equal("1", script.World["x"]);
    }

    private static void Beneath(RuleSet rules)
    {
        var script = new Script(rules);
        script.World["x"] = "0";
        var (a, b) = (script.Begin("a"), script.Begin("b"));
        var later = script.Do(b, Calls.Set("x", "2"));
        var earlier = script.Do(a, Calls.Set("x", "1"));
        Assert.Empty(script.Log.OfType<Effect.Invert>());
        Assert.Equal("2", script.World["x"]);
        Assert.Equal("1", script.Told(script.Do(a, Calls.Read("x"))));
        script.Undo(b, later);
        Assert.Equal("1", script.World["x"]);
        script.Undo(a, earlier);
        Assert.Equal("0", script.World["x"]);
    }
}
