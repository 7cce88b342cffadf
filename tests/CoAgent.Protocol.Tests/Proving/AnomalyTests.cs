using CoAgent.Proving.Runs;

namespace CoAgent.Protocol.Tests.Proving;

/// <summary>The classical anomalies, each in the schedule that brings it about where nobody coordinates.</summary>
public sealed class AnomalyTests
{
    [Fact]
    public void G0_dirty_writes_do_not_mix()
    {
        var run = Rehearse("set d/a 1; set d/b 1 | set d/a 2; set d/b 2").Let(1, 2, 2, 1).Finish();
        Assert.Equal(("2", "2"), (run["d/a"], run["d/b"]));
    }

    [Fact]
    public void G1a_what_was_aborted_is_not_built_on()
    {
        var run = Rehearse("set d/a 1; abort | read d/a; set d/b v$0").Let(1, 2, 1, 2).Finish();
        Assert.Equal(("a0", "va0"), (run["d/a"], run["d/b"]));
    }

    [Fact]
    public void G1a_undo_what_was_taken_back_is_not_built_on()
    {
        var run = Rehearse("read d/x | set d/a 2; undo 0 | read d/a; set d/b v$0").Let(2, 3, 3, 2).Finish();
        Assert.Equal(("a0", "va0"), (run["d/a"], run["d/b"]));
    }

    [Fact]
    public void G1b_an_intermediate_value_is_not_built_on()
    {
        var run = Rehearse("set d/a down; set d/a up | read d/a; delete d/x ?0~down").Let(1, 2, 2, 1).Finish();
        Assert.Equal(("up", "x0"), (run["d/a"], run["d/x"]));
    }

    [Fact]
    public void G1c_information_flows_one_way()
    {
        var run = Rehearse("set d/a 1; read d/b; set d/x saw$1 | set d/b 2; read d/a; set d/y saw$1").Let(1, 2, 1, 2, 1, 2).Finish();
        Assert.Equal(("sawb0", "saw1"), (run["d/x"], run["d/y"]));
    }

    [Fact]
    public void OTV_two_reads_see_one_state()
    {
        var run = Rehearse("set d/a A; set d/b A | set d/a B; set d/b B | read d/a; read d/b; set d/x $0$1").Let(1, 2, 3, 1, 2, 3).Finish();
        Assert.Equal("BB", run["d/x"]);
    }

    [Fact]
    public void PMP_a_phantom_is_repaired()
    {
        var run = Rehearse("list e; edit e/z z0 good | copy e/z e/w").Let(1, 2, 1).Finish();
        Assert.Equal(("good", "good"), (run["e/z"], run["e/w"]));
    }

    [Fact]
    public void P4_no_update_is_lost()
    {
        var run = Rehearse("read d/a; set d/a $0+30 | read d/a; set d/a $0+60").Let(1, 2, 1, 2).Finish();
        Assert.Equal("a0+30+60", run["d/a"]);
    }

    [Fact]
    public void P4_tool_appends_lie_in_the_order_of_ranks()
    {
        var run = Rehearse("append d/a A | append d/a B").Let(2, 1).Finish();
        Assert.Equal("a0AB", run["d/a"]);
    }

    [Fact]
    public void G_single_a_count_is_of_one_state()
    {
        var run = Rehearse("move d/x e/w | list d; list e; set d/y $0/$1").Begin(2).Deliver().Let(1, 2, 2).Finish();
        Assert.Equal("a,b/z,w", run["d/y"]);
    }

    [Fact]
    public void G2_item_one_stays_up()
    {
        var run = Rehearse("read d/b; set d/a down ?0~0 | read d/a; set d/b down ?0~0").Let(1, 2, 1, 2).Finish();
        Assert.Equal(("down", "b0"), (run["d/a"], run["d/b"]));
    }

    [Fact]
    public void G2_predicate_at_least_one_is_left()
    {
        var run = Rehearse("set e/w here | list e; delete e/z ?0~z,w | list e; delete e/w ?0~z,w").Let(1, 2, 3, 2, 3).Finish();
        Assert.Equal((null, "here"), (run["e/z"], run["e/w"]));
    }

    [Fact]
    public void L1_eager_repair_comes_to_an_end()
    {
        var run = Rehearse("read d/b; set d/a $0/2 | read d/a; set d/b $0/2").Let(1, 2, 1, 2).Finish();
        Assert.Equal(("b0/2", "b0/2/2"), (run["d/a"], run["d/b"]));
    }

    private static Rehearsal Rehearse(string scenario) => new(scenario, new ProofOptions());
}
