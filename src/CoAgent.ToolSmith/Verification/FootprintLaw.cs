using System.Collections.Immutable;
using CoAgent.Protocol.Objects;
using CoAgent.ToolSmith.Sandboxing;

namespace CoAgent.ToolSmith.Verification;

/// <summary>What a call reads and writes is declared.</summary>
/// <remarks>
/// <para>
/// Files: each path that changed must be among the declared writes, and the listing of its folder where it came or went. Each path that was
/// looked at must be among the declared reads or writes (a write meets every other write of its object, so its reads of what it writes need
/// not be said). To ask what is at a path is to read it or its folder's listing; folders on the way to something declared may be looked at.
/// A folder that was listed above something declared that is not there is remarked upon, not complained of: names are looked for so.
/// Links are followed as they were before the call; a link that was followed is not looked for among the declared reads.
/// </para>
/// <para>
/// Other state: what changed in the answers to the state reads must be named by a declared write, as far as names can be matched
/// (<see cref="NamedChanges"/>). What these reads do not show is not checked, nor are reads of such state.
/// </para>
/// </remarks>
internal static class FootprintLaw
{
    private const int LinesMax = 20;

    internal static LawOutcome Judge(Observation seen)
    {
        var footprint = seen.Declared.Footprint;
        var remarks = ImmutableArray.CreateBuilder<string>();
        string[] faults =
            [.. Files(seen, footprint), .. Outside(seen, footprint), .. State(seen, footprint, remarks), .. Reads(seen, footprint, remarks)];
        if (faults.Length > 0)
        {
            return new LawOutcome.Broken(
                footprint.IsRead
                    ? "a call that is declared to write nothing writes, or reads more than is declared"
                    : "more is read or written than is declared",
                [.. faults.Take(LinesMax), $"declared: {footprint}"]);
        }

        if (seen.Failure is { } failure)
        {
            return new LawOutcome.Inconclusive($"the call fails: {failure}");
        }

        if (footprint.Writes.FirstOrDefault(static entry => !FileObjects.IsFile(entry)) is { Id: { } id } && seen.Before.Answers.IsEmpty)
        {
            return new LawOutcome.Inconclusive($"{id} is written, and the profile has no state reads that would show it");
        }

        if (seen.Reads.Gap is { } gap)
        {
            remarks.Add($"what it reads was not checked: {gap}");
        }

        return new LawOutcome.Held(remarks.ToImmutable());
    }

    private static IEnumerable<string> Files(Observation seen, Footprint footprint)
    {
        foreach (var change in seen.FilesChanged(seen.Before, seen.After))
        {
            if (!footprint.Writes.CoverContent(change.Path))
            {
                yield return $"written, not declared: {change}";
            }
            else if (change.ChangesListing && !footprint.Writes.CoverListing(Path.GetDirectoryName(change.Path)))
            {
                yield return $"{(change.Before is null ? "created" : "removed")}, and the listing of its folder is not declared: {change}";
            }
        }
    }

    private static IEnumerable<string> Outside(Observation seen, Footprint footprint) =>
        seen.WrittenOutside.Where(path => !footprint.Writes.CoverContent(path))
            .Select(static path => $"written outside, not declared: {path}");

    private static IEnumerable<string> State(Observation seen, Footprint footprint, ImmutableArray<string>.Builder remarks)
    {
        var others = footprint.Writes.Where(static entry => entry.Id is null || !FileObjects.IsFile(entry));
        var names = new NamedChanges(others, [.. seen.Before.Answers, .. seen.After.Answers]);
        foreach (var (before, after) in seen.Before.Answers.Zip(seen.After.Answers))
        {
            foreach (var change in before.DifferenceTo(after).Changes)
            {
                switch (names.Find(change))
                {
                    case Naming.NotNamed:
                        yield return $"changed in {before.Read}, not declared: {change}";
                        break;
                    case Naming.NotMatched:
                        remarks.Add($"could not be matched with a declared write: {before.Read} {change}");
                        break;
                }
            }
        }
    }

