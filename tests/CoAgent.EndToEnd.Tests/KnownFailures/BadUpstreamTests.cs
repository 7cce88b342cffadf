using CoAgent.EndToEnd.Tests.Support;

namespace CoAgent.EndToEnd.Tests.KnownFailures;

/// <summary>
/// One bad upstream takes all tools away: agentgateway#138, #742, #962. A second server renames every tool: agentgateway#495.
/// Prefixed names beyond 64 characters: litellm PR#32319.
/// </summary>
public sealed class BadUpstreamTests
{
    [Theory]
    [InlineData("http", "exit-at-start")]
    [InlineData("stdio", "exit-at-start")]
    [InlineData("http", "exit-after-initialize")]
    [InlineData("http", "sleep")]
    [InlineData("stdio", "sleep")]
    public async Task A_bad_server_does_not_take_the_tools_of_the_others_away(string way, string fault)
    {
        await using var proxy = new ProxyUnderTest();
        await proxy.With("good", "echo").With("bad", "faulty", fault).StartAsync();
        await using var client = await proxy.ConnectAsync(way);

        var tools = await ToolsAsync(client);
        var answer = await client.CallAsync("echo", """{"text":"still here"}""");

        Assert.Contains("echo", tools);
        Assert.Equal("still here", answer.FirstText);
    }

    [Theory]
    [InlineData("http")]
    [InlineData("stdio")]
    public async Task A_command_that_is_not_there_fails_alone_and_says_so(string way)
    {
        await using var proxy = new ProxyUnderTest();
        await proxy.With("good", "echo").WithCommand("missing", "no-such-command-anywhere").StartAsync();
        await using var client = await proxy.ConnectAsync(way);

        var tools = await ToolsAsync(client);
        var answer = await client.CallAsync("tool_of_the_missing");

        Assert.Contains("echo", tools);
        Assert.Contains("no-such-command-anywhere", answer.Error.GetProperty("message").GetString());
        Assert.Contains("'missing'", answer.Error.GetProperty("message").GetString());
    }

    [Fact]
    public async Task A_server_that_dies_keeps_its_tools_in_the_list_and_fails_their_calls_clearly()
    {
        await using var proxy = new ProxyUnderTest { Settings = """ "servers":{"mortal":{"prefix":"m_"}} """ };
        await proxy.With("good", "echo").With("mortal", "faulty", "exit-mid-call").StartAsync();
        await using var client = await proxy.ConnectAsync("http");
        var before = await ToolsAsync(client);

        var dead = await client.CallAsync("m_echo");
        var after = await ToolsAsync(client);

        Assert.Contains("m_echo", before);
        Assert.True(dead.Result.GetProperty("isError").GetBoolean());
        Assert.Contains("The server 'mortal'", dead.FirstText);
        Assert.Equal(before, after);
    }

    [Fact]
    public async Task A_second_server_renames_no_tool_of_the_first()
    {
        await using var one = new ProxyUnderTest();
        await one.With("first", "echo").StartAsync();
        await using var two = new ProxyUnderTest();
        await two.With("first", "echo").With("second", "echo").StartAsync();
        await using var clientOfOne = await one.ConnectAsync("http");
        await using var clientOfTwo = await two.ConnectAsync("http");

        var alone = await ToolsAsync(clientOfOne);
        var together = await ToolsAsync(clientOfTwo);

        Assert.Equal(alone, together[..alone.Length]);
        Assert.Equal(alone.Select(name => "second_" + name), together[alone.Length..]);
        Assert.NotEqual(
            (await clientOfTwo.CallAsync("pid")).FirstText, (await clientOfTwo.CallAsync("second_pid")).FirstText);
    }

    [Fact]
    public async Task Names_that_are_made_stay_within_64_characters_and_apart()
    {
        var (first, second) = (new string('t', 60) + "_one", new string('t', 60) + "_two");
        const string Answer = """ "send":["{\"jsonrpc\":\"2.0\",\"id\":${id},\"result\":{\"content\":[{\"type\":\"text\",\"text\":\"NAME\"}]}}"]""";
        await using var proxy = new ProxyUnderTest { Settings = """ "servers":{"long":{"prefix":"a_prefix_of_some_length_"}} """ };
        await proxy.With("good", "echo").WithScript(
            "long",
            $$"""{"on":"tool:{{first}}",{{Answer.Replace("NAME", "one")}}}""",
            $$"""{"on":"tool:{{second}}",{{Answer.Replace("NAME", "two")}}}""").StartAsync();
        await using var client = await proxy.ConnectAsync("stdio");

        var made = (await ToolsAsync(client)).Where(name => name.StartsWith("a_prefix", StringComparison.Ordinal)).ToArray();

        Assert.Equal(2, made.Distinct().Count());
        Assert.All(made, name => Assert.InRange(name.Length, 1, 64));
        Assert.Equal("one", (await client.CallAsync(made[0])).FirstText);
        Assert.Equal("two", (await client.CallAsync(made[1])).FirstText);
    }

    private static async Task<string[]> ToolsAsync(ProxyClient client) =>
    [
        .. (await client.RequestAsync("tools/list", "{}")).ToolsOfServers()
            .Select(tool => tool.GetProperty("name").GetString()!),
    ];
}
