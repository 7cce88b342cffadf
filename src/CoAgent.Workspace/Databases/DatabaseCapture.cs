using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using CoAgent.Runtime.Tools;

namespace CoAgent.Workspace.Databases;

/// <summary>What is kept of a database for the inverse of one call.</summary>
/// <param name="Path">The canonical path of the database's file.</param>
/// <param name="Watched">The rows that the call may change; empty: all of the database.</param>
internal sealed record DatabaseCapture(string Path, ImmutableArray<WatchedTable> Watched)
{
    private const int Version = 1;

    /// <summary>What the call may have changed when nobody has seen what it left: the likeliest first.</summary>
    internal ImmutableArray<ContentId> Foreseen { get; init; } = [];

    /// <summary>The database, or the rows, before the call; null where what was foreseen says enough, or there is too much of it.</summary>
    internal ContentId? Before { get; init; }

    /// <summary>Whether the call may well leave something else than was foreseen.</summary>
    internal bool IsUnforeseeable { get; init; }

    /// <summary>Whether it may change other rows than foreseen, if only by settings of the server's connection.</summary>
    internal bool IsUncertain { get; init; }

    /// <summary>The digest of all of the database before the call; null where rows are watched.</summary>
    internal string? DigestBefore { get; init; }

    /// <summary>The digest of all of the database after it, as foreseen.</summary>
    internal string? DigestForeseen { get; init; }

    /// <summary>Whether all of the database is kept.</summary>
    internal bool IsWhole => Watched.IsEmpty;

    internal byte[] ToUtf8() => JsonSerializer.SerializeToUtf8Bytes(new JsonObject
    {
        ["v"] = Version,
        ["database"] = Path,
        ["watched"] = new JsonArray([.. Watched.Select(static table => (JsonNode)new JsonObject
        {
            ["table"] = table.Name,
            ["columns"] = Texts(table.Columns),
            ["values"] = Texts(table.Values),
        })]),
        ["foreseen"] = Texts(Foreseen.Select(static id => id.ToString())),
        ["before"] = Before?.ToString(),
        ["unforeseeable"] = IsUnforeseeable,
        ["uncertain"] = IsUncertain,
        ["digestBefore"] = DigestBefore,
        ["digestForeseen"] = DigestForeseen,
    });

    /// <summary>Reads what <see cref="ToUtf8"/> wrote.</summary>
    /// <exception cref="FormatException">It is no capture of a database, or one of a version that this program does not know.</exception>
    internal static DatabaseCapture Parse(ReadOnlyMemory<byte> utf8)
    {
        try
        {
            var json = JsonNode.Parse(utf8.Span)!;
            return (int)json["v"]! != Version
                ? throw new FormatException($"A capture is of a version other than {Version}.")
                : new DatabaseCapture((string)json["database"]!, [.. json["watched"]!.AsArray().Select(static table =>
                    new WatchedTable((string)table!["table"]!, Texts(table["columns"]!), Texts(table["values"]!)))])
                {
                    Foreseen = [.. Texts(json["foreseen"]!).Select(IdOf)],
                    Before = (string?)json["before"] is { } before ? IdOf(before) : null,
                    IsUnforeseeable = (bool)json["unforeseeable"]!,
                    IsUncertain = (bool)json["uncertain"]!,
                    DigestBefore = (string?)json["digestBefore"],
                    DigestForeseen = (string?)json["digestForeseen"],
                };
        }
        catch (Exception fault) when (fault is JsonException or NullReferenceException or InvalidOperationException)
        {
            throw new FormatException("A capture of a database cannot be read.", fault);
        }
    }

    private static ContentId IdOf(string text) => ContentId.TryParse(text) ?? throw new FormatException($"'{text}' names no content.");

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(static text => (JsonNode)text)]);

    private static ImmutableArray<string> Texts(JsonNode texts) => [.. texts.AsArray().Select(static text => (string)text!)];
}

/// <summary>What a call has left, as it was seen after it.</summary>
internal abstract record DatabaseLeft
{
    private DatabaseLeft()
    {
    }

    /// <summary>One of the changes that were foreseen.</summary>
    internal sealed record AsForeseen(int Which) : DatabaseLeft;

    /// <summary>Other changes.</summary>
    internal sealed record Rows(ChangeSet Changes) : DatabaseLeft;

    /// <summary>A database of that digest.</summary>
    internal sealed record Whole(string Digest) : DatabaseLeft;

    internal byte[] ToUtf8() => this switch
    {
        AsForeseen foreseen => JsonSerializer.SerializeToUtf8Bytes(new JsonObject { ["foreseen"] = foreseen.Which }),
        Rows rows => [.. """{"rows":"""u8, .. rows.Changes.ToUtf8(), (byte)'}'],
        Whole whole => JsonSerializer.SerializeToUtf8Bytes(new JsonObject { ["digest"] = whole.Digest }),
        _ => throw new InvalidOperationException("There is no other."),
    };

    /// <summary>Reads what <see cref="ToUtf8"/> wrote; null for nothing.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    internal static DatabaseLeft? Parse(ReadOnlyMemory<byte> utf8)
    {
        if (utf8.IsEmpty)
        {
            return null;
        }

        using var json = JsonDocument.Parse(utf8);
        return json.RootElement switch
        {
            var it when it.TryGetProperty("foreseen", out var which) => new AsForeseen(which.GetInt32()),
            var it when it.TryGetProperty("digest", out var digest) => new Whole(digest.GetString()!),
            var it when it.TryGetProperty("rows", out var rows) => new Rows(ChangeSet.Parse(JsonSerializer.SerializeToUtf8Bytes(rows))),
            _ => throw new FormatException("What a call left of a database cannot be read."),
        };
    }
}
