using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using CoAgent.EndToEnd.Tests.Support;

namespace CoAgent.EndToEnd.Tests;

/// <summary>Every command: what it prints, where, and with which exit code it ends.</summary>
public sealed class CommandsTests
{
    private const string List = "list_directory";
    private const string Here = """{"path":"."}""";

    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task Serve_prints_its_url_and_entries_that_work_as_they_are()
    {
        await using var workspace = Files();
        await using var daemon = await workspace.ServeAsync(None);
        var http = daemon.Announcement.GetProperty("http");
        var stdio = daemon.Announcement.GetProperty("stdio");

        Assert.Equal(workspace.Root, daemon.Announcement.GetProperty("workspace").GetString());
        Assert.Equal(daemon.Url.ToString(), http.GetProperty("url").GetString());
        var authorization = http.GetProperty("headers").GetProperty("Authorization").GetString()!;
        using var web = new RawHttpClient(daemon.Url, authorization["Bearer ".Length..]);
        Assert.False((await web.InitializeAsync(None)).IsError);
        await using var bridge = RawStdioClient.Start(
            stdio.GetProperty("command").GetString()!, stdio.GetProperty("args").EnumerateArray().Select(arg => arg.GetString()!));
        Assert.False((await bridge.InitializeAsync(None)).IsError);
    }

