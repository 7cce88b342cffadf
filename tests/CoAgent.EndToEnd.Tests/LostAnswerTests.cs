using System.Text.Json;
using CoAgent.EndToEnd.Tests.Support;

namespace CoAgent.EndToEnd.Tests;

/// <summary>What becomes of notices when the connection that they were given to ends.</summary>
public sealed class LostAnswerTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task Clients_that_end_in_order_have_seen_what_they_were_given()
    {
        await using var workspace = await StaleReaderAsync();

        var gated = await OnceAsync(workspace, "high", 2, "write_file", """{"path":"b.txt","content":"b"}""");
        var again = await OnceAsync(workspace, "high", 2, "write_file", """{"path":"b.txt","content":"b"}""");

        Assert.Equal(("gated", "applied"), (gated, again));
    }

    [Fact]
    public async Task The_same_holds_for_a_bridge_whose_client_closes_its_end()
    {
        await using var workspace = await StaleReaderAsync();
        await using (var first = workspace.Connect("--agent", "high", "--rank", "2"))
        {
            await first.InitializeAsync(None);
            Assert.Equal("gated", StatusOf(await first.CallAsync("write_file", """{"path":"b.txt","content":"b"}""", None)));
        }

        await workspace.WaitForStatusAsync(
            static status => status.GetProperty("sessions").GetArrayLength() == 0, "the end of the first bridge", None);
        await using var second = workspace.Connect("--agent", "high", "--rank", "2");
        await second.InitializeAsync(None);
        Assert.Equal("applied", StatusOf(await second.CallAsync("write_file", """{"path":"b.txt","content":"b"}""", None)));
    }

    [Fact]
    public async Task A_connection_that_breaks_may_have_lost_them_and_they_are_told_again()
    {
        await using var workspace = await StaleReaderAsync();
        await using (var first = await SocketAsync(workspace))
        {
            Assert.Equal("gated", StatusOf(await first.CallAsync("write_file", """{"path":"b.txt","content":"b"}""", None)));
        }

        await workspace.WaitForStatusAsync(
            static status => status.GetProperty("sessions").GetArrayLength() == 0, "the end of the first connection", None);
        await using var second = await SocketAsync(workspace);
        Assert.Equal("gated", StatusOf(await second.CallAsync("write_file", """{"path":"b.txt","content":"b"}""", None)));
        Assert.Equal("applied", StatusOf(await second.CallAsync("write_file", """{"path":"b.txt","content":"b"}""", None)));
    }

    /// <summary>The agent "high" has read what "low", before it in the order, has written since.</summary>
    private static async Task<TestWorkspace> StaleReaderAsync()
    {
        var workspace = TestWorkspace.With("{\"disconnectGrace\":\"01:00:00\"}", ("files", TestWorkspace.Builtin));
        workspace.Write("a.txt", "old");
        await OnceAsync(workspace, "low", 1, "list_directory", """{"path":"."}""");
        Assert.Equal("read", await OnceAsync(workspace, "high", 2, "read_file", """{"path":"a.txt"}"""));
        Assert.Equal("applied", await OnceAsync(workspace, "low", 1, "write_file", """{"path":"a.txt","content":"new"}"""));
        return workspace;
    }

    private static async Task<string?> OnceAsync(TestWorkspace workspace, string agent, int rank, string tool, string arguments)
    {
        var outcome = await workspace.RunAsync(
            ["call", "files", tool, arguments, "--agent", agent, "--rank", $"{rank}", "--json"], None);
        return outcome.Json.GetProperty("_meta").GetProperty("coagent/call").GetProperty("status").GetString();
    }

    private static async Task<SocketClient> SocketAsync(TestWorkspace workspace) =>
        await SocketClient.ConnectAsync(workspace.FindDaemon()!, "\"agent\":\"high\",\"rank\":2", None);

    private static string? StatusOf(RawMessage answer) =>
        answer.Result.GetProperty("_meta").GetProperty("coagent/call").GetProperty("status").GetString();
}
