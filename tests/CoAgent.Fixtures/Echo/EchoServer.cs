using System.Globalization;
using System.Text.Json;
using CoAgent.Fixtures.Wire;

namespace CoAgent.Fixtures.Echo;

/// <summary>A server with no library between the bytes and the answer, for both eras of the protocol.</summary>
internal sealed class EchoServer(TimeProvider clock) : IMessageServer
{
    private static readonly string[] LegacyVersions = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"];

    private int callCount;

    /// <summary>The name that the server gives itself.</summary>
    public string Name { get; init; } = "coagent-echo-fixture";

    /// <summary>False where the server knows nothing of 2026-07-28.</summary>
    public bool SpeaksModern { get; init; } = true;

    public Task HandleAsync(WireMessage message, LineSender send, CancellationToken cancellationToken)
    {
        if (!message.IsRequest)
        {
            return Task.CompletedTask;
        }

        return message.Method switch
        {
            "tools/call" => CallAsync(message, send, cancellationToken),
            var method => send.TextAsync(Answer(method!, message), cancellationToken).AsTask(),
        };
    }

    private string Answer(string method, WireMessage message) => method switch
    {
        "initialize" => Answers.Result(message, Introduction(message)),
        "ping" => Answers.Result(message, ""),
        "server/discover" when SpeaksModern => Answers.List(message, Discovery()),
        "tools/list" => Answers.List(message, $"\"tools\":[{EchoTools.List}]"),
        _ => Answers.MethodNotFound(message),
    };

    private string Introduction(WireMessage message)
    {
        var wanted = WireMessage.Text(WireMessage.Member(message.Params, "protocolVersion"));
        var version = LegacyVersions.Contains(wanted) ? wanted : LegacyVersions[^1];
        return $$$"""
            "protocolVersion":"{{{version}}}","capabilities":{"tools":{},"logging":{}},"serverInfo":{"name":"{{{Name}}}","version":"1.0.0"},"instructions":"Send text, get text."
            """;
    }

    private string Discovery() =>
        $$$$"""
        "supportedVersions":["2026-07-28"],"capabilities":{"tools":{}},"instructions":"Send text, get text.","_meta":{"io.modelcontextprotocol/serverInfo":{"name":"{{{{Name}}}}","version":"1.0.0"}}
        """;

    private Task CallAsync(WireMessage call, LineSender send, CancellationToken cancellationToken)
    {
        var count = Interlocked.Increment(ref callCount);
        return call.Tool switch
        {
            "sleep" => SleepAsync(call, send, cancellationToken),
            "progress" => ProgressAsync(call, send, cancellationToken),
            "log" => LogAsync(call, send, cancellationToken),
            _ => send.TextAsync(AtOnce(call, count), cancellationToken).AsTask(),
        };
    }

    private static string AtOnce(WireMessage call, int count) => call.Tool switch
    {
        "echo" => Answers.Text(call, WireMessage.Raw(call.Argument("text")) ?? "\"\""),
        "big" => Answers.Text(call, '"' + new string('x', call.Number("bytes", absent: 0)) + '"'),
        "fail" => Answers.Text(call, WireMessage.Raw(call.Argument("text")) ?? "\"failed\"", isError: true),
        "count" => Answers.Text(call, Quote(count.ToString(CultureInfo.InvariantCulture))),
        "pid" => Answers.Text(call, Quote(Environment.ProcessId.ToString(CultureInfo.InvariantCulture))),
        "directory" => Answers.Text(call, Quote(Environment.CurrentDirectory)),
        "environment" => Answers.Text(call, Quote(
            Environment.GetEnvironmentVariable(WireMessage.Text(call.Argument("name")) ?? "") ?? "(not set)")),
        _ => Answers.Error(call, -32602, "Unknown tool"),
    };

    private async Task SleepAsync(WireMessage call, LineSender send, CancellationToken cancellationToken)
    {
        var pause = TimeSpan.FromMilliseconds(call.Number("milliseconds", absent: 0));
        await Task.Delay(pause, clock, cancellationToken);
        await send.TextAsync(Answers.Text(call, "\"slept\""), cancellationToken);
    }

    private static async Task ProgressAsync(WireMessage call, LineSender send, CancellationToken cancellationToken)
    {
        var count = call.Number("count", absent: 3);
        for (var step = 1; step <= count && call.ProgressToken is { } token; step++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await send.TextAsync(
                $$$"""
                {"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":{{{token}}},"progress":{{{step}}},"total":{{{count}}}}}
                """,
                cancellationToken);
        }

        await send.TextAsync(Answers.Text(call, $"\"reported {count}\""), cancellationToken);
    }

    private static async Task LogAsync(WireMessage call, LineSender send, CancellationToken cancellationToken)
    {
        var text = WireMessage.Raw(call.Argument("text")) ?? "\"logged\"";
        await send.TextAsync(
            $$$"""
            {"jsonrpc":"2.0","method":"notifications/message","params":{"level":"info","logger":"echo","data":{{{text}}}}}
            """,
            cancellationToken);
        await send.TextAsync(Answers.Text(call, text), cancellationToken);
    }

    private static string Quote(string text) => $"\"{JsonEncodedText.Encode(text)}\"";
}
