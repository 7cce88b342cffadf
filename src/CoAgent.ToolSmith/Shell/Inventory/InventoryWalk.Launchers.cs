using System.Collections.Immutable;
using CoAgent.ToolSmith.Shell.Evaluation;
using CoAgent.ToolSmith.Shell.Syntax;

namespace CoAgent.ToolSmith.Shell.Inventory;

internal sealed partial class InventoryWalk
{
    /// <summary>Whether the program runs what its arguments say; then that is in the inventory.</summary>
    private bool RunLauncher(string program, CommandUse use, ShellState state, WalkContext context)
    {
        switch (program)
        {
            case "bash" or "sh" or "dash":
                return RunShell(program, use, state, context);
            case "xargs":
                RunForEach(use, state, context);
                return true;
            case "find":
                RunFind(use, state, context);
                return true;
        }

        if (Launchers.Of(program) is not { } launcher)
        {
            return false;
        }

        var options = new List<string>();
        var assignments = new List<string>();
        if (launcher.Inner(use.Arguments, options, assignments) is not { } inner)
        {
            AddOpaque($"the arguments of {program} are not understood", use.Span, state, context);
            return true;
        }

        if (inner.IsEmpty)
        {
            return false;
        }

        var directory = DirectoryOption(program, use, options, state);
        var keeps = program is not ("sudo" or "doas") && !(program == "env" && options.Count > 0);
        var child = keeps ? state : state with { Exported = [] };
        var within = use with { Arguments = inner, Assignments = Added(use.Assignments, assignments) };
        RunWithin(within, child with { Directory = directory }, context.By(program));
        return true;
    }

    private static WorkingDirectory DirectoryOption(string program, CommandUse use, List<string> options, ShellState state)
    {
        var changes = program == "env" && options.Exists(static option =>
            option.StartsWith("--chdir", StringComparison.Ordinal) || (option[1] != '-' && option.Contains('C', StringComparison.Ordinal)));
        if (!changes)
        {
            return state.Directory;
        }

        return use.Arguments is [_, FieldValue.Text { Value: "-C" or "--chdir" }, FieldValue.Text { Value: var path }, ..] && options.Count == 1
            ? state.Directory.Enter(path)
            : WorkingDirectory.Unknown;
    }

    private static ImmutableArray<KnownAssignment> Added(ImmutableArray<KnownAssignment> assignments, List<string> texts) =>
    [
        .. assignments,
        .. texts.Select(static text => text.IndexOf('=', StringComparison.Ordinal) is var sign and >= 0
            ? new KnownAssignment(text[..sign], new FieldValue.Text(text[(sign + 1)..]))
            : new KnownAssignment(text, new FieldValue.Unknown("the assigned value is not known", IsSingle: true, ""))),
    ];

    /// <summary>A command that a program starts.</summary>
    private void RunWithin(CommandUse use, ShellState state, WalkContext context)
    {
        if (_depth >= DepthMax)
        {
            AddOpaque("commands lie too deep in each other", use.Span, state, context);
            return;
        }

        _depth++;
        Run(use with { Words = [] }, state, context with { IsStartedByProgram = true });
        _depth--;
    }

    /// <summary><c>command</c>, <c>builtin</c> and <c>exec</c>.</summary>
    private Flow RunOther(string name, CommandUse use, ShellState state, WalkContext context)
    {
        var inner = Launchers.Builtin(name).Inner(use.Arguments, [], []);
        var asks = name == "command" && use.Arguments is [_, FieldValue.Text { Value: "-v" or "-V" }, ..];
        if (asks || inner is { IsEmpty: true })
        {
            Add(new InventoryItem.Invocation(use.Arguments, use.Assignments, use.Redirections, context.Site(use.Span, state)));
            return Flow.Both(state);
        }

        if (inner is not { } arguments)
        {
            AddOpaque($"the arguments of {name} are not understood", use.Span, state, context);
            return Flow.Both(state.ForgetAll());
        }

        var within = use with { Arguments = arguments, Words = [] };
        if (name == "exec")
        {
            RunWithin(within, state, context.By(name));
            return Flow.Ended;
        }

        // Functions are not meant by the name, but what the command does to the shell it does.
        var flow = Run(within, state with { Functions = state.Functions.Clear() }, context.By(name));
        return new Flow(
            flow.Success is { } success ? success with { Functions = state.Functions } : null,
            flow.Failure is { } failure ? failure with { Functions = state.Functions } : null,
            flow.Ends);
    }

    private bool RunShell(string program, CommandUse use, ShellState state, WalkContext context)
    {
        switch (ShellArguments.Read(program, use))
        {
            case ShellArguments.Script:
                return false;
            case ShellArguments.Unclear:
                AddOpaque($"what {program} runs is not known", use.Span, state, context);
                return true;
            case ShellArguments.Text text:
                AddRedirections(use, state, context);
                var child = state.Child(keepsEnvironment: true) with
                {
                    EndsOnFailure = text.EndsOnFailure,
                    MayEndOnFailure = text.EndsOnFailure,
                };
                foreach (var assignment in use.Assignments)
                {
                    child = child with
                    {
                        Exported = child.Exported.Add(assignment.Name),
                        Knowledge = child.Knowledge.With(assignment.Name, assignment.Known),
                    };
                }

                child = child with { Knowledge = Positional.Set(child.Knowledge, text.Arguments.AsSpan()) };
                WalkText(text.Value, program != "bash", use, child, Subshell(context).By(program) with { IsLookedAt = false });
                return true;
            default:
                throw new InvalidOperationException("These are no arguments of a shell.");
        }
    }
}
