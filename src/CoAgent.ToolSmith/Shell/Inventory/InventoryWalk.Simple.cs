using System.Collections.Immutable;
using CoAgent.ToolSmith.Shell.Evaluation;
using CoAgent.ToolSmith.Shell.Syntax;

namespace CoAgent.ToolSmith.Shell.Inventory;

internal sealed partial class InventoryWalk
{
    private Flow WalkSimple(Command.Simple simple, ShellState state, WalkContext context)
    {
        state = Expand(simple.Words, state, context);
        foreach (var assignment in simple.Assignments)
        {
            state = Expand(assignment.Value, Expand(assignment.Subscript, state, context), context);
        }

        var evaluator = new WordEvaluator(state.Knowledge);
        var arguments = ImmutableArray.CreateBuilder<FieldValue>(simple.Words.Length);
        foreach (var word in simple.Words)
        {
            arguments.AddRange(evaluator.Fields(word));
        }

        var redirections = Redirections(simple.Redirections, ref state, context);
        if (arguments.Count > 0)
        {
            var assigned = Assigned(simple.Assignments, state.Knowledge);
            return Run(new CommandUse(arguments.ToImmutable(), simple.Words, assigned, redirections, simple.Span), state, context);
        }

        if (!redirections.IsEmpty)
        {
            Add(new InventoryItem.Redirected(redirections, context.Site(simple.Span, state)));
        }

        foreach (var assignment in simple.Assignments)
        {
            state = Assign(assignment, state, context);
        }

        return Flow.Both(state);
    }

    /// <summary>What stands before a command: each sees those before it, the command's words see none.</summary>
    private static ImmutableArray<KnownAssignment> Assigned(ImmutableArray<Assignment> assignments, ShellKnowledge knowledge)
    {
        if (assignments.IsEmpty)
        {
            return [];
        }

        var assigned = ImmutableArray.CreateBuilder<KnownAssignment>(assignments.Length);
        foreach (var assignment in assignments)
        {
            var value = Value(assignment, knowledge);
            knowledge = knowledge.With(assignment.Name, value);
            assigned.Add(new KnownAssignment(
                assignment.Name,
                value is VariableValue.Text text
                    ? new FieldValue.Text(text.Value)
                    : new FieldValue.Unknown("the assigned value is not known", IsSingle: true, "")));
        }

        return assigned.ToImmutable();
    }

    private ShellState Assign(Assignment assignment, ShellState state, WalkContext context)
    {
        if (assignment.Value.Parts is [WordPart.ArrayElements array])
        {
            var evaluator = new WordEvaluator(state.Knowledge);
            ImmutableArray<FieldValue> fields = [.. array.Elements.SelectMany(element => evaluator.Fields(element.Value))];
            if (fields.Any(static field => field is FieldValue.Pattern))
            {
                Add(new InventoryItem.Expanded(fields, context.Site(assignment.Span, state)));
            }
        }

        return state with { Knowledge = state.Knowledge.With(assignment.Name, Value(assignment, state.Knowledge)) };
    }

    private static VariableValue Value(Assignment assignment, ShellKnowledge knowledge)
    {
        var evaluator = new WordEvaluator(knowledge);
        if (assignment.Subscript is not null)
        {
            return new VariableValue.Unknown();
        }

        if (assignment.Value.Parts is [WordPart.ArrayElements array])
        {
            var fields = array.Elements.SelectMany(element => evaluator.Fields(element.Value)).ToList();
            var isPlain = !assignment.IsAppended && array.Elements.All(static element => element.Subscript is null);
            return isPlain && fields.TrueForAll(static field => field is FieldValue.Text)
                ? new VariableValue.Elements([.. fields.Select(static field => ((FieldValue.Text)field).Value)])
                : new VariableValue.Unknown();
        }

        var before = knowledge.Of(assignment.Name);
        if (before is VariableValue.Elements || (assignment.IsAppended && before is not (VariableValue.Text or VariableValue.Unset)))
        {
            return new VariableValue.Unknown();
        }

        var prefix = assignment.IsAppended && before is VariableValue.Text { Value: var value } ? value : "";
        return evaluator.Single(assignment.Value) is FieldValue.Text text ? new VariableValue.Text(prefix + text.Value) : new VariableValue.Unknown();
    }

    /// <summary>A command whose words are expanded: a function, a builtin that changes the shell, one that runs others, or any other.</summary>
    private Flow Run(CommandUse use, ShellState state, WalkContext context)
    {
        if (use.Arguments[0] is not FieldValue.Text { Value: var name })
        {
            AddOpaque("which command it is is not known", use.Span, state, context);
            return context.IsStartedByProgram ? Flow.Both(state) : Flow.Both(state.ForgetAll());
        }

        if (!context.IsStartedByProgram && state.Functions.TryGetValue(name, out var body))
        {
            return Call(name, body, use, state, context);
        }

        if (!context.IsStartedByProgram && ShellBuiltins.IsOne(name))
        {
            return RunBuiltin(name, use, state, context);
        }

        if (!RunLauncher(Launchers.ProgramName(name), use, state, context))
        {
            Add(new InventoryItem.Invocation(use.Arguments, use.Assignments, use.Redirections, context.Site(use.Span, state)));
        }

        return Flow.Both(state);
    }

    private Flow Call(string name, Command? body, CommandUse use, ShellState state, WalkContext context)
    {
        if (body is null || _depth >= DepthMax || _running.Exists(each => ReferenceEquals(each, body)))
        {
            AddOpaque("which function it is is not known, or it calls itself", use.Span, state, context);
            return Flow.Both(state.ForgetAll());
        }

        AddRedirections(use, state, context);
        var inner = Positional.Set(state.Knowledge, use.Arguments.AsSpan(1..));
        foreach (var assignment in use.Assignments)
        {
            inner = inner.With(assignment.Name, assignment.Known);
        }

        _depth++;
        _running.Add(body);
        var flow = Walk(body, state with { Knowledge = inner }, context.By(name + "()"));
        _running.RemoveAt(_running.Count - 1);
        _depth--;
        var changes = ShellChanges.Of(body, state.Functions);
        var after = changes.Forget(flow.After(state));
        after = after with { Knowledge = Positional.Restore(after.Knowledge, state.Knowledge) };
        foreach (var assignment in use.Assignments)
        {
            after = Forget(after, assignment.Name);
        }

        return new Flow(after, after, flow.Ends || changes.Ends);
    }

    private void AddRedirections(CommandUse use, ShellState state, WalkContext context)
    {
        if (!use.Redirections.IsEmpty)
        {
            Add(new InventoryItem.Redirected(use.Redirections, context.Site(use.Span, state)));
        }
    }
}

/// <summary>A simple command with its words expanded.</summary>
/// <remarks>Words: as they are written; those of a command within another are left out.</remarks>
internal sealed record CommandUse(
    ImmutableArray<FieldValue> Arguments,
    ImmutableArray<Word> Words,
    ImmutableArray<KnownAssignment> Assignments,
    ImmutableArray<RedirectionUse> Redirections,
    SourceSpan Span);
