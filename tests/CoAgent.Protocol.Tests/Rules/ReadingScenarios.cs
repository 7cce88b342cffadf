using CoAgent.Protocol.Notices;
using CoAgent.Protocol.Order;
using CoAgent.Protocol.Trajectories;

namespace CoAgent.Protocol.Tests.Rules;

/// <summary>Sections 2, 4 and 5 of protocol.md: objects, reading, recheck.</summary>
internal static class ReadingScenarios
{
    public static IEnumerable<RuleScenario> All { get; } =
    [
        new("Who lists a folder is told of a child that appears below its rank", [Rule.ListingsAreObjects], Phantom),
        new("Who adds another child to a folder moves nobody", [], Siblings),
        new("A phantom is seen through a later child of the same folder", [Rule.ListingsAreObjects], PhantomBeneath),
        new("A read shows nothing of later ranks, from versions", [Rule.OrderFilteredReads], Filtered),
        new("A read shows nothing of later ranks, with them unwound", [Rule.OrderFilteredReads], Rewound),
        new("A rewind view that cannot put a call back tells who read it", [Rule.ReplayNever], RewoundForGood),
        new("A recorded read is told when its object changes", [Rule.ReadsAreRecorded, Rule.Recheck], Told),
        new("A change spreads through a replayed copy to who read it", [Rule.ChangeSpreads], Spread),
        new("A value that did not change is not told", [Rule.SameValueIsSilent], Silent),
        new("What is covered by a later blind write is not read again", [], Shielded),
        new("A read that cannot be made again is told on the overlap", [Rule.OverlapIsTold], Overlap),
        new("A notice that nobody has seen is withdrawn when the value is back", [Rule.LatestWins], Withdrawn),
        new("A notice that nobody has seen says the latest value", [Rule.LatestWins], Latest),
        new("A change back after a delivered notice is told", [Rule.DeliveryIsKnowledge], Back),
        new("What an undo changes for its own agent is in its answer, not in a notice", [Rule.OneWay], OwnChange),
        new("Who keeps a write with the stale value is asked once more", [Rule.KeptStaleIsAskedAgain], AskedAgain),
        new("A decision on a notice does not settle what it says since", [], DecidedTooEarly),
        new("One notice for a reader and object names all its reads", [], Coalesced),
        new("Of two notices that may be lost only the later is told again", [], ToldTwice),
    ];

    private static void ToldTwice(RuleSet rules)
    {
        var script = new Script(rules);
        var (a, b) = (script.Begin("a"), script.Begin("b"));
        script.Do(b, Calls.Read("x"));
        var (one, two) = (script.Propose(b, Calls.Read("y")), script.Propose(b, Calls.Read("z")));
        script.Do(script.OutOf(script.Propose(a, Calls.Set("x", "1"))));
        script.Do(script.OutOf(script.State.Calls.Keys.First()));
        script.Do(script.OutOf(one));
        Assert.Equal("1", script.Text(Assert.Single(script.Answer(one).Notices).Entries[0].Now));
        script.Do(script.OutOf(script.Propose(a, Calls.Set("x", "2"))));
        script.Do(script.OutOf(script.State.Calls.Keys.First()));
        script.Do(script.OutOf(two));
        Assert.Equal("2", script.Text(Assert.Single(script.Answer(two).Notices).Entries[0].Now));
        script.Step(new Input.Redeliver(b));
        var again = Assert.Single(script.Answer(script.Do(b, Calls.Read("y"))).Notices);
        Assert.Equal(("none", "2"), (script.Text(again.Entries[0].Was), script.Text(again.Entries[0].Now)));
    }

    private static void Phantom(RuleSet rules)
    {
        var script = new Script(rules);
        var (a, b) = (script.Begin("a"), script.Begin("b"));
        Assert.Equal("", script.Told(script.Do(b, Calls.List("d"))));
        script.Do(a, Calls.Create("d", "one", "1"));
        Assert.Equal("d/one", script.Text(Assert.Single(script.NoticesOf(b)).Entries[0].Now));
    }

    private static void Siblings(RuleSet rules)
    {
        var script = new Script(rules);
        var (a, b) = (script.Begin("a"), script.Begin("b"));
        script.Propose(b, Calls.Create("d", "two", "2"));
        script.Propose(a, Calls.Create("d", "one", "1"));
        Assert.Equal(2, script.Out.Count);
        script.Run();
        script.Do(a, Calls.Create("d", "zero", "0"));
        Assert.Empty(script.Log.OfType<Effect.Invert>());
        Assert.Equal("d/one,d/zero", script.Told(script.Do(a, Calls.List("d"))));
    }

