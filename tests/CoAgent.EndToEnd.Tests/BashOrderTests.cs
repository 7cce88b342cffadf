using System.Text.Json;
using CoAgent.EndToEnd.Tests.Support;

namespace CoAgent.EndToEnd.Tests;

/// <summary>bash over MCP: commands of two agents in one order, each bound by what it touches and by nothing else.</summary>
public sealed class BashOrderTests
{
    private const string Fresh = "cat /proc/sys/kernel/random/uuid";
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task A_search_of_a_lower_rank_does_not_see_what_a_higher_one_wrote_and_disturbs_nobody()
    {
        await using var workspace = TestWorkspace.With("""{"protocol":"mtpo"}""", ("files", TestWorkspace.Builtin));
        await using var daemon = await workspace.ServeAsync(None);
        Put(workspace, "a.txt", "needle one\n");
        await using var agents = await Agents.ConnectAsync(workspace);

        var written = await agents.Later.BashAsync($"echo needle two > b.txt; rm a.txt; {Fresh} | tee c.txt");
        var found = await agents.Earlier.BashAsync("grep -rh needle --include=*.txt .");
        var foundLater = await agents.Later.BashAsync("grep -rh needle --include=*.txt .");

        Assert.Equal("needle one\n", found.FirstText);
        Assert.Equal("needle two\n", foundLater.FirstText);
        Assert.Equal("version", CallOf(found).GetProperty("view").GetString());
        Assert.Empty(CallOf(found).GetProperty("writes").EnumerateArray());
        Assert.Equal(written.FirstText, await File.ReadAllTextAsync(workspace.PathOf("c.txt")));
        Assert.Equal(0, (await workspace.RunAsync(["verify"], None)).ExitCode);
    }

    [Theory]
    [InlineData("mkdir -p e")]
    [InlineData("python3 -c \"import os; os.makedirs('e', exist_ok=True)\"")]
    public async Task A_command_that_would_do_nothing_now_is_a_write_where_it_does_something_at_its_position(string line)
    {
        await using var workspace = TestWorkspace.With("""{"protocol":"mtpo"}""", ("files", TestWorkspace.Builtin));
        await using var daemon = await workspace.ServeAsync(None);
        await using var agents = await Agents.ConnectAsync(workspace);

        await agents.Later.BashAsync("mkdir -p e; echo x > e/f");
        var made = await agents.Earlier.BashAsync(line);

        Assert.Equal("applied", CallOf(made).GetProperty("status").GetString());
        Assert.NotEmpty(CallOf(made).GetProperty("writes").EnumerateArray());
        Assert.Equal("x\n", await File.ReadAllTextAsync(workspace.PathOf("e/f")));
        Assert.Equal(0, (await workspace.RunAsync(["verify"], None)).ExitCode);
    }

    [Fact]
    public async Task A_script_that_writes_one_file_meets_only_who_touches_that_file()
    {
        await using var workspace = TestWorkspace.With("""{"protocol":"mtpo"}""", ("files", TestWorkspace.Builtin));
        await using var daemon = await workspace.ServeAsync(None);
        Put(workspace, "src/gen.py", "import uuid\nopen('src/out.txt', 'w').write(str(uuid.uuid4()))\n");
        Put(workspace, "other/x.txt", "x");
        await using var agents = await Agents.ConnectAsync(workspace);

        var made = await agents.Later.BashAsync("python3 src/gen.py");
        var first = await File.ReadAllTextAsync(workspace.PathOf("src/out.txt"));
        await agents.Earlier.BashAsync("echo y > other/x.txt; echo z > other/new.txt");
        var beside = await File.ReadAllTextAsync(workspace.PathOf("src/out.txt"));
        await agents.Earlier.CallAsync("write_file", """{"path":"src/out.txt","content":"mine"}""", None);
        var above = await File.ReadAllTextAsync(workspace.PathOf("src/out.txt"));

        Assert.Equal(
            [$"file:{workspace.Root}/src/*", $"file:{workspace.Root}/src/out.txt"],
            CallOf(made).GetProperty("writes").EnumerateArray().Select(static one => one.GetString()!).Order(StringComparer.Ordinal));
        Assert.Equal(first, beside);
        Assert.NotEqual(first, above);
        Assert.NotEqual("mine", above);
        Assert.Equal(0, (await workspace.RunAsync(["verify"], None)).ExitCode);
    }

    [Fact]
    public async Task A_write_that_comes_beneath_a_command_runs_it_again_only_when_that_changes_what_it_found()
    {
        await using var workspace = TestWorkspace.With("""{"protocol":"mtpo"}""", ("files", TestWorkspace.Builtin));
        await using var daemon = await workspace.ServeAsync(None);
        Put(workspace, "in.txt", "old\n");
        await using var agents = await Agents.ConnectAsync(workspace);

        var told = await agents.Later.BashAsync($"perl -pe 's/^/> /' in.txt; {Fresh} | tee out.txt");
        await agents.Earlier.BashAsync("printf 'old\\n' > in.txt");
        var same = await File.ReadAllTextAsync(workspace.PathOf("out.txt"));
        await agents.Earlier.BashAsync("printf 'new\\n' > in.txt");
        var other = await File.ReadAllTextAsync(workspace.PathOf("out.txt"));
        var next = await agents.Later.BashAsync("true > done.txt");

        Assert.Equal("> old\n" + same, told.FirstText);
        Assert.NotEqual(same, other);
        Assert.Contains("> new", next.Text, StringComparison.Ordinal);
        Assert.Contains(other.Trim(), next.Text, StringComparison.Ordinal);
        Assert.Equal(0, (await workspace.RunAsync(["verify"], None)).ExitCode);
    }

