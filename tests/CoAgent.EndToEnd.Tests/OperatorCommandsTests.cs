using System.Text.RegularExpressions;
using CoAgent.EndToEnd.Tests.Support;

namespace CoAgent.EndToEnd.Tests;

/// <summary>The operator's commands: what happened and why, and the operator's own hands.</summary>
public sealed partial class OperatorCommandsTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task What_happened_is_told_while_the_daemon_runs_and_after_it_has_ended()
    {
        await using var workspace = TestWorkspace.With("""{"protocol":"mtpo"}""", ("files", TestWorkspace.Builtin));
        await using var daemon = await workspace.ServeAsync(None);
        await using var story = await StoryAsync(workspace);

        var log = await workspace.RunAsync(["log"], None);
        var explain = await workspace.RunAsync(["explain", "c2"], None);
        var notices = await workspace.RunAsync(["notices"], None);
        var status = await workspace.RunAsync(["status"], None);
        var verify = await workspace.RunAsync(["verify"], None);
        await workspace.RunAsync(["stop"], None);
        var offline = await workspace.RunAsync(["log"], None);
        var checkedOffline = await workspace.RunAsync(["verify", "--json"], None);
        var lines = await workspace.RunAsync(["log", "--json", "--call", "c2"], None);

        Assert.Equal((0, 0, 0, 0, 0), (log.ExitCode, explain.ExitCode, notices.ExitCode, verify.ExitCode, offline.ExitCode));
        Snapshot.Matches("log", Masked(log.Output, workspace));
        Snapshot.Matches("explain", Masked(explain.Output, workspace));
        Snapshot.Matches("notices", Masked(notices.Output, workspace));
        Snapshot.Matches("verify", Masked(verify.Output, workspace));
        Assert.Contains("notices\n", status.Output);
        Assert.StartsWith(log.Output, offline.Output);
        Assert.True(checkedOffline.Json.GetProperty("isGood").GetBoolean());
        Assert.All(lines.Output.TrimEnd('\n').Split('\n'), static line => Assert.Contains("\"c2\"", line));
    }

    [Fact]
    public async Task A_call_and_a_transaction_are_taken_back_at_the_operators_word()
    {
        await using var workspace = TestWorkspace.With("""{"protocol":"mtpo"}""", ("files", TestWorkspace.Builtin));
        await using var daemon = await workspace.ServeAsync(None);
        await using var story = await StoryAsync(workspace);

        var undone = await workspace.RunAsync(["undo", "c3"], None);
        var again = await workspace.RunAsync(["undo", "c3", "--json"], None);
        var aborted = await workspace.RunAsync(["abort", "planner"], None);
        var nobody = await workspace.RunAsync(["abort", "planner"], None);

        Assert.Equal((0, "c3 taken back\n", ""), (undone.ExitCode, undone.Output, undone.Error));
        Assert.False(File.Exists(workspace.PathOf("b.txt")));
        Assert.Equal(1, again.ExitCode);
        Assert.Equal("notFound", again.Json.GetProperty("calls")[0].GetProperty("fate").GetString());
        Assert.Equal((0, ""), (aborted.ExitCode, aborted.Error));
        Assert.Equal("old\n", await File.ReadAllTextAsync(workspace.PathOf("a.txt")));
        Assert.Equal(1, nobody.ExitCode);
        Assert.Contains("'planner'", nobody.Error);
    }

    [Theory]
    [InlineData("undo", "c1")]
    [InlineData("abort", "t1")]
    [InlineData("release", "q1", "--applied")]
    public async Task The_operators_hands_need_a_daemon_and_say_so(params string[] arguments)
    {
        await using var workspace = TestWorkspace.With("""{"protocol":"mtpo"}""", ("files", TestWorkspace.Builtin));

        var refused = await workspace.RunAsync(arguments, None);

        Assert.Equal((1, ""), (refused.ExitCode, refused.Output));
        Assert.Equal($"coagent: no daemon runs for {workspace.Root}. Start one: coagent serve --workspace {workspace.Root}\n", refused.Error);
    }

    [Theory]
    [InlineData(1, "a call is named by c and a number", "undo", "17")]
    [InlineData(1, "a call is named by c and a number", "explain", "n1")]
    [InlineData(1, "either --applied or --taken-back", "release", "q1")]
    [InlineData(1, "There is no journal", "log")]
    [InlineData(1, "There is no journal", "explain", "c1")]
    [InlineData(2, "There is no journal", "verify")]
    [InlineData(2, "is not a journal of CoAgent", "verify", "mcp.json")]
    [InlineData(1, "--since takes a time", "log", "--since", "soon")]
    public async Task What_cannot_be_done_is_said_with_what_to_do(int exitCode, string words, params string[] arguments)
    {
        await using var workspace = TestWorkspace.With("""{"protocol":"mtpo"}""", ("files", TestWorkspace.Builtin));

        var refused = await workspace.RunAsync(arguments, None);

        Assert.Equal((exitCode, ""), (refused.ExitCode, refused.Output));
        Assert.StartsWith("coagent: ", refused.Error);
        Assert.Contains(words, refused.Error);
    }

    [Fact]
    public async Task A_release_of_what_is_not_quarantined_says_so()
    {
        await using var workspace = TestWorkspace.With("""{"protocol":"mtpo"}""", ("files", TestWorkspace.Builtin));
        await using var daemon = await workspace.ServeAsync(None);

        var refused = await workspace.RunAsync(["release", "q7", "--taken-back"], None);

        Assert.Equal((1, "coagent: There is no quarantine 'q7'. See: coagent status\n"), (refused.ExitCode, refused.Error));
    }

    [Theory]
    [InlineData("log")]
    [InlineData("explain")]
    [InlineData("notices")]
    [InlineData("verify")]
    [InlineData("undo")]
    [InlineData("abort")]
    [InlineData("release")]
    public async Task Help_is_as_it_was_approved(string command)
    {
        await using var workspace = TestWorkspace.Empty();

        var help = await workspace.RunAsync([command, "--help"], None);

        Assert.Equal((0, ""), (help.ExitCode, help.Error));
        Snapshot.Matches($"help-{command}", help.Output);
    }

    /// <summary>c1 of the planner reads; the coder reads a (c2) and writes b (c3); then the planner, before it, writes a (c4).</summary>
    private static async Task<Clients> StoryAsync(TestWorkspace workspace)
    {
        workspace.Write("a.txt", "old\n");
        var clients = new Clients(workspace.Connect("--agent", "planner", "--rank", "3"), workspace.Connect("--agent", "coder", "--rank", "9"));
        await clients.Planner.InitializeAsync(None);
        await clients.Coder.InitializeAsync(None);
        await clients.Planner.CallAsync("read_file", """{"path":"a.txt"}""", None);
        await clients.Coder.CallAsync("read_file", """{"path":"a.txt"}""", None);
        await clients.Coder.CallAsync("write_file", """{"path":"b.txt","content":"old\n"}""", None);
        await clients.Planner.CallAsync("write_file", """{"path":"a.txt","content":"new\n"}""", None);
        return clients;
    }

    private static string Masked(string text, TestWorkspace workspace) =>
        Entries().Replace(Time().Replace(text.Replace(workspace.Root, "WORKSPACE", StringComparison.Ordinal), "TIME"), "N entries");

    [GeneratedRegex(@"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}")]
    private static partial Regex Time();

    [GeneratedRegex(@"\d+ entries")]
    private static partial Regex Entries();

    private sealed record Clients(RawStdioClient Planner, RawStdioClient Coder) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Planner.DisposeAsync();
            await Coder.DisposeAsync();
        }
    }
}