    private static void PhantomBeneath(RuleSet rules)
    {
        var script = new Script(rules);
        var (a, b) = (script.Begin("a"), script.Begin("b"));
        script.Do(b, Calls.Create("d", "two", "2"));
        script.Do(b, Calls.List("d"));
        script.Do(a, Calls.Create("d", "one", "1"));
        Assert.Equal("d/one,d/two", script.Text(Assert.Single(script.NoticesOf(b)).Entries[0].Now));
    }

    private static void Filtered(RuleSet rules)
    {
        var script = new Script(rules);
        script.World["x"] = "0";
        var (a, b) = (script.Begin("a"), script.Begin("b"));
        script.Do(b, Calls.Set("x", "2"));
        var read = script.Do(a, Calls.Read("x"));
        Assert.Equal("0", script.Told(read));
        Assert.Equal(ReadView.Version, script.Result<CallResult.Read>(read).View);
    }

    private static void Rewound(RuleSet rules)
    {
        var script = new Script(rules);
        script.World["x"] = "0";
        var (a, b) = (script.Begin("a"), script.Begin("b"));
        script.Do(b, Calls.Set("x", "2"));
        var read = script.Do(a, Calls.Read("x").As(call => call with { View = ReadView.Rewind, CanReread = false }));
        Assert.Equal("0", script.Told(read));
        Assert.Equal(ReadView.Rewind, script.Result<CallResult.Read>(read).View);
        Assert.Equal("2", script.World["x"]);
    }

    private static void RewoundForGood(RuleSet rules)
    {
        var script = new Script(rules);
        script.World["x"] = "0";
        var (a, b, c) = (script.Begin("a"), script.Begin("b"), script.Begin("c"));
        script.Do(b, Calls.Set("x", "2").As(call => call with { IsReplaySafe = false }));
        script.Do(c, Calls.Read("x"));
        script.Do(a, Calls.Read("x").As(call => call with { View = ReadView.Rewind }));
        Assert.Equal(NoticeKind.Displaced, Assert.Single(script.NoticesOf(b)).Kind);
        Assert.Equal("0", script.Text(Assert.Single(script.NoticesOf(c)).Entries[0].Now));
    }

    private static void Told(RuleSet rules)
    {
        var script = new Script(rules);
        var (a, b) = (script.Begin("a"), script.Begin("b"));
        var read = script.Do(b, Calls.Read("x"));
        var copy = script.Do(b, Calls.Set("y", "none"));
        var write = script.Do(a, Calls.Set("x", "1"));
        var notice = Assert.Single(script.NoticesOf(b));
        Assert.Equal(new NoticeEntry(read, script.Digest("none"), script.Digest("1")), Assert.Single(notice.Entries));
        Assert.Equal(new NoticeCause(write, new Rank(1)), notice.Cause);
        Assert.Equal(copy, Assert.Single(notice.Candidates));
        Assert.Equal("file:/x", notice.About.ToString());
    }

    private static void Spread(RuleSet rules)
    {
        var script = new Script(rules);
        var (a, b, c) = (script.Begin("a"), script.Begin("b"), script.Begin("c"));
        script.Do(b, Calls.Copy("x", "y"));
        script.Do(c, Calls.Read("y"));
        script.Do(a, Calls.Set("x", "1"));
        Assert.Equal("1", script.Text(Assert.Single(script.NoticesOf(c)).Entries[0].Now));
        Assert.Empty(script.NoticesOf(b));
    }

    private static void Silent(RuleSet rules)
    {
        var script = new Script(rules);
        script.World["x"] = "1";
        var (a, b) = (script.Begin("a"), script.Begin("b"));
        script.Do(b, Calls.Read("x"));
        script.Do(a, Calls.Set("x", "1"));
        Assert.Empty(script.NoticesOf(b));
        script.Result<CallResult.Applied>(script.Do(b, Calls.Set("y", "1")));
    }

    private static void Shielded(RuleSet rules)
    {
        var script = new Script(rules);
        var (a, b, c) = (script.Begin("a"), script.Begin("b"), script.Begin("c"));
        script.Do(b, Calls.Set("x", "2"));
        script.Do(c, Calls.Read("x").As(call => call with { CanReread = false }));
        script.Do(a, Calls.Set("x", "1"));
        Assert.Empty(script.NoticesOf(c));
    }

    private static void Overlap(RuleSet rules)
    {
        var script = new Script(rules);
        var (a, b) = (script.Begin("a"), script.Begin("b"));
        script.Do(b, Calls.Read("x").As(call => call with { CanReread = false }));
        script.Do(a, Calls.Set("x", "1"));
        Assert.Null(Assert.Single(script.NoticesOf(b)).Entries[0].Now);
    }

