using CoAgent.ToolSmith.Rules.Touching;
using CoAgent.ToolSmith.Shell.Evaluation;

namespace CoAgent.ToolSmith.Rules.Programs;

/// <summary>Programs that run code, and the few things that they do without it.</summary>
internal static class CodeRules
{
    /// <summary><c>python -m json.tool</c>, unless something below hides the module; anything else runs code.</summary>
    internal static void Python(RuledCommand command)
    {
        if (command.Has("--version"))
        {
            return;
        }

        if (command.Value("-m") is not FieldValue.Text { Value: "json.tool" } || command.Operands.Length > 1 || MayHide(command, "json") || MayHide(command, "json.py"))
        {
            command.Unseen("runs code");
            return;
        }

        foreach (var file in command.Operands)
        {
            command.Tree.Touch(Role.Read, file);
        }
    }

    private static bool MayHide(RuledCommand command, string name)
    {
        var isThere = false;
        foreach (var found in command.Tree.Find(new FieldValue.Text(name), followsLast: true, isRead: true))
        {
            command.Tree.Touch(Role.Look, found);
            isThere |= command.Tree.KindsOf(found) != PathKinds.Absent;
        }

        return isThere || command.Tree.Directories.IsEmpty;
    }
}
