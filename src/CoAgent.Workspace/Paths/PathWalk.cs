using System.Collections.Immutable;
using CoAgent.Workspace.Files;

namespace CoAgent.Workspace.Paths;

/// <summary>Where a path leads: absolute, no <c>.</c> or <c>..</c>, links resolved.</summary>
/// <param name="Absolute">The canonical path; it may name nothing yet.</param>
/// <param name="Kind">What is there.</param>
/// <param name="Links">The links that were followed on the way.</param>
internal readonly record struct WalkedPath(string Absolute, FileKind Kind, ImmutableArray<string> Links);

/// <summary>Walks a path name by name, as the kernel does, so that every step can be looked at.</summary>
internal static class PathWalk
{
    /// <summary>As many links as Linux follows.</summary>
    internal const int LinksMax = 40;

    /// <summary>Follows <paramref name="path"/> from <paramref name="start"/>; <paramref name="visit"/> may refuse each step before it is touched.</summary>
    internal static WalkedPath Follow(IFileView files, string start, string path, bool followLast, Action<string> visit)
    {
        var pending = new Stack<string>();
        var links = ImmutableArray.CreateBuilder<string>();
        var current = Begin(start, path, pending);
        var kind = FileKind.Directory;
        while (pending.TryPop(out var name))
        {
            if (name == "..")
            {
                RequireDirectory(kind, path);
                current = ParentOf(current);
                continue;
            }

            var next = Join(current, name);
            visit(next);
            kind = kind == FileKind.Directory ? files.KindOf(next) : FileKind.Absent;
            if (kind == FileKind.Link && (followLast || pending.Count > 0))
            {
                links.Add(next);
                current = FollowLink(files, next, current, path, links.Count, pending);
                kind = FileKind.Directory;
                continue;
            }

            current = next;
        }

        return new WalkedPath(current, kind, links.ToImmutable());
    }

    internal static string ParentOf(string absolute)
    {
        var cut = absolute.LastIndexOf('/');
        return cut <= 0 ? "/" : absolute[..cut];
    }

    internal static string Join(string directory, string name) => directory == "/" ? "/" + name : directory + "/" + name;

    private static string Begin(string start, string path, Stack<string> pending)
    {
        foreach (var name in path.Split('/').Reverse())
        {
            if (name is not ("" or "."))
            {
                pending.Push(name);
            }
        }

        return path.StartsWith('/') ? "/" : start;
    }

    private static string FollowLink(
        IFileView files, string link, string directory, string path, int linkCount, Stack<string> pending)
    {
        if (linkCount > LinksMax)
        {
            throw new CallRefusedException($"{path} goes through too many symbolic links; they may form a loop.");
        }

        var target = files.LinkTargetOf(link)
            ?? throw new CallRefusedException($"{path} changed while it was looked at; call again.");
        return Begin(directory, target, pending);
    }

    private static void RequireDirectory(FileKind kind, string path)
    {
        if (kind != FileKind.Directory)
        {
            throw new CallRefusedException($"{path} goes up ('..') from something that is not a directory.");
        }
    }
}
