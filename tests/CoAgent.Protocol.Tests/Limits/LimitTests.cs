using CoAgent.Protocol.Notices;
using CoAgent.Protocol.Order;
using CoAgent.Protocol.Quarantines;
using CoAgent.Protocol.Tests.Rules;

namespace CoAgent.Protocol.Tests.Limits;

/// <summary>Every limit at its edge: the last one that fits, the first one that does not, and that nothing is lost by it.</summary>
public sealed class LimitTests
{
    [Fact]
    public void One_transaction_more_than_fit_is_refused_until_one_ends()
    {
        var script = With(limits => limits with { TransactionsMax = 2 });
        var first = script.Begin("a");
        script.Begin("b");
        var refused = script.Step(new Input.Begin(AgentId.Create("c"), Given: null));
        Assert.Equal(new Effect.BeginRefused(AgentId.Create("c"), Refusal: null), Assert.Single(refused));
        Assert.IsType<FinishResult.Finished>(script.Finish(first));
        script.Begin("c");
    }

    [Fact]
    public void One_open_call_more_than_fit_is_refused_and_takes_no_place()
    {
        var script = With(limits => limits with { OpenCallsMax = 2 });
        var a = script.Begin("a");
        script.Propose(a, Calls.Set("x", "1"));
        script.Propose(a, Calls.Set("x", "2"));
        var refused = script.Propose(a, Calls.Set("y", "3"));
        AssertLimit(script, refused, nameof(ProtocolLimits.OpenCallsMax), 2);
        script.Run();
        var next = script.Do(a, Calls.Set("y", "3"));
        Assert.Equal(3, script.Answer(next).Position!.Value.Number);
    }

    [Fact]
    public void One_remembered_call_more_than_fit_is_refused_until_a_transaction_finishes()
    {
        var script = With(limits => limits with { CallsMax = 2 });
        var (a, b) = (script.Begin("a"), script.Begin("b"));
        script.Do(a, Calls.Read("x"));
        script.Do(a, Calls.Set("x", "1"));
        AssertLimit(script, script.Do(b, Calls.Read("x")), nameof(ProtocolLimits.CallsMax), 2);
        Assert.IsType<FinishResult.Finished>(script.Finish(a));
        Assert.Equal("1", script.Told(script.Do(b, Calls.Read("x"))));
    }

    [Fact]
    public void A_write_that_would_move_more_than_a_plan_may_is_refused_and_moves_nothing()
    {
        var script = With(limits => limits with { PlanCallsMax = 2 });
        var (a, b) = (script.Begin("a"), script.Begin("b"));
        script.Do(b, Calls.Append("x", "1"));
        script.Do(b, Calls.Append("x", "2"));
        script.Result<CallResult.Applied>(script.Do(a, Calls.Append("x", "a")));
        script.Do(b, Calls.Append("x", "3"));
        script.Log.Clear();
        AssertLimit(script, script.Do(a, Calls.Append("x", "b")), nameof(ProtocolLimits.PlanCallsMax), 2);
        Assert.Empty(script.Log.OfType<Effect.World>());
        Assert.Equal("a123", script.World["x"]);
    }

    [Fact]
    public void An_undo_that_would_move_more_than_a_plan_may_keeps_the_call()
    {
        var script = With(limits => limits with { PlanCallsMax = 2 });
        var (a, b) = (script.Begin("a"), script.Begin("b"));
        var low = script.Do(a, Calls.Append("x", "a"));
        script.Do(b, Calls.Append("x", "1"));
        script.Do(b, Calls.Append("x", "2"));
        var kept = Assert.Single(script.Undo(a, low).Calls);
        Assert.Equal(UndoFate.Kept, kept.Fate);
        Assert.Equal(new Refusal.LimitReached(nameof(ProtocolLimits.PlanCallsMax), 2), kept.Refusal);
        Assert.Equal("a12", script.World["x"]);
    }

