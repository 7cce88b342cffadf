using CoAgent.EndToEnd.Tests.Support;

namespace CoAgent.EndToEnd.Tests;

/// <summary><c>call</c>: what it prints, where, and with which exit code it ends.</summary>
public sealed class CallCommandTests
{
    private static readonly CancellationToken None = CancellationToken.None;

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
}
