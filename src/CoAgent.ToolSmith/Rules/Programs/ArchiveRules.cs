using CoAgent.ToolSmith.Rules.Touching;
using CoAgent.ToolSmith.Shell.Evaluation;

namespace CoAgent.ToolSmith.Rules.Programs;

/// <summary>Programs that pack and unpack.</summary>
/// <remarks>What unpacking writes stands in the archive: it shows when it runs.</remarks>
internal static class ArchiveRules
{
    /// <summary><c>tar</c>: packs, lists, adds or compares.</summary>
    internal static void Tar(RuledCommand command)
    {
        var archive = command.Value("-f");
        var directories = command.Words.Values("-C").ToList();
        if (directories.Count > 1 || archive is null)
        {
            command.Unseen(archive is null ? "which archive it is is not known" : "it enters several directories");
            return;
        }

        // A directory holds for the operands behind it, which may be all or none.
        var inside = directories is [var directory] ? command.Tree.In(directory) : command.Tree;
        if (directories.Count > 0)
        {
            command.Tree.Touch(Role.Look, directories[0]);
        }

        switch (command.Form.ByWhat)
        {
            case "list":
                command.Tree.Touch(Role.Read, archive);
                return;
            case "create":
                command.Tree.Touch(Role.Output, archive);
                break;
            case "append":
                command.Tree.Touch(Role.Append, archive);
                break;
            case "compare":
                command.Tree.Touch(Role.Read, archive);
                inside.Touch(Role.ReadTree, new FieldValue.Text("."));
                return;
        }

        foreach (var operand in command.Operands)
        {
            inside.Touch(Role.ReadTree, operand);
            if (directories.Count > 0)
            {
                command.Tree.Touch(Role.ReadTree, operand);
            }
        }
    }

    /// <summary><c>gzip</c> and its kind: each file becomes one of another name, told by an ending; rules name the options as gzip does.</summary>
    internal static void Compress(RuledCommand command)
    {
        var ending = command.Form.ByWhat.Split(' ')[0];
        var isBack = command.Form.ByWhat.EndsWith(" back", StringComparison.Ordinal);
        foreach (var operand in command.Operands)
        {
            if (operand is FieldValue.Text { Value: "-" })
            {
                continue;
            }

            if (operand is not FieldValue.Text { Value: var name } || isBack != name.EndsWith(ending, StringComparison.Ordinal))
            {
                command.Unseen("what it makes has a name that is not known");
                return;
            }

            var made = isBack ? name[..^ending.Length] : name + ending;
            command.Tree.Touch(Role.Read, operand);
            command.Tree.Touch(Role.Write, new FieldValue.Text(made));
            if (!command.Has("-k"))
            {
                command.Tree.Touch(Role.Remove, operand);
            }
        }
    }

    /// <summary><c>zip</c>: an archive, then what goes into it.</summary>
    internal static void Zip(RuledCommand command)
    {
        if (command.Operands is not [FieldValue.Text { Value: var archive }, ..])
        {
            command.Unseen("which archive it is is not known");
            return;
        }

        var name = Path.GetFileName(archive);
        command.Tree.Touch(Role.Append, new FieldValue.Text(archive == "-" || name.Contains('.', StringComparison.Ordinal) ? archive : archive + ".zip"));
        foreach (var operand in command.Operands.RemoveAt(0))
        {
            command.Tree.Touch(command.Has("-r") ? Role.ReadTree : Role.Read, operand);
        }
    }
}
