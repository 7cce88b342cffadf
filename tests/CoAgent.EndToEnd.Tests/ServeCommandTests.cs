using System.Net;
using System.Net.Sockets;
using CoAgent.EndToEnd.Tests.Support;

namespace CoAgent.EndToEnd.Tests;

/// <summary><c>serve</c>: what it prints, how it ends, and why it does not begin.</summary>
public sealed class ServeCommandTests
{
    private const string List = "list_directory";

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

    private static TestWorkspace Files() => TestWorkspace.With(("files", TestWorkspace.Builtin));
}
