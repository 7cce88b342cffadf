using System.Collections.Immutable;
using CoAgent.Protocol.Objects;
using CoAgent.ToolSmith.Rules.Touching;
using CoAgent.ToolSmith.Shell.Evaluation;

namespace CoAgent.ToolSmith.Rules.Programs;

/// <summary>What tests look at: <c>test</c>, <c>[</c> and <c>[[</c>.</summary>
internal static class FileTests
{
    /// <summary>One test of <c>[[ … ]]</c>.</summary>
    internal static void Touch(CommandTree tree, string sign, ImmutableArray<FieldValue> operands)
    {
        if (sign is "-nt" or "-ot" or "-ef" || (operands.Length == 1 && LooksAtFile(sign)))
        {
            foreach (var operand in new PathPatterns(tree).Expand(operands))
            {
                tree.Touch(sign is "-L" or "-h" ? Role.LookLink : Role.Look, operand);
            }
        }
    }

    /// <summary><c>test</c> and <c>[</c>: whatever stands beside a sign that looks at files is looked at.</summary>
    internal static void Touch(RuledCommand command)
    {
        var words = Core(command.Operands);
        switch (words)
        {
            case [] or [_]:
                break;
            case [FieldValue.Text { Value: var sign }, var operand] when sign.Length == 2:
                Touch(command.Tree, sign, [operand]);
                break;
            case [var left, FieldValue.Text { Value: "=" or "==" or "!=" or "<" or ">" or "-eq" or "-ne" or "-lt" or "-le" or "-gt" or "-ge"
                or "-nt" or "-ot" or "-ef" } sign, var right]:
                Touch(command.Tree, sign.Value, [left, right]);
                break;
            default:
                TouchMany(command.Tree, words);
                break;
        }
    }

    private static ImmutableArray<FieldValue> Core(ImmutableArray<FieldValue> words)
    {
        words = words is [.., FieldValue.Text { Value: "]" }] ? words.RemoveAt(words.Length - 1) : words;
        return words is [FieldValue.Text { Value: "!" }, _, _, ..] ? words.RemoveAt(0) : words;
    }

    private static void TouchMany(CommandTree tree, ImmutableArray<FieldValue> words)
    {
        for (var at = 0; at < words.Length; at++)
        {
            if (words[at] is not FieldValue.Text { Value: var sign })
            {
                // What is not known may be a sign.
                tree.ReadAnything();
                continue;
            }

            if (sign is "-nt" or "-ot" or "-ef" && at > 0)
            {
                tree.Touch(Role.Look, words[at - 1]);
            }

            if (at + 1 < words.Length && (sign is "-nt" or "-ot" or "-ef" || LooksAtFile(sign)))
            {
                tree.Touch(sign is "-L" or "-h" ? Role.LookLink : Role.Look, words[at + 1]);
            }
        }
    }

    private static bool LooksAtFile(string sign) =>
        sign is ['-', 'a' or 'b' or 'c' or 'd' or 'e' or 'f' or 'g' or 'h' or 'k' or 'p' or 'r' or 's' or 'u' or 'w' or 'x' or 'G' or 'L' or 'N' or 'O' or 'S'];
}