    [Fact]
    public void More_notices_than_fit_become_one_that_says_so()
    {
        var script = With(limits => limits with { NoticesPerTransactionMax = 2 });
        var (a, b) = (script.Begin("a"), script.Begin("b"));
        foreach (var name in new[] { "x", "y", "z", "u" })
        {
            script.Do(b, Calls.Read(name));
        }

        foreach (var name in new[] { "x", "y", "z", "u" })
        {
            script.Do(a, Calls.Set(name, "1"));
        }

        var told = script.Answer(script.Do(b, Calls.Set("v", "1"))).Notices;
        Assert.Equal([NoticeKind.Stale, NoticeKind.Stale, NoticeKind.Overflow], told.Select(notice => notice.Kind));
        script.Result<CallResult.Applied>(script.Do(b, Calls.Set("v", "1")));

        // What was only told in sum is not known to the agent: the next change is told, whatever the value.
        script.Do(a, Calls.Set("u", "none"));
        Assert.Equal("none", script.Text(Assert.Single(script.Answer(script.Do(b, Calls.Read("w"))).Notices).Entries[0].Now));
    }

    [Fact]
    public void A_write_waits_for_a_finish_when_captures_are_full_and_a_read_does_not()
    {
        var script = With(limits => limits with { CapturedBytesMax = 2 });
        var (a, b) = (script.Begin("a"), script.Begin("b"));
        script.Do(a, Calls.Set("x", "1"));
        script.Do(a, Calls.Set("y", "1"));
        AssertLimit(script, script.Do(b, Calls.Set("z", "1")), nameof(ProtocolLimits.CapturedBytesMax), 2);
        script.Result<CallResult.Read>(script.Do(b, Calls.Read("x")));
        Assert.IsType<FinishResult.Finished>(script.Finish(a));
        script.Result<CallResult.Applied>(script.Do(b, Calls.Set("z", "1")));
    }

    [Fact]
    public void An_inverse_in_doubt_is_run_so_often_and_no_more()
    {
        var script = With(limits => limits with { InverseAttemptCountMax = 3 });
        var (a, b) = (script.Begin("a"), script.Begin("b"));
        var write = script.Do(b, Calls.Append("x", "b"));
        script.Propose(a, Calls.Append("x", "a"));
        for (var attempt = 0; attempt < 3; attempt++)
        {
            Assert.IsType<Effect.Invert>(script.OutOf(write));
            script.End(script.OutOf(write), new Outcome.Unknown());
        }

        Assert.Equal(QuarantineReason.InDoubt, Assert.Single(script.Log.OfType<Effect.Quarantined>()).Quarantine.Reason);
        Assert.Empty(script.Out);
    }

    [Fact]
    public void Reads_beyond_what_waits_for_a_lapsed_agent_are_told_in_sum()
    {
        var script = With(limits => limits with { LapsedReadsMax = 2 });
        var a = script.Begin("a");
        foreach (var name in new[] { "x", "y", "z" })
        {
            script.Do(a, Calls.Read(name));
        }

        script.Step(new Input.Leave(a));
        var back = script.Begin("a");
        script.Run();
        var told = script.Answer(script.Do(back, Calls.Set("v", "1"))).Notices;
        Assert.Equal(NoticeKind.Overflow, Assert.Single(told).Kind);
        Assert.Equal(2, script.State.Calls.Count);
    }

    [Fact]
    public void Lapsed_agents_beyond_the_limit_are_forgotten_first_come_first()
    {
        var script = With(limits => limits with { LapsedAgentsMax = 2 });
        foreach (var name in new[] { "a", "b", "c" })
        {
            var transaction = script.Begin(name);
            script.Do(transaction, Calls.Read("x"));
            script.Step(new Input.Leave(transaction));
        }

        Assert.Equal(2, script.State.Lapsed.AgentCount);
        script.Begin("a");
        Assert.Empty(script.Out);
        script.Begin("b");
        Assert.Single(script.Out);
    }

    private static Script With(Func<ProtocolLimits, ProtocolLimits> limit) =>
        new(RuleSet.All, options => options with { Limits = limit(options.Limits) });

    private static void AssertLimit(Script script, CallId call, string name, long max) =>
        Assert.Equal(new Refusal.LimitReached(name, max), script.Result<CallResult.Refused>(call).Refusal);
}
