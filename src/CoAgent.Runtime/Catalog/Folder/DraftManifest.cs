using System.Collections.Immutable;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace CoAgent.Runtime.Catalog.Folder;

/// <summary>What was seen to change below the workspace's root while a tool ran.</summary>
/// <param name="Created">What was not there before, by full path.</param>
/// <param name="Changed">What was changed.</param>
/// <param name="Deleted">What is there no longer.</param>
/// <param name="Doubt">Why it may not all be the tool's doing, or not be all; null where there is no doubt.</param>
public sealed record SeenChanges(
    ImmutableSortedSet<string> Created, ImmutableSortedSet<string> Changed, ImmutableSortedSet<string> Deleted, string? Doubt)
{
    /// <summary>Nothing was seen.</summary>
    public static SeenChanges None { get; } = new(Paths, Paths, Paths, Doubt: null);

    /// <summary>Everything that was seen.</summary>
    public IEnumerable<string> All => Created.Concat(Changed).Concat(Deleted);

    private static ImmutableSortedSet<string> Paths => ImmutableSortedSet.Create<string>(StringComparer.Ordinal);

    /// <summary>Both together.</summary>
    public SeenChanges And(SeenChanges other) => new(
        Created.Union(other.Created), Changed.Union(other.Changed), Deleted.Union(other.Deleted), Doubt ?? other.Doubt);
}

/// <summary>A manifest that says of a tool what its server says and what was seen of it: for a person to put right.</summary>
public static class DraftManifest
{
    /// <summary>How many objects that were seen are written down.</summary>
    public const int SeenMax = 50;

    private static readonly JsonSerializerOptions s_text = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A profile's name made of a server's: what a folder may be called.</summary>
    public static string ProfileNameOf(string server)
    {
        var name = string.Concat(server.Split('/')[^1].Select(static letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '.' or '-' ? letter : '-'));
        return name.Trim('.', '_', '-') is { Length: > 0 } good ? good : "server";
    }

    /// <summary>The text of a profile's file.</summary>
    /// <param name="profile">The profile.</param>
    /// <param name="ownName">The name that the server gives itself; null when it gives none.</param>
    public static string ProfileText(string profile, string? ownName) =>
        "# yaml-language-server: $schema=../profile.schema.json\n"
        + $"profile: {Quote(profile)}\n"
        + (ownName is null ? "" : $"servers: [{Quote(ownName)}]\n");

    /// <summary>The text of a manifest.</summary>
    /// <param name="server">The server's name in the configuration.</param>
    /// <param name="definition">The tool, as its server lists it.</param>
    /// <param name="seen">What was seen of it; null where nobody has looked.</param>
    /// <param name="arguments">The arguments of the call that was seen.</param>
    public static string Of(string server, JsonElement definition, SeenChanges? seen, JsonElement? arguments = null)
    {
        var isRead = definition.TryGetProperty("annotations", out var annotations) && annotations.ValueKind == JsonValueKind.Object
            && annotations.TryGetProperty("readOnlyHint", out var hint) && hint.ValueKind == JsonValueKind.True
            && (seen is null || !seen.All.Any());
        var text = new StringBuilder("# yaml-language-server: $schema=../manifest.schema.json\n");
        text.Append(seen is null
            ? "# A draft: it says no more than the server does. Say what the tool touches, then approve it (docs/catalog.md).\n"
            : "# A draft: what was seen of calls. Say what the tool touches with any arguments, then approve it (docs/catalog.md).\n");
        AppendSeen(text, seen);
        text.Append($"tool: {Quote(definition.GetProperty("name").GetString()!)}\n");
        if (definition.TryGetProperty("description", out var description) && description.ValueKind == JsonValueKind.String)
        {
            text.Append($"description: {Quote(description.GetString()!)}\n");
        }

        var files = seen is null ? [] : EntriesOf(seen, arguments).Distinct().Take(SeenMax).ToArray();
        text.Append(isRead ? "effect: live-read\n" : files.Length > 0 ? "effect: write\nstate: files\n" : "effect: irreversible\n");
        text.Append("footprint:\n");
        text.Append($"  {(isRead ? "reads" : "writes")}:\n    - {Quote($"mcp:{server}/**")}\n");
        foreach (var entry in files)
        {
            text.Append($"    - {Quote(entry)}\n");
        }

        return text.ToString();
    }

    private static void AppendSeen(StringBuilder text, SeenChanges? seen)
    {
        if (seen is null)
        {
            return;
        }

        if (!seen.All.Any())
        {
            text.Append("# Seen: no file below the workspace's root changed.\n");
        }

        foreach (var (word, path) in seen.Created.Select(static path => ("created", path))
            .Concat(seen.Changed.Select(static path => ("changed", path)))
            .Concat(seen.Deleted.Select(static path => ("deleted", path))).Take(SeenMax))
        {
            text.Append($"# Seen: {word} {Quote(path)}\n");
        }

        if (seen.Doubt is { } doubt)
        {
            text.Append($"# Uncertain: {doubt}\n");
        }
    }

    // What an argument names is named by it; the rest as it was seen. What was created or deleted changes its parent's listing.
    private static IEnumerable<string> EntriesOf(SeenChanges seen, JsonElement? arguments)
    {
        var names = arguments is { ValueKind: JsonValueKind.Object } given
            ? given.EnumerateObject().Where(static member => member.Value.ValueKind == JsonValueKind.String && IsName(member.Name))
                .Select(static member => (member.Name, Value: member.Value.GetString()!)).Where(static one => one.Value.Length > 0).ToArray()
            : [];
        foreach (var path in seen.All.Distinct().Order(StringComparer.Ordinal))
        {
            var named = names.FirstOrDefault(one => path == one.Value || path.EndsWith($"/{one.Value.TrimStart('.', '/')}", StringComparison.Ordinal)).Name;
            yield return named is null ? $"file:{Escape(path)}" : $"file:{{{named}}}";
            if (!seen.Changed.Contains(path))
            {
                yield return named is null ? $"file:{Escape(Path.GetDirectoryName(path) ?? "/")}/*" : $"file:{{{named}|parent}}/*";
            }
        }
    }

    private static bool IsName(string name) => name.Length > 0 && name.All(static letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-');

    private static string Escape(string path) => path.Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal);

    // JSON text is YAML text, too.
    private static string Quote(string text) => JsonSerializer.Serialize(text, s_text);
}
