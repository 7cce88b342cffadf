using CoAgent.Protocol.Objects;
using CoAgent.ToolSmith.Rules.Touching;
using CoAgent.ToolSmith.Shell.Evaluation;

namespace CoAgent.ToolSmith.Rules.Programs;

/// <summary>Small programs whose words data cannot say.</summary>
internal static class CoreRules
{
    private const int NamesMax = 1000;

    /// <summary><c>ls -l</c>: what each name in a directory is, is shown too.</summary>
    internal static void ListLong(RuledCommand command)
    {
        var operands = command.Operands.IsEmpty ? [new FieldValue.Text(".")] : command.Operands;
        foreach (var operand in operands)
        {
            ListLong(command, operand);
        }
    }

    /// <summary>The names in a directory, and what each is.</summary>
    internal static void ListLong(RuledCommand command, FieldValue directory)
    {
        foreach (var found in command.Tree.Find(directory, followsLast: true, isRead: true))
        {
            command.Tree.Touch(Role.List, found);
            var names = command.Tree.Line.Files.List(found.Canonical);
            if (names.Length > NamesMax)
            {
                command.Tree.Line.Read(found.Canonical, Extent.Subtree);
                continue;
            }

            foreach (var name in names)
            {
                command.Tree.Line.Read(CommandTree.Join(found.Canonical, name), Extent.Node);
            }
        }

        command.Tree.Touch(Role.LookLink, directory);
    }

    /// <summary><c>date</c>: what is no format sets the clock.</summary>
    internal static void Date(RuledCommand command)
    {
        if (command.Operands.Any(static operand => operand is not (FieldValue.Text { Value: ['+', ..] } or FieldValue.Unknown { Prefix: ['+', ..] })))
        {
            command.Unseen("it may set the clock");
        }
    }

    /// <summary><c>mktemp</c>: in the folder for temporary files, which is the command's own, unless it is given a place.</summary>
    internal static void MakeTemporary(RuledCommand command)
    {
        if (!command.Operands.IsEmpty && !command.Has("-t") && !command.Has("-u"))
        {
            command.Unseen("it makes a file of an unknown name");
        }
        else if (!command.Line.Environment.ContainsKey("TMPDIR"))
        {
            command.Unseen("where temporary files are is not known");
        }
    }

    /// <summary><c>tee</c>; a file may be called <c>-</c>.</summary>
    internal static void Tee(RuledCommand command)
    {
        foreach (var operand in command.Operands)
        {
            var file = operand is FieldValue.Text { Value: "-" } ? new FieldValue.Text("./-") : operand;
            command.Tree.Touch(command.Form.ByWhat == "append" ? Role.Append : Role.Output, file);
        }
    }

    /// <summary><c>dd</c>: <c>if=</c> is read, <c>of=</c> written as far as it goes.</summary>
    internal static void Dd(RuledCommand command)
    {
        foreach (var operand in command.Operands)
        {
            if (operand is not FieldValue.Text { Value: var text } || text.IndexOf('=', StringComparison.Ordinal) is not (> 0 and var sign))
            {
                command.Unseen("an operand is not known");
                return;
            }

            var value = new FieldValue.Text(text[(sign + 1)..]);
            switch (text[..sign])
            {
                case "if":
                    command.Tree.Touch(Role.Read, new FieldValue.Text(value.Value == "-" ? "./-" : value.Value));
                    break;
                case "of":
                    command.Tree.Touch(Role.Append, value);
                    break;
                case "bs" or "ibs" or "obs" or "cbs" or "count" or "skip" or "seek" or "iseek" or "oseek" or "conv" or "iflag" or "oflag" or "status":
                    break;
                default:
                    command.Unseen($"{text[..sign]} is not in its rule");
                    return;
            }
        }
    }
}