    [Fact]
    public async Task Serve_prints_for_people_what_to_put_into_a_client()
    {
        await using var workspace = Files();
        await using var daemon = workspace.Start(["serve"]);
        var lines = new List<string>();
        await daemon.WaitForLineAsync(
            line =>
            {
                lines.Add(line);
                return line.Contains("Bearer", StringComparison.Ordinal);
            },
            None);

        var text = string.Join('\n', lines)
            .Replace(workspace.FindDaemon()!.Url.ToString(), "URL", StringComparison.Ordinal)
            .Replace(workspace.Token(), "TOKEN", StringComparison.Ordinal)
            .Replace(workspace.Root, "WORKSPACE", StringComparison.Ordinal)
            .Replace(Repository.CoagentAssembly, "coagent.dll", StringComparison.Ordinal);
        Snapshot.Matches("serve", string.Join('\n', text.Split('\n').Select(line =>
            line.Contains("\"command\"", StringComparison.Ordinal) ? "      \"command\": \"COMMAND\"," : line)));
        await Signals.SendAsync("TERM", daemon.Id);
        Assert.Equal(0, await daemon.WaitForExitAsync(None));
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    [InlineData("HUP")]
    public async Task A_signal_ends_the_daemon_in_order_with_its_children(string signal)
    {
        await using var workspace = TestWorkspace.With(("echo", TestWorkspace.Fixture("echo")));
        await using var daemon = await workspace.ServeAsync(None);
        await using var client = workspace.Connect();
        await client.InitializeAsync(None);
        var child = int.Parse((await client.CallAsync("pid", "{}", None)).FirstText);

        Assert.Equal(0, await daemon.StopAsync(None, signal));

        await TestProcess.WaitForEndOfAsync(child, None);
        Assert.False(File.Exists(workspace.PathOf(".coagent", "daemon.json")));
    }

    [Fact]
    public async Task Serve_lists_every_fault_of_a_bad_configuration_with_file_and_key()
    {
        await using var workspace = TestWorkspace.Empty();
        workspace.Write("mcp.json", """{"mcpServers":{"a":{},"b":{"command":""}},"coagent":{"gate":"maybe","lease":"soon"}}""");

        var refused = await workspace.RunAsync(["serve"], None);

        Assert.Equal((1, ""), (refused.ExitCode, refused.Output));
        Snapshot.Matches("serve-faults", refused.Error.Replace(workspace.ConfigurationFile, "mcp.json", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_second_serve_for_a_workspace_is_refused_with_the_first_ones_process_and_url()
    {
        await using var workspace = Files();
        await using var daemon = await workspace.ServeAsync(None);

        var refused = await workspace.RunAsync(["serve"], None);

        Assert.Equal((1, ""), (refused.ExitCode, refused.Output));
        Assert.Contains($"process {daemon.Process.Id}, {daemon.Url}", refused.Error);
        Assert.Contains("coagent stop", refused.Error);
        Assert.False(daemon.Process.HasExited);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_refused_with_what_to_do()
    {
        await using var workspace = Files();
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;

        var refused = await workspace.RunAsync(["serve", "--port", $"{port}"], None);

        Assert.Equal(1, refused.ExitCode);
        Assert.Contains($"Cannot listen on 127.0.0.1:{port}", refused.Error);
        Assert.Contains("Choose another with --port", refused.Error);
        Assert.DoesNotContain("   at ", refused.Error);
    }

    [Fact]
    public async Task Ten_clients_that_start_at_once_share_one_daemon()
    {
        await using var workspace = Files();
        var clients = Enumerable.Range(0, 10).Select(_ => workspace.Connect()).ToArray();
        try
        {
            await Task.WhenAll(clients.Select(client => client.InitializeAsync(None)));

            var status = await workspace.StatusAsync(None);
            Assert.Equal(10, status.GetProperty("sessions").GetArrayLength());
            Assert.Equal(workspace.FindDaemon()!.Pid, status.GetProperty("pid").GetInt32());
        }
        finally
        {
            foreach (var client in clients)
            {
                await client.DisposeAsync();
            }
        }
    }

    [Fact]
    public async Task Connect_reaches_only_the_servers_that_it_names()
    {
        await using var workspace = TestWorkspace.With(
            ("files", TestWorkspace.Builtin), ("one", TestWorkspace.Fixture("echo")), ("two", TestWorkspace.Fixture("echo")));
        await using var client = workspace.Connect("--server", "one");
        await client.InitializeAsync(None);

        var tools = (await client.RequestAsync("tools/list", "{}", None)).Result.GetProperty("tools");

        Assert.Contains(tools.EnumerateArray(), tool => tool.GetProperty("name").GetString() == "echo");
        Assert.DoesNotContain(tools.EnumerateArray(), tool => tool.GetProperty("name").GetString() == List);
        Assert.Equal("hi", (await client.CallAsync("echo", """{"text":"hi"}""", None)).FirstText);
    }

    [Fact]
    public async Task Connect_says_on_stderr_why_it_cannot_start_a_daemon()
    {
        await using var workspace = TestWorkspace.Empty();
        workspace.Write("mcp.json", "{");

        var refused = await workspace.RunAsync(["connect"], None);

        Assert.Equal((1, ""), (refused.ExitCode, refused.Output));
        Assert.Contains("ended at once", refused.Error);
        Assert.Contains(workspace.ConfigurationFile, refused.Error);
    }

    [Fact]
    public async Task A_wrapped_server_gets_the_directory_and_environment_of_its_client_and_is_alone()
    {
        await using var workspace = Files();
        var directory = Directory.CreateDirectory(workspace.PathOf("sub")).FullName;
        var environment = new Dictionary<string, string?> { ["WRAPPED"] = "as the client has it" };
        await using var daemon = await workspace.ServeAsync(None);
        await using var client = new RawStdioClient(TestProcess.StartCoagent(
            ["wrap", "--name", "mine", "--agent", "a", "--", "dotnet", Repository.FixtureAssembly, "echo"], directory, environment));
        await using var other = workspace.Connect();
        await client.InitializeAsync(None);
        await other.InitializeAsync(None);

        var tools = (await client.RequestAsync("tools/list", "{}", None)).Result.GetProperty("tools");
        var others = (await other.RequestAsync("tools/list", "{}", None)).Result.GetProperty("tools");

        Assert.Equal(directory, (await client.CallAsync("directory", "{}", None)).FirstText);
        Assert.Equal("as the client has it", (await client.CallAsync("environment", """{"name":"WRAPPED"}""", None)).FirstText);
        Assert.DoesNotContain(tools.EnumerateArray(), tool => tool.GetProperty("name").GetString() == List);
        Assert.DoesNotContain(others.EnumerateArray(), tool => tool.GetProperty("name").GetString() == "echo");
    }

    [Fact]
    public async Task Two_wrapped_servers_of_one_client_are_one_agent()
    {
        await using var workspace = Files();
        await using var daemon = await workspace.ServeAsync(None);
        await using var first = Wrap(workspace, "one");
        await using var second = Wrap(workspace, "two");
        await first.InitializeAsync(None);
        await second.InitializeAsync(None);

        var one = CallOf(await first.CallAsync("echo", """{"text":"x"}""", None));
        var two = CallOf(await second.CallAsync("echo", """{"text":"x"}""", None));

        Assert.Equal(one.GetProperty("agent").GetString(), two.GetProperty("agent").GetString());
        Assert.Equal([1, 2], new[] { one, two }.Select(call => call.GetProperty("n").GetInt32()));
    }

    [Fact]
    public async Task Wrap_without_a_command_says_what_is_missing()
    {
        await using var workspace = Files();

        var refused = await workspace.RunAsync(["wrap", "--name", "mine"], None);

        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("Required argument missing for command: 'wrap'", refused.Error);
    }

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
        Snapshot.Matches("status", text.Output
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
    public async Task Call_prints_text_or_the_whole_result_and_starts_the_daemon_itself()
    {
        await using var workspace = TestWorkspace.With(("echo", TestWorkspace.Fixture("echo")));

        var text = await workspace.RunAsync(["call", "echo", "echo", """{"text":"héllo"}"""], None);
        var json = await workspace.RunAsync(["call", "echo", "echo", """{"text":"x"}""", "--json", "--agent", "me", "--rank", "12"], None);
        var piped = await workspace.RunAsync(["call", "echo", "echo", "-"], None, "{\n  \"text\": \"from stdin\"\n}\n");
        var plain = await workspace.RunAsync(["call", "echo", "count"], None);

        Assert.Equal((0, "héllo\n", ""), (text.ExitCode, text.Output, text.Error));
        Assert.Equal("x", json.Json.GetProperty("content")[0].GetProperty("text").GetString());
        var call = json.Json.GetProperty("_meta").GetProperty("coagent/call");
        Assert.Equal(("me", 12), (call.GetProperty("agent").GetString(), call.GetProperty("rank").GetInt32()));
        Assert.Equal((0, "from stdin\n"), (piped.ExitCode, piped.Output));
        Assert.Equal((0, "1\n"), (plain.ExitCode, plain.Output));
    }

    [Fact]
    public async Task Call_fails_with_one_when_the_tool_fails_and_still_prints_what_it_said()
    {
        await using var workspace = TestWorkspace.With(("echo", TestWorkspace.Fixture("echo")));

        var text = await workspace.RunAsync(["call", "echo", "fail", """{"text":"no"}"""], None);
        var json = await workspace.RunAsync(["call", "echo", "fail", """{"text":"no"}""", "--json"], None);

        Assert.Equal((1, "no\n"), (text.ExitCode, text.Output));
        Assert.Equal(1, json.ExitCode);
        Assert.True(json.Json.GetProperty("isError").GetBoolean());
    }

    [Theory]
    [InlineData("nowhere", "echo", "{}", "there is no server 'nowhere'. The configuration has: echo, files, broken.")]
    [InlineData("echo", "nothing", "{}", "Unknown tool")]
    [InlineData("files", "nothing", "{}", "Unknown tool: 'nothing'")]
    [InlineData("echo", "echo", "{text}", "the arguments are not valid JSON")]
    [InlineData("echo", "echo", "[1]", "the arguments must be a JSON object")]
    [InlineData("broken", "echo", "{}", "broken")]
    public async Task Call_says_on_stderr_what_is_wrong(string server, string tool, string arguments, string words)
    {
        await using var workspace = TestWorkspace.With(
            ("echo", TestWorkspace.Fixture("echo")), ("files", TestWorkspace.Builtin),
            ("broken", TestWorkspace.Fixture("faulty", "exit-at-start")));

        var refused = await workspace.RunAsync(["call", server, tool, arguments], None);

        Assert.Equal((1, ""), (refused.ExitCode, refused.Output));
        Assert.StartsWith("coagent: ", refused.Error);
        Assert.Contains(words, refused.Error);
        Assert.DoesNotContain("   at ", refused.Error);
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

    [Theory]
    [InlineData("")]
    [InlineData("serve")]
    [InlineData("connect")]
    [InlineData("wrap")]
    [InlineData("call")]
    [InlineData("status")]
    [InlineData("stop")]
    [InlineData("doctor")]
    [InlineData("catalog")]
    [InlineData("catalog list")]
    [InlineData("catalog show")]
    [InlineData("catalog approve")]
    [InlineData("catalog check")]
    [InlineData("catalog forget")]
    [InlineData("catalog diff")]
    [InlineData("catalog draft")]
    [InlineData("catalog table")]
    public async Task Help_is_as_it_was_approved(string command)
    {
        await using var workspace = TestWorkspace.Empty();

        var help = await workspace.RunAsync([.. command.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"], None);

        Assert.Equal((0, ""), (help.ExitCode, help.Error));
        Snapshot.Matches(command.Length == 0 ? "help" : $"help-{command.Replace(' ', '-')}", help.Output);
    }

    [Theory]
    [InlineData("serve", "--prot")]
    [InlineData("connect", "--agnet", "x")]
    [InlineData("call", "files", "list_directory", "{}", "--nothing")]
    [InlineData("status", "--jsno")]
    [InlineData("nonsense")]
    [InlineData("connect", "--rank", "first")]
    [InlineData("serve", "--port", "many")]
    public async Task What_no_command_knows_is_refused_and_named(params string[] arguments)
    {
        await using var workspace = Files();

        var refused = await workspace.RunAsync(arguments, None);

        Assert.Equal(1, refused.ExitCode);
        Assert.Contains(arguments[^1] == "x" ? "--agnet" : arguments[^1], refused.Error);
        Assert.Null(workspace.FindDaemon());
    }

    [Theory]
    [InlineData("--workspace", "no-such-directory", "does not exist")]
    [InlineData("--rank", "0", "whole number from 1")]
    [InlineData("--agent", "two words", "1 to 128 characters")]
    public async Task Connect_refuses_a_value_that_cannot_be(string option, string value, string words)
    {
        await using var workspace = Files();

        var refused = await workspace.RunAsync(["connect", option, value], None);

        Assert.Equal((1, ""), (refused.ExitCode, refused.Output));
        Assert.StartsWith("coagent: ", refused.Error);
        Assert.Contains(words, refused.Error);
    }

    private static TestWorkspace Files() => TestWorkspace.With(("files", TestWorkspace.Builtin));

    private static RawStdioClient Wrap(TestWorkspace workspace, string name) =>
        new(workspace.Start(["wrap", "--name", name, "--", "dotnet", Repository.FixtureAssembly, "echo"]));

    private static JsonElement CallOf(RawMessage answer) => answer.Result.GetProperty("_meta").GetProperty("coagent/call");
}
