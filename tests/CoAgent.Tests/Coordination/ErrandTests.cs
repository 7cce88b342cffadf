using CoAgent.Runtime.Coordination;
using CoAgent.Simulated.Journals;

namespace CoAgent.Tests.Coordination;

/// <summary>What decisions leave to be done is done by whoever posted, and waits for nobody.</summary>
public sealed class ErrandTests
{
    private const int LongChain = 100_000;
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_call_whose_tool_answers_at_once_changes_no_thread()
    {
        await using var running = await RunningCoordinator.StartAsync(new HeldWorld());
        await running.BeginAsync("a");
        var call = running.Coordinator.CallAsync(HeldWorld.Propose(running.Coordinator, "a", "put x 1"), default);
        Assert.True(call.IsCompletedSuccessfully);
        Assert.IsType<CallAnswer.Decided>(await call);
    }

    [Fact]
    public void What_is_left_is_done_by_the_poster_after_the_loop_has_let_it_go()
    {
        var (isPosting, wasPosting, thread) = (false, true, 0);
        var posted = Errands.AroundAsync(
            (_, _) =>
            {
                isPosting = true;
                Errands.Leave(() => (wasPosting, thread) = (isPosting, Environment.CurrentManagedThreadId));
                isPosting = false;
                return ValueTask.CompletedTask;
            },
            0,
            default);
        Assert.True(posted.IsCompletedSuccessfully);
        Assert.Equal((false, Environment.CurrentManagedThreadId), (wasPosting, thread));
    }

    [Fact]
    public void What_a_loop_that_goes_on_has_left_does_not_wait_for_its_poster()
    {
        var (handedOver, second) = (new TaskCompletionSource(), new TaskCompletionSource());
        var posted = Errands.AroundAsync(
            (_, _) =>
            {
                Errands.Leave(handedOver.SetResult);
                Errands.HandOver();
                Assert.True(handedOver.Task.Wait(Bound, CancellationToken.None), "an errand of an input before waits for the loop");
                Errands.Leave(static () => { });
                Errands.Leave(second.SetResult);
                Assert.True(second.Task.Wait(Bound, CancellationToken.None), "a second errand waits for the first");
                return ValueTask.CompletedTask;
            },
            0,
            default);
        Assert.True(posted.IsCompletedSuccessfully);
    }

    [Fact]
    public void Errands_that_lead_to_errands_do_not_pile_up_on_the_stack()
    {
        var count = 0;
        Assert.True(PostNextAsync(0).IsCompletedSuccessfully);
        Assert.Equal(LongChain, count);

        Task PostNextAsync(int number) => Errands.AroundAsync(
            (at, _) =>
            {
                Errands.Leave(() => count += at < LongChain && PostNextAsync(at + 1).IsCompletedSuccessfully ? 1 : 0);
                return ValueTask.CompletedTask;
            },
            number,
            CancellationToken.None).AsTask();
    }

    [Fact]
    public async Task An_intent_that_does_not_reach_the_disk_ends_the_run_and_its_call_is_not_made()
    {
        var flushCount = 0;
        var world = new HeldWorld();
        await using var running = await RunningCoordinator.StartAsync(world, journal: new MemoryJournal(async () =>
        {
            await Task.Yield();
            if (Interlocked.Increment(ref flushCount) > 1)
            {
                throw new IOException("The disk is full.");
            }
        }));
        await Assert.ThrowsAsync<CoordinatorStoppedException>(() => running.CallAsync("a", "put x 1"));
        Assert.Empty(world.Texts);
    }
}
