using System.Runtime.Versioning;
using CoAgent.Runtime.Tools;
using CoAgent.Tests.Workspace.Effects;
using CoAgent.Workspace;
using CoAgent.Workspace.Bash;
using CoAgent.Workspace.Captures;

namespace CoAgent.Tests.Workspace.Layers;

/// <summary>
/// A process that dies while it puts changes in place, or takes them back, at every step of it: whoever comes after finds what it needs. Dying is
/// a thread that stands still for good, as far as the tree can see: no cleanup runs, nothing further is done.
/// </summary>
[UnsupportedOSPlatform("windows")]
public sealed class CutPromotionTests : IContentSource
{
    private readonly Dictionary<ContentId, ReadOnlyMemory<byte>> _kept = [];

    public static TheoryData<string> Commands =>
    [
        "echo one > one; echo more >> a.txt; rm dir/b.txt; mkdir -p x/y; echo z > x/y/z",
        "rm -r dir; echo 'a file now' > dir",
        "rm a.txt; mkdir a.txt; echo in > a.txt/in; chmod 500 a.txt",
        "mv dir moved; ln -s moved dir",
        "rm -r dir; mkdir dir; echo other > dir/other; chmod 700 dir",
        "chmod 700 closed; rm closed/in; echo new > closed/new; chmod 500 closed; chmod 600 a.txt",
        "mkfifo pipe; ln a.txt also; echo both >> also; rm -r dir/sub",
    ];

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task A_promotion_that_dies_at_any_step_is_taken_back(string command)
    {
        using var world = Closed();
        var before = TreeImage.Of(world.Root);
        using var run = await world.Run(command);
        var changes = run.ReadChanges(default);
        var whole = Prepare(world, changes);
        var steps = 0;
        whole.Promotion.BeforeStep = () => steps++;
        Assert.True(whole.Promotion.TryRun(default));
        var after = TreeImage.Of(world.Root);
        Assert.NotEqual(before, after);
        await TakeBack(whole.Captured, before, world.Root);

        for (var step = 0; step < steps; step++)
        {
            var (promotion, captured) = Prepare(world, changes);
            using var death = new Death(step);
            promotion.BeforeStep = death.Step;
            await death.Die(() => promotion.TryRun(default));
            world.Files.Put("theirs", "kept");
            Assert.NotEqual(Finding.Happened, FileInverse.Probe(captured, default));
            await TakeBack(captured, before + "\n" + ImageOf("theirs", world.Root), world.Root);
            Assert.Equal(Finding.DidNotHappen, FileInverse.Probe(captured, default));
            File.Delete(world.Files.At("theirs"));
        }
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task An_inverse_that_dies_at_any_step_is_run_again(string command)
    {
        using var world = Closed();
        var before = TreeImage.Of(world.Root);
        using var run = await world.Run(command);
        var changes = run.ReadChanges(default);
        for (var (step, steps) = (0, 1); step < steps; step++)
        {
            var (promotion, captured) = Prepare(world, changes);
            Assert.True(promotion.TryRun(default));
            // What the call left is known after it was answered, and not known after a start.
            captured = captured with { AfterUtf8 = step % 2 == 0 ? FileCapture.Look(promotion.Manifest, default).ToUtf8() : default };
            if (step == 0)
            {
                steps = await CountAsync(captured);
                Assert.True(promotion.TryRun(default));
            }

            using var death = new Death(step);
            await death.Die(() => new FileInverse(this) { BeforeStep = death.Step }.RunAsync(captured, InTurn, default).GetAwaiter().GetResult());
            await TakeBack(captured, before, world.Root);
        }
    }

    [Fact]
    public async Task What_somebody_else_has_put_in_place_of_a_cut_off_promotion_is_not_lost()
    {
        using var world = Closed();
        using var run = await world.Run("echo one > a.txt; echo two > dir/b.txt; rm -r dir/sub");
        var (promotion, captured) = Prepare(world, run.ReadChanges(default));
        using var death = new Death(5);
        promotion.BeforeStep = death.Step;
        await death.Die(() => promotion.TryRun(default));
        world.Files.Put("a.txt", "theirs");
        Assert.Equal(new Inversion.OutsideWrite(), await new FileInverse(this).RunAsync(captured, InTurn, default));
        Assert.Equal("theirs", world.Files.Content("a.txt"));
    }

    public ValueTask<ReadOnlyMemory<byte>> ReadAsync(ContentId id, CancellationToken cancellationToken) => ValueTask.FromResult(_kept[id]);

    // As a journal gives it back: contents are named.
    private (Promotion Promotion, Captured Captured) Prepare(LayerFixture world, IReadOnlyList<LayerChange> changes)
    {
        var (promotion, capture) = Promotion.Prepare(changes, world.Files.Limits, default);
        foreach (var content in capture.Contents)
        {
            _kept[content.Id] = content.Bytes;
        }

        return (promotion, new Captured(EffectsFixture.Journaled(capture), default));
    }

    private async Task<int> CountAsync(Captured captured)
    {
        var steps = 0;
        Assert.Equal(new Inversion.Done(), await new FileInverse(this) { BeforeStep = () => steps++ }.RunAsync(captured, InTurn, default));
        return steps;
    }

    private async Task TakeBack(Captured captured, string image, string root)
    {
        Assert.Equal(new Inversion.Done(), await new FileInverse(this).RunAsync(captured, InTurn, default));
        Assert.Equal(Sorted(image), Sorted(TreeImage.Of(root)));
        Assert.Equal(new Inversion.Done(), await new FileInverse(this).RunAsync(captured, InTurn, default));
        Assert.Equal(Sorted(image), Sorted(TreeImage.Of(root)));
        Assert.Empty(Directory.EnumerateFileSystemEntries(root, ".coagent~*", SearchOption.AllDirectories));
    }

    private static string Sorted(string image) => string.Join('\n', image.Split('\n').Order(StringComparer.Ordinal));

    private static string ImageOf(string name, string root) =>
        TreeImage.Of(root).Split('\n').Single(line => line.StartsWith("/" + name, StringComparison.Ordinal));

    private static Task InTurn(Action change, CancellationToken cancellationToken)
    {
        change();
        return Task.CompletedTask;
    }

    private static LayerFixture Closed()
    {
        var world = new LayerFixture();
        world.Files.Put("closed/in", "in");
        File.SetUnixFileMode(world.Files.At("closed"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return world;
    }

    /// <summary>A thread that stands still from a step on.</summary>
    private sealed class Death(int step) : IDisposable
    {
        private readonly TaskCompletionSource _dead = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly ManualResetEventSlim _released = new();
        private int _steps;
        private Task _running = Task.CompletedTask;

        internal void Step()
        {
            if (_steps++ == step)
            {
                _dead.SetResult();
                _released.Wait();
                throw new OperationCanceledException("A dead process does nothing more.");
            }
        }

        /// <summary>Begins something and comes back when it stands still.</summary>
        internal async Task Die(Action act)
        {
            _running = Task.Factory.StartNew(act, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            await Task.WhenAny(_dead.Task, _running).WaitAsync(WorkspaceFixture.Bound());
            Assert.True(_dead.Task.IsCompleted, "it stood still before it had ended");
        }

        public void Dispose()
        {
            _released.Set();
            _running.ContinueWith(static _ => { }, TaskScheduler.Default).Wait();
            _released.Dispose();
        }
    }
}
