using System.Collections.Immutable;
using CoAgent.ToolSmith.Shell.Evaluation;

namespace CoAgent.ToolSmith.Shell.Inventory;

internal sealed partial class InventoryWalk
{
    private static readonly Launcher s_xargs = new(
        "0rtx", "nPLsdEI", ["null", "no-run-if-empty", "verbose", "exit"], ["max-args", "max-procs", "max-chars", "delimiter"], 0, TakesAssignments: false);

    private static readonly FieldValue.Unknown s_found = new("it is what was found", IsSingle: true, "");
    private static readonly FieldValue.Unknown s_input = new("it is read from the input", IsSingle: false, "");

    /// <summary><c>xargs</c>: its command with what it reads.</summary>
    private void RunForEach(CommandUse use, ShellState state, WalkContext context)
    {
        var options = new List<string>();
        if (s_xargs.Inner(use.Arguments, options, []) is not { } inner || options.Exists(HidesPlaceholder))
        {
            AddOpaque("the arguments of xargs are not understood", use.Span, state, context);
            return;
        }

        inner = inner.IsEmpty ? [new FieldValue.Text("echo")] : inner;
        var mark = Placeholder(use.Arguments, options);
        inner = mark is null ? inner.Add(s_input) : Replaced(inner, mark, s_found);
        RunWithin(use with { Arguments = inner }, state, context.Skippable.By("xargs") with { MayRepeat = true });
    }

    private static bool HidesPlaceholder(string option) =>
        option.StartsWith("--replace", StringComparison.Ordinal) || option.IndexOf('I', StringComparison.Ordinal) > 1;

    /// <summary>What <c>-I</c> names; null without it.</summary>
    private static string? Placeholder(ImmutableArray<FieldValue> arguments, List<string> options)
    {
        var option = options.Find(static option => option[1] == 'I');
        if (option is null)
        {
            return null;
        }

        var attached = option[2..];
        var at = arguments.IndexOf(new FieldValue.Text(option));
        return attached.Length > 0 ? attached : (arguments[at + 1] as FieldValue.Text)?.Value ?? "";
    }

    private static ImmutableArray<FieldValue> Replaced(ImmutableArray<FieldValue> arguments, string mark, FieldValue by) =>
    [
        .. arguments.Select(argument => argument switch
        {
            FieldValue.Text { Value: var text } when text.Contains(mark, StringComparison.Ordinal) => Prefixed(text, mark, by),
            FieldValue.Text => argument,

            // What is not known may hold the mark as well.
            FieldValue.Unknown { IsSingle: true } unknown => unknown with { Prefix = "" },
            _ => argument,
        }),
    ];

    private static FieldValue Prefixed(string text, string mark, FieldValue by) =>
        by is FieldValue.Unknown { IsSingle: true } unknown
            ? unknown with { Prefix = text[..text.IndexOf(mark, StringComparison.Ordinal)] }
            : by;

    /// <summary><c>find</c>: itself, and each command after <c>-exec</c> and its kind.</summary>
    private void RunFind(CommandUse use, ShellState state, WalkContext context)
    {
        Add(new InventoryItem.Invocation(use.Arguments, use.Assignments, use.Redirections, context.Site(use.Span, state)));
        for (var at = 1; at < use.Arguments.Length; at++)
        {
            switch (use.Arguments[at])
            {
                case FieldValue.Unknown { IsSingle: false }:
                    AddOpaque("arguments of find are not known", use.Span, state, context);
                    return;
                case FieldValue.Text { Value: "-exec" or "-execdir" or "-ok" or "-okdir" } verb:
                    var end = EndOfCommand(use.Arguments, at + 1);
                    if (end == at + 1)
                    {
                        AddOpaque("arguments of find are not understood", use.Span, state, context);
                        return;
                    }

                    var isMany = end < use.Arguments.Length && use.Arguments[end] is FieldValue.Text { Value: "+" };
                    var found = isMany ? s_found with { IsSingle = false } : s_found;
                    var inner = Replaced(use.Arguments[(at + 1)..end], "{}", found);
                    var inFolder = verb.Value.EndsWith("dir", StringComparison.Ordinal);
                    RunWithin(
                        use with { Arguments = inner, Redirections = [] },
                        inFolder ? state with { Directory = WorkingDirectory.Unknown } : state,
                        context.Skippable.By("find") with { MayRepeat = true });
                    at = end;
                    break;
            }
        }
    }

    private static int EndOfCommand(ImmutableArray<FieldValue> arguments, int at)
    {
        while (at < arguments.Length && arguments[at] is not FieldValue.Text { Value: ";" }
            && !(arguments[at] is FieldValue.Text { Value: "+" } && arguments[at - 1] is FieldValue.Text { Value: "{}" }))
        {
            at++;
        }

        return at;
    }
}
