using System.Text;
using CoAgent.EndToEnd.Tests.Support;

namespace CoAgent.EndToEnd.Tests;

/// <summary>The client that fidelity is measured with keeps bytes and order itself.</summary>
public sealed class RawStdioClientTests : IDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("coagent-raw-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task Text_comes_back_with_the_escapes_that_it_was_sent_with()
    {
        await using var client = RawStdioClient.StartFixture("echo");
        await client.InitializeAsync(None);

        var answer = await client.RequestRawAsync(
            "1.0",
            """{"jsonrpc":"2.0","id":1.0,"method":"tools/call","params":{"name":"echo","arguments":{"text":"\u00e9\/"}}}""",
            None);

        Assert.Equal("""{"jsonrpc":"2.0","id":1.0,"result":{"content":[{"type":"text","text":"\u00e9\/"}]}}""", answer.Text);
    }

    [Fact]
    public async Task Progress_is_collected_in_order_before_the_result()
    {
        await using var client = RawStdioClient.StartFixture("echo");
        await client.InitializeAsync(None);

        var answer = await client.CallAsync("progress", """{"count":50}""", None, meta: "\"progressToken\":\"p\"");

        Assert.Equal("reported 50", answer.FirstText);
        Assert.Equal(
            Enumerable.Range(1, 50),
            client.Notifications.Select(progress => progress.Params.GetProperty("progress").GetInt32()));
    }

    [Fact]
    public async Task A_cancelled_call_is_not_answered_and_the_next_one_is()
    {
        await using var client = RawStdioClient.StartFixture("echo");
        await client.InitializeAsync(None);
        var cancelled = client.Expect("77");

        await client.SendRawAsync(
            """{"jsonrpc":"2.0","id":77,"method":"tools/call","params":{"name":"sleep","arguments":{"milliseconds":600000}}}""",
            None);
        await client.NotifyAsync("notifications/cancelled", """{"requestId":77}""", None);
        var next = await client.CallAsync("echo", """{"text":"next"}""", None);

        Assert.Equal("next", next.FirstText);
        Assert.False(cancelled.IsCompleted);
    }

    [Fact]
    public async Task Both_eras_are_answered_on_one_connection()
    {
        await using var client = RawStdioClient.StartFixture("echo");

        var discovered = await client.RequestAsync("server/discover", ModernMeta.Params(), None);
        var called = await client.RequestAsync(
            "tools/call", ModernMeta.Params("""
                "name":"echo","arguments":{"text":"hi"}
                """), None);

        Assert.Equal(ModernMeta.Version, discovered.Result.GetProperty("supportedVersions")[0].GetString());
        Assert.Equal("complete", called.Result.GetProperty("resultType").GetString());
        Assert.Equal("hi", called.FirstText);
    }

    [Fact]
    public async Task A_script_answers_with_its_exact_bytes_and_the_record_has_ours()
    {
        const string Answer = """{"jsonrpc":"2.0","id":${id},"vendor":1e400,"result":{"n":123456789012345678901234567890,"d":${nest:500}}}""";
        var record = Path.Combine(folder.FullName, "record");
        await using var client = RawStdioClient.StartFixture(
            "raw", "--record", record, "--script", Script(
                ScriptLine("tool:odd", Answer),
                ScriptLine("start", """{"jsonrpc":"2.0","method":"vendor/hello"}""")));
        const string Call = """{"params":{"name":"odd"},"method":"tools/call","id":"","jsonrpc":"2.0"}""";

        var hello = await client.ReceiveAsync(None);
        var answer = await client.RequestRawAsync("\"\"", Call, None);

        Assert.Equal("vendor/hello", hello.Method);
        Assert.Equal(
            Answer.Replace("${id}", "\"\"").Replace("${nest:500}", new string('[', 500) + new string(']', 500)),
            answer.Text);
        Assert.Equal(Call + "\n", await File.ReadAllTextAsync(record));
    }

    [Fact]
    public async Task A_script_asks_the_client_and_answers_with_what_it_said()
    {
        await using var client = RawStdioClient.StartFixture("raw", "--script", Script(
            ScriptLine("tool:ask", """{"jsonrpc":"2.0","id":"s-1","method":"roots/list"}"""),
            ScriptLine("answer:\"s-1\"", """{"jsonrpc":"2.0","id":${id@tool:ask},"result":{"said":${result}}}""")));
        client.OnRequest = request => request.Method == "roots/list" ? """
            "result":{"roots":[]}
            """.Trim() : null;
        await client.InitializeAsync(None);

        var answer = await client.CallAsync("ask", "{}", None);

        Assert.Equal("""{"said":{"roots":[]}}""", answer.Result.GetRawText());
    }

    [Fact]
    public async Task A_script_answers_out_of_order()
    {
        await using var client = RawStdioClient.StartFixture("raw", "--script", Script(
            ScriptLine("tool:first"),
            ScriptLine(
                "tool:second",
                """{"jsonrpc":"2.0","id":${id},"result":{"n":2}}""",
                """{"jsonrpc":"2.0","id":${id@tool:first},"result":{"n":1}}""")));
        await client.InitializeAsync(None);

        var first = client.CallAsync("first", "{}", None);
        var second = client.CallAsync("second", "{}", None);
        await Task.WhenAll(first, second);

        Assert.Equal(["{\"n\":2}", "{\"n\":1}"], client.Received.TakeLast(2).Select(answer => answer.Result.GetRawText()));
    }

    [Fact]
    public async Task Large_answers_arrive_whole()
    {
        const int Bytes = 10 * 1024 * 1024;
        await using var client = RawStdioClient.StartFixture("echo");
        await client.InitializeAsync(None);

        var answer = await client.CallAsync("big", $$"""{"bytes":{{Bytes}}}""", None);

        Assert.Equal(Bytes, answer.FirstText.Length);
    }

    private static string ScriptLine(string on, params string[] send) =>
        System.Text.Json.JsonSerializer.Serialize(new { on, send });

    private string Script(params string[] lines)
    {
        var file = Path.Combine(folder.FullName, "script.jsonl");
        File.WriteAllLines(file, lines, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        return file;
    }
}
