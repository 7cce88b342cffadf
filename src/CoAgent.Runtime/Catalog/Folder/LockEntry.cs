using System.Collections.Immutable;
using System.Text.Json;
using CoAgent.Runtime.Tools;

namespace CoAgent.Runtime.Catalog.Folder;

/// <summary>How far a manifest is trusted (docs/catalog.md, "Trust").</summary>
public enum TrustLevel
{
    /// <summary>Somebody does not want it: its tool is unknown until it is approved again.</summary>
    Forgotten,

    /// <summary>Nobody has said anything for it: its tool is unknown.</summary>
    Draft,

    /// <summary>It has passed the laws.</summary>
    Verified,

    /// <summary>A person has said so.</summary>
    Approved,
}

/// <summary>A tool of a profile, as the catalog names it: <c>server-memory/create_entities</c>.</summary>
/// <param name="Profile">The profile.</param>
/// <param name="Tool">What the server calls the tool.</param>
public readonly record struct CatalogName(string Profile, string Tool)
{
    /// <summary>The order of the lock and of lists: ordinal, by profile and then by tool.</summary>
    public static IComparer<CatalogName> Order { get; } =
        Comparer<CatalogName>.Create(static (one, other) => string.CompareOrdinal($"{one}", $"{other}"));

    /// <summary>Reads what <see cref="ToString"/> wrote; null when it is none.</summary>
    public static CatalogName? TryParse(string text)
    {
        var at = text.IndexOf('/', StringComparison.Ordinal);
        return at > 0 && at < text.Length - 1 ? new CatalogName(text[..at], text[(at + 1)..]) : null;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Profile}/{Tool}";
}

/// <summary>What the lock says of one manifest.</summary>
/// <param name="Manifest">The digest of the manifest that is meant; another one is a draft.</param>
/// <param name="Trust">How far it is trusted.</param>
public sealed record LockEntry(ContentId Manifest, TrustLevel Trust)
{
    /// <summary>The definitions of the tool that it was made for; empty for a tool that no server defines.</summary>
    public ImmutableSortedDictionary<string, LockedDefinition> Definitions { get; init; } =
        ImmutableSortedDictionary.Create<string, LockedDefinition>(StringComparer.Ordinal);

    /// <summary>What its verification has shown, in the words of who verified it: a JSON object; null when it was not verified.</summary>
    public JsonElement? Evidence { get; init; }

    /// <summary>Whether it was made for a definition.</summary>
    public bool IsFor(ContentId definition) => Definitions.ContainsKey($"{definition}");
}

/// <summary>A definition that a manifest was made for.</summary>
/// <param name="Definition">The definition.</param>
/// <param name="Server">The name and version of the server that gave it; null when nobody knows.</param>
public sealed record LockedDefinition(ToolDefinition Definition, string? Server);