    private static void Withdrawn(RuleSet rules)
    {
        var script = new Script(rules);
        var (a, b) = (script.Begin("a"), script.Begin("b"));
        script.Do(b, Calls.Read("x"));
        var write = script.Do(a, Calls.Set("x", "1"));
        var notice = Assert.Single(script.NoticesOf(b));
        script.Undo(a, write);
        Assert.Contains(new Effect.NoticeWithdrawn(notice.Id), script.Log);
        script.Result<CallResult.Applied>(script.Do(b, Calls.Set("y", "1")));
    }

    private static void Latest(RuleSet rules)
    {
        var script = new Script(rules);
        var (a, b) = (script.Begin("a"), script.Begin("b"));
        script.Do(b, Calls.Read("x"));
        script.Do(a, Calls.Set("x", "1"));
        script.Do(a, Calls.Set("x", "2"));
        var told = Assert.Single(script.Answer(script.Do(b, Calls.Read("y"))).Notices);
        Assert.Equal(new NoticeEntry(new CallId(1), script.Digest("none"), script.Digest("2")), Assert.Single(told.Entries));
    }

    private static void Back(RuleSet rules)
    {
        var script = new Script(rules);
        var (a, b) = (script.Begin("a"), script.Begin("b"));
        script.Do(b, Calls.Read("x"));
        var write = script.Do(a, Calls.Set("x", "1"));
        Assert.Single(script.Answer(script.Do(b, Calls.Read("y"))).Notices);
        script.Undo(a, write);
        var told = Assert.Single(script.Answer(script.Do(b, Calls.Read("y"))).Notices);
        Assert.Equal("none", script.Text(Assert.Single(told.Entries).Now));
    }

    private static void OwnChange(RuleSet rules)
    {
        var script = new Script(rules);
        var a = script.Begin("a");
        var write = script.Do(a, Calls.Set("x", "1"));
        var read = script.Do(a, Calls.Read("x"));
        var undone = script.Undo(a, write);
        Assert.Equal(new ChangedCall(read, script.Digest("1"), script.Digest("none"), IsOut: false), Assert.Single(undone.Changed));
        Assert.Empty(script.NoticesOf(a));
    }

    private static void AskedAgain(RuleSet rules)
    {
        var script = new Script(rules, options => options with { Gate = GateMode.Acknowledge });
        var (a, b) = (script.Begin("a"), script.Begin("b"));
        script.Do(b, Calls.Read("x"));
        script.Do(a, Calls.Set("x", "1"));
        var notice = Assert.Single(script.Answer(script.Do(b, Calls.Set("y", "none"))).Notices);
        Assert.Equal(ResolveResult.AskedAgain, script.Resolve(b, notice.Id, NoticeDecision.Keep, keepsStale: true));
        script.Result<CallResult.Gated>(script.Do(b, Calls.Set("y", "none")));
        Assert.Equal(ResolveResult.Settled, script.Resolve(b, notice.Id, NoticeDecision.Keep, keepsStale: true));
        script.Result<CallResult.Applied>(script.Do(b, Calls.Set("y", "none")));
    }

    private static void DecidedTooEarly(RuleSet rules)
    {
        var script = new Script(rules, options => options with { Gate = GateMode.Acknowledge });
        var (a, b) = (script.Begin("a"), script.Begin("b"));
        script.Do(b, Calls.Read("x"));
        script.Do(a, Calls.Set("x", "1"));
        var notice = Assert.Single(script.Answer(script.Do(b, Calls.Read("y"))).Notices);
        script.Resolve(b, notice.Id, NoticeDecision.Keep, keepsStale: true);
        script.Do(a, Calls.Set("x", "2"));
        Assert.Equal(ResolveResult.ChangedMeanwhile, script.Resolve(b, notice.Id, NoticeDecision.Revised));
        Assert.Equal("2", script.Text(script.Answer(script.Do(b, Calls.Read("y"))).Notices[^1].Entries[0].Now));
        Assert.Equal(ResolveResult.Settled, script.Resolve(b, notice.Id, NoticeDecision.Revised));
    }

    private static void Coalesced(RuleSet rules)
    {
        var script = new Script(rules);
        var (a, b) = (script.Begin("a"), script.Begin("b"));
        var first = script.Do(b, Calls.Read("x"));
        var second = script.Do(b, Calls.Read("x"));
        script.Do(a, Calls.Set("x", "1"));
        var told = Assert.Single(script.Answer(script.Do(b, Calls.Read("y"))).Notices);
        Assert.Equal([first, second], told.Entries.Select(entry => entry.Call));
    }
}
