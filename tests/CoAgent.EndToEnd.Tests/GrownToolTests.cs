using System.Text.Json;
using CoAgent.EndToEnd.Tests.Support;

namespace CoAgent.EndToEnd.Tests;

/// <summary>Tools that grow of what agents do: seen in bash, asked for, announced, called, ordered and taken back.</summary>
public sealed class GrownToolTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task A_tool_that_is_asked_for_is_listed_announced_called_in_order_and_taken_back()
    {
        await using var workspace = TestWorkspace.With("""{"protocol":"mtpo"}""", ("files", TestWorkspace.Builtin));
        workspace.Write("a.txt", "one\ntwo\n");
        await using var daemon = await workspace.ServeAsync(None);
        await using var earlier = workspace.Connect("--agent", "earlier", "--rank", "3");
        await using var later = workspace.Connect("--agent", "later", "--rank", "9");
        await earlier.InitializeAsync(None);
        await later.InitializeAsync(None);

        var offer = await later.CallAsync("coagent_request_tool", """{"request":"cp a.txt b.txt"}""", None);
        Assert.Contains("cp was made for it", offer.FirstText, StringComparison.Ordinal);
        Assert.Contains("cp", await NamesAsync(earlier));
        Assert.Contains(later.Received, static message => message.Text.Contains("notifications/tools/list_changed", StringComparison.Ordinal));

        var copied = await later.CallAsync("cp", """{"from":"a.txt","to":"b.txt"}""", None);
        Assert.Equal("one\ntwo\n", await File.ReadAllTextAsync(workspace.PathOf("b.txt")));
        Assert.Contains($"file:{workspace.Root}/b.txt", Writes(copied));

        // What a lower rank writes beneath goes through the copy of the higher one.
        await earlier.CallAsync("write_file", """{"path":"a.txt","content":"zero\n"}""", None);
        Assert.Equal("zero\n", await File.ReadAllTextAsync(workspace.PathOf("b.txt")));

        var undone = await later.CallAsync("coagent_undo", JsonSerializer.Serialize(new { calls = new[] { CallOf(copied).GetProperty("id").GetString() } }), None);
        Assert.DoesNotContain("\"isError\":true", undone.Text, StringComparison.Ordinal);
        Assert.False(File.Exists(workspace.PathOf("b.txt")));
        Assert.Equal(0, (await workspace.RunAsync(["verify"], None)).ExitCode);
    }

    [Fact]
    public async Task A_call_that_the_tool_does_not_cover_is_not_made()
    {
        await using var workspace = TestWorkspace.With("""{"protocol":"mtpo"}""", ("files", TestWorkspace.Builtin));
        workspace.Write("a.txt", "one\n");
        await using var daemon = await workspace.ServeAsync(None);
        await using var agent = workspace.Connect("--agent", "one");
        await agent.InitializeAsync(None);
        await agent.CallAsync("coagent_request_tool", """{"request":"cp a.txt b.txt"}""", None);

        var outside = await agent.CallAsync("cp", $$"""{"from":"a.txt","to":"{{Path.Combine(Path.GetTempPath(), "coagent-never.txt")}}"}""", None);
        var option = await agent.CallAsync("cp", """{"from":"--version","to":"b.txt"}""", None);

        Assert.Contains("This call was not made", outside.FirstText, StringComparison.Ordinal);
        Assert.Contains("may not begin with a dash", option.FirstText, StringComparison.Ordinal);
        Assert.False(File.Exists(workspace.PathOf("b.txt")));
        Assert.False(File.Exists(Path.Combine(Path.GetTempPath(), "coagent-never.txt")));
    }

    [Fact]
    public async Task Commands_that_come_again_in_bash_become_a_tool_by_themselves()
    {
        await using var workspace = TestWorkspace.With("""{"protocol":"mtpo"}""", ("files", TestWorkspace.Builtin));
        workspace.Write("a.txt", "one\ntwo\n");
        workspace.Write("b.txt", "three\n");
        await using var daemon = await workspace.ServeAsync(None);
        await using var agent = workspace.Connect("--agent", "one");
        await agent.InitializeAsync(None);
        Assert.DoesNotContain("wc_l", await NamesAsync(agent));

        await agent.BashAsync("wc -l a.txt");
        await agent.BashAsync("wc -l b.txt");
        await agent.BashAsync("wc -l a.txt");
        await agent.ReceiveAsync("notifications/tools/list_changed", None);

        Assert.Contains("wc_l", await NamesAsync(agent));
        Assert.Equal("2 a.txt\n", (await agent.CallAsync("wc_l", """{"path":"a.txt"}""", None)).FirstText);
        var report = await workspace.RunAsync(["smith", "report"], None);
        Assert.Contains("snapshot read: 1 offered of 1", report.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_grown_write_is_taken_back_after_the_daemon_was_started_again_and_its_manifest_is_gone()
    {
        await using var workspace = TestWorkspace.With("""{"protocol":"mtpo"}""", ("files", TestWorkspace.Builtin));
        workspace.Write("a.txt", "one\n");
        string id;
        await using (var daemon = await workspace.ServeAsync(None))
        {
            await using var agent = workspace.Connect("--agent", "one");
            await agent.InitializeAsync(None);
            await agent.CallAsync("coagent_request_tool", """{"request":"rm a.txt"}""", None);
            id = CallOf(await agent.CallAsync("rm", """{"path":"a.txt"}""", None)).GetProperty("id").GetString()!;
            Assert.False(File.Exists(workspace.PathOf("a.txt")));
        }

        File.Delete(workspace.PathOf("tools-catalog/rm/rm.yaml"));
        await using var again = await workspace.ServeAsync(None);
        var undone = await workspace.RunAsync(["undo", id], None);
        Assert.True(undone.ExitCode == 0, undone.Error);
        Assert.Equal("one\n", await File.ReadAllTextAsync(workspace.PathOf("a.txt")));
    }

    private static async Task<string[]> NamesAsync(RawStdioClient client) =>
    [
        .. (await client.RequestAsync("tools/list", "{}", None)).Result.GetProperty("tools").EnumerateArray().Select(static tool => tool.GetProperty("name").GetString()!),
    ];

    private static JsonElement CallOf(RawMessage answer) => answer.Result.GetProperty("_meta").GetProperty("coagent/call");

    private static IEnumerable<string?> Writes(RawMessage answer) => CallOf(answer).GetProperty("writes").EnumerateArray().Select(static one => one.GetString());
}
