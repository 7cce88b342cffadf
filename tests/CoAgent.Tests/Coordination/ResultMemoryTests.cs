using CoAgent.Protocol.Trajectories;
using CoAgent.Runtime.Coordination;
using CoAgent.Runtime.Tools;

namespace CoAgent.Tests.Coordination;

/// <summary>What tools answered is kept while somebody can ask for it, and no longer.</summary>
public sealed class ResultMemoryTests
{
    private static readonly ResultDigest One = new(1);
    private static readonly ResultDigest Two = new(2);

    [Fact]
    public void An_answer_goes_with_the_last_call_that_had_it()
    {
        var memory = new ResultMemory(bytesMax: 100);
        memory.Keep(One, Answer(10));
        memory.Keep(One, Answer(10));
        memory.Release(One);
        Assert.NotNull(memory.Find(One));
        memory.Release(One);
        Assert.Null(memory.Find(One));
        Assert.Equal(0, memory.BytesTotal);
    }

    [Fact]
    public void Beyond_the_bound_the_oldest_goes_and_nothing_is_let_go_twice()
    {
        var memory = new ResultMemory(bytesMax: 20);
        memory.Keep(One, Answer(10));
        memory.Keep(Two, Answer(10));
        Assert.NotNull(memory.Find(One));
        memory.Keep(new ResultDigest(3), Answer(1));
        Assert.Null(memory.Find(One));
        memory.Release(One);
        Assert.Equal(11, memory.BytesTotal);
    }

    [Fact]
    public void An_answer_as_large_as_the_bound_is_kept_and_a_larger_one_is_not()
    {
        var memory = new ResultMemory(bytesMax: 20);
        memory.Keep(One, Answer(20));
        memory.Keep(Two, Answer(21));
        Assert.NotNull(memory.Find(One));
        Assert.Null(memory.Find(Two));
    }

    [Fact]
    public async Task What_is_folded_leaves_no_answer_behind()
    {
        await using var running = await RunningCoordinator.StartAsync(new HeldWorld());
        for (var i = 0; i < 20; i++)
        {
            var transaction = (await running.CallAsync("a", $"put x {i}")).Transaction;
            await running.CallAsync("a", "get x");
            Assert.True(running.Coordinator.ResultBytesKept > 0);
            await running.FinishAsync(transaction);
            await running.SnapshotAsync();
            Assert.Equal(0, running.Coordinator.ResultBytesKept);
        }
    }

    private static ToolResult Answer(int bytes) => new(ToolResultKind.Answer, new byte[bytes]);
}
