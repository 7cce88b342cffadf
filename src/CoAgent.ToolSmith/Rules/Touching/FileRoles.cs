using CoAgent.Protocol.Objects;
using CoAgent.Runtime.Tools;
using CoAgent.ToolSmith.Shell.Evaluation;

namespace CoAgent.ToolSmith.Rules.Touching;

/// <summary>What each role of a word touches.</summary>
internal static class FileRoles
{
    /// <summary>A command does that with a path.</summary>
    internal static void Touch(this CommandTree tree, Role role, FieldValue path)
    {
        if (role == Role.Text || path is FieldValue.Stream || (path is FieldValue.Text { Value: "-" } && role is Role.Read or Role.Output))
        {
            return;
        }

        switch (role)
        {
            case Role.Unseen:
                tree.Verdict.SayUnseen("an option does more than its rule knows");
                return;
            case Role.RemoveEmptyWay:
                tree.RemoveWay(path);
                return;
        }

        foreach (var found in tree.Find(path, role is not (Role.LookLink or Role.Remove or Role.RemoveTree or Role.RemoveEmpty), role.IsRead()))
        {
            if (role == Role.Replace)
            {
                tree.Replace(path, found);
            }
            else
            {
                tree.Touch(role, found);
            }
        }
    }

    /// <summary>The same with a path that is resolved.</summary>
    internal static void Touch(this CommandTree tree, Role role, FilePath path)
    {
        var (line, at) = (tree.Line, path.Canonical);
        switch (role)
        {
            case Role.Read or Role.Look or Role.LookLink or Role.Enter:
                line.Read(at, Extent.Node);
                break;
            case Role.List:
                line.Read(at, Extent.Node);
                if (MayBe(tree, path, PathKinds.Directory | PathKinds.Anything))
                {
                    line.Read(at, Extent.Children);
                }

                break;
            case Role.ReadTree:
                line.Read(at, MayBe(tree, path, PathKinds.Directory | PathKinds.Anything) ? Extent.Subtree : Extent.Node);
                break;
            case Role.Output or Role.Write:
                tree.WriteFile(path, isBlind: role == Role.Output && tree.IsCertain);
                break;
            case Role.Append or Role.Touch:
                tree.WriteFile(path, isBlind: false);
                break;
            case Role.Remove or Role.RemoveEmpty:
                tree.Remove(path, isTree: false, canBeDirectory: role == Role.RemoveEmpty);
                break;
            case Role.RemoveTree:
                tree.Remove(path, isTree: true, canBeDirectory: true);
                break;
            case Role.MakeDirectory or Role.MakeWay:
                tree.MakeDirectory(path, isWay: role == Role.MakeWay);
                break;
            case Role.Mode:
                line.Read(at, Extent.Node);
                line.Write(at, Extent.Node);
                break;
            case Role.ModeTree or Role.WriteTree:
                tree.WriteTree(path);
                break;
            default:
                throw new InvalidOperationException($"{role} is not done with a path that leads somewhere.");
        }
    }

    private static bool MayBe(CommandTree tree, FilePath path, PathKinds kinds) => (tree.KindsOf(path) & kinds) != PathKinds.None;

    /// <summary>Gives a file a content.</summary>
    internal static void WriteFile(this CommandTree tree, FilePath path, bool isBlind)
    {
        tree.Appear(path);
        tree.Line.Write(path.Canonical, Extent.Node);
        if (!isBlind)
        {
            tree.Line.Read(path.Canonical, Extent.Node);
        }

        // To a directory it fails, and where one is missing on the way.
        tree.Line.Leave(path, PathKinds.File, isBlind && path.Missing.IsEmpty && !path.IsDirectory);
    }

    /// <summary>Another file takes the place of one, or of a link that leads to it.</summary>
    private static void Replace(this CommandTree tree, FieldValue given, FilePath target)
    {
        tree.Line.Read(target.Canonical, Extent.Node);
        if (tree.KindsOf(target) is PathKinds.Absent or PathKinds.Directory)
        {
            return;
        }

        foreach (var entry in tree.Find(given, followsLast: false, isRead: false))
        {
            tree.WriteFile(entry, isBlind: false);
        }
    }

    internal static void Remove(this CommandTree tree, FilePath entry, bool isTree, bool canBeDirectory)
    {
        var (line, at) = (tree.Line, entry.Canonical);
        var kinds = tree.KindsOf(entry);
        var isDirectory = (kinds & (PathKinds.Directory | PathKinds.Anything)) != PathKinds.None;
        line.Read(at, Extent.Node);
        if (kinds == PathKinds.Absent || (kinds == PathKinds.Directory && !canBeDirectory))
        {
            return;
        }

        line.Write(at, Extent.Node);
        line.Write(CommandTree.Parent(at), Extent.Children);
        if (isDirectory && isTree)
        {
            line.Write(at, Extent.Subtree);
            line.Read(at, Extent.Subtree);
            line.Clear(at);
        }
        else if (isDirectory)
        {
            line.Read(at, Extent.Children);
            line.Write(at, Extent.Children);
        }

        // A directory that is not empty stays.
        line.Leave(entry, PathKinds.Absent, tree.IsCertain && (isTree || !isDirectory));
    }

    private static void RemoveWay(this CommandTree tree, FieldValue path)
    {
        if (path is not FieldValue.Text { Value: var text })
        {
            tree.NotKnown("which directories are removed is not known", isRead: false);
            return;
        }

        for (var way = text.TrimEnd('/'); way.Length > 0 && way != "."; way = way.LastIndexOf('/') is > 0 and var cut ? way[..cut] : "")
        {
            tree.Uncertain.Touch(Role.RemoveEmpty, new FieldValue.Text(way));
        }
    }

    private static void MakeDirectory(this CommandTree tree, FilePath path, bool isWay)
    {
        var (line, at) = (tree.Line, path.Canonical);
        line.Read(at, Extent.Node);
        if (tree.KindsOf(path) is PathKinds.Directory or PathKinds.File)
        {
            return;
        }

        line.Write(at, Extent.Node);
        line.Write(CommandTree.Parent(at), Extent.Children);
        foreach (var missing in isWay ? path.Missing : [])
        {
            line.Write(missing, Extent.Node);
            line.Write(CommandTree.Parent(missing), Extent.Children);
            line.Leave(new FilePath(missing, Exists: false, IsDirectory: false, [], []), PathKinds.Directory, tree.IsCertain);
        }

        line.Leave(path, PathKinds.Directory, tree.IsCertain && (isWay || path.Missing.IsEmpty));
    }

    /// <summary>Anything at and below a path may be written; what was there counts.</summary>
    internal static void WriteTree(this CommandTree tree, FilePath path)
    {
        var (line, at) = (tree.Line, path.Canonical);
        line.Write(at, Extent.Subtree);
        line.Read(at, Extent.Subtree);
        tree.Appear(path);
    }
}
