using System.Collections.Immutable;
using System.Text;
using System.Text.Json;

namespace CoAgent.Runtime.Catalog.Folder;

/// <summary>Changes a workspace's catalog: what its lock says, and which manifests it has.</summary>
/// <remarks>One change at a time, over processes; the lock is replaced whole.</remarks>
/// <param name="folder">The full path of the workspace's catalog.</param>
public sealed class WorkspaceCatalog(string folder)
{
    private const string Unfinished = ".new";
    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true };

    private string LockPath => Path.Combine(folder, CatalogLock.FileName);

    /// <summary>A manifest is trusted, for more definitions than before.</summary>
    /// <param name="tool">The manifest.</param>
    /// <param name="trust">How far.</param>
    /// <param name="definitions">The definitions that it was looked at with; empty: those that the locks knew.</param>
    /// <param name="evidence">What its verification has shown: a JSON object; null to keep what is known of this very manifest.</param>
    /// <exception cref="CatalogException">The lock cannot be read or written.</exception>
    public void Trust(CatalogedTool tool, TrustLevel trust, IEnumerable<LockedDefinition> definitions, JsonElement? evidence = null) =>
        Change(before => before with { Entries = before.Entries.SetItem(tool.Name, EntryOf(before, tool, trust, [.. definitions], evidence)) });

    /// <summary>A manifest is to coordinate its tool no longer: the workspace's is removed, one that ships is crossed out.</summary>
    /// <returns>The file that was removed; null where the manifest ships.</returns>
    /// <exception cref="CatalogException">The lock or the file cannot be written.</exception>
    public string? Forget(CatalogedTool tool)
    {
        var isOwn = tool.Origin == CatalogOrigin.Workspace;
        Change(before => before with
        {
            Entries = isOwn
                ? before.Entries.Remove(tool.Name)
                : before.Entries.SetItem(tool.Name, new LockEntry(tool.Digest, TrustLevel.Forgotten)),
        });
        if (!isOwn)
        {
            return null;
        }

        Guard(tool.File, () => File.Delete(tool.File));
        return tool.File;
    }

    /// <summary>A manifest has failed: it is put aside, with what has shown it. One that ships is crossed out.</summary>
    /// <param name="tool">The manifest.</param>
    /// <param name="evidence">What has shown it: a JSON object.</param>
    /// <returns>Where the manifest lies now; null where it ships.</returns>
    /// <exception cref="CatalogException">The lock or a file cannot be written.</exception>
    public string? Quarantine(CatalogedTool tool, JsonElement evidence)
    {
        if (tool.Origin == CatalogOrigin.Shipped)
        {
            Change(before => before with
            {
                Entries = before.Entries.SetItem(tool.Name, new LockEntry(tool.Digest, TrustLevel.Forgotten) { Evidence = evidence }),
            });
            return null;
        }

        var place = Path.Combine(folder, CatalogFolders.Quarantine, tool.Name.Profile, Path.GetFileName(tool.File));
        Guard(place, () =>
        {
            Directory.CreateDirectory(Path.GetDirectoryName(place)!);
            File.Move(tool.File, place, overwrite: true);
            File.WriteAllText(Path.ChangeExtension(place, ".evidence.json"), JsonSerializer.Serialize(evidence, s_indented) + "\n");
        });
        Change(before => before with { Entries = before.Entries.Remove(tool.Name) });
        return place;
    }

    /// <summary>The definitions that the workspace's lock ties a tool to, whatever its manifest says by now.</summary>
    /// <exception cref="CatalogException">The lock cannot be read.</exception>
    public IEnumerable<LockedDefinition> DefinitionsOf(CatalogName name)
    {
        var read = CatalogLock.Empty;
        Guard(LockPath, () => read = File.Exists(LockPath) ? CatalogLock.Parse(File.ReadAllBytes(LockPath)) : CatalogLock.Empty);
        return read.Entries.TryGetValue(name, out var entry) ? entry.Definitions.Values : [];
    }

    /// <summary>Writes a manifest that is to be put right by a person, and the profile's file where there is none.</summary>
    /// <param name="profile">The profile.</param>
    /// <param name="ownName">The name that the server gives itself; null when it gives none.</param>
    /// <param name="tool">What the server calls the tool.</param>
    /// <param name="text">The manifest.</param>
    /// <param name="replaces">The draft that may be replaced; null where nothing may.</param>
    /// <returns>The file; null where there is another manifest already, which is kept.</returns>
    /// <exception cref="CatalogException">It cannot be written.</exception>
    public string? Draft(string profile, string? ownName, string tool, string text, string? replaces)
    {
        var place = Path.Combine(folder, profile, $"{DraftManifest.ProfileNameOf(tool)}.yaml");
        var isWritten = false;
        Guard(place, () =>
        {
            Directory.CreateDirectory(Path.GetDirectoryName(place)!);
            if (File.Exists(place) && (replaces is null || File.ReadAllText(place) != replaces))
            {
                return;
            }

            var whose = Path.Combine(folder, profile, FolderFile.ProfileFile);
            if (!File.Exists(whose) && ownName is not null)
            {
                File.WriteAllText(whose, DraftManifest.ProfileText(profile, ownName));
            }

            File.WriteAllText(place, text);
            isWritten = true;
        });
        return isWritten ? place : null;
    }

    private static LockEntry EntryOf(
        CatalogLock before, CatalogedTool tool, TrustLevel trust, ImmutableArray<LockedDefinition> given, JsonElement? evidence)
    {
        var own = before.Entries.GetValueOrDefault(tool.Name);
        var isSame = own?.Manifest == tool.Digest;
        var known = (isSame ? own!.Definitions.Values : [])
            .Concat(tool.Entries.SelectMany(static entry => entry.Definitions.Values))
            .Concat(given.IsEmpty && own is not null ? own.Definitions.Values : []);
        var definitions = known.Concat(given)
            .GroupBy(static one => $"{one.Definition.Digest}")
            .ToImmutableSortedDictionary(static group => group.Key, static group => group.Last(), StringComparer.Ordinal);
        return new LockEntry(tool.Digest, trust)
        {
            Definitions = definitions,
            Evidence = evidence ?? (isSame ? own!.Evidence : tool.Entries.Select(static entry => entry.Evidence).FirstOrDefault()),
        };
    }

    private void Change(Func<CatalogLock, CatalogLock> change) => Guard(LockPath, () =>
    {
        Directory.CreateDirectory(folder);
        // Held by one process at a time: who finds it held has to come again.
        using var next = new FileStream(LockPath + Unfinished, FileMode.Create, FileAccess.Write, FileShare.None);
        var before = File.Exists(LockPath) ? CatalogLock.Parse(File.ReadAllBytes(LockPath)) : CatalogLock.Empty;
        next.Write(Encoding.UTF8.GetBytes(change(before).ToText()));
        next.Flush(flushToDisk: true);
        File.Move(LockPath + Unfinished, LockPath, overwrite: true);
    });

    private static void Guard(string path, Action act)
    {
        try
        {
            act();
        }
        catch (FormatException fault)
        {
            throw new CatalogException($"{path} cannot be read: {fault.Message}", fault);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new CatalogException($"{path} cannot be written ({fault.Message}). Another command may be at it: try again.", fault);
        }
    }
}
