using System.Buffers;
using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using CoAgent.Runtime.Tools;

namespace CoAgent.Workspace.Captures;

/// <summary>The objects of one capture, as the journal keeps them.</summary>
/// <remarks>
/// <c>{"v":1,"objects":[{"path":"/r/a","was":"f644:…:5","then":"c…:7"},{"path":"/r/d","was":"d755","below":{"x":"-"}}]}</c>. What a call left is
/// written the same way. <c>below</c> is there for trees alone.
/// </remarks>
internal sealed record CaptureManifest(ImmutableArray<CapturedObject> Objects)
{
    private const int Version = 1;

    // Paths are not shown in web pages: what is no quote and no control character may stand as it is.
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The contents that it names, each once.</summary>
    internal IEnumerable<ContentId> ContentIds =>
        Objects.SelectMany(static part => part.Entries).Select(static entry => entry.Value).OfType<FileState.Regular>()
            .Where(static file => file.Length > 0).Select(static file => file.Content).Distinct();

    internal byte[] ToUtf8()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Plain))
        {
            json.WriteStartObject();
            json.WriteNumber("v"u8, Version);
            json.WriteStartArray("objects"u8);
            foreach (var part in Objects)
            {
                Write(json, part);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads what <see cref="ToUtf8"/> wrote.</summary>
    /// <exception cref="FormatException">It is no capture of files, or one of a version that this program does not know.</exception>
    internal static CaptureManifest Parse(ReadOnlyMemory<byte> utf8)
    {
        try
        {
            using var document = JsonDocument.Parse(utf8);
            return document.RootElement.GetProperty("v").GetInt32() == Version
                ? new CaptureManifest([.. document.RootElement.GetProperty("objects").EnumerateArray().Select(Read)])
                : throw new FormatException($"A capture is of a version other than {Version}.");
        }
        catch (Exception fault) when (fault is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new FormatException("A capture of files cannot be read.", fault);
        }
    }

    private static void Write(Utf8JsonWriter json, CapturedObject part)
    {
        json.WriteStartObject();
        json.WriteString("path"u8, part.Path);
        json.WriteString("was"u8, part.Was.ToString());
        if (part.IsTree)
        {
            json.WriteStartObject("below"u8);
            foreach (var (relative, state) in part.Below)
            {
                json.WriteString(relative, state.ToString());
            }

            json.WriteEndObject();
        }

        if (part.Then is { } then)
        {
            json.WriteString("then"u8, then.ToString());
        }

        json.WriteEndObject();
    }

    private static CapturedObject Read(JsonElement json)
    {
        var isTree = json.TryGetProperty("below", out var below);
        var names = isTree
            ? below.EnumerateObject().ToImmutableSortedDictionary(
                static entry => entry.Name, static entry => FileState.Parse(entry.Value.GetString()!), StringComparer.Ordinal)
            : CapturedObject.NothingBelow;
        return new CapturedObject(json.GetProperty("path").GetString()!, isTree, FileState.Parse(json.GetProperty("was").GetString()!), names)
        {
            Then = json.TryGetProperty("then", out var then) ? Expectation.Parse(then.GetString()!) : null,
        };
    }
}
