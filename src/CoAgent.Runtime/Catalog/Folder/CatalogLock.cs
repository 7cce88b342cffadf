using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using CoAgent.Runtime.Tools;

namespace CoAgent.Runtime.Catalog.Folder;

/// <summary>The content of <c>catalog.lock</c>: which manifests are trusted, for which definitions, on which evidence.</summary>
/// <remarks>JSON, sorted, one fact a line, so that two branches that add to it merge.</remarks>
/// <param name="Entries">What is said of each manifest.</param>
public sealed record CatalogLock(ImmutableSortedDictionary<CatalogName, LockEntry> Entries)
{
    /// <summary>The file's name in a catalog's folder.</summary>
    public const string FileName = "catalog.lock";

    /// <summary>The largest that is read, in bytes.</summary>
    public const int BytesMax = 16 * 1024 * 1024;

    private const int Version = 1;
    private const int NestingLevelsMax = 64;

    private static readonly JsonWriterOptions s_lines =
        new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A lock that says nothing.</summary>
    public static CatalogLock Empty { get; } = new(ImmutableSortedDictionary.Create<CatalogName, LockEntry>(CatalogName.Order));

    /// <summary>Reads a lock.</summary>
    /// <exception cref="FormatException">It is none; the message says where and what.</exception>
    public static CatalogLock Parse(ReadOnlyMemory<byte> utf8)
    {
        try
        {
            using var document = JsonDocument.Parse(utf8, new JsonDocumentOptions
            {
                AllowTrailingCommas = true, // what a merge of two branches leaves at the end of an object
                CommentHandling = JsonCommentHandling.Skip,
                MaxDepth = NestingLevelsMax,
            });
            return Read(document.RootElement);
        }
        catch (JsonException fault)
        {
            throw new FormatException(
                $"line {(fault.LineNumber ?? 0) + 1} is not JSON; settle the merge, or write the file anew with \"coagent catalog approve\".", fault);
        }
        catch (InvalidOperationException fault)
        {
            throw new FormatException("a member is not of the type that is written there; write the file anew with \"coagent catalog approve\".", fault);
        }
    }

    /// <summary>The lock as it is written.</summary>
    public string ToText()
    {
        var output = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(output, s_lines);
        writer.WriteStartObject();
        writer.WriteNumber("version"u8, Version);
        writer.WriteStartObject("tools"u8);
        foreach (var (name, entry) in Entries)
        {
            writer.WritePropertyName($"{name}");
            Write(writer, entry);
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.Flush();
        return Encoding.UTF8.GetString(output.WrittenSpan) + "\n";
    }

    private static CatalogLock Read(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object
            || !root.TryGetProperty("version"u8, out var version) || !version.TryGetInt32(out var number) || number != Version)
        {
            throw new FormatException($"\"version\" is not {Version}: it was written by another version of coagent.");
        }

        var entries = ImmutableSortedDictionary.CreateBuilder<CatalogName, LockEntry>(CatalogName.Order);
        foreach (var tool in Required(root, "tools").EnumerateObject())
        {
            if (CatalogName.TryParse(tool.Name) is not { } name || entries.ContainsKey(name))
            {
                throw new FormatException($"\"{tool.Name}\" is no name such as profile/tool, or is there twice.");
            }

            entries[name] = Read(tool.Name, tool.Value);
        }

        return new CatalogLock(entries.ToImmutable());
    }

    private static LockEntry Read(string name, JsonElement entry)
    {
        if (entry.TryGetProperty("manifest"u8, out var manifest) && ContentId.TryParse(manifest.GetString()) is { } digest
            && entry.TryGetProperty("trust"u8, out var trust)
            && Enum.TryParse<TrustLevel>(trust.GetString(), ignoreCase: true, out var level) && Enum.IsDefined(level))
        {
            return new LockEntry(digest, level)
            {
                Definitions = entry.TryGetProperty("definitions"u8, out var definitions)
                    ? definitions.EnumerateObject().ToImmutableSortedDictionary(
                        static one => one.Name, one => ReadDefinition(name, one), StringComparer.Ordinal)
                    : ImmutableSortedDictionary.Create<string, LockedDefinition>(StringComparer.Ordinal),
                Evidence = entry.TryGetProperty("evidence"u8, out var evidence) ? evidence.Clone() : null,
            };
        }

        throw new FormatException($"\"{name}\" lacks \"manifest\" (a digest) or \"trust\" (approved, verified, draft or forgotten).");
    }

    private static LockedDefinition ReadDefinition(string name, JsonProperty definition)
    {
        if (ContentId.TryParse(definition.Name) is not { } digest)
        {
            throw new FormatException($"\"{name}\" has a definition whose name is no digest: \"{definition.Name}\".");
        }

        var members = Required(definition.Value, "members").EnumerateObject()
            .ToImmutableSortedDictionary(static member => member.Name, static member => member.Value.GetString()!, StringComparer.Ordinal);
        var server = definition.Value.TryGetProperty("server"u8, out var given) ? given.GetString() : null;
        return new LockedDefinition(new ToolDefinition(digest, members), server);
    }

    private static JsonElement Required(JsonElement parent, string member) =>
        parent.TryGetProperty(member, out var value) ? value : throw new FormatException($"there is no \"{member}\".");

    private static void Write(Utf8JsonWriter writer, LockEntry entry)
    {
        writer.WriteStartObject();
        writer.WriteString("manifest"u8, $"{entry.Manifest}");
        writer.WriteString("trust"u8, JsonNamingPolicy.CamelCase.ConvertName($"{entry.Trust}"));
        writer.WriteStartObject("definitions"u8);
        foreach (var (digest, locked) in entry.Definitions)
        {
            writer.WriteStartObject(digest);
            if (locked.Server is { } server)
            {
                writer.WriteString("server"u8, server);
            }

            writer.WriteStartObject("members"u8);
            foreach (var (member, value) in locked.Definition.Members)
            {
                writer.WriteString(member, value);
            }

            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
        if (entry.Evidence is { } evidence)
        {
            writer.WritePropertyName("evidence"u8);
            evidence.WriteTo(writer);
        }

        writer.WriteEndObject();
    }
}
