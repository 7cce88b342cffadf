using System.Text.RegularExpressions;
using CoAgent.EndToEnd.Tests.Support;

namespace CoAgent.EndToEnd.Tests;

/// <summary><c>status</c>, <c>stop</c> and <c>doctor</c>: what they tell of a workspace.</summary>
public sealed class StatusCommandTests
{
    private const string List = "list_directory";
    private const string Here = """{"path":"."}""";

    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task Status_shows_servers_sessions_and_transactions_in_rank_order()
    {
        await using var workspace = TestWorkspace.With(("files", TestWorkspace.Builtin), ("echo", TestWorkspace.Fixture("echo")));
        await using var daemon = await workspace.ServeAsync(None);
        await using var later = workspace.Connect("--agent", "later", "--rank", "9");
        await later.InitializeAsync(None);
        await later.CallAsync(List, Here, None);
        await using var earlier = workspace.Connect("--agent", "earlier", "--rank", "3");
        await earlier.InitializeAsync(None);

        var text = await workspace.RunAsync(["status"], None);
        var json = await workspace.RunAsync(["status", "--json"], None);

        Assert.Equal((0, ""), (text.ExitCode, text.Error));
        Snapshot.Matches("status", Regex.Replace(text.Output, "[0-9.]+ MB, [0-9]+ entries since", "LENGTH since")
            .Replace(daemon.Url.ToString(), "URL", StringComparison.Ordinal)
            .Replace($"process {daemon.Process.Id}", "process PID", StringComparison.Ordinal)
            .Replace(workspace.Root, "WORKSPACE", StringComparison.Ordinal));
        Assert.Equal(daemon.Process.Id, json.Json.GetProperty("pid").GetInt32());
        Assert.Equal(
            ["earlier", "later"],
            json.Json.GetProperty("transactions").EnumerateArray().Select(one => one.GetProperty("agent").GetString()));
    }

    [Fact]
    public async Task Status_and_stop_without_a_daemon_say_so()
    {
        await using var workspace = Files();

        var status = await workspace.RunAsync(["status"], None);
        var stop = await workspace.RunAsync(["stop"], None);

        Assert.Equal((1, ""), (status.ExitCode, status.Output));
        Assert.Equal(
            $"coagent: no daemon runs for {workspace.Root}. Start one: coagent serve --workspace {workspace.Root}\n", status.Error);
        Assert.Equal((0, $"No daemon runs for {workspace.Root}.\n"), (stop.ExitCode, stop.Output));
    }

    [Fact]
    public async Task Stop_ends_the_daemon()
    {
        await using var workspace = Files();
        await using var daemon = await workspace.ServeAsync(None);

        var stop = await workspace.RunAsync(["stop"], None);

        Assert.Equal(0, stop.ExitCode);
        Assert.Equal($"Stopped the daemon of {workspace.Root} (process {daemon.Process.Id}).\n", stop.Output);
        Assert.Equal(0, await daemon.Process.WaitForExitAsync(None));
    }

    [Fact]
    public async Task Doctor_names_a_missing_command_and_its_remedy()
    {
        await using var workspace = TestWorkspace.With(
            ("good", TestWorkspace.Fixture("echo")), ("bad", TestWorkspace.Entry("no-such-command")), ("path", TestWorkspace.Entry("./no-such-file")));

        var text = await workspace.RunAsync(["doctor"], None);
        var json = await workspace.RunAsync(["doctor", "--json"], None);

        Assert.Equal((1, 1), (text.ExitCode, json.ExitCode));
        Assert.Contains("missing  server bad: its command 'no-such-command' is not on the PATH  ->  install it, or correct mcpServers.bad.command", text.Output);
        var findings = json.Json.GetProperty("findings").EnumerateArray()
            .ToLookup(finding => finding.GetProperty("name").GetString()!, finding => finding.GetProperty("state").GetString());
        Assert.Equal(["ok"], findings["server good"]);
        Assert.Equal(["missing"], findings["server bad"]);
        Assert.Equal(["missing"], findings["server path"]);
        Assert.Equal(workspace.Root, json.Json.GetProperty("workspace").GetString());
    }

    [Fact]
    public async Task Doctor_is_content_where_nothing_is_missing_and_lists_the_faults_of_a_bad_file()
    {
        await using var workspace = Files();
        var content = await workspace.RunAsync(["doctor"], None);
        workspace.Write("mcp.json", """{"mcpServers":{"a":{}},"coagent":{"gate":"maybe"}}""");
        var faulty = await workspace.RunAsync(["doctor"], None);

        Assert.Equal((0, ""), (content.ExitCode, content.Error));
        Assert.Equal(1, faulty.ExitCode);
        Assert.Contains($"{workspace.ConfigurationFile}:1: mcpServers.a: ", faulty.Output);
        Assert.Contains($"{workspace.ConfigurationFile}:1: coagent.gate: ", faulty.Output);
    }

    private static TestWorkspace Files() => TestWorkspace.With(("files", TestWorkspace.Builtin));
}
