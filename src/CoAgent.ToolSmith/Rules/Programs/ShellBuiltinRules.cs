using CoAgent.ToolSmith.Rules.Touching;
using CoAgent.ToolSmith.Shell.Evaluation;

namespace CoAgent.ToolSmith.Rules.Programs;

/// <summary>What builtins of the shell touch beside the shell.</summary>
internal static class ShellBuiltinRules
{
    /// <summary><c>cd</c> and <c>pushd</c>: where the shell goes is in the inventory; here that it was looked at.</summary>
    internal static void Enter(RuledCommand command)
    {
        foreach (var operand in command.Operands.Where(static operand => operand is not FieldValue.Text { Value: ['-' or '+', ..] }))
        {
            command.Tree.Touch(Role.Look, operand);
        }
    }

    /// <summary><c>export</c>, <c>declare</c> and the like.</summary>
    internal static void Declare(RuledCommand command)
    {
        foreach (var operand in command.Operands)
        {
            if (operand is not (FieldValue.Text or FieldValue.Unknown { IsSingle: true, Prefix: [_, ..] }))
            {
                command.Unseen("which variable it sets is not known");
            }
        }
    }

    /// <summary><c>shopt</c>: where patterns mean something else, which directories are listed for them is not known any more.</summary>
    internal static void SetOptions(RuledCommand command)
    {
        if (!command.Operands.All(static operand => operand is FieldValue.Text { Value: "-q" or "-p" or "-u" or "inherit_errexit" or "checkwinsize" or "histappend" or "cmdhist" }))
        {
            command.Tree.ReadAnything();
        }
    }

    /// <summary><c>kill</c>: jobs of the line are its own; a process that a number names may be anybody's.</summary>
    internal static void Kill(RuledCommand command)
    {
        foreach (var operand in command.Operands)
        {
            if (operand is FieldValue.Text { Value: not (['%', ..] or "0") })
            {
                command.Verdict.SayOpaque("kill may end processes of others");
            }
            else if (operand is not FieldValue.Text)
            {
                command.Unseen("which process it is shows when it runs");
            }
        }
    }
}
