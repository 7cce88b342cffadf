using CoAgent.Protocol.Objects;
using CoAgent.Runtime.Tools;
using CoAgent.ToolSmith.Rules.Touching;
using CoAgent.ToolSmith.Shell.Evaluation;

namespace CoAgent.ToolSmith.Rules.Programs;

/// <summary><c>cp</c>, <c>mv</c>, <c>ln</c>, <c>install</c>: from the first operands to the last, or into it.</summary>
/// <remarks>Rules name the option of the directory <c>-t</c>, that of no directory <c>-T</c>, and that of whole trees <c>-r</c>.</remarks>
internal static class Transfers
{
    /// <summary>The most entries of a tree that is copied onto another; more is not covered.</summary>
    internal const int EntriesMax = 500;

    internal static void Copy(RuledCommand command) => Run(command, (tree, from, to) => Copy(command, tree, from, to));

    internal static void Move(RuledCommand command) => Run(command, (tree, from, to) => Move(command, tree, from, to));

    internal static void Link(RuledCommand command) => Run(command, (tree, from, to) => Link(command, tree, from, to));

    /// <summary>Finds the ways that the words may mean: what goes where.</summary>
    private static void Run(RuledCommand command, Action<CommandTree, FieldValue.Text, string> one)
    {
        if (command.Words.IsUnclear || !command.Operands.All(static operand => operand is FieldValue.Text or FieldValue.Stream))
        {
            command.Unseen("which files it is given is not known");
            return;
        }

        var operands = command.Operands.OfType<FieldValue.Text>().ToList();
        var into = command.Value("-t");
        if (into is not (null or FieldValue.Text) || operands.Count != command.Operands.Length || operands.Count == 0)
        {
            command.Unseen("where it puts what is not known");
            return;
        }

        var isLinkHere = command.Form.By == "link" && operands.Count == 1 && into is null;
        var target = into is FieldValue.Text given ? given.Value : isLinkHere ? "." : operands[^1].Value;
        var sources = into is null && !isLinkHere ? operands[..^1] : operands;
        foreach (var source in sources)
        {
            foreach (var (tree, place) in Places(command, source.Value, target, sources.Count > 1 || into is not null))
            {
                one(tree, source, place);
            }
        }
    }

    private static IEnumerable<(CommandTree Tree, string Place)> Places(RuledCommand command, string source, string target, bool isInto)
    {
        var tree = command.Tree;
        var kinds = PathKinds.None;
        foreach (var found in tree.Find(new FieldValue.Text(target), followsLast: true, isRead: false))
        {
            tree.Line.Read(found.Canonical, Extent.Node);
            kinds |= tree.KindsOf(found);
        }

        var inside = target.TrimEnd('/') + "/" + Name(source);
        var noDirectory = command.Has("-T") || (command.Has("-n") && command.Form.By == "link" && IsLink(tree, target));
        var isDirectory = !noDirectory && (isInto || target.EndsWith('/') || kinds == PathKinds.Directory);
        var mayBeDirectory = !noDirectory && (kinds & PathKinds.Directory) != PathKinds.None;
        if (isDirectory || mayBeDirectory)
        {
            yield return (isDirectory ? tree : tree.Uncertain, inside);
        }

        if (!isDirectory)
        {
            yield return (mayBeDirectory ? tree.Uncertain : tree, target);
        }
    }

    /// <summary>A link that is replaced, whatever it leads to.</summary>
    private static bool IsLink(CommandTree tree, string path) => tree.Directories.All(directory =>
        tree.Line.Files.Resolve(directory, path, followsLast: true)?.Canonical != tree.Line.Files.Resolve(directory, path, followsLast: false)?.Canonical);

    private static string Name(string path)
    {
        var trimmed = path.TrimEnd('/');
        return trimmed[(trimmed.LastIndexOf('/') + 1)..] is var name and not ("" or ".." or ".") ? name : ".";
    }

    private static void Copy(RuledCommand command, CommandTree tree, FieldValue.Text source, string place)
    {
        var isTree = command.Has("-r");
        tree = command.Has("-n") || command.Has("-i") || command.Has("-u") || command.Has("--no-clobber") || command.Has("--interactive") || command.Has("--update")
            ? tree.Uncertain
            : tree;
        foreach (var from in tree.Find(source, followsLast: !isTree, isRead: false))
        {
            var kinds = tree.KindsOf(from);
            tree.Line.Read(from.Canonical, Extent.Node);
            if ((kinds & PathKinds.File) != PathKinds.None)
            {
                CopyFile(command, kinds == PathKinds.File ? tree : tree.Uncertain, from, place);
            }

            if ((kinds & PathKinds.Directory) != PathKinds.None && isTree)
            {
                tree.Line.Read(from.Canonical, Extent.Subtree);
                CopyTree(command, tree, from, place);
            }

            if ((kinds & PathKinds.Anything) != PathKinds.None)
            {
                command.Unseen("what it copies is made by the line itself");
            }
        }
    }

