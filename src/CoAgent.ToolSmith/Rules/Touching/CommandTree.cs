using System.Collections.Immutable;
using CoAgent.Protocol.Objects;
using CoAgent.Runtime.Tools;
using CoAgent.ToolSmith.Shell.Evaluation;

namespace CoAgent.ToolSmith.Rules.Touching;

/// <summary>The tree as one command finds it: where its paths lead, and what it does with them.</summary>
/// <remarks>
/// What a command does is said more widely rather than too narrowly: it may do less, and it may fail. A path that the text does not tell
/// makes a read one of the whole root, and a write one that no rule covers.
/// </remarks>
internal sealed class CommandTree
{
    private CommandTree(LineTouches line, ImmutableArray<string> directories, bool isCertain)
    {
        Line = line;
        Directories = directories;
        IsCertain = isCertain;
    }

    internal LineTouches Line { get; }

    internal LineVerdict Verdict => Line.Verdict;

    /// <summary>The directories that it may run in, without links; none: nobody knows.</summary>
    internal ImmutableArray<string> Directories { get; }

    /// <summary>It runs for certain, once, in one place: what it writes without looking is left whatever was there.</summary>
    internal bool IsCertain { get; }

    /// <summary>The tree for a command that runs in one of those directories.</summary>
    internal static CommandTree At(LineTouches line, ImmutableArray<string> logicalDirectories, bool isCertain)
    {
        var tree = new CommandTree(line, ["/"], isCertain: false);
        return new CommandTree(line, tree.Enter(logicalDirectories), isCertain && logicalDirectories.Length == 1);
    }

    /// <summary>The same for what runs after another directory was entered.</summary>
    internal CommandTree In(FieldValue directory)
    {
        if (directory is not FieldValue.Text { Value: var text })
        {
            return new CommandTree(Line, [], IsCertain);
        }

        var entered = Directories.SelectMany(each => new CommandTree(Line, [each], IsCertain).Enter([text])).Distinct(StringComparer.Ordinal);
        return new CommandTree(Line, [.. entered], IsCertain);
    }

    /// <summary>The same for what may not happen.</summary>
    internal CommandTree Uncertain => IsCertain ? new CommandTree(Line, Directories, isCertain: false) : this;

    /// <summary>Where a path may lead; none when it leads nowhere, or nobody knows: then that is said.</summary>
    /// <param name="path">The path as it is given.</param>
    /// <param name="followsLast">Whether a link at its end is followed.</param>
    /// <param name="isRead">Nothing is changed there: not to know reads everything.</param>
    internal IEnumerable<FilePath> Find(FieldValue path, bool followsLast, bool isRead)
    {
        switch (path)
        {
            case FieldValue.Stream:
                return [];
            case FieldValue.Text { Value: "" }:
                return [];
            case FieldValue.Text { Value: ['/', ..] absolute }:
                return Find(["/"], absolute, followsLast, isRead);
            case FieldValue.Text { Value: var relative } when !Directories.IsEmpty:
                return Find(Directories, relative, followsLast, isRead);
            case FieldValue.Text:
                NotKnown("in which directory it runs is not known", isRead);
                return [];
            default:
                NotKnown(path is FieldValue.Unknown { Reason: var why } ? $"which file it is is not known: {why}" : "which files match is not known", isRead);
                return [];
        }
    }

    private List<FilePath> Find(ImmutableArray<string> directories, string path, bool followsLast, bool isRead)
    {
        var found = new List<FilePath>(directories.Length);
        foreach (var directory in directories)
        {
            if (Line.Files.Resolve(directory, path, followsLast) is not { } resolved)
            {
                NotKnown($"where {path} leads is not known", isRead);
                continue;
            }

            ReadWay(resolved);
            if (Line.MayLeadElsewhere(resolved, followsLast))
            {
                NotKnown($"{path} leads through what the line itself puts there", isRead);
                continue;
            }

            found.Add(resolved);
        }

        return found;
    }

    /// <summary>The links on the way, and what is missing on it: were it there, the path could lead elsewhere.</summary>
    private void ReadWay(FilePath path)
    {
        foreach (var link in path.Links)
        {
            Line.Read(link, Extent.Node);
        }

        foreach (var missing in path.Missing)
        {
            Line.Read(missing, Extent.Node);
        }
    }

    internal void NotKnown(string reason, bool isRead)
    {
        if (isRead)
        {
            ReadAnything();
        }
        else
        {
            Verdict.SayUnseen(reason);
        }
    }

    internal void ReadAnything() => Line.Read(Line.Files.Root, Extent.Subtree);

    internal PathKinds KindsOf(FilePath path) => Line.KindsOf(path);

    /// <summary>Something new may be at a path: the directory that holds it has another name.</summary>
    internal void Appear(FilePath path)
    {
        if ((KindsOf(path) & (PathKinds.Absent | PathKinds.Anything)) != PathKinds.None)
        {
            Line.Write(Parent(path.Canonical), Extent.Children);
        }
    }

    internal static string Parent(string path) => path.LastIndexOf('/') is > 0 and var cut ? path[..cut] : "/";

    internal static string Join(string directory, string name) => directory == "/" ? "/" + name : directory + "/" + name;

    private ImmutableArray<string> Enter(ImmutableArray<string> directories)
    {
        var entered = ImmutableArray.CreateBuilder<string>(directories.Length);
        foreach (var directory in directories)
        {
            foreach (var found in Find(new FieldValue.Text(directory), followsLast: true, isRead: true))
            {
                Line.Read(found.Canonical, Extent.Node);
                entered.Add(found.Canonical);
            }
        }

        // Where one leads is not known: then nobody knows where the command runs.
        return entered.Count < directories.Length ? [] : entered.ToImmutable();
    }
}
