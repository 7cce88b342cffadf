using System.Collections.Concurrent;
using System.Text.Json;
using CoAgent.Proxy.Downstream;
using CoAgent.Runtime.Catalog.Folder;
using CoAgent.Runtime.Tools;
using Microsoft.Extensions.Logging;

namespace CoAgent.Proxy.Observing;

/// <summary>Looks at the files of a workspace around a call and writes down what was seen: a draft of the tool's manifest.</summary>
/// <param name="root">The workspace's root.</param>
/// <param name="without">Folders of the workspace that are CoAgent's own.</param>
/// <param name="catalog">What is described already.</param>
/// <param name="folder">The full path of the workspace's catalog.</param>
/// <param name="logger">Where a draft that cannot be written is told.</param>
internal sealed partial class ToolWatch(
    string root, IReadOnlyCollection<string> without, ToolCatalog catalog, Func<string> folder, ILogger<ToolWatch> logger)
{
    /// <summary>How many tools are remembered, so that what is seen later adds to the draft.</summary>
    public const int ToolsMax = 1_000;

    private readonly ConcurrentDictionary<CatalogName, (SeenChanges Seen, string Text)> _drafts = new();

    /// <summary>Looks at the files.</summary>
    public Task<TreeStamps> LookAsync() => Task.Run(() => TreeStamps.Of(root, [.. without, folder()]));

    /// <summary>A call has been made: what has changed is written down.</summary>
    /// <param name="call">The call.</param>
    /// <param name="link">A way to its server.</param>
    /// <param name="before">The files before it.</param>
    /// <param name="isAlone">Whether no other call was under way.</param>
    public async Task NoteAsync(NamedCall call, ServerLink link, TreeStamps before, bool isAlone)
    {
        var seen = before.Until(await LookAsync());
        if (!isAlone && seen.Doubt is null)
        {
            seen = seen with { Doubt = "other calls were under way at the same time; some of this may be their doing." };
        }

        try
        {
            await DraftAsync(call, link, seen);
        }
        catch (Exception fault) when (fault is CatalogException or JsonException)
        {
            LogNotDrafted(call.Request.Server, call.Request.Tool, fault.Message);
        }
    }

    private async Task DraftAsync(NamedCall call, ServerLink link, SeenChanges seen)
    {
        var (server, tool) = (call.Request.Server, call.Request.Tool);
        var ownName = await link.OwnNameAsync();
        var known = catalog.Current.Of(link.Definition.Options.Profile, ownName);
        var profile = known?.Name ?? link.Definition.Options.Profile ?? DraftManifest.ProfileNameOf(ownName ?? server);
        var name = new CatalogName(profile, tool);
        _drafts.TryGetValue(name, out var before);
        if ((known is not null && known.Tools.TryGetValue(tool, out var there) && there.Text != before.Text)
            || (before.Text is null && _drafts.Count >= ToolsMax))
        {
            return; // somebody has written a manifest, which is kept
        }

        var all = before.Seen is { } earlier ? earlier.And(seen) : seen;
        var text = DraftManifest.Of(server, await DefinitionOfAsync(link, tool), all, JsonElement.Parse(call.Request.ArgumentsUtf8.Span, InputRequests.Deep));
        if (text != before.Text && new WorkspaceCatalog(folder()).Draft(profile, known is null ? ownName : null, tool, text, before.Text) is { } file)
        {
            _drafts[name] = (all, text);
            LogDrafted(server, tool, file);
        }
    }

    private static async Task<JsonElement> DefinitionOfAsync(ServerLink link, string tool)
    {
        var listed = await link.Definitions.ListAsync(CancellationToken.None) ?? [];
        var found = listed.FirstOrDefault(one => one.TryGetProperty("name", out var name) && name.ValueKind == JsonValueKind.String && name.GetString() == tool);
        return found.ValueKind == JsonValueKind.Object ? found : JsonSerializer.SerializeToElement(new Dictionary<string, string> { ["name"] = tool });
    }

    [LoggerMessage(271, LogLevel.Information, "What was seen of {Server}'s tool {Tool} is a draft now: {File}")]
    private partial void LogDrafted(string server, string tool, string file);

    [LoggerMessage(272, LogLevel.Warning, "What was seen of {Server}'s tool {Tool} could not be written down: {Reason}")]
    private partial void LogNotDrafted(string server, string tool, string reason);
}
