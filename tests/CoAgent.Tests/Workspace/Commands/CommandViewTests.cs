using System.Runtime.Versioning;
using CoAgent.Runtime.Tools;
using CoAgent.Tests.Workspace.Effects;
using CoAgent.Workspace.Layers;

namespace CoAgent.Tests.Workspace.Commands;

/// <summary>Commands that read before later commands answer what they would on a real tree as it was then.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class CommandViewTests
{
    private const string Look =
        "find . -printf '%y %m %p %l\\n' | sort; find . -type f -print0 | sort -z | xargs -0 sh -c 'for f; do echo \"$f\"; cat \"$f\"; done' sh";

    private static readonly string[] s_names = ["a", "b", "c/d", "c/e", "c", "f g", "é"];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Every_state_of_a_random_history_is_seen_and_comes_back(int seed)
    {
        using var world = World(hasTrace: true);
        var history = await HistoryAsync(world, seed);
        for (var at = 0; at < history.Count; at++)
        {
            var hidden = history.Skip(at).Select(static step => step.Made).ToArray();
            Assert.Equal(history[at].Seen, await ReadAsync(world, hidden));
        }

        for (var at = history.Count - 1; at >= 0; at--)
        {
            Assert.Equal(new Inversion.Done(), await world.Invert(history[at].Made));
            Assert.Equal(history[at].Image, world.Image);
        }
    }

    [Fact]
    public async Task Without_a_trace_what_no_rule_covers_reads_the_whole_root_and_is_done_all_the_same()
    {
        using var world = World(hasTrace: false);
        var declared = world.Declare("bash", new { command = "read -r x < a; echo $x > b" }).Call.Footprint;
        Assert.Contains(world.RootId + "/**", declared.Reads.Select(static pattern => pattern.ToString()));
        Assert.Contains(world.RootId + "/b", declared.Writes.Select(static pattern => pattern.ToString()));
        var before = world.Image;
        var made = await world.Make("bash", new { command = "read -r x < a; echo $x > b" });
        Assert.Equal("1\n", world.Files.Content("b"));
        Assert.Equal(new Inversion.Done(), await world.Invert(made));
        Assert.Equal(before, world.Image);
    }

    private static async Task<List<Step>> HistoryAsync(EffectsFixture world, int seed)
    {
#pragma warning disable CA5394 // a seed that repeats is what a test needs
        var random = new Random(seed);
        var history = new List<Step>();
        while (history.Count < 6)
        {
            var (one, other) = (s_names[random.Next(s_names.Length)], s_names[random.Next(s_names.Length)]);
            var command = random.Next(9) switch
            {
                0 => $"echo {random.Next(9)} > '{one}'",
                1 => $"echo {random.Next(9)} >> '{one}'; chmod 6{random.Next(8)}{random.Next(8)} '{one}'",
                2 => $"rm -rf '{one}'",
                3 => $"mkdir -p '{one}/deep' && echo x > '{one}/deep/er'",
                4 => $"rm -rf '{other}'; mv '{one}' '{other}'",
                5 => $"ln -sfn '{one}' '{other}'",
                6 => $"rm -rf '{other}'; cp -r '{one}' '{other}'; false",
                7 => $"rm -rf c && mkdir -m 70{random.Next(6)} c && echo y > c/d",
                _ => $"perl -e 'rename(\"{one}\", \"{other}\")'",
            };
#pragma warning restore CA5394
            var (image, seen) = (world.Image, await ReadAsync(world, []));
            if (!world.Declare("bash", new { command }).Call.IsRead)
            {
                history.Add(new Step(image, seen, await world.Make("bash", new { command })));
            }
        }

        return history;
    }

    private static async Task<string> ReadAsync(EffectsFixture world, EffectsFixture.Made[] hidden)
    {
        for (var attempt = 0; attempt < 4; attempt++)
        {
            var declared = world.Declare("bash", new { command = Look }).Call;
            Assert.True(declared.IsRead);
            if (await world.Read(world.Name("bash", new { command = Look }), hidden, declared.Footprint) is Execution.Answered answered)
            {
                return EffectsFixture.Text(answered.Result);
            }
        }

        throw new InvalidOperationException("It was not answered, however often it was declared anew.");
    }

    private static EffectsFixture World(bool hasTrace)
    {
        Func<string, LayerSupport> layers = Environment.IsPrivilegedProcess ? LayerSupport.Privileged : LayerSupport.Unprivileged;
        var world = new EffectsFixture(
            place => layers(place) with { HasTrace = hasTrace },
            isInMemory: true,
            limits: null,
            new ScriptedAnalyst().Know(Look, ["**"], []));
        world.Files.Put("a", "1\n");
        world.Files.Put("c/d", "2\n");
        return world;
    }

    private sealed record Step(string Image, string Seen, EffectsFixture.Made Made);
}
