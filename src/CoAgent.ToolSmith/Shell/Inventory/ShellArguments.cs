using System.Buffers;
using System.Collections.Immutable;
using CoAgent.ToolSmith.Shell.Evaluation;
using CoAgent.ToolSmith.Shell.Syntax;

namespace CoAgent.ToolSmith.Shell.Inventory;

/// <summary>What a shell that is started is told to run.</summary>
internal abstract record ShellArguments
{
    private static readonly SearchValues<char> s_letters = SearchValues.Create("ceuxlo");

    private ShellArguments()
    {
    }

    /// <summary>A text that is known: of <c>-c</c>, or fed to it.</summary>
    internal sealed record Text(string Value, ImmutableArray<FieldValue> Arguments, bool EndsOnFailure) : ShellArguments;

    /// <summary>A file, or what comes from elsewhere: a program like any other.</summary>
    internal sealed record Script : ShellArguments;

    internal sealed record Unclear : ShellArguments;

    internal static ShellArguments Read(string program, CommandUse use)
    {
        var arguments = use.Arguments.RemoveAt(0);
        var (isText, ends) = (false, false);
        while (arguments is [FieldValue.Text { Value: ['-' or '+', _, ..] option }, .. var rest])
        {
            arguments = rest;
            if (option == "--")
            {
                break;
            }

            if (option is "--norc" or "--noprofile" or "--login" && program == "bash")
            {
                continue;
            }

            if (option.StartsWith("--", StringComparison.Ordinal) || option.AsSpan(1).IndexOfAnyExcept(s_letters) >= 0)
            {
                return option is "--version" or "--help" or "-n" ? new Script() : new Unclear();
            }

            isText |= option.Contains('c', StringComparison.Ordinal);
            ends |= option[0] == '-' && option.Contains('e', StringComparison.Ordinal);
            if (option.Contains('o', StringComparison.Ordinal))
            {
                if (arguments is not [FieldValue.Text { Value: "pipefail" or "errexit" or "nounset" or "xtrace" } name, .. var others])
                {
                    return new Unclear();
                }

                ends |= name.Value == "errexit";
                arguments = others;
            }
        }

        return isText ? OfText(arguments, ends)
            : arguments.IsEmpty ? OfInput(use, ends)
            : arguments[0] is FieldValue.Text ? new Script() : new Unclear();
    }

    private static ShellArguments OfText(ImmutableArray<FieldValue> arguments, bool ends) => arguments switch
    {
        [FieldValue.Text text, _, .. var operands] => new Text(text.Value, operands, ends),
        [FieldValue.Text text] => new Text(text.Value, [], ends),
        _ => new Unclear(),
    };

    /// <summary>Without a file it reads its input; one document that is known is as good as a text.</summary>
    private static ShellArguments OfInput(CommandUse use, bool ends) =>
        use.Redirections is [{ Descriptor: null or 0, Target: RedirectionTarget.Document { Value: FieldValue.Text text } }]
            ? new Text(text.Value, [], ends)
            : new Unclear();
}
