using System.Text.Json;

namespace CoAgent.Fixtures.Wire;

/// <summary>One received line, with the few members that a fixture looks at; values stay as they were written.</summary>
internal sealed class WireMessage
{
    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = 10_000 };

    private readonly JsonElement body;

    private WireMessage(ReadOnlyMemory<byte> line, JsonElement body)
    {
        Line = line;
        this.body = body;
        Id = Raw(Member(body, "id"));
        Method = Text(Member(body, "method"));
    }

    /// <summary>The bytes as they arrived, without the line's end.</summary>
    public ReadOnlyMemory<byte> Line { get; }

    /// <summary>The id as it was written, quotes included.</summary>
    public string? Id { get; }

    public string? Method { get; }

    public bool IsRequest => Id is not null && Method is not null;

    public bool IsAnswer => Id is not null && Method is null;

    public JsonElement? Params => Member(body, "params");

    public JsonElement? Result => Member(body, "result");

    public JsonElement? Error => Member(body, "error");

    /// <summary>The tool that is called, or nothing where this is not a call.</summary>
    public string? Tool => Method == "tools/call" ? Text(Member(Params, "name")) : null;

    public JsonElement? Meta => Member(Params, "_meta");

    /// <summary>The progress token as it was written.</summary>
    public string? ProgressToken => Raw(Member(Meta, "progressToken"));

    /// <summary>The protocol version that the request itself declares (2026-07-28 and later).</summary>
    public string? DeclaredVersion => Text(Member(Meta, "io.modelcontextprotocol/protocolVersion"));

    /// <summary>The message in <paramref name="line"/>, or nothing where it is not a JSON object.</summary>
    public static WireMessage? Parse(ReadOnlyMemory<byte> line)
    {
        try
        {
            var root = JsonElement.Parse(line.Span, Deep);
            return root.ValueKind == JsonValueKind.Object ? new WireMessage(line, root) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public JsonElement? Argument(string name) => Member(Member(Params, "arguments"), name);

    public int Number(string name, int absent) =>
        Argument(name) is { ValueKind: JsonValueKind.Number } value ? value.GetInt32() : absent;

    public static JsonElement? Member(JsonElement? parent, string name) =>
        parent is { ValueKind: JsonValueKind.Object } value && value.TryGetProperty(name, out var member) ? member : null;

    public static string? Raw(JsonElement? value) => value?.GetRawText();

    public static string? Text(JsonElement? value) =>
        value is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;
}
