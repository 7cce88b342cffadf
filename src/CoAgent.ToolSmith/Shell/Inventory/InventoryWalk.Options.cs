using System.Buffers;
using CoAgent.ToolSmith.Shell.Evaluation;
using CoAgent.ToolSmith.Shell.Parsing;

namespace CoAgent.ToolSmith.Shell.Inventory;

internal sealed partial class InventoryWalk
{
    private static readonly SearchValues<char> s_harmless = SearchValues.Create("euxvobhCETm");

    /// <summary><c>set</c>: options that change what a line means make it opaque.</summary>
    private ShellState SetOptions(CommandUse use, ShellState state, WalkContext context)
    {
        var arguments = use.Arguments.RemoveAt(0);
        while (arguments is [FieldValue.Text { Value: ['-' or '+', _, ..] option }, .. var rest] && option is not "--")
        {
            arguments = rest;
            var names = option.Contains('o', StringComparison.Ordinal) && rest is [FieldValue.Text { Value: var given }, ..] ? given : null;
            arguments = names is null ? arguments : arguments.RemoveAt(0);
            if (option.AsSpan(1).IndexOfAnyExcept(s_harmless) >= 0
                || names is not (null or "pipefail" or "errexit" or "nounset" or "xtrace" or "verbose" or "noclobber" or "errtrace" or "functrace"))
            {
                AddOpaque("a shell option changes what the line means", use.Span, state, context);
                return state.ForgetAll();
            }

            if (option.Contains('e', StringComparison.Ordinal) || names == "errexit")
            {
                state = state with { EndsOnFailure = option[0] == '-', MayEndOnFailure = option[0] == '-' };
            }
        }

        if (arguments.IsEmpty)
        {
            return state;
        }

        return arguments is [FieldValue.Text { Value: "--" }, .. var operands]
            ? state with { Knowledge = Positional.Set(state.Knowledge, operands.AsSpan()) }
            : arguments is [FieldValue.Text, ..] ? state with { Knowledge = Positional.Set(state.Knowledge, arguments.AsSpan()) }
            : Unsure(use, state, context);
    }

    private ShellState SetShellOptions(CommandUse use, ShellState state, WalkContext context)
    {
        foreach (var argument in use.Arguments.AsSpan(1..))
        {
            switch ((argument as FieldValue.Text)?.Value)
            {
                case "-s" or "-u" or "-q" or "-p" or "inherit_errexit" or "checkwinsize" or "histappend" or "cmdhist" or "xpg_echo":
                    break;
                case "nullglob" or "dotglob" or "globstar" or "failglob" or "nocaseglob" or "extglob" or "nocasematch" or "globskipdots":
                    state = state with { Knowledge = state.Knowledge with { GlobsByDefault = false } };
                    break;
                default:
                    return Unsure(use, state, context);
            }
        }

        return state;
    }

    private ShellState Unsure(CommandUse use, ShellState state, WalkContext context)
    {
        AddOpaque("a shell option changes what the line means", use.Span, state, context);
        return state.ForgetAll();
    }

    /// <summary>Walks the texts of traps: they run later, when nobody knows how the shell is.</summary>
    /// <remarks>Its functions are those that are the same at its place and at the line's end.</remarks>
    internal void WalkTraps(ShellState end)
    {
        for (var index = 0; index < _traps.Count; index++)
        {
            var (text, use, state, context) = _traps[index];
            WalkText(text, needsPosix: false, use, state.ForgetAll() with { Functions = state.Merge(end).Functions }, context);
        }
    }

    private Flow Trap(CommandUse use, ShellState state, WalkContext context)
    {
        switch (use.Arguments)
        {
            case [_] or [_, FieldValue.Text { Value: "" or "-" or "-p" or "-l" }, ..] or [_, FieldValue.Text]:
                break;
            case [_, FieldValue.Text { Value: var text }, ..]:
                _traps.Add((text, use, state, Subshell(context).Skippable.By("trap") with { MayRepeat = true }));
                break;
            default:
                AddOpaque("what a trap does is not known", use.Span, state, context);
                break;
        }

        return Flow.Both(state);
    }

    /// <summary>Aliases mean nothing in a shell that reads a text, unless an option says so, which is opaque already.</summary>
    private Flow ChangeMeanings(string name, CommandUse use, ShellState state, WalkContext context)
    {
        if (name == "hash" && use.Arguments.Any(static argument => argument is not FieldValue.Text { Value: not "-p" }))
        {
            AddOpaque("hash changes what commands are", use.Span, state, context);
            return Flow.Both(state.ForgetAll());
        }

        return Flow.Both(state);
    }

    private Flow Evaluate(CommandUse use, ShellState state, WalkContext context)
    {
        AddRedirections(use, state, context);
        if (!use.Arguments.All(static argument => argument is FieldValue.Text))
        {
            AddOpaque("the text that is evaluated is not known", use.Span, state, context);
            return Flow.Both(state.ForgetAll());
        }

        var text = string.Join(' ', use.Arguments.Skip(1).Select(static argument => ((FieldValue.Text)argument).Value));
        var flow = WalkText(text, needsPosix: false, use, state, context.By("eval"));
        return flow ?? Flow.Both(state.ForgetAll());
    }

    /// <summary>A text that a command hands to a shell; null, and an opaque item, where it is not understood.</summary>
    private Flow? WalkText(string text, bool needsPosix, CommandUse use, ShellState state, WalkContext context)
    {
        var fault = _depth >= DepthMax ? "texts lie too deep in each other" : null;
        if (fault is null && ShellParser.Parse(text, limits) is ParseOutcome.Parsed { Script: var script })
        {
            if (!needsPosix || script.BashOnlyAt is null)
            {
                _depth++;
                var flow = Walk(script.Body, state, context with { Within = context.Within ?? use.Span, IsStartedByProgram = false });
                _depth--;
                return flow;
            }

            fault = "the text means something else to shells that are not bash";
        }

        AddOpaque(fault ?? "the text within is not understood", use.Span, state, context);
        return null;
    }
}