    [Fact]
    public async Task A_command_that_would_touch_more_when_it_is_made_again_is_displaced_and_its_agent_makes_it_anew()
    {
        await using var workspace = TestWorkspace.With("""{"protocol":"mtpo"}""", ("files", TestWorkspace.Builtin));
        await using var daemon = await workspace.ServeAsync(None);
        Put(workspace, "names", "one\n");
        await using var agents = await Agents.ConnectAsync(workspace);
        const string Line = "while read -r name; do echo x > \"$name\"; done < names";

        await agents.Later.BashAsync(Line);
        Assert.True(File.Exists(workspace.PathOf("one")));
        await agents.Earlier.BashAsync("echo two > names");
        Assert.False(File.Exists(workspace.PathOf("one")) || File.Exists(workspace.PathOf("two")));
        var told = await agents.Later.BashAsync(Line);
        var again = CallOf(told).GetProperty("status").GetString() == "gated" ? await agents.Later.BashAsync(Line) : told;

        Assert.Contains("names", told.Text, StringComparison.Ordinal);
        Assert.Equal("applied", CallOf(again).GetProperty("status").GetString());
        Assert.True(File.Exists(workspace.PathOf("two")));
        Assert.False(File.Exists(workspace.PathOf("one")));
        Assert.Equal(0, (await workspace.RunAsync(["verify"], None)).ExitCode);
    }

    [Fact]
    public async Task A_shell_tool_of_another_server_is_carried_out_as_bash_of_the_workspace()
    {
        await using var workspace = TestWorkspace.With(
            """{"protocol":"mtpo","servers":{"other":{"shell":["pid"]}}}""", ("other", TestWorkspace.Entry("sh", "server.sh", ".")));
        Put(workspace, "server.sh", ShellServer.Script);
        Directory.CreateDirectory(workspace.PathOf("sub"));
        await using var daemon = await workspace.ServeAsync(None);
        await using var agents = await Agents.ConnectAsync(workspace);

        var made = await agents.Later.CallAsync("pid", """{"cmd":"echo x > y; pwd","workdir":"sub","timeout":5000,"description":"writes y"}""", None);
        var read = await agents.Earlier.CallAsync("pid", """{"command":"ls sub"}""", None);
        var opaque = await agents.Earlier.CallAsync("pid", """{"command":"ls sub","stdin":"x"}""", None);

        Assert.Equal(workspace.PathOf("sub") + "\n", made.FirstText);
        Assert.Equal("x\n", await File.ReadAllTextAsync(workspace.PathOf("sub", "y")));
        Assert.True(CallOf(made).GetProperty("reversible").GetBoolean());
        Assert.Equal("", read.FirstText);
        Assert.False(CallOf(opaque).GetProperty("known").GetBoolean());
        var undone = await agents.Later.CallAsync(
            "coagent_undo", JsonSerializer.Serialize(new { calls = new[] { CallOf(made).GetProperty("id").GetString() } }), None);
        Assert.Contains("taken back", undone.Text, StringComparison.Ordinal);
        Assert.False(File.Exists(workspace.PathOf("sub", "y")));
    }

    [Fact]
    public async Task A_command_is_taken_back_with_all_that_it_did()
    {
        await using var workspace = TestWorkspace.With("""{"protocol":"mtpo"}""", ("files", TestWorkspace.Builtin));
        await using var daemon = await workspace.ServeAsync(None);
        Put(workspace, "a/b.txt", "b");
        await using var agents = await Agents.ConnectAsync(workspace);

        var made = await agents.Later.BashAsync("mv a c && ln -s c/b.txt l && mkdir -p d/e && false");
        Assert.True(File.Exists(workspace.PathOf("c/b.txt")), made.Text);
        var undone = await agents.Later.CallAsync(
            "coagent_undo", JsonSerializer.Serialize(new { calls = new[] { CallOf(made).GetProperty("id").GetString() } }), None);

        Assert.False(undone.Text.Contains("\"isError\":true", StringComparison.Ordinal), undone.Text);
        Assert.Equal("b", await File.ReadAllTextAsync(workspace.PathOf("a/b.txt")));
        Assert.False(Path.Exists(workspace.PathOf("c")) || Path.Exists(workspace.PathOf("d")) || new FileInfo(workspace.PathOf("l")).LinkTarget is not null);
    }

    private static void Put(TestWorkspace workspace, string path, string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(workspace.PathOf(path))!);
        workspace.Write(path, content);
    }

    private static JsonElement CallOf(RawMessage answer) => answer.Result.GetProperty("_meta").GetProperty("coagent/call");

    private sealed record Agents(RawStdioClient Earlier, RawStdioClient Later) : IAsyncDisposable
    {
        public static async Task<Agents> ConnectAsync(TestWorkspace workspace)
        {
            var agents = new Agents(
                workspace.Connect("--agent", "earlier", "--rank", "3"), workspace.Connect("--agent", "later", "--rank", "9"));
            await agents.Earlier.InitializeAsync(None);
            await agents.Later.InitializeAsync(None);
            return agents;
        }

        public async ValueTask DisposeAsync()
        {
            await Earlier.DisposeAsync();
            await Later.DisposeAsync();
        }
    }
}

/// <summary>What agents say in these tests.</summary>
internal static class BashCalls
{
    /// <summary>Runs a command line.</summary>
    public static Task<RawMessage> BashAsync(this RawStdioClient client, string command) =>
        client.CallAsync("bash", JsonSerializer.Serialize(new { command }), CancellationToken.None);
}
