using CoAgent.Protocol.Order;

namespace CoAgent.Protocol.Tests.Plays;

/// <summary>That a run sees what it is there to see.</summary>
public sealed class PlayTests
{
    [Fact]
    public void A_notice_that_does_not_go_upward_is_seen()
    {
        var options = new ProtocolOptions { Rules = RuleSet.All.Without(Rule.OneWay) };
        var play = Play.Of("x=0", SetReadTakeBack);
        AssertSeen("is told of what rank", () => Schedules.AsWritten(play, options, "AAA"));
        Assert.True(Schedules.AsWritten(play, new ProtocolOptions(), "AAA").IsOver);
    }

    [Fact]
    public void An_irreversible_call_before_a_lower_rank_has_finished_is_seen()
    {
        var options = new ProtocolOptions { Rules = RuleSet.All.Without(Rule.IrreversibleGate) };
        var play = Play.Of("x=0", _ => [Moves.Read("x")], _ => [Moves.Send("x")]);
        AssertSeen("while a lower rank runs", () => Schedules.AsWritten(play, options, "B"));
        Assert.True(Schedules.AsWritten(play, new ProtocolOptions(), "B").IsOver);
    }

    [Fact]
    public void A_call_that_is_executed_twice_is_seen()
    {
        var (world, call) = KnownAppend();
        world.CarryOut(call, Hearing.Unheard);
        AssertSeen("is executed twice", () => world.CarryOut(call, Hearing.Heard));
        Assert.Equal("a", world.Contents["log"]);
    }

    [Fact]
    public void A_call_that_is_taken_back_and_is_not_there_is_seen()
    {
        var (world, call) = KnownAppend();
        AssertSeen("is not there", () => world.CarryOut(new Effect.Invert(new EffectId(2), call.Call), Hearing.Heard));
    }

    private static IEnumerable<Move> SetReadTakeBack(Heard heard)
    {
        yield return Moves.Set("x", 1);
        yield return Moves.Read("x");
        yield return Move.TakeBack(Moves.Set("x", 1));
    }

    private static (TextWorld World, Effect.Execute Call) KnownAppend()
    {
        var world = new TextWorld(new Dictionary<string, string>());
        var id = new CallId(1);
        world.Know(id, Moves.Append("log", "a"));
        var position = new Position(new Rank(1), 1);
        return (world, new Effect.Execute(new EffectId(1), id, position, IsReplay: false, Beneath: null));
    }

    private static void AssertSeen(string what, Action play) =>
        Assert.Contains(what, Assert.Throws<PlayException>(play).Message, StringComparison.Ordinal);
}
