using System.Collections.Immutable;
using CoAgent.ToolSmith.Rules.Touching;
using CoAgent.ToolSmith.Shell.Evaluation;
using CoAgent.ToolSmith.Shell.Inventory;
using CoAgent.ToolSmith.Shell.Syntax;

namespace CoAgent.ToolSmith.Rules.Programs;

/// <summary>What redirections touch.</summary>
internal static class Redirections
{
    /// <summary>Opens each file as its sign says.</summary>
    internal static void Touch(CommandTree tree, ImmutableArray<RedirectionUse> redirections)
    {
        foreach (var use in redirections)
        {
            if (use.Target is not RedirectionTarget.File { Name: var name })
            {
                continue;
            }

            if (name is FieldValue.Text { Value: var text } && (text.StartsWith("/dev/tcp/", StringComparison.Ordinal) || text.StartsWith("/dev/udp/", StringComparison.Ordinal)))
            {
                tree.Verdict.SayOpaque("the shell talks to another machine");
                continue;
            }

            // Of several files that match, the shell takes none; a loop takes them one by one.
            var names = new PathPatterns(tree).Expand([name]);
            foreach (var only in names.Length == 1 || name is FieldValue.Pattern { IsOne: true } ? names : [])
            {
                Touch(tree, use.Kind, only is FieldValue.Text { Value: "-" } ? new FieldValue.Text("./-") : only);
            }
        }
    }

    private static void Touch(CommandTree tree, RedirectionKind kind, FieldValue name)
    {
        switch (kind)
        {
            case RedirectionKind.Read:
                tree.Touch(Role.Read, name);
                break;
            case RedirectionKind.Write or RedirectionKind.Clobber or RedirectionKind.WriteBoth:
                tree.Touch(Role.Output, name);
                break;
            case RedirectionKind.DuplicateOutput when name is FieldValue.Text:
                tree.Touch(Role.Output, name);
                break;
            case RedirectionKind.DuplicateInput or RedirectionKind.DuplicateOutput:
                tree.Verdict.SayUnseen("where a redirection leads is not known");
                break;
            case RedirectionKind.Append or RedirectionKind.AppendBoth or RedirectionKind.ReadWrite:
                tree.Touch(Role.Append, name);
                break;
            default:
                throw new InvalidOperationException($"{kind} opens no file.");
        }
    }
}
