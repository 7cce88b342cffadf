using System.Collections.Immutable;
using CoAgent.Protocol.Objects;
using CoAgent.ToolSmith.Rules.Touching;
using CoAgent.ToolSmith.Shell.Evaluation;

namespace CoAgent.ToolSmith.Rules.Programs;

/// <summary>What verbs of git touch: the repository's folder, and of the working tree nothing, some paths or all.</summary>
/// <remarks>
/// The user's own settings (<c>~/.gitconfig</c>) are not looked at: what runs by them runs for all lines alike. Those of the repository are,
/// for agents may write them.
/// </remarks>
internal static class GitRules
{
    private static readonly ImmutableArray<string> s_harmless =
    [
        "user.name=", "user.email=", "color.", "core.quotepath=", "core.quotePath=", "advice.", "init.defaultBranch=", "core.autocrlf=", "pull.rebase=",
        "commit.gpgsign=false", "core.pager=cat", "core.pager=", "gc.auto=", "diff.renames=", "log.showSignature=false", "safe.directory=", "merge.ff=",
        "rebase.autostash=", "push.default=", "column.", "status.", "core.abbrev=", "i18n.", "core.fsmonitor=false",
    ];

    /// <summary>Says what a verb touches, by what its rule says of it.</summary>
    internal static void Touch(RuledCommand command)
    {
        var what = command.Form.ByWhat.Split(' ');
        var tree = command.Reading.Parts[0].Words.Values("-C").Aggregate(command.Tree, static (at, directory) => at.In(directory));
        if (!AreHarmless(command.Reading.Parts[0].Words.Values("-c")))
        {
            command.Unseen("a setting that is given with -c is not known to change nothing");
        }
        else if (tree.Directories.IsEmpty)
        {
            command.Unseen("in which directory it runs is not known");
        }
        else if (what[0] == "init")
        {
            Init(command with { Tree = tree });
        }
        else
        {
            foreach (var directory in tree.Directories)
            {
                Touch(command with { Tree = tree.Directories.Length == 1 ? tree : CommandTree.At(tree.Line, [directory], isCertain: false) }, what, directory);
            }
        }
    }

    private static bool AreHarmless(IEnumerable<FieldValue> settings) => settings.All(static setting =>
        setting is FieldValue.Text { Value: var text } && s_harmless.Any(harmless => text.StartsWith(harmless, StringComparison.Ordinal))
        || setting is FieldValue.Unknown { Prefix: ['u', 's', 'e', 'r', '.', ..] });

    private static void Touch(RuledCommand command, string[] what, string directory)
    {
        var (tree, line) = (command.Tree, command.Tree.Line);
        if (GitRepository.Find(tree, directory, out var doubt) is not { } repository)
        {
            if (doubt is not null)
            {
                command.Unseen(doubt);
            }

            return;
        }

        var verb = Resolve(command, what[0]);
        var runsHooks = what.Contains("hooks");
        if (repository.Surprise(tree, runsHooks) is { } surprise)
        {
            command.Unseen(surprise);
            return;
        }

        var readsAll = verb is not "repository";
        line.Read(readsAll ? repository.Top : repository.Folder, Extent.Subtree);
        switch (verb)
        {
            case "read" or "repository":
                break;
            case "index":
                line.Write(repository.Folder, Extent.Subtree);
                break;
            case "paths":
                line.Write(repository.Folder, Extent.Subtree);
                WritePaths(command, repository);
                break;
            case "tree":
                line.Write(repository.Top, Extent.Subtree);
                line.Reshape(repository.Top);
                break;
            default:
                throw new InvalidOperationException($"{verb} is nothing that a rule of git says.");
        }
    }

    /// <summary>Verbs that show when they are given nothing, and change something else.</summary>
    private static string Resolve(RuledCommand command, string what) => what switch
    {
        "show-or-index" => command.Operands.IsEmpty ? "repository" : "index",
        "config" => command.Operands.Length > 1 ? "index" : "repository",
        "checkout" => IsOfPaths(command) ? "paths" : "tree",
        "reset" => command.Has("--hard") || command.Has("--merge") || command.Has("--keep") ? "tree" : "index",
        "restore" => command.Has("-S") && !command.Has("-W") ? "index" : "paths",
        "rm" => command.Has("--cached") ? "index" : "paths",
        "mv" => "paths",
        _ => what,
    };

    /// <summary><c>git checkout -- path</c>, and <c>git checkout COMMIT -- path</c>.</summary>
    private static bool IsOfPaths(RuledCommand command) =>
        command.Words.MarkAt is { } mark && mark <= 1 && command.Operands.Length > mark;

    private static void WritePaths(RuledCommand command, GitRepository repository)
    {
        var (tree, line) = (command.Tree, command.Tree.Line);
        foreach (var operand in command.Operands.Skip(command.Words.MarkAt ?? 0))
        {
            // A path may be a pattern of git's own.
            if (operand is not FieldValue.Text { Value: var path } || path.StartsWith(':') || path.AsSpan().ContainsAny('*', '?', '['))
            {
                line.Write(repository.Top, Extent.Subtree);
                line.Reshape(repository.Top);
                continue;
            }

            foreach (var found in tree.Find(operand, followsLast: false, isRead: false))
            {
                tree.WriteTree(found);
                line.Write(CommandTree.Parent(found.Canonical), Extent.Children);
                Missing(tree, found.Canonical, repository.Top, found.Missing);
                line.Reshape(found.Canonical);
            }
        }
    }

    /// <summary>Directories come and go with the files that are in them.</summary>
    private static void Missing(CommandTree tree, string path, string top, ImmutableArray<string> missing)
    {
        for (var above = CommandTree.Parent(path); above.Length > top.Length; above = CommandTree.Parent(above))
        {
            if (missing.Contains(above) || tree.Line.Files.List(above).Length <= 1)
            {
                tree.Line.Write(above, Extent.Node);
                tree.Line.Write(CommandTree.Parent(above), Extent.Children);
            }
        }
    }

    private static void Init(RuledCommand command)
    {
        var (tree, operands) = (command.Tree, command.Operands);
        var place = operands.IsEmpty ? new FieldValue.Text(".") : operands[0];
        tree.Touch(Role.MakeWay, place);
        foreach (var found in tree.Find(place, followsLast: true, isRead: false))
        {
            var folder = CommandTree.Join(found.Canonical, ".git");
            if (command.Has("--bare") || operands.Length > 1)
            {
                command.Unseen("it makes a repository of another kind");
                return;
            }

            foreach (var git in tree.Find(new FieldValue.Text(folder), followsLast: false, isRead: false))
            {
                tree.WriteTree(git);
                tree.Line.Reshape(git.Canonical);
            }
        }
    }
}
