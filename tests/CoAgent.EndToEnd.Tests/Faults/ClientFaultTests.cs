using CoAgent.EndToEnd.Tests.Support;

namespace CoAgent.EndToEnd.Tests.Faults;

/// <summary>Clients that vanish or say what is no proper message: each is told what is wrong, and others go on.</summary>
public sealed class ClientFaultTests
{
    private const int ParseError = -32700;
    private const int InvalidRequest = -32600;
    private static readonly CancellationToken None = CancellationToken.None;

    [Theory]
    [InlineData("http", "{", ParseError, "not valid JSON")]
    [InlineData("stdio", "{", ParseError, "not valid JSON")]
    [InlineData("http", "nonsense", ParseError, "not valid JSON")]
    [InlineData("stdio", "nonsense", ParseError, "not valid JSON")]
    [InlineData("http", """{"jsonrpc":"2.0","id":1,"method":"ping"}}""", ParseError, "not valid JSON")]
    [InlineData("http", "7", InvalidRequest, "is a JSON object")]
    [InlineData("stdio", "7", InvalidRequest, "is a JSON object")]
    [InlineData("http", """[{"jsonrpc":"2.0","id":1,"method":"ping"}]""", InvalidRequest, "no batches")]
    [InlineData("stdio", """[{"jsonrpc":"2.0","id":1,"method":"ping"}]""", InvalidRequest, "no batches")]
    [InlineData("http", """{"jsonrpc":"2.0","id":{},"method":"ping"}""", InvalidRequest, "\"id\" must be a string or a number")]
    [InlineData("stdio", """{"jsonrpc":"2.0","id":{},"method":"ping"}""", InvalidRequest, "\"id\" must be a string or a number")]
    [InlineData("http", """{"jsonrpc":"2.0","id":null,"method":"ping"}""", InvalidRequest, "\"id\" must be a string or a number")]
    [InlineData("stdio", """{"jsonrpc":"2.0","id":null,"method":"ping"}""", InvalidRequest, "\"id\" must be a string or a number")]
    [InlineData("http", """{"jsonrpc":"2.0","id":[1],"method":"ping"}""", InvalidRequest, "\"id\" must be a string or a number")]
    [InlineData("stdio", """{"jsonrpc":"2.0","id":[1],"method":"ping"}""", InvalidRequest, "\"id\" must be a string or a number")]
    public async Task What_is_no_message_is_answered_with_what_is_wrong(string way, string said, int code, string words)
    {
        await using var proxy = new ProxyUnderTest();
        await proxy.With("echo", "echo").StartAsync();
        await using var client = await proxy.ConnectAsync(way);
        await using var other = await proxy.ConnectAsync("http");

        var answer = await client.SayAsync(said);

        Assert.Equal(code, answer.ErrorCode);
        Assert.Contains(words, answer.Error.GetProperty("message").GetString());
        Assert.Equal("null", answer.Id);
        await EchoesAsync(client);
        await EchoesAsync(other);
    }

    // Whoever sent these waits for this id: an answer without it would leave the caller waiting.
    [Theory]
    [InlineData("http", """{"jsonrpc":"1.0","id":"mine","method":"ping"}""", "\"jsonrpc\" must be \"2.0\"")]
    [InlineData("stdio", """{"jsonrpc":"1.0","id":"mine","method":"ping"}""", "\"jsonrpc\" must be \"2.0\"")]
    [InlineData("http", """{"id":"mine","method":"ping","params":NEST}""", "nests deeper than 1000 levels")]
    [InlineData("stdio", """{"id":"mine","method":"ping","params":NEST}""", "nests deeper than 1000 levels")]
    public async Task A_request_that_is_refused_is_answered_under_its_id(string way, string said, string words)
    {
        await using var proxy = new ProxyUnderTest();
        await proxy.With("echo", "echo").StartAsync();
        await using var client = await proxy.ConnectAsync(way);

        var answer = await client.SayAsync(said.Replace("NEST", new string('[', 1200) + new string(']', 1200)));

        Assert.Equal("\"mine\"", answer.Id);
        Assert.Contains(words, answer.Error.GetProperty("message").GetString());
        await EchoesAsync(client);
    }

    [Theory]
    [InlineData("http")]
    [InlineData("stdio")]
    public async Task A_message_that_is_too_long_is_refused_and_its_connection_goes_on(string way)
    {
        await using var proxy = new ProxyUnderTest();
        await proxy.With("echo", "echo").StartAsync();
        await using var client = await proxy.ConnectAsync(way);

        var answer = await client.CallAsync("echo", $$"""{"text":"{{new string('x', 33 * 1024 * 1024)}}"}""");

        Assert.Equal(InvalidRequest, answer.ErrorCode);
        Assert.Contains("33,554,432", answer.Error.GetProperty("message").GetString());
        await EchoesAsync(client);
    }