    private static void CopyFile(RuledCommand command, CommandTree tree, FilePath from, string place)
    {
        var target = new FieldValue.Text(place);
        tree.Touch(Role.Output, target);
        if (command.Program == "install")
        {
            // It takes away what is there first, a link too.
            foreach (var entry in tree.Find(target, followsLast: false, isRead: false))
            {
                tree.Touch(Role.Append, entry);
            }
        }

        if (command.Has("-r"))
        {
            // Where it is a link, a link is made there.
            foreach (var entry in tree.Find(target, followsLast: false, isRead: false))
            {
                if (tree.Line.Files.Resolve("/", from.Canonical, followsLast: true) is not { } led || led.Canonical != from.Canonical)
                {
                    tree.Touch(Role.Append, entry);
                    tree.Line.Reshape(entry.Canonical);
                }
            }
        }
    }

    /// <summary>A tree that is not there yet is new as a whole; onto one that is there, each entry is looked at.</summary>
    private static void CopyTree(RuledCommand command, CommandTree tree, FilePath from, string place)
    {
        foreach (var to in tree.Find(new FieldValue.Text(place), followsLast: true, isRead: false))
        {
            if (tree.KindsOf(to) == PathKinds.Absent && to.Missing.IsEmpty)
            {
                tree.WriteTree(to);
                tree.Line.Reshape(to.Canonical);
                continue;
            }

            var left = EntriesMax;
            if (tree.Line.IsUnsettled(from.Canonical) || tree.Line.IsUnsettled(to.Canonical) || !Merge(tree, from.Canonical, to.Canonical, ref left))
            {
                command.Unseen("it copies a tree onto another that is too large or not known");
            }
        }
    }

    private static bool Merge(CommandTree tree, string from, string to, ref int left)
    {
        foreach (var name in tree.Line.Files.List(from).Union(tree.Line.NamesMadeIn(from), StringComparer.Ordinal))
        {
            var (path, target) = (CommandTree.Join(from, name), new FieldValue.Text(CommandTree.Join(to, name)));
            if (--left < 0 || tree.Line.Files.Resolve("/", path, followsLast: false) is not { } entry
                || tree.Line.Files.Resolve("/", path, followsLast: true) is not { } led)
            {
                return false;
            }

            if (led.Canonical != entry.Canonical)
            {
                tree.Touch(Role.Remove, target);
                tree.Uncertain.Touch(Role.Write, target);
                tree.Line.Reshape(target.Value);
                continue;
            }

            var isDirectory = (tree.KindsOf(entry) & PathKinds.Directory) != PathKinds.None;
            tree.Uncertain.Touch(isDirectory ? Role.MakeDirectory : Role.Write, target);
            if (isDirectory && !Merge(tree, path, target.Value, ref left))
            {
                return false;
            }
        }

        return true;
    }

    private static void Move(RuledCommand command, CommandTree tree, FieldValue.Text source, string place)
    {
        foreach (var from in tree.Find(source, followsLast: false, isRead: false))
        {
            var kinds = tree.KindsOf(from);
            if (kinds == PathKinds.Absent)
            {
                tree.Line.Read(from.Canonical, Extent.Node);
                continue;
            }

            var isPlain = (kinds & (PathKinds.Directory | PathKinds.Anything)) == PathKinds.None
                && tree.Line.Files.Resolve("/", from.Canonical, followsLast: true) is { } led && led.Canonical == from.Canonical;
            Arrive(tree, place, isPlain, isTree: (kinds & (PathKinds.Directory | PathKinds.Anything)) != PathKinds.None);
            tree.Touch(Role.RemoveTree, from);
        }
    }

    private static void Arrive(CommandTree tree, string place, bool isPlain, bool isTree)
    {
        foreach (var to in tree.Find(new FieldValue.Text(place), followsLast: false, isRead: false))
        {
            if (isTree)
            {
                tree.WriteTree(to);
            }
            else
            {
                tree.WriteFile(to, isBlind: false);
            }

            if (!isPlain)
            {
                tree.Line.Reshape(to.Canonical);
            }
        }
    }

    private static void Link(RuledCommand command, CommandTree tree, FieldValue.Text source, string place)
    {
        var isSymbolic = command.Has("-s");
        if (!isSymbolic)
        {
            // Two names of one file: what is written by one is written by the other.
            tree.Touch(Role.Read, source);
            tree.Touch(Role.Append, source);
        }

        foreach (var to in tree.Find(new FieldValue.Text(place), followsLast: false, isRead: false))
        {
            tree.WriteFile(to, isBlind: false);
            tree.Line.Reshape(to.Canonical);
        }
    }
}