    private static IEnumerable<string> Reads(Observation seen, Footprint footprint, ImmutableArray<string>.Builder remarks)
    {
        ObjectPattern[] known = [.. footprint.Reads, .. footprint.Writes];
        var unknown = seen.Reads.Reads
            .Select(read => read with { Path = Canonical(read.Path, seen.Before.Tree) })
            .Where(read => !seen.IsStore(read.Path) && !IsKnown(read, known, seen))
            .Distinct()
            .OrderBy(static read => read.Path, StringComparer.Ordinal)
            .ToLookup(read => read.Kind == ReadKind.Listing && IsSearch(read.Path, known, seen.Before.Tree));
        remarks.AddRange(unknown[true].Select(static read => $"{read.Path} was listed, as if in search of what is declared and not there"));
        return unknown[false].Select(static read => $"read, not declared: {read.Path} ({Word(read.Kind)})");
    }

    // Some servers look for another spelling of a name that is not there; an example in which it is there shows who lists more.
    private static bool IsSearch(string folder, ObjectPattern[] known, TreeState tree) =>
        FileObjects.Of(folder) is { } id && known.Any(entry => entry is { Extent: Extent.Node, Id: { } named }
            && id.IsPrefixOf(named) && !tree.Paths.Keys.Any(path => named.Equals(FileObjects.Of(path))));

    // What was found at a path that holds nothing before and nothing after was made by the call itself: a file on its way into place.
    private static bool IsKnown(ObservedRead read, ObjectPattern[] known, Observation seen)
    {
        var folder = Path.GetDirectoryName(read.Path);
        var state = seen.Before.Tree.Paths.GetValueOrDefault(read.Path) ?? seen.After.Tree.Paths.GetValueOrDefault(read.Path);
        return read.Kind switch
        {
            ReadKind.Listing => known.CoverListing(read.Path),
            ReadKind.Content or ReadKind.Status when state is null => true,
            ReadKind.Content when state is not { IsFolder: true } => known.CoverContent(read.Path),
            ReadKind.Content or ReadKind.Status =>
                known.CoverContent(read.Path) || known.CoverListing(folder) || known.CoverListing(read.Path)
                || known.LieBelow(read.Path) || IsOnTheWay(read.Path, seen),
            ReadKind.Absence =>
                known.CoverContent(read.Path) || known.CoverListing(folder)
                || known.LieBelow(read.Path) || IsScratch(read.Path, known),
            _ => throw new InvalidOperationException($"There is no kind {read.Kind}."),
        };
    }

    // The trial folder itself: everything is below it.
    private static bool IsOnTheWay(string path, Observation seen) => path == seen.Before.Tree.Paths.Keys.First();

    // A file that was not there before and is not there after, beside one that is written: what is renamed into its place.
    private static bool IsScratch(string path, ObjectPattern[] known) =>
        known.Any(entry => entry.Id is { } id && FileObjects.IsFile(entry)
            && FileObjects.Of(path) is { } own && own.Value.StartsWith(id.Value, StringComparison.Ordinal) && !id.IsPrefixOf(own));

    /// <summary>Where a path leads in a tree, its links followed.</summary>
    internal static string Canonical(string path, TreeState tree)
    {
        const int LinksMax = 40;
        for (var link = 0; link < LinksMax; link++)
        {
            var at = Ancestors(path).FirstOrDefault(above => tree.Paths.GetValueOrDefault(above)?.Target is not null);
            if (at is null)
            {
                return path;
            }

            var target = Path.GetFullPath(tree.Paths[at].Target!, Path.GetDirectoryName(at)!);
            path = target + path[at.Length..];
        }

        return path;
    }

    private static IEnumerable<string> Ancestors(string path)
    {
        for (var at = path.IndexOf('/', 1); at > 0; at = path.IndexOf('/', at + 1))
        {
            yield return path[..at];
        }

        yield return path;
    }

    private static string Word(ReadKind kind) => kind switch
    {
        ReadKind.Content => "its content",
        ReadKind.Status => "whether it is there",
        ReadKind.Absence => "it is not there",
        ReadKind.Listing => "its listing",
        _ => throw new InvalidOperationException($"There is no kind {kind}."),
    };
}
