using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using CoAgent.Runtime.Tools;
using CoAgent.Workspace.Captures;

namespace CoAgent.Workspace.Commands;

/// <summary>What was captured for a command with effects outside of files: the files as ever, and beside them what each effect's manifest captured.</summary>
/// <remarks>
/// <c>{"v":1,"objects":[…],"effects":[{"manifest":"kubectl/scale","arguments":{…},"words":"…"}]}</c>: whoever looks for files alone reads it as a
/// capture of files. What a command left is written the same way.
/// </remarks>
/// <param name="Files">The files.</param>
/// <param name="Effects">The effects, in the order in which they happen.</param>
internal sealed record OuterCapture(CaptureManifest Files, ImmutableArray<OuterCapture.Part> Effects)
{
    /// <summary>What was captured of one effect.</summary>
    /// <param name="Effect">The effect.</param>
    /// <param name="WordsUtf8">What its manifest's owner has written; empty when nobody knows.</param>
    internal readonly record struct Part(KnownEffect Effect, ReadOnlyMemory<byte> WordsUtf8);

    internal byte[] ToUtf8()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var files = JsonDocument.Parse(Files.ToUtf8());
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            foreach (var member in files.RootElement.EnumerateObject())
            {
                member.WriteTo(json);
            }

            json.WriteStartArray("effects"u8);
            foreach (var (effect, words) in Effects)
            {
                json.WriteStartObject();
                json.WriteString("manifest"u8, effect.Manifest);
                json.WritePropertyName("arguments"u8);
                json.WriteRawValue(effect.ArgumentsUtf8.Span);
                json.WriteString("words"u8, words.Span);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads what <see cref="ToUtf8"/> wrote; null where it is a capture of files alone, or none.</summary>
    /// <exception cref="FormatException">It cannot be read.</exception>
    internal static OuterCapture? TryParse(ReadOnlyMemory<byte> utf8)
    {
        if (utf8.IsEmpty)
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(utf8);
            return document.RootElement.TryGetProperty("effects", out var effects)
                ? new OuterCapture(CaptureManifest.Parse(utf8), [.. effects.EnumerateArray().Select(Read)])
                : null;
        }
        catch (Exception fault) when (fault is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new FormatException("What was captured for a command cannot be read.", fault);
        }
    }

    private static Part Read(JsonElement json) => new(
        new KnownEffect(json.GetProperty("manifest").GetString()!, Encoding.UTF8.GetBytes(json.GetProperty("arguments").GetRawText())),
        Encoding.UTF8.GetBytes(json.GetProperty("words").GetString()!));
}
