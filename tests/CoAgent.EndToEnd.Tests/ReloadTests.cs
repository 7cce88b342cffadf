using System.Text.Json;
using CoAgent.EndToEnd.Tests.Support;

namespace CoAgent.EndToEnd.Tests;

/// <summary>The configuration may change while clients are connected: what is good is taken over, what is bad is told.</summary>
public sealed class ReloadTests
{
    private const string ToolsChanged = "notifications/tools/list_changed";

    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task An_added_server_is_told_to_connected_clients_and_can_be_called()
    {
        await using var workspace = TestWorkspace.With(Files());
        await using var client = await ConnectAsync(workspace);
        Assert.DoesNotContain("echo", await ToolsAsync(client));

        workspace.Configure(TestWorkspace.Unordered, Files(), Echo());
        await client.ReceiveAsync(ToolsChanged, None);

        Assert.Contains("echo", await ToolsAsync(client));
        Assert.Contains("list_directory", await ToolsAsync(client));
        Assert.Equal("hi", (await client.CallAsync("echo", """{"text":"hi"}""", None)).FirstText);
    }

    [Fact]
    public async Task A_call_of_a_removed_server_is_finished_and_then_its_tools_are_gone()
    {
        await using var workspace = TestWorkspace.With(Files(), Echo());
        await using var client = await ConnectAsync(workspace);
        var process = int.Parse((await client.CallAsync("pid", "{}", None)).FirstText);
        var slow = client.CallAsync("sleep", """{"milliseconds":3000}""", None);

        workspace.Configure(TestWorkspace.Unordered, Files());
        await client.ReceiveAsync(ToolsChanged, None);

        Assert.DoesNotContain("echo", await ToolsAsync(client));
        Assert.Equal("slept", (await slow).FirstText);
        var unknown = await client.CallAsync("echo", """{"text":"hi"}""", None);
        Assert.Contains("Unknown tool: 'echo'", unknown.Error.GetProperty("message").GetString());
        await TestProcess.WaitForEndOfAsync(process, None);
    }

    [Fact]
    public async Task A_changed_server_is_started_anew_and_the_others_stay()
    {
        await using var workspace = TestWorkspace.With(Named("a", "1"), Named("b", "1"));
        await using var client = await ConnectAsync(workspace);
        var before = await ProcessesAsync(client);

        workspace.Configure(TestWorkspace.Unordered, Named("a", "1"), Named("b", "2"));
        await client.ReceiveAsync(ToolsChanged, None);
        var after = await ProcessesAsync(client);

        Assert.Equal(before.A, after.A);
        Assert.NotEqual(before.B, after.B);
        await TestProcess.WaitForEndOfAsync(before.B, None);
    }

    [Fact]
    public async Task A_bad_file_keeps_the_last_good_one_and_every_fault_is_shown_until_it_is_good_again()
    {
        await using var workspace = TestWorkspace.With(Files());
        await using var client = await ConnectAsync(workspace);
        Assert.Empty(FaultsOf(await workspace.StatusAsync(None)));

        workspace.Write("mcp.json", """
            {"mcpServers":{"files":{"builtin":"workspace"},"web":{"url":"ftp://x"},"none":{}},"coagent":{"lease":"soon","gate":"maybe"}}
            """);
        var bad = await workspace.WaitForStatusAsync(status => FaultsOf(status).Length > 0, "the faults", None);

        string[] keys = ["mcpServers.web.url", "mcpServers.none", "coagent.lease", "coagent.gate"];
        Assert.Equal(keys.Length, FaultsOf(bad).Length);
        Assert.All(keys, key => Assert.Contains(
            FaultsOf(bad), fault => fault.StartsWith(workspace.ConfigurationFile, StringComparison.Ordinal) && fault.Contains($": {key}: ", StringComparison.Ordinal)));
        Assert.Contains("mcp.json", (await client.CallAsync("list_directory", """{"path":"."}""", None)).FirstText);
        var shown = await workspace.RunAsync(["status"], None);
        Assert.All(keys, key => Assert.Contains($"FAULT, the last good content is in use: {workspace.ConfigurationFile}:1: {key}", shown.Output));

        workspace.Write("mcp.json", """{"mcpServers":""");
        var broken = await workspace.WaitForStatusAsync(status => FaultsOf(status).Length == 1, "the syntax fault", None);
        Assert.Contains("JSON", FaultsOf(broken)[0]);

        workspace.Configure(TestWorkspace.Unordered, Files(), Echo());
        await client.ReceiveAsync(ToolsChanged, None);
        Assert.Empty(FaultsOf(await workspace.StatusAsync(None)));
        Assert.Contains("echo", await ToolsAsync(client));
    }

    [Fact]
    public async Task A_file_that_is_removed_keeps_the_servers_and_is_told()
    {
        await using var workspace = TestWorkspace.With(Files());
        await using var client = await ConnectAsync(workspace);

        File.Delete(workspace.ConfigurationFile);
        var status = await workspace.WaitForStatusAsync(status => FaultsOf(status).Length > 0, "the fault", None);

        Assert.Contains(workspace.ConfigurationFile, FaultsOf(status)[0]);
        Assert.Contains("list_directory", await ToolsAsync(client));
    }

    private static (string, string) Files() => ("files", TestWorkspace.Builtin);

    private static (string, string) Echo() => ("echo", TestWorkspace.Fixture("echo"));

    // The tools of the second server clash with those of the first, which keep their names.
    private static (string, string) Named(string name, string value) =>
        (name, TestWorkspace.Fixture("echo")[..^1] + $$""","env":{"VALUE":"{{value}}"} }""");

    private static async Task<RawStdioClient> ConnectAsync(TestWorkspace workspace)
    {
        var client = workspace.Connect();
        await client.InitializeAsync(None);
        _ = await ToolsAsync(client);
        return client;
    }

    private static async Task<string?[]> ToolsAsync(RawStdioClient client)
    {
        var answer = await client.RequestAsync("tools/list", "{}", None);
        return [.. answer.ToolsOfServers().Select(tool => tool.GetProperty("name").GetString())];
    }

    private static async Task<(int A, int B)> ProcessesAsync(RawStdioClient client)
    {
        var second = Assert.Single(
            await ToolsAsync(client), name => name != "pid" && name!.EndsWith("pid", StringComparison.Ordinal));
        var a = await client.CallAsync("pid", "{}", None);
        var b = await client.CallAsync(second!, "{}", None);
        return (int.Parse(a.FirstText), int.Parse(b.FirstText));
    }

    private static string[] FaultsOf(JsonElement status) =>
        [.. status.GetProperty("configurationFaults").EnumerateArray().Select(fault => fault.GetString()!)];
}
