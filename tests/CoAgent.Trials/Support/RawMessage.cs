using System.Text;
using System.Text.Json;

namespace CoAgent.Trials.Support;

/// <summary>One received message: its exact bytes, and a look inside.</summary>
internal sealed class RawMessage(byte[] bytes)
{
    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = 10_000 };

    private readonly Lazy<JsonElement?> root = new(() => Parse(bytes));

    /// <summary>A message that a test writes.</summary>
    public static RawMessage Of(string text) => new(Encoding.UTF8.GetBytes(text));

    /// <summary>The message, byte for byte, without the line's end.</summary>
    public byte[] Bytes => bytes;

    public string Text => Encoding.UTF8.GetString(bytes);

    /// <summary>False for what is not a JSON object.</summary>
    public bool IsJson => root.Value is not null;

    public JsonElement Root => root.Value ?? throw new InvalidOperationException($"Not a JSON object: {Text}");

    /// <summary>The id as it is written, quotes included; nothing where there is none.</summary>
    public string? Id => Member("id")?.GetRawText();

    public string? Method => Member("method")?.GetString();

    public bool IsAnswer => Id is not null && Method is null;

    public bool IsRequest => Id is not null && Method is not null;

    public bool IsNotification => Id is null && Method is not null;

    public bool IsError => Member("error") is not null;

    public JsonElement Params => Require("params");

    public JsonElement Result => Require("result");

    public JsonElement Error => Require("error");

    public int ErrorCode => Error.GetProperty("code").GetInt32();

    /// <summary>The text of the first content block of a tool's result.</summary>
    public string FirstText => Result.GetProperty("content")[0].GetProperty("text").GetString()!;

    public override string ToString() => Text;

    private JsonElement? Member(string name) =>
        root.Value is { } value && value.TryGetProperty(name, out var member) ? member : null;

    private JsonElement Require(string name) =>
        Member(name) ?? throw new InvalidOperationException($"The message has no '{name}': {Text}");

    private static JsonElement? Parse(byte[] bytes)
    {
        try
        {
            var value = JsonElement.Parse(bytes, Deep);
            return value.ValueKind == JsonValueKind.Object ? value : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
