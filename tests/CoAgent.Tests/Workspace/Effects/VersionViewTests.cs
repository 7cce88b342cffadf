using System.Runtime.Versioning;
using System.Text;
using CoAgent.Runtime.Tools;
using CoAgent.Workspace;

namespace CoAgent.Tests.Workspace.Effects;

/// <summary>A read that must not see later writes answers what it would on the tree as it was before them.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class VersionViewTests
{
    [Fact]
    public async Task The_lowest_hidden_write_says_what_was_there()
    {
        using var world = new EffectsFixture();
        world.Files.Put("a.txt", "0");
        var one = await world.Make("write_file", new { path = "a.txt", content = "1" });
        var two = await world.Make("write_file", new { path = "a.txt", content = "2" });
        Assert.Equal("2", await world.ReadText("read_file", new { path = "a.txt" }));
        Assert.Equal("1", await world.ReadText("read_file", new { path = "a.txt" }, two));
        Assert.Equal("0", await world.ReadText("read_file", new { path = "a.txt" }, one, two));
        Assert.Equal("2", world.Files.Content("a.txt"));
    }

    [Fact]
    public async Task A_captured_file_beyond_the_limit_is_refused_as_a_live_one_is()
    {
        using var world = new EffectsFixture(WorkspaceLimits.Default with { FileBytesMax = 10 });
        world.Files.Put("a.txt", new string('x', 11));
        var made = await world.Make("write_file", new { path = "a.txt", content = "y" });
        Assert.Contains("larger than 10 bytes", await world.ReadText("read_file", new { path = "a.txt" }, made), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_view_needs_what_was_kept_and_says_when_it_is_gone()
    {
        using var world = new EffectsFixture();
        world.Files.Put("a.txt", "0");
        var call = world.Name("write_file", new { path = "a.txt", content = "1" });
        var ready = Assert.IsType<Preparation.Ready>(await world.Prepare(call));
        var made = new EffectsFixture.Made(call, new Captured(EffectsFixture.Journaled(ready.Before), default), new ToolResult(ToolResultKind.Answer, default));
        Assert.IsType<Execution.NotDone>(await world.Read(world.Name("read_file", new { path = "a.txt" }), [made]));
    }

    /// <summary>Random trees, random writes: every view equals a real copy of the tree as it was, and the undone tree too.</summary>
    [Fact]
    public async Task Every_view_equals_a_real_tree_in_that_state()
    {
        for (var seed = 1; seed <= 60; seed++)
        {
            await new RandomHistory(seed).CheckAsync();
        }
    }

    private sealed class RandomHistory(int seed)
    {
        private const int WriteCount = 7;
        private static readonly string[] Names = ["a", "b", "c", "a-b", "d.txt", "ä b"];
        private static readonly string[] Targets = ["a", "../b", "c/a", "./d.txt", "nowhere", "../../outside", "a-b/"];

#pragma warning disable CA5394 // a seed that repeats is what a test needs
        private readonly Random _random = new(seed);

        public async Task CheckAsync()
        {
            using var world = new EffectsFixture();
            Plant(world.Files.RootPath, depth: 0);
            var copies = Directory.CreateTempSubdirectory("coagent-view-tests-").FullName;
            try
            {
                var writes = new List<EffectsFixture.Made>();
                for (var at = 0; at < WriteCount; at++)
                {
                    TreeImage.Copy(world.Files.RootPath, Path.Combine(copies, $"{at}"));
                    var (tool, arguments) = RandomWrite();
                    if (!world.Declare(tool, arguments).Call.IsRead)
                    {
                        writes.Add(await world.Make(tool, arguments));
                    }
                    else
                    {
                        at--;
                        Directory.Delete(Path.Combine(copies, $"{at + 1}"), recursive: true);
                    }
                }

                await CheckViews(world, copies, writes);
                await CheckInverses(world, copies, writes);
            }
            finally
            {
                Directory.Delete(copies, recursive: true);
            }
        }

        private async Task CheckViews(EffectsFixture world, string copies, List<EffectsFixture.Made> writes)
        {
            var live = world.Image;
            for (var at = 0; at < WriteCount; at++)
            {
                using var copy = new WorkspaceTools(new WorkspaceRoot(Path.Combine(copies, $"{at}")), WorkspaceLimits.Default, TimeProvider.System);
                for (var read = 0; read < 25; read++)
                {
                    var (tool, arguments) = RandomRead();
                    var expected = await copy.CallAsync(tool, System.Text.Json.JsonSerializer.SerializeToElement(arguments), WorkspaceFixture.Bound());
                    var answered = Assert.IsType<Execution.Answered>(await Read(world, tool, arguments, writes.Skip(at)));
                    Assert.True(
                        expected.Text == EffectsFixture.Text(answered.Result)
                            && expected.IsError == (answered.Result.Kind == ToolResultKind.ToolError),
                        $"seed {seed}, before write {at}: {tool} {arguments}\nexpected: {expected.Text}\nbut was: {EffectsFixture.Text(answered.Result)}");
                }
            }

            Assert.Equal(live, world.Image);
        }

        // As it is declared, at the latest when it is made again.
        private static async Task<Execution> Read(EffectsFixture world, string tool, object arguments, IEnumerable<EffectsFixture.Made> hidden)
        {
            var call = world.Name(tool, arguments);
            var answer = await world.Read(call, hidden, world.Declare(tool, arguments).Call.Footprint);
            return answer is Execution.NotDone ? await world.Read(call, hidden, world.Declare(tool, arguments).Call.Footprint) : answer;
        }

        private async Task CheckInverses(EffectsFixture world, string copies, List<EffectsFixture.Made> writes)
        {
            var live = world.Image;
            for (var at = WriteCount - 1; at >= 0; at--)
            {
                Assert.Equal(new Inversion.Done(), await world.Invert(writes[at]));
                Assert.True(
                    TreeImage.Of(Path.Combine(copies, $"{at}")) == world.Image,
                    $"seed {seed}, write {at}: {Encoding.UTF8.GetString(writes[at].Call.Request.ArgumentsUtf8.Span)}\n{world.Image}");
            }

            foreach (var write in writes)
            {
                await world.Make(write.Call);
            }

            Assert.Equal(live, world.Image);
        }

        private void Plant(string directory, int depth)
        {
            foreach (var name in Names.Where(_ => _random.Next(3) > 0))
            {
                var path = Path.Combine(directory, name);
                switch (_random.Next(6))
                {
                    case < 2 when depth < 3:
                        Directory.CreateDirectory(path);
                        Plant(path, depth + 1);
                        break;
                    case 2:
                        File.CreateSymbolicLink(path, Targets[_random.Next(Targets.Length)]);
                        break;
                    default:
                        File.WriteAllText(path, RandomText());
                        File.SetUnixFileMode(path, (UnixFileMode)(_random.Next(2) == 0 ? 0x1A4 : 0x1ED));
                        break;
                }
            }
        }

        private string RandomText() => string.Concat(Enumerable.Range(0, _random.Next(4)).Select(_ => $"line {_random.Next(5)}\n"));

        private string RandomPath() => string.Join('/', Enumerable.Range(0, 1 + _random.Next(3)).Select(_ => Names[_random.Next(Names.Length)]));

        private (string Tool, object Arguments) RandomWrite() => _random.Next(8) switch
        {
            0 or 1 => ("write_file", new { path = RandomPath(), content = RandomText() }),
            2 => ("edit_file", new { path = RandomPath(), old = $"line {_random.Next(5)}", @new = $"edited {_random.Next(9)}", all = true }),
            3 => ("create_directory", new { path = RandomPath() }),
            4 => ("delete_file", new { path = RandomPath(), recursive = _random.Next(3) > 0 }),
            5 => ("copy_file", new { from = RandomPath(), to = RandomPath() }),
            _ => ("move_file", new { from = RandomPath(), to = RandomPath() }),
        };

        private (string Tool, object Arguments) RandomRead() => _random.Next(8) switch
        {
            0 or 1 => ("read_file", new { path = RandomPath() }),
            2 => ("list_directory", new { path = _random.Next(3) == 0 ? "." : RandomPath() }),
            3 => ("find_files", new { pattern = "**" }),
            4 => ("find_files", new { pattern = RandomPath() + "/*" }),
            5 => ("search", new { pattern = $"{_random.Next(5)}" }),
            6 => ("search", new { pattern = "line", path = RandomPath() }),
            _ => ("read_file", new { path = RandomPath(), offset = 2, limit = 1 }),
        };
#pragma warning restore CA5394
    }
}
