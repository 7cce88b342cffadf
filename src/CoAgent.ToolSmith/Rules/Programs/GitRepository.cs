using System.Text;
using CoAgent.Protocol.Objects;
using CoAgent.ToolSmith.Rules.Touching;

namespace CoAgent.ToolSmith.Rules.Programs;

/// <summary>The repository that a git command works on: the nearest <c>.git</c> above where it runs.</summary>
/// <param name="Top">The working tree's directory.</param>
internal sealed record GitRepository(string Top)
{
    private const int ConfigMax = 64 * 1024;

    internal string Folder => CommandTree.Join(Top, ".git");

    /// <summary>Where it is; null when there is none, or, with a reason, when it is not known.</summary>
    internal static GitRepository? Find(CommandTree tree, string directory, out string? doubt)
    {
        doubt = null;
        for (var above = directory; ; above = CommandTree.Parent(above))
        {
            var folder = CommandTree.Join(above, ".git");
            if (tree.Line.Files.Resolve("/", folder, followsLast: false) is not { } found)
            {
                doubt = "where its repository is is not known";
                return null;
            }

            tree.Line.Read(folder, Extent.Node);
            var kinds = tree.Line.IsUnsettled(folder) ? PathKinds.Anything : tree.KindsOf(found);
            if (kinds == PathKinds.Directory)
            {
                return new GitRepository(above);
            }

            if (kinds != PathKinds.Absent)
            {
                doubt = "its repository is somewhere else, or made by the line itself";
                return null;
            }

            if (above == "/")
            {
                return null;
            }
        }
    }

    /// <summary>Why its settings may make git run other programs, or hooks would run; null: neither.</summary>
    internal string? Surprise(CommandTree tree, bool runsHooks)
    {
        var (files, config) = (tree.Line.Files, CommandTree.Join(Folder, "config"));
        if (files.Resolve("/", config, followsLast: true) is { Exists: true } found)
        {
            if (tree.Line.Writes(found.Canonical, Extent.Node) || files.Content(found.Canonical, ConfigMax) is not { } content)
            {
                return "what its settings are is not known";
            }

            if (Setting(Encoding.UTF8.GetString(content.Span)) is { } setting)
            {
                return $"its settings name {setting}";
            }
        }

        return runsHooks && files.List(CommandTree.Join(Folder, "hooks")).FirstOrDefault(static name => !name.EndsWith(".sample", StringComparison.Ordinal)) is { } hook
            ? $"its hook {hook} runs"
            : null;
    }

    /// <summary>The first setting that makes git run something, or look elsewhere.</summary>
    private static string? Setting(string config)
    {
        var section = "";
        foreach (var each in config.Split('\n'))
        {
            var line = each.Trim();
            if (line.StartsWith('['))
            {
                section = line[1..].Split(']', ' ')[0].ToLowerInvariant();
                line = line[(line.IndexOf(']', StringComparison.Ordinal) + 1)..].Trim();
            }

            var name = line.Split('=', ' ')[0].ToLowerInvariant();
            if (section is "filter" or "include" or "includeif" or "gpg"
                || section.StartsWith("includeif", StringComparison.Ordinal)
                || (section, name) is ("core", "hookspath" or "fsmonitor" or "worktree" or "sshcommand" or "askpass" or "gitproxy" or "alternaterefscommand")
                    or ("diff", "external" or "command" or "textconv") or ("merge", "driver") or ("commit" or "tag", "gpgsign")
                    or ("extensions", "worktreeconfig") or ("trailer", "command" or "cmd") or ("interactive", "difffilter"))
            {
                return $"{section}.{name}";
            }
        }

        return null;
    }
}