    // Under the id of the server's request: the client may have one of its own with the same id.
    [Fact]
    public async Task An_answer_of_a_client_that_is_too_long_ends_the_wait_of_the_server_that_asked()
    {
        await using var proxy = new ProxyUnderTest();
        await proxy.WithScript(
            "asking",
            """{"on":"tool:ask","send":["{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"sampling/createMessage\",\"params\":{}}"]}""",
            """{"on":"answer:7","send":["{\"jsonrpc\":\"2.0\",\"id\":${id@tool:ask},\"error\":${error} }"]}""").StartAsync();
        await using var client = await proxy.ConnectAsync("stdio");
        client.Stdio!.OnRequest = _ => $"\"result\":{{\"text\":\"{new string('x', 33 * 1024 * 1024)}\"}}";

        var answer = await client.CallAsync("ask", id: "1");

        Assert.Contains("The client's answer is", answer.Error.GetProperty("message").GetString());
        Assert.Contains("\"messageBytesMax\"", answer.Error.GetProperty("message").GetString());
        Assert.Equal("{}", (await client.RequestAsync("ping", "{}", id: "2")).Result.GetRawText());
    }

    [Theory]
    [InlineData("http")]
    [InlineData("stdio")]
    public async Task A_version_that_nobody_knows_is_answered_with_one_that_the_server_knows(string way)
    {
        await using var proxy = new ProxyUnderTest();
        await proxy.With("echo", "echo").StartAsync();
        await using var client = way == "http" ? new ProxyClient(proxy.Http()) : new ProxyClient(proxy.Bridge());

        var answer = await client.RequestAsync("initialize", """{"protocolVersion":"1999-01-01","capabilities":{},"clientInfo":{"name":"old","version":"1"}}""");

        Assert.Equal("2025-11-25", answer.Result.GetProperty("protocolVersion").GetString());
    }

    [Fact]
    public async Task A_version_header_that_nobody_knows_is_refused_with_those_that_are()
    {
        await using var proxy = new ProxyUnderTest();
        await proxy.With("echo", "echo").StartAsync();
        await using var client = await proxy.ConnectAsync("http");
        client.Http!.Version = "1999-01-01";

        await using var response = await client.Http.SendRequestAsync("ping", "{}", None);
        var answer = await response.AnswerAsync(None);

        Assert.Equal(400, (int)response.Status);
        Assert.Contains("Unsupported protocol version '1999-01-01'", answer.Error.GetProperty("message").GetString());
        Assert.Contains("2025-11-25", answer.Error.GetProperty("message").GetString());
    }

    [Fact]
    public async Task An_HTTP_client_that_vanishes_mid_call_disturbs_nobody()
    {
        await using var proxy = new ProxyUnderTest { Settings = """ "servers":{"slow":{"scope":"shared"}} """ };
        await proxy.WithScript("slow", """{"on":"tool:slow"}""").With("echo", "echo").StartAsync();
        await using var other = await proxy.ConnectAsync("http");
        var vanishing = await proxy.ConnectAsync("http");
        _ = vanishing.CallAsync("slow");
        await proxy.WaitForRecordAsync("slow", message => message.Method == "tools/call");

        await vanishing.DisposeAsync();

        await proxy.WaitForRecordAsync("slow", message => message.Method == "notifications/cancelled");
        await EchoesAsync(other);
    }

    [Fact]
    public async Task A_bridge_that_is_killed_mid_call_disturbs_nobody_and_leaves_no_child()
    {
        await using var proxy = new ProxyUnderTest();
        await proxy.With("echo", "echo").StartAsync();
        await using var other = await proxy.ConnectAsync("stdio");
        await using var killed = await proxy.ConnectAsync("stdio");
        var child = int.Parse((await killed.CallAsync("pid")).FirstText);
        var (before, call) = (killed.Stdio!.Received.Count, killed.CallAsync("sleep", """{"milliseconds":600000}"""));
        Assert.Equal("{}", (await killed.RequestAsync("ping", "{}")).Result.GetRawText());

        killed.Stdio.Process.Kill();

        await TestProcess.WaitForEndOfAsync(child, None);
        await Assert.ThrowsAnyAsync<IOException>(() => call);
        Assert.Equal(before + 1, killed.Stdio.Received.Count);
        await EchoesAsync(other);
    }

    private static async Task EchoesAsync(ProxyClient client) =>
        Assert.Equal("x", (await client.CallAsync("echo", """{"text":"x"}""")).FirstText);
}
