using System.Collections.Immutable;
using CoAgent.Protocol.Objects;
using CoAgent.Protocol.Trajectories;
using CoAgent.ToolSmith.Sandboxing;
using CoAgent.ToolSmith.Verification;

namespace CoAgent.Trials.Commands;

/// <summary>Holds what was declared of a line against what plain bash did.</summary>
/// <param name="declared">What was declared.</param>
/// <param name="root">The full path of the tree.</param>
internal sealed class DeclaredCover(CallDeclaration declared, string root)
{
    private readonly ImmutableArray<ObjectPattern> _writes = declared.Footprint.Writes;

    /// <summary>What was written and not declared.</summary>
    public IEnumerable<string> Missed(IEnumerable<TreeChange> changes)
    {
        foreach (var change in changes.Where(static change => !change.IsSharingOnly))
        {
            var path = FullPath(change.Path);
            if (!_writes.CoverContent(path))
            {
                yield return $"written, not declared: {change}";
            }
            else if (change.ChangesListing && !_writes.CoverListing(Path.GetDirectoryName(path)))
            {
                yield return $"came or went, and its folder's listing is not declared: {change}";
            }
        }
    }

    /// <summary>What was looked at and not declared.</summary>
    /// <remarks>
    /// What was not there before, and was made by the line itself, says nothing of what it found. A name that the line makes and removes
    /// again is not tracked (docs/workspace.md), nor is that it was looked for before.
    /// </remarks>
    /// <param name="before">The tree before.</param>
    /// <param name="run">What plain bash did.</param>
    public IEnumerable<string> Unread(TreeState before, PlainRun run)
    {
        var reads = run.Reads;
        var found = reads with { Reads = [.. reads.Reads.Where(read => !IsLinkItself(read, before) && !(read.Kind == ReadKind.Absence && run.Passing.Contains(read.Path))).Select(read => Found(read, before)).OfType<ObservedRead>()] };
        var seen = new Observation(declared, new WorldState(before, []), new WorldState(before, [])) { Reads = found };
        return FootprintLaw.Judge(seen) is LawOutcome.Broken broken
            ? broken.Evidence.Where(static line => line.StartsWith("read, ", StringComparison.Ordinal))
            : [];
    }

    // A trace does not say whether a link was followed when it was asked what is there; where the link is declared, it was not.
    private bool IsLinkItself(ObservedRead read, TreeState before)
    {
        var link = Path.Combine(FootprintLaw.Canonical(Path.GetDirectoryName(read.Path)!, before), Path.GetFileName(read.Path));
        return read.Kind == ReadKind.Status && before.Paths.GetValueOrDefault(link)?.Target is not null
            && _writes.Concat(declared.Footprint.Reads).CoverContent(link);
    }

    // Looked for in a directory that was not there: it found that the directory was not there, or looked into its own.
    private static ObservedRead? Found(ObservedRead read, TreeState before)
    {
        var path = FootprintLaw.Canonical(read.Path, before);
        if (read.Kind != ReadKind.Absence)
        {
            return before.Paths.ContainsKey(path) ? read : null;
        }

        while (Path.GetDirectoryName(path) is { } folder && !before.Paths.ContainsKey(folder) && folder.Length > 1)
        {
            path = folder;
        }

        return read with { Path = path };
    }

    /// <summary>How many declared entries of files nothing came of.</summary>
    public int IdleCount(IReadOnlyCollection<TreeChange> changes)
    {
        ObjectPattern[] written =
        [
            .. changes.Select(change => FileObjects.Of(FullPath(change.Path))).OfType<ObjectId>().Select(ObjectPattern.Node),
            .. changes.Where(static change => change.ChangesListing)
                .Select(change => FileObjects.Of(Path.GetDirectoryName(FullPath(change.Path))!)).OfType<ObjectId>().Select(ObjectPattern.Children),
        ];
        return _writes.Count(entry => FileObjects.IsFile(entry) && !Array.Exists(written, entry.Covers));
    }

    private string FullPath(string relative) => relative.Length == 0 ? root : Path.Combine(root, relative);
}
