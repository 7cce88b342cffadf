using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using CoAgent.Proxy.Wire;
using CoAgent.Runtime.Catalog.Folder;
using CoAgent.Runtime.Catalog.Manifests;
using CoAgent.Runtime.Tools;

namespace CoAgent.Proxy.OwnTools;

/// <summary>The tools of the catalog that CoAgent runs itself, as clients get to see them: listed behind ours (docs/toolsmith.md).</summary>
/// <param name="catalog">The catalog, as it is now.</param>
/// <param name="smith">Who grows them; null where nobody does.</param>
/// <param name="root">The full path of the folder in which their commands run.</param>
internal sealed class GrownTools(Func<CatalogSnapshot> catalog, IToolSmith? smith, string root)
{
    /// <summary>How many are offered; what is beyond, in the order of their names, is left out: every model pays for each.</summary>
    public const int OfferedMax = 128;

    private static readonly JsonSerializerOptions s_plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private Offering _offering = new(CatalogSnapshot.Empty, ImmutableSortedDictionary<string, Offered>.Empty);

    /// <summary>The folder in which their commands run.</summary>
    public string Root => root;

    /// <summary>Who grows them; null where nobody does.</summary>
    public IToolSmith? Smith => smith;

    /// <summary>The tool of that name; null where none is offered.</summary>
    public CatalogedTool? Find(string name) => Now().Tools.GetValueOrDefault(name)?.Tool;

    /// <summary>Their definitions as JSON, each with a comma before it, to stand behind ours.</summary>
    /// <param name="isTaken">Whether a server has a tool of that name: then that one is called.</param>
    public byte[] DefinitionsBeside(Func<string, bool> isTaken) =>
        [.. Now().Tools.Values.Where(offered => !isTaken(offered.Tool.Manifest.Tool)).SelectMany(static offered => offered.Definition)];

    /// <summary>What a change of the list is seen by.</summary>
    /// <param name="snapshot">What the catalog says.</param>
    public static string FingerprintOf(CatalogSnapshot snapshot) =>
        string.Join('\n', CommandTools.Offered(snapshot).Select(static tool => $"{tool.Name} {tool.Digest}"));

    /// <summary>Why a call is not made; null where it is.</summary>
    public string? Refuse(CatalogedTool tool, JsonElement arguments) => smith?.Refuse(tool, arguments);

    private Offering Now()
    {
        var (known, snapshot) = (Volatile.Read(ref _offering), catalog());
        if (ReferenceEquals(known.Snapshot, snapshot))
        {
            return known;
        }

        var offered = CommandTools.Offered(snapshot)
            .Where(static tool => !OwnTool.Is(tool.Manifest.Tool))
            .DistinctBy(static tool => tool.Manifest.Tool)
            .Take(OfferedMax)
            .ToImmutableSortedDictionary(static tool => tool.Manifest.Tool, static tool => new Offered(tool, DefinitionOf(tool.Manifest)), StringComparer.Ordinal);
        var now = new Offering(snapshot, offered);
        Volatile.Write(ref _offering, now);
        return now;
    }

    private static byte[] DefinitionOf(ToolManifest manifest)
    {
        var definition = new JsonObject
        {
            ["name"] = manifest.Tool,
            ["description"] = manifest.Description ?? manifest.Tool,
            ["inputSchema"] = JsonNode.Parse(manifest.Input!.Value.GetRawText()),
        };
        if (manifest.Effect is ToolEffect.Read or ToolEffect.LiveRead)
        {
            definition["annotations"] = new JsonObject { ["readOnlyHint"] = true };
        }

        return [(byte)',', .. JsonSerializer.SerializeToUtf8Bytes(definition, s_plain)];
    }

    /// <summary>What is offered by one state of the catalog.</summary>
    private sealed record Offering(CatalogSnapshot Snapshot, ImmutableSortedDictionary<string, Offered> Tools);

    /// <summary>One tool.</summary>
    private sealed record Offered(CatalogedTool Tool, byte[] Definition);
}
