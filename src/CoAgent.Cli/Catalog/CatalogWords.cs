using System.Collections.Immutable;
using System.Text.Json;
using CoAgent.Proxy.Hosting;
using CoAgent.Runtime.Catalog.Folder;
using CoAgent.Runtime.Catalog.Manifests;

namespace CoAgent.Cli.Catalog;

/// <summary>The catalog's terms as people read them.</summary>
internal static class CatalogWords
{
    public static string Of(TrustLevel trust, bool isChanged) => isChanged ? "draft (changed)" : JsonNamingPolicy.CamelCase.ConvertName($"{trust}");

    public static string Of(CatalogOrigin origin) => origin == CatalogOrigin.Shipped ? "coagent" : "workspace";

    public static string Of(ToolEffect effect) => effect switch
    {
        ToolEffect.Read => "read",
        ToolEffect.LiveRead => "live-read",
        ToolEffect.Write => "write",
        ToolEffect.Irreversible => "irreversible",
        _ => throw new ArgumentOutOfRangeException(nameof(effect)),
    };

    /// <summary>The servers that a manifest was made for.</summary>
    public static string MadeFor(CatalogedTool tool) => string.Join(", ", tool.Entries
        .SelectMany(static entry => entry.Definitions.Values)
        .Select(static definition => definition.Server ?? $"{definition.Definition.Digest}"[..ToolDefinition.MemberDigitCount])
        .Distinct()
        .Order(StringComparer.Ordinal));
}

/// <summary>What <c>coagent catalog list --json</c> prints.</summary>
internal sealed record CatalogReport(
    string Workspace, string? Shipped, ImmutableArray<CatalogToolReport> Tools, ImmutableArray<string> Faults, ImmutableArray<UnknownToolReport> UnknownTools)
{
    public static CatalogReport Of(OpenedCatalog catalog, ImmutableArray<UnknownToolReport> unknown) => new(
        catalog.Folders.Workspace,
        catalog.Folders.Shipped,
        [.. catalog.Snapshot.Tools.Select(CatalogToolReport.Of)],
        [.. catalog.Snapshot.Faults.Select(static fault => fault.ToString())],
        unknown);
}

/// <summary>One manifest as programs see it.</summary>
internal sealed record CatalogToolReport(
    string Profile, string Tool, string Trust, bool IsChanged, string Effect, string From, string File, string Digest, ImmutableArray<string> Definitions)
{
    public static CatalogToolReport Of(CatalogedTool tool) => new(
        tool.Name.Profile, tool.Name.Tool, CatalogWords.Of(tool.Trust, isChanged: false), tool.IsChanged, CatalogWords.Of(tool.Manifest.Effect),
        CatalogWords.Of(tool.Origin), tool.File, $"{tool.Digest}",
        [.. tool.Entries.SelectMany(static entry => entry.Definitions.Keys).Distinct().Order(StringComparer.Ordinal)]);
}
