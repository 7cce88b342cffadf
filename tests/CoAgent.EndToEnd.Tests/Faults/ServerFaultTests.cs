using System.Text.Json;
using CoAgent.EndToEnd.Tests.Support;

namespace CoAgent.EndToEnd.Tests.Faults;

/// <summary>Servers behind stdio that misbehave at a call: its client is told clearly, and others go on.</summary>
public sealed class ServerFaultTests
{
    [Theory]
    [InlineData("http", "exit-mid-call", "exited with code 3")]
    [InlineData("stdio", "exit-mid-call", "exited with code 3")]
    [InlineData("http", "half-answer", "exited with code 3")]
    [InlineData("http", "never-answers", "did not answer within 00:00:02")]
    [InlineData("stdio", "never-answers", "did not answer within 00:00:02")]
    [InlineData("http", "stops-reading", "did not answer within 00:00:02")]
    [InlineData("stdio", "stops-reading", "did not answer within 00:00:02")]
    public async Task A_call_whose_outcome_is_not_known_says_so_and_others_go_on(string way, string fault, string words)
    {
        await using var proxy = new ProxyUnderTest { Settings = """ "servers":{"bad":{"prefix":"bad_","timeout":2}} """ };
        await proxy.With("good", "echo").With("bad", "faulty", fault).StartAsync();
        await using var client = await proxy.ConnectAsync(way);
        await using var other = await proxy.ConnectAsync("http");
        await EchoesAsync(other, "before");

        var call = client.CallAsync("bad_echo");
        await EchoesAsync(other, "during");
        var answer = await call;

        Assert.True(answer.Result.GetProperty("isError").GetBoolean());
        Assert.Contains("'bad'", answer.FirstText);
        Assert.Contains(words, answer.FirstText);
        Assert.Contains("unknown", answer.FirstText);
        Assert.Equal("unknown", StatusOf(answer));
        await EchoesAsync(other, "after");
        await EchoesAsync(client, "the same client");
    }

    // More than the pipe to the server holds: the call is not even handed over when its time is up.
    [Theory]
    [InlineData("http")]
    [InlineData("stdio")]
    public async Task A_server_that_does_not_read_a_large_call_does_not_hold_its_caller(string way)
    {
        await using var proxy = new ProxyUnderTest { Settings = """ "servers":{"bad":{"prefix":"bad_","timeout":2}} """ };
        await proxy.With("good", "echo").With("bad", "faulty", "stops-reading", "--pid-file", proxy.File("pid")).StartAsync();
        await using var client = await proxy.ConnectAsync(way);
        var first = client.CallAsync("bad_echo");

        var answers = await Task.WhenAll(Enumerable.Range(0, 3)
            .Select(_ => client.CallAsync("bad_echo", $$"""{"text":"{{new string('x', 1024 * 1024)}}"}""")).Append(first));

        Assert.All(answers, answer => Assert.Contains("did not answer within 00:00:02", answer.FirstText));
        await EchoesAsync(client, "the same client");
        await client.LeaveAsync();
        await TestProcess.WaitForEndOfAsync(int.Parse(await File.ReadAllTextAsync(proxy.File("pid"))), CancellationToken.None);
    }

    [Theory]
    [InlineData("garbage")]
    [InlineData("flood-stderr")]
    [InlineData("double-answer")]
    [InlineData("unknown-id-answer")]
    [InlineData("crlf")]
    public async Task Noise_around_an_answer_disturbs_nobody(string fault)
    {
        await using var proxy = new ProxyUnderTest { Settings = """ "servers":{"noisy":{"scope":"shared"}} """ };
        await proxy.With("noisy", "faulty", fault).StartAsync();
        var clients = await proxy.ConnectAsync("http", 4);

        foreach (var round in Enumerable.Range(0, 3))
        {
            await Task.WhenAll(clients.Select((client, number) => EchoesAsync(client, $"{round} {number}")));
        }

        await Task.WhenAll(clients.Select(client => client.DisposeAsync().AsTask()));
    }

    [Fact]
    public async Task An_answer_that_nests_too_deep_is_refused_and_does_not_hang()
    {
        await using var proxy = new ProxyUnderTest();
        await proxy.WithScript(
            "deep",
            """{"on":"tool:deep","send":["{\"jsonrpc\":\"2.0\",\"id\":${id},\"result\":{\"content\":[],\"x\":${nest:1200} } }"]}""",
            """{"on":"tool:fine","send":["{\"jsonrpc\":\"2.0\",\"id\":${id},\"result\":{\"content\":[],\"x\":${nest:900} } }"]}""").StartAsync();
        await using var client = await proxy.ConnectAsync("stdio");

        var deep = await client.CallAsync("deep");
        var fine = await client.CallAsync("fine");

        Assert.Equal("unknown", StatusOf(deep));
        Assert.Contains("nests deeper than 1000 levels", deep.FirstText);
        Assert.False(fine.IsError);
    }

    [Theory]
    [InlineData("http")]
    [InlineData("stdio")]
    public async Task An_answer_of_64_MB_is_not_passed_on_and_says_which_limit_it_breaks(string way)
    {
        await using var proxy = new ProxyUnderTest();
        await proxy.With("long", "faulty", "long-line").StartAsync();
        await using var client = await proxy.ConnectAsync(way);

        var answer = await client.CallAsync("echo");

        Assert.Contains("at most 33,554,432 are passed on", answer.FirstText);
        Assert.Contains("\"messageBytesMax\"", answer.FirstText);
        Assert.Equal("unknown", StatusOf(answer));
        Assert.False((await client.RequestAsync("tools/list", "{}")).IsError);
    }

    [Theory]
    [InlineData("http")]
    [InlineData("stdio")]
    public async Task A_call_that_was_never_sent_has_failed_and_says_why(string way)
    {
        await using var proxy = new ProxyUnderTest();
        var once = $"[ -e {proxy.File("started")} ] && exit 9; : > {proxy.File("started")}; exec dotnet {Repository.FixtureAssembly} faulty exit-mid-call";
        await proxy.WithCommand("bad", "sh", "-c", once).StartAsync();
        await using var client = await proxy.ConnectAsync(way);
        var unknown = await client.CallAsync("echo");

        var failed = await client.CallAsync("echo");

        Assert.Equal("unknown", StatusOf(unknown));
        Assert.True(failed.Result.GetProperty("isError").GetBoolean());
        Assert.Contains("The server 'bad' exited with code 9", failed.FirstText);
        Assert.Contains("did not take effect", failed.FirstText);
        Assert.Equal("failed", StatusOf(failed));
    }

    [Fact]
    public async Task A_call_to_a_command_that_is_not_there_has_failed_and_says_why()
    {
        await using var proxy = new ProxyUnderTest();
        await proxy.WithCommand("bad", "no-such-command-anywhere").StartAsync();
        using var client = proxy.Http();

        var answer = await client.CallModernAsync("echo", "{}", CancellationToken.None);

        Assert.Contains("no-such-command-anywhere", answer.FirstText);
        Assert.Equal("failed", StatusOf(answer));
    }

    private static async Task EchoesAsync(ProxyClient client, string text) =>
        Assert.Equal(text, (await client.CallAsync("echo", $$"""{"text":"{{text}}"}""")).FirstText);

    internal static string? StatusOf(RawMessage answer) =>
        answer.Result.GetProperty("_meta").GetProperty("coagent/call").GetProperty("status").GetString();
}
