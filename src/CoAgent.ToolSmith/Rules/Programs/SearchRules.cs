using System.Collections.Immutable;
using CoAgent.Protocol.Objects;
using CoAgent.ToolSmith.Rules.Touching;
using CoAgent.ToolSmith.Shell.Evaluation;

namespace CoAgent.ToolSmith.Rules.Programs;

/// <summary>Programs whose first operand is what they look for, unless an option says it.</summary>
internal static class SearchRules
{
    private static readonly ImmutableArray<string> s_ignoreFiles = [".gitignore", ".ignore", ".rgignore"];

    /// <summary><c>grep</c> and its kind.</summary>
    internal static void Grep(RuledCommand command)
    {
        if (command.Has("-R"))
        {
            // Links in the tree are followed, wherever they lead.
            command.Tree.ReadAnything();
        }

        var isTree = command.Has("-r") || command.Has("-R") || command.Has("-d");
        var files = Files(command, command.Has("-e") || command.Has("-f"));
        if (files.IsEmpty && isTree)
        {
            command.Tree.Touch(Role.ReadTree, new FieldValue.Text("."));
        }

        foreach (var file in files)
        {
            command.Tree.Touch(isTree ? Role.ReadTree : Role.Read, file);
        }
    }

    /// <summary><c>rg</c> and <c>ag</c>: trees, but for what files say that are to be ignored.</summary>
    internal static void RipGrep(RuledCommand command)
    {
        if (command.Has("-L"))
        {
            command.Tree.ReadAnything();
        }

        var files = Files(command, command.Has("-e") || command.Has("-f") || command.Has("--files"));
        foreach (var file in files.IsEmpty ? [new FieldValue.Text(".")] : files)
        {
            command.Tree.Touch(Role.ReadTree, file);
        }

        foreach (var directory in command.Tree.Directories)
        {
            for (var above = directory; command.Tree.Line.IsInside(above); above = CommandTree.Parent(above))
            {
                foreach (var name in s_ignoreFiles.Append(".git"))
                {
                    command.Tree.Line.Read(CommandTree.Join(above, name), name == ".git" ? Extent.Subtree : Extent.Node);
                }

                if (above == "/")
                {
                    break;
                }
            }
        }
    }

    /// <summary><c>jq</c> and <c>yq</c>: a filter, then files; with <c>--args</c> arguments of the filter.</summary>
    internal static void Jq(RuledCommand command)
    {
        foreach (var file in Files(command, command.Has("-f")))
        {
            if (!command.Has("--args"))
            {
                command.Tree.Touch(command.Form.ByWhat == "replace" ? Role.Replace : Role.Read, file);
            }
        }

        if (command.Operands is [FieldValue.Text { Value: var filter }, ..]
            && (filter.Contains("load", StringComparison.Ordinal) || filter.Contains("include", StringComparison.Ordinal) || filter.Contains("import", StringComparison.Ordinal)))
        {
            command.Tree.ReadAnything();
        }
    }

    private static ImmutableArray<FieldValue> Files(RuledCommand command, bool isSaid) =>
        isSaid || command.Operands.IsEmpty ? command.Operands : command.Operands.RemoveAt(0);
}
